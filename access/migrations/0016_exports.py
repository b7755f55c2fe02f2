"""Exports: asked for, approved by somebody else, and kept in a register with their fingerprint."""

from datetime import UTC, datetime

from django.db import migrations


# This company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULE = {
    "kind": "export",
    "requesters": ["agent", "claims_handler", "service_desk", "compliance_officer"],
    "approvers": ["compliance_officer"],
    "excluded": ["line", "target", "target-line"],
}
# Who reaches all rows approves, makes and recalls them; everybody else asks, and reads his own and what is for him.
# The key of a file that was removed goes with it, and only that one.
SCOPE = """
ALTER TABLE access_export ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_export FORCE ROW LEVEL SECURITY;
CREATE POLICY export_scope ON access_export USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY export_own ON access_export FOR SELECT USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint IN (requested_by_id, recipient_id));
CREATE POLICY export_asked ON access_export FOR INSERT WITH CHECK (
    requested_by_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint
    AND status = 'queued' AND approved_at IS NULL);
CREATE FUNCTION access_forget_export(gone uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING access_export e
    WHERE e.ref = gone AND e.removed_at IS NOT NULL AND k.holding = e.holding;
$$;
REVOKE ALL ON FUNCTION access_forget_export(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_forget_export(uuid) TO custodian_app;
"""
UNSCOPE = """
DROP FUNCTION access_forget_export(uuid);
DROP POLICY export_asked ON access_export;
DROP POLICY export_own ON access_export;
DROP POLICY export_scope ON access_export;
ALTER TABLE access_export NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_export DISABLE ROW LEVEL SECURITY;
"""


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind="export").delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0015_recertify")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
