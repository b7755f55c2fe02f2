"""Scrubs and what the log's hashes of states stand for; the register of storage places and its four eyes."""

from datetime import UTC, datetime

from django.db import migrations


# This company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULE = {
    "kind": "media-disposal",
    "requesters": ["compliance_officer", "security_officer"],
    "approvers": ["compliance_officer", "security_officer"],
    "excluded": ["line"],
}
# The installation's own places: the system looks at them every night, a person once a quarter.
PLACES = {
    "database": "database",
    "exports": "exports",
    "imports": "imports",
    "evidence": "evidence",
    "backups": "backups",
}
# Whoever changes a customer keeps a list; only who reaches all rows reads it, and nobody changes it.
# Whoever reads a customer must be told that a holding is withheld; who it is of stands elsewhere.
SCOPE = """
ALTER TABLE records_heldstates ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_heldstates FORCE ROW LEVEL SECURITY;
CREATE POLICY heldstates_scope ON records_heldstates FOR SELECT USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY heldstates_kept ON records_heldstates FOR INSERT WITH CHECK (true);
REVOKE UPDATE, DELETE, TRUNCATE ON records_heldstates FROM custodian_app;
ALTER TABLE records_heldstates ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE records_withheld ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_withheld FORCE ROW LEVEL SECURITY;
CREATE POLICY withheld_scope ON records_withheld USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY withheld_read ON records_withheld FOR SELECT USING (true);
"""
UNSCOPE = """
DROP POLICY withheld_read ON records_withheld;
DROP POLICY withheld_scope ON records_withheld;
ALTER TABLE records_withheld NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_withheld DISABLE ROW LEVEL SECURITY;
DROP POLICY heldstates_kept ON records_heldstates;
DROP POLICY heldstates_scope ON records_heldstates;
ALTER TABLE records_heldstates NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_heldstates DISABLE ROW LEVEL SECURITY;
"""


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(since=SINCE, **RULE)
    places = apps.get_model("records", "StoragePlace")
    places.objects.bulk_create([places(code=code, kind=kind) for code, kind in PLACES.items()])


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind="media-disposal").delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0006_hold_for_the_law"), ("access", "0019_restrict")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
