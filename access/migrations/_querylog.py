"""The log's schema in SQL: append-only by grants and triggers, written through one function only."""

from __future__ import annotations

PARTITION = 2_000_000

SCHEMAS = """
CREATE SCHEMA IF NOT EXISTS querylog;
CREATE SCHEMA IF NOT EXISTS keys;
REVOKE ALL ON SCHEMA querylog, keys FROM PUBLIC;
GRANT USAGE ON SCHEMA querylog TO custodian_app, custodian_log_writer, custodian_sequencer, custodian_auditor;
GRANT USAGE ON SCHEMA keys TO custodian_app;
"""

TABLES = """
CREATE SEQUENCE querylog.entry_id CACHE 1;

CREATE TABLE querylog.entry (
    id bigint PRIMARY KEY,
    ts timestamptz NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    leaf text COLLATE "C" NOT NULL CHECK (octet_length(leaf) <= 60000),
    tags bytea NOT NULL CHECK (octet_length(tags) % 16 = 0),
    actor uuid,
    staff_no text,
    unit text,
    act text,
    purpose text,
    outcome text,
    channel text,
    subjects int
) PARTITION BY RANGE (id);
CREATE INDEX entry_ts ON querylog.entry USING brin (ts);
CREATE INDEX entry_actor ON querylog.entry (actor, id);

CREATE TABLE querylog.subject_access (
    subject uuid NOT NULL,
    entry_id bigint NOT NULL,
    PRIMARY KEY (subject, entry_id)
);
CREATE TABLE querylog.context (entry_id bigint PRIMARY KEY, body_sealed bytea NOT NULL);
CREATE TABLE querylog.outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL,
    body text NOT NULL CHECK (octet_length(body) <= 59000),
    tags bytea NOT NULL,
    subjects uuid[] NOT NULL,
    context_sealed bytea
);

CREATE TABLE keys.data_key (holding uuid PRIMARY KEY, kek int NOT NULL, wrapped bytea NOT NULL);
CREATE TABLE keys.subject_key (
    subject bigint PRIMARY KEY, key_id bytea NOT NULL UNIQUE, kek int NOT NULL, wrapped bytea NOT NULL
);
ALTER TABLE keys.data_key ALTER COLUMN wrapped SET STATISTICS 0;
ALTER TABLE keys.subject_key ALTER COLUMN wrapped SET STATISTICS 0;
ALTER TABLE querylog.context ALTER COLUMN body_sealed SET STATISTICS 0;
ALTER TABLE querylog.outbox ALTER COLUMN context_sealed SET STATISTICS 0;
"""

APPEND_ONLY = """
CREATE FUNCTION querylog.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the query log is append-only';
END $$;

-- Beside its leaf a row has what the leaf says, to filter and to show by; the leaf is read once for all of it.
CREATE FUNCTION querylog.spell_out() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE said jsonb := NEW.leaf;
BEGIN
    NEW.ts := said ->> 'ts';
    NEW.actor := said ->> 'actor';
    NEW.staff_no := said ->> 'no';
    NEW.unit := said ->> 'unit';
    NEW.act := said ->> 'act';
    NEW.purpose := said ->> 'purp';
    NEW.outcome := said ->> 'out';
    NEW.channel := said ->> 'ch';
    NEW.subjects := said ->> 'n';
    RETURN NEW;
END $$;

CREATE FUNCTION querylog.add_partition(first bigint, beyond bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE part text := 'entry_' || first;
BEGIN
    EXECUTE format('CREATE TABLE querylog.%I PARTITION OF querylog.entry FOR VALUES FROM (%s) TO (%s)',
                   part, first, beyond);
    EXECUTE format('CREATE TRIGGER spell_out BEFORE INSERT OR UPDATE OF leaf ON querylog.%I'
                   ' FOR EACH ROW EXECUTE FUNCTION querylog.spell_out()', part);
    EXECUTE format('CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON querylog.%I'
                   ' FOR EACH ROW EXECUTE FUNCTION querylog.refuse()', part);
    EXECUTE format('CREATE TRIGGER keep_all BEFORE TRUNCATE ON querylog.%I'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION querylog.refuse()', part);
    EXECUTE format('ALTER TABLE querylog.%I ENABLE ALWAYS TRIGGER keep_rows', part);
    EXECUTE format('ALTER TABLE querylog.%I ENABLE ALWAYS TRIGGER keep_all', part);
END $$;

CREATE TRIGGER keep_all BEFORE TRUNCATE ON querylog.entry
    FOR EACH STATEMENT EXECUTE FUNCTION querylog.refuse();
ALTER TABLE querylog.entry ENABLE ALWAYS TRIGGER keep_all;

-- Two partitions ahead of the newest id, made by the sequencer through this function.
CREATE FUNCTION querylog.extend(size bigint) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = querylog, pg_temp AS $$
DECLARE newest bigint; first bigint; made int := 0;
BEGIN
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO newest FROM querylog.entry_id;
    FOR step IN 0..2 LOOP
        first := (newest / size + step) * size;
        IF to_regclass('querylog.entry_' || first) IS NULL THEN
            PERFORM querylog.add_partition(first, first + size);
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;
"""

