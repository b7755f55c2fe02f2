"""How long holdings are kept, batches of what is due, and what is left of them when they are destroyed."""

from datetime import UTC, datetime

from django.db import migrations


SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULE = {
    "kind": "destruction", "requesters": ["compliance_officer"], "approvers": ["compliance_officer"],
    "excluded": ["line", "target", "target-line"],
}
BY_SUBJECT = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY {table}_read ON records_{table} FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = records_{table}.subject_id));
"""
BY_REACH = """
ALTER TABLE records_destructionitem ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_destructionitem FORCE ROW LEVEL SECURITY;
CREATE POLICY destructionitem_scope ON records_destructionitem USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
# A stone is set once; only the sheet that carries it outside is noted later.
STONES = """
REVOKE UPDATE, DELETE ON records_tombstone, records_tombstonesheet FROM custodian_app;
GRANT UPDATE (sheet) ON records_tombstone TO custodian_app;
CREATE FUNCTION records_forget_holdings(holdings uuid[]) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    DELETE FROM keys.data_key k USING records_tombstone t
    WHERE k.holding = ANY (holdings) AND t.gone = k.holding;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION records_forget_holdings(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_forget_holdings(uuid[]) TO custodian_app;
"""
TABLES = ("keeping", "retentionevent", "tombstone")
SCOPE = "".join([*(BY_SUBJECT.format(table=each) for each in TABLES), BY_REACH, STONES])
UNSCOPE = "DROP FUNCTION records_forget_holdings(uuid[]);" + "".join(
    f"DROP POLICY {each}_read ON records_{each}; DROP POLICY {each}_scope ON records_{each};" for each in TABLES
) + "DROP POLICY destructionitem_scope ON records_destructionitem;"


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=RULE["kind"]).delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0004_trace_staff"), ("access", "0019_restrict")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
