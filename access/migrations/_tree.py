"""The log's tree in SQL: tiles, checkpoints, what witnesses said, and what is counted beside it."""

from __future__ import annotations

# From nought, so that an entry's id is its index in the tree; dead ids are filled by the sequencer.
START = """
ALTER SEQUENCE querylog.entry_id MINVALUE 0;
DO $$
BEGIN
    IF NOT (SELECT is_called FROM querylog.entry_id) THEN
        PERFORM setval('querylog.entry_id', 0, false);
    END IF;
END $$;
"""

TABLES = """
CREATE TABLE querylog.tree (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    size bigint NOT NULL DEFAULT 0,
    announced bigint NOT NULL DEFAULT 0,
    announced_at timestamptz,
    min_index bigint NOT NULL DEFAULT 0,
    keys text NOT NULL DEFAULT '',
    codes text NOT NULL DEFAULT '',
    CHECK (0 <= min_index AND min_index <= announced AND announced <= size)
);
INSERT INTO querylog.tree DEFAULT VALUES;

CREATE TABLE querylog.tile (
    level smallint NOT NULL CHECK (level BETWEEN 0 AND 63),
    index bigint NOT NULL CHECK (index >= 0),
    width smallint NOT NULL CHECK (width BETWEEN 1 AND 256),
    data bytea NOT NULL CHECK (octet_length(data) = 32 * width),
    PRIMARY KEY (level, index)
);
ALTER TABLE querylog.tile ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE TABLE querylog.checkpoint (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    note text NOT NULL,
    made_at timestamptz NOT NULL,
    announced_at timestamptz
);
CREATE TABLE querylog.cosignature (
    size bigint NOT NULL REFERENCES querylog.checkpoint ON DELETE CASCADE,
    witness text NOT NULL,
    line text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (size, witness)
);

CREATE TABLE querylog.roll (
    upto bigint PRIMARY KEY,
    leaf bigint NOT NULL UNIQUE,
    people int NOT NULL,
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    taken_at timestamptz NOT NULL
);
-- Only the operators with entries since the roll before; the others stand as they last did.
CREATE TABLE querylog.roll_record (
    actor uuid NOT NULL,
    upto bigint NOT NULL REFERENCES querylog.roll,
    count bigint NOT NULL,
    chain bytea NOT NULL CHECK (octet_length(chain) = 32),
    PRIMARY KEY (actor, upto)
);

CREATE TABLE querylog.hourly (
    hour timestamptz NOT NULL,
    actor uuid NOT NULL,
    unit text NOT NULL,
    act text NOT NULL,
    purpose text NOT NULL,
    outcome text NOT NULL,
    channel text NOT NULL,
    count bigint NOT NULL,
    shown bigint NOT NULL,
    PRIMARY KEY (hour, actor, unit, act, purpose, outcome, channel)
);
CREATE INDEX hourly_actor ON querylog.hourly (actor, hour);
"""

GUARDS = """
CREATE FUNCTION querylog.only_wider() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.width > OLD.width AND NEW.level = OLD.level AND NEW.index = OLD.index
       AND substring(NEW.data FOR octet_length(OLD.data)) = OLD.data THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a tile only grows';
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON querylog.tile
    FOR EACH ROW EXECUTE FUNCTION querylog.only_wider();

CREATE FUNCTION querylog.only_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.size >= OLD.size AND NEW.announced >= OLD.announced
       AND NEW.min_index >= OLD.min_index
       AND (OLD.announced_at IS NULL OR NEW.announced_at >= OLD.announced_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the tree only grows';
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON querylog.tree
    FOR EACH ROW EXECUTE FUNCTION querylog.only_forward();

-- Older ones may be thinned out; what stands keeps its root, and no checkpoint goes back in time.
CREATE FUNCTION querylog.only_later() RETURNS trigger LANGUAGE plpgsql
SET search_path = querylog, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.size <> OLD.size OR NEW.root <> OLD.root OR NEW.made_at < OLD.made_at) THEN
        RAISE EXCEPTION 'a checkpoint keeps its size and root';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.note <> OLD.note OR NEW.made_at <> OLD.made_at)
       AND EXISTS (SELECT FROM checkpoint c WHERE c.size > NEW.size) THEN
        RAISE EXCEPTION 'only the newest checkpoint is signed anew';
    END IF;
    IF TG_OP = 'INSERT' AND (EXISTS (SELECT FROM checkpoint c WHERE c.size >= NEW.size)
                             OR EXISTS (SELECT FROM checkpoint c WHERE c.made_at > NEW.made_at)) THEN
        RAISE EXCEPTION 'a checkpoint never goes back in size or time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_order BEFORE INSERT OR UPDATE ON querylog.checkpoint
    FOR EACH ROW EXECUTE FUNCTION querylog.only_later();
CREATE INDEX checkpoint_made ON querylog.checkpoint (made_at);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['tree', 'tile', 'checkpoint', 'roll', 'roll_record'] LOOP
        EXECUTE format('CREATE TRIGGER keep_all BEFORE TRUNCATE ON querylog.%I'
                       ' FOR EACH STATEMENT EXECUTE FUNCTION querylog.refuse()', name);
        EXECUTE format('ALTER TABLE querylog.%I ENABLE ALWAYS TRIGGER keep_all', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['roll', 'roll_record'] LOOP
        EXECUTE format('CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON querylog.%I'
                       ' FOR EACH ROW EXECUTE FUNCTION querylog.refuse()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['tree', 'tile', 'roll', 'roll_record'] LOOP
        EXECUTE format('ALTER TABLE querylog.%I ENABLE ALWAYS TRIGGER keep_rows', name);
    END LOOP;
END $$;
ALTER TABLE querylog.checkpoint ENABLE ALWAYS TRIGGER keep_order;
"""

