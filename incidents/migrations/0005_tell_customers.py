"""Customers are told of an incident: words of two people, a letter for each, and grounds for telling nobody."""

import datetime

from django.db import migrations


# A case is seen by its group; of what she is told a customer sees her own letter.
TABLES = {
    "incidents_noticebatch": "incident_id",
    "incidents_incidentnotice": "incident_id",
    "incidents_noticeexemption": "incident_id",
}
SCOPE = "\n".join(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_group ON {table} USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM incidents_member m WHERE m.incident_id = {table}.{column} AND m.left_at IS NULL
        AND m.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint));
""" for table, column in TABLES.items()) + """
CREATE POLICY own_letter ON incidents_incidentnotice FOR SELECT USING (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[]));
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_noticeexemption
FOR EACH ROW EXECUTE FUNCTION incidents_keep();
"""
UNSCOPE = """
DROP TRIGGER keep_rows ON incidents_noticeexemption;
DROP POLICY own_letter ON incidents_incidentnotice;
""" + "\n".join(f"""
DROP POLICY incident_group ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
""" for table in TABLES)
WORKERS = ["compliance_officer", "security_officer"]
KINDS = ("incident-notice", "incident-exempt")


def seed(apps, schema_editor):
    """A new installation's own way of approving what is decided in a case: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=WORKERS, approvers=[*WORKERS, "auditor"],
            excluded=["line", "target", "target-line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_work_on_incidents"), ("access", "0038_let_purposes_change")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