APPEND = """
CREATE FUNCTION querylog.append(
    leaves text[], tags bytea[], contexts bytea[], subj uuid[], subj_of int[]
) RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = querylog, pg_temp SET timezone = 'UTC' AS $$
DECLARE r bigint[];
BEGIN
    -- The lock comes before the ids: whoever holds it alone knows that no lower id is still to come.
    PERFORM pg_advisory_xact_lock_shared(4242);
    SELECT array_agg(nextval('querylog.entry_id')) INTO r FROM generate_series(1, cardinality(leaves));
    INSERT INTO entry (id, leaf, tags) SELECT v.i, v.l, v.t FROM unnest(r, leaves, tags) AS v(i, l, t);
    INSERT INTO context SELECT v.i, v.c FROM unnest(r, contexts) AS v(i, c) WHERE v.c IS NOT NULL;
    INSERT INTO subject_access SELECT v.s, r[v.k] FROM unnest(subj, subj_of) AS v(s, k);
    RETURN r;
END $$;
"""

GRANTS = """
REVOKE ALL ON ALL TABLES IN SCHEMA querylog, keys FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA querylog FROM PUBLIC;
GRANT SELECT ON querylog.entry, querylog.subject_access, querylog.context TO custodian_app, custodian_auditor;
GRANT INSERT ON querylog.outbox TO custodian_app;
GRANT SELECT (id, created_at) ON querylog.outbox TO custodian_app;
GRANT SELECT (body, tags, subjects) ON querylog.outbox TO custodian_auditor;
GRANT SELECT, DELETE, UPDATE ON querylog.outbox TO custodian_sequencer;
GRANT SELECT ON querylog.entry, querylog.subject_access TO custodian_sequencer;
GRANT EXECUTE ON FUNCTION querylog.append(text[], bytea[], bytea[], uuid[], int[])
    TO custodian_log_writer, custodian_sequencer;
GRANT EXECUTE ON FUNCTION querylog.extend(bigint) TO custodian_sequencer;
GRANT SELECT, INSERT ON keys.data_key, keys.subject_key TO custodian_app;
"""

# The subject's own rule; every table that hangs on a subject repeats it through `scoped`.
SCOPE = """
ALTER TABLE access_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_subject FORCE ROW LEVEL SECURITY;
CREATE POLICY subject_scope ON access_subject USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (
        SELECT 1 FROM access_assignment a
        WHERE a.subject_id = access_subject.id
          AND a.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint
          AND a.since <= statement_timestamp() AND (a.until IS NULL OR a.until > statement_timestamp())
    )
    OR unit_id = ANY ((SELECT NULLIF(current_setting('custodian.units', true), ''))::bigint[])
);
"""


def everything() -> str:
    partitions = f"SELECT querylog.extend({PARTITION});"
    return "\n".join((SCHEMAS, TABLES, APPEND_ONLY, partitions, APPEND, GRANTS, SCOPE))
