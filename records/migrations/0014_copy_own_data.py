"""A customer takes a copy of her own data: a job, a file under its own key, and an end."""


from django.db import migrations

# Hers, and of whoever reaches all rows; no agent reads that she asked for one.
# The key of a file that was removed goes with it, and only that one.
SCOPE = """
ALTER TABLE records_datacopy ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_datacopy FORCE ROW LEVEL SECURITY;
CREATE POLICY datacopy_scope ON records_datacopy USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY datacopy_own ON records_datacopy FOR SELECT USING (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[]));
CREATE POLICY datacopy_asked ON records_datacopy FOR INSERT WITH CHECK (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[])
    AND status = 'queued');
CREATE FUNCTION records_forget_copy(gone uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE reach text := current_setting('custodian.reach', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true);
    DELETE FROM keys.data_key k USING records_datacopy c
    WHERE c.ref = gone AND c.removed_at IS NOT NULL AND k.holding = c.holding
      AND substr(k.holding::text, 15, 1) = '5';
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true);
END $$;
REVOKE ALL ON FUNCTION records_forget_copy(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_forget_copy(uuid) TO custodian_app;
"""
UNSCOPE = """
DROP FUNCTION records_forget_copy(uuid);
DROP POLICY datacopy_asked ON records_datacopy;
DROP POLICY datacopy_own ON records_datacopy;
DROP POLICY datacopy_scope ON records_datacopy;
ALTER TABLE records_datacopy NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_datacopy DISABLE ROW LEVEL SECURITY;
"""
STATES = [
    ("queued", "排队"), ("running", "进行中"), ("paused", "已暂停"), ("failed", "失败，可续作"),
    ("done", "完成"), ("refused", "已拒收"),
]


class Migration(migrations.Migration):
    dependencies = [("records", "0013_correct_days_and_count_holds"), ("access", "0027_delay_looks")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