# An id whose append failed stays empty for ever; its place in the tree is taken by a void entry.
FILL = """
CREATE FUNCTION querylog.fill(ids bigint[], leaves text[]) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = querylog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(ids) i WHERE i < (SELECT size FROM tree))
       OR EXISTS (SELECT FROM unnest(ids) i WHERE i > (SELECT max(id) FROM entry))
       OR EXISTS (SELECT FROM unnest(leaves) l WHERE (l::jsonb ->> 'act') IS DISTINCT FROM 'void') THEN
        RAISE EXCEPTION 'only a dead id that is not in the tree yet is filled';
    END IF;
    INSERT INTO entry (id, leaf, tags) SELECT v.i, v.l, '' FROM unnest(ids, leaves) AS v(i, l);
END $$;

CREATE FUNCTION querylog.thin(before timestamptz) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = querylog, pg_temp SET timezone = 'UTC' AS $$
DECLARE gone bigint;
BEGIN
    -- The last one of each hour stays, and whatever a witness has signed.
    WITH old AS MATERIALIZED (
        SELECT size, made_at, lead(made_at) OVER (ORDER BY size) AS next FROM checkpoint
        WHERE made_at < before
    )
    DELETE FROM checkpoint c USING old WHERE c.size = old.size
        AND date_trunc('hour', old.next) = date_trunc('hour', old.made_at)
        AND c.size < (SELECT announced FROM tree)
        AND NOT EXISTS (SELECT FROM cosignature w WHERE w.size = c.size);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
"""

# The customer's log key and list of looks go; the entries stay as they are.
ERASE = """
CREATE FUNCTION querylog.forget_subject(gone uuid, ordinal bigint) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = querylog, pg_temp AS $$
DECLARE rows bigint; waiting bigint;
BEGIN
    -- What still waits would bring its row later; first, so that nothing slips through between the two.
    UPDATE outbox SET subjects = array_remove(subjects, gone) WHERE gone = ANY (subjects);
    GET DIAGNOSTICS waiting = ROW_COUNT;
    DELETE FROM subject_access WHERE subject = gone;
    GET DIAGNOSTICS rows = ROW_COUNT;
    DELETE FROM keys.subject_key WHERE subject = ordinal;
    RETURN rows + waiting;
END $$;
"""

GRANTS = """
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA querylog FROM PUBLIC;
GRANT SELECT ON querylog.tree, querylog.tile, querylog.checkpoint, querylog.cosignature,
    querylog.roll, querylog.roll_record, querylog.hourly TO custodian_app, custodian_auditor, custodian_sequencer;
GRANT UPDATE ON querylog.tree TO custodian_sequencer;
GRANT INSERT, UPDATE ON querylog.tile, querylog.checkpoint, querylog.cosignature, querylog.hourly
    TO custodian_sequencer;
GRANT INSERT ON querylog.roll, querylog.roll_record TO custodian_sequencer;
GRANT EXECUTE ON FUNCTION querylog.fill(bigint[], text[]), querylog.thin(timestamptz)
    TO custodian_sequencer;
GRANT EXECUTE ON FUNCTION querylog.forget_subject(uuid, bigint) TO custodian_app;
"""


def everything() -> str:
    return "\n".join((START, TABLES, GUARDS, FILL, ERASE, GRANTS))


UNDO = """
DROP FUNCTION querylog.forget_subject(uuid, bigint);
DROP FUNCTION querylog.thin(timestamptz);
DROP FUNCTION querylog.fill(bigint[], text[]);
DROP TABLE querylog.hourly, querylog.roll_record, querylog.roll, querylog.cosignature,
    querylog.checkpoint, querylog.tile, querylog.tree;
DROP FUNCTION querylog.only_later();
DROP FUNCTION querylog.only_forward();
DROP FUNCTION querylog.only_wider();
"""
