"""What the database itself holds about a change of KEKs: who may replace what, and what is never used again."""

# The app's role still changes and deletes no key. These functions replace a key only by one whose frame says
# that it is under the KEK of the rotation that is running, and only where nothing has changed meanwhile.
# A KEK is retired under a lock that every insert under it shares: when it is held, no insert is under way.
ROTATION = """
CREATE TABLE keys.retired (
    kek int PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), destroyed_at timestamptz
);

CREATE FUNCTION keys.refuse_retired() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = keys, pg_temp AS $$
DECLARE met int;
BEGIN
    FOR met IN SELECT DISTINCT kek FROM fresh ORDER BY kek LOOP
        PERFORM pg_advisory_xact_lock_shared(4243, met);
        IF EXISTS (SELECT FROM retired r WHERE r.kek = met) THEN
            RAISE EXCEPTION 'KEK % is retired', met USING ERRCODE = 'CK001';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER refuse_retired AFTER INSERT ON keys.data_key REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_retired();
CREATE TRIGGER refuse_retired AFTER INSERT ON keys.subject_key REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_retired();

CREATE FUNCTION keys.allow_rewrap(target int, news bytea[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = keys, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.access_keyrotation r
                   WHERE r.kind = 'kek' AND r.status = 'running' AND r.version = target) THEN
        RAISE EXCEPTION 'no rotation to KEK % is running', target;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(4243, target);
    IF EXISTS (SELECT FROM retired r WHERE r.kek = target) THEN
        RAISE EXCEPTION 'KEK % is retired', target USING ERRCODE = 'CK001';
    END IF;
    IF EXISTS (SELECT FROM unnest(news) n WHERE n IS NULL OR octet_length(n) <> 98
               OR get_byte(n, 0) <> 3 OR substr(n, 3, 4) <> int4send(target)) THEN
        RAISE EXCEPTION 'not a key under KEK %', target;
    END IF;
END $$;

CREATE FUNCTION keys.rewrap_holdings(held uuid[], olds bytea[], target int, news bytea[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = keys, pg_temp AS $$
DECLARE changed bigint;
BEGIN
    PERFORM allow_rewrap(target, news);
    UPDATE data_key k SET kek = target, wrapped = v.fresh
    FROM unnest(held, olds, news) AS v(holding, old, fresh)
    WHERE k.holding = v.holding AND k.kek < target AND k.wrapped = v.old;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;

CREATE FUNCTION keys.rewrap_subjects(subjects bigint[], olds bytea[], target int, news bytea[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = keys, pg_temp AS $$
DECLARE changed bigint;
BEGIN
    PERFORM allow_rewrap(target, news);
    UPDATE subject_key k SET kek = target, wrapped = v.fresh
    FROM unnest(subjects, olds, news) AS v(subject, old, fresh)
    WHERE k.subject = v.subject AND k.kek < target AND k.wrapped = v.old;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;

CREATE FUNCTION keys.retire(old int) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = keys, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.access_keyrotation r
                   WHERE r.kind = 'kek' AND r.status = 'done' AND r.version > old) THEN
        RAISE EXCEPTION 'no rotation away from KEK % has ended', old USING ERRCODE = 'CK002';
    END IF;
    PERFORM pg_advisory_xact_lock(4243, old);
    IF EXISTS (SELECT FROM data_key WHERE kek = old) OR EXISTS (SELECT FROM subject_key WHERE kek = old) THEN
        RAISE EXCEPTION 'KEK % still wraps keys', old USING ERRCODE = 'CK002';
    END IF;
    INSERT INTO retired (kek) VALUES (old) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;

CREATE FUNCTION keys.note_destroyed(old int) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = keys, pg_temp AS $$
    UPDATE retired SET destroyed_at = now() WHERE kek = old AND destroyed_at IS NULL;
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA keys FROM PUBLIC;
GRANT SELECT ON keys.retired TO custodian_app;
GRANT EXECUTE ON FUNCTION keys.rewrap_holdings(uuid[], bytea[], int, bytea[]),
    keys.rewrap_subjects(bigint[], bytea[], int, bytea[]), keys.retire(int), keys.note_destroyed(int)
    TO custodian_app;
"""

UNDO = """
DROP TRIGGER refuse_retired ON keys.subject_key;
DROP TRIGGER refuse_retired ON keys.data_key;
DROP FUNCTION keys.note_destroyed(int);
DROP FUNCTION keys.retire(int);
DROP FUNCTION keys.rewrap_subjects(bigint[], bytea[], int, bytea[]);
DROP FUNCTION keys.rewrap_holdings(uuid[], bytea[], int, bytea[]);
DROP FUNCTION keys.allow_rewrap(int, bytea[]);
DROP FUNCTION keys.refuse_retired();
DROP TABLE keys.retired;
"""
