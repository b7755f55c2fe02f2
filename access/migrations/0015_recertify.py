"""Recertification: campaigns in which every right is confirmed or removed, and the reporting line answers."""

from datetime import UTC, datetime

from django.db import migrations

# Who reaches all rows sees every campaign through; everybody else answers for what lies with him.
SCOPE = """
ALTER TABLE access_heldright ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_heldright FORCE ROW LEVEL SECURITY;
CREATE POLICY heldright_scope ON access_heldright USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY heldright_review ON access_heldright FOR SELECT USING (
    reviewer_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
CREATE POLICY heldright_decide ON access_heldright FOR UPDATE USING (
    reviewer_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
"""
UNSCOPE = """
DROP POLICY heldright_decide ON access_heldright;
DROP POLICY heldright_review ON access_heldright;
DROP POLICY heldright_scope ON access_heldright;
ALTER TABLE access_heldright NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_heldright DISABLE ROW LEVEL SECURITY;
"""
OFFICER = ["compliance_officer"]


def seed(apps, schema_editor):
    """A new installation's own way of approving a campaign: this company's default, not law."""
    apps.get_model("access", "ApprovalRule").objects.create(
        kind="recertification", requesters=OFFICER, approvers=OFFICER, excluded=["line"],
        since=datetime(2020, 1, 1, tzinfo=UTC),
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind="recertification").delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0014_train")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
