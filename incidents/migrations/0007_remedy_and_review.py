"""Remedies that outlive a case, the review that closes it, who was told what is due, and exercises."""

import datetime

from django.db import migrations


MEMBERS = """
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM incidents_member m WHERE m.incident_id = {table}.incident_id AND m.left_at IS NULL
        AND m.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint)"""
# The owner of a remedy sees its row, and nothing else of the case.
OWNER = """
    OR {table}.owner_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint"""
TABLES = {
    "incidents_incidentremedy": MEMBERS + OWNER,
    "incidents_incidentreview": MEMBERS,
    "incidents_duetelling": MEMBERS,
    "incidents_exercise": MEMBERS,
}
SCOPE = "\n".join(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_group ON {table} USING ({rule.format(table=table)});
""" for table, rule in TABLES.items())
UNSCOPE = "\n".join(f"""
DROP POLICY incident_group ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
""" for table in TABLES)
KEEP = """
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_incidentreview FOR EACH ROW EXECUTE FUNCTION incidents_keep();
"""
LET_GO = "DROP TRIGGER keep_rows ON incidents_incidentreview;"
WORKERS = ["compliance_officer", "security_officer"]
KIND = "incident-review"


def seed(apps, schema_editor):
    """A new installation's own way of approving a review: this company's default, not law."""
    apps.get_model("access", "ApprovalRule").objects.create(
        kind=KIND, requesters=WORKERS, approvers=[*WORKERS, "auditor"],
        excluded=["line", "target", "target-line"],
        since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):
    dependencies = [("incidents", "0006_report_incidents"), ("access", "0038_let_purposes_change")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
