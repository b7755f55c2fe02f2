"""Holdings that are stored and not used, and an end of many customers' log keys at once."""

from django.db import migrations


# Whoever sees the customer sees that she is restricted; whoever reaches everybody restricts.
SCOPE = """
ALTER TABLE access_restriction ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_restriction FORCE ROW LEVEL SECURITY;
CREATE POLICY restriction_scope ON access_restriction USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY restriction_read ON access_restriction FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = access_restriction.subject_id));
CREATE FUNCTION querylog.forget_subjects(uids uuid[], ordinals bigint[])
RETURNS TABLE (gone uuid, rows bigint) LANGUAGE plpgsql
SECURITY DEFINER SET search_path = querylog, pg_temp AS $$
BEGIN
    -- As for one, and in the same order: what still waits would bring its row later.
    RETURN QUERY
    WITH held AS (
        SELECT o.id, o.subjects FROM outbox o WHERE o.subjects && uids FOR UPDATE
    ), waiting AS (
        UPDATE outbox o SET subjects = ARRAY (
            SELECT u.s FROM unnest(o.subjects) WITH ORDINALITY AS u(s, n)
            WHERE NOT u.s = ANY (uids) ORDER BY u.n)
        FROM held h WHERE o.id = h.id RETURNING o.id, h.subjects AS before
    )
    SELECT u.s, count(DISTINCT w.id) FROM waiting w, unnest(w.before) AS u(s)
    WHERE u.s = ANY (uids) GROUP BY u.s;
    RETURN QUERY
    WITH listed AS (DELETE FROM subject_access a WHERE a.subject = ANY (uids) RETURNING a.subject)
    SELECT l.subject, count(*) FROM listed l GROUP BY l.subject;
    DELETE FROM keys.subject_key k WHERE k.subject = ANY (ordinals);
END $$;
REVOKE ALL ON FUNCTION querylog.forget_subjects(uuid[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION querylog.forget_subjects(uuid[], bigint[]) TO custodian_app;
"""
UNSCOPE = """
DROP FUNCTION querylog.forget_subjects(uuid[], bigint[]);
DROP POLICY restriction_read ON access_restriction;
DROP POLICY restriction_scope ON access_restriction;
ALTER TABLE access_restriction NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_restriction DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0018_lend_for_work")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
