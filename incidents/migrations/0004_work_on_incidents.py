"""Incidents become cases: a working group, tasks, a timeline, evidence and what they are about."""

import datetime

import datetime
from django.db import migrations


# A person sees an incident while he is in its working group; a piece of the house sees them all.
TABLES = {
    "incidents_incident": "id",
    "incidents_incidenttask": "incident_id",
    "incidents_timelineentry": "incident_id",
    "incidents_incidentevidence": "incident_id",
    "incidents_incidentlink": "incident_id",
    "incidents_affectedlist": "incident_id",
    "incidents_assessment": "incident_id",
    "incidents_incidentclock": "incident_id",
}
SCOPE = "\n".join(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_group ON {table} USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM incidents_member m WHERE m.incident_id = {table}.{column} AND m.left_at IS NULL
        AND m.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint));
""" for table, column in TABLES.items())
UNSCOPE = "\n".join(f"""
DROP POLICY incident_group ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
""" for table in TABLES)
# What was put down, filed and handed on stays as it was.
KEPT = ("timelineentry", "incidentevidence", "custody", "assessment")
KEEP = """
CREATE FUNCTION incidents_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was put on record of an incident is kept as it was';
END $$;
""" + "\n".join(f"""
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_{name} FOR EACH ROW EXECUTE FUNCTION incidents_keep();
""" for name in KEPT)
LET_GO = "\n".join(f"DROP TRIGGER keep_rows ON incidents_{name};" for name in KEPT) + """
DROP FUNCTION incidents_keep();
"""
WORKERS = ["compliance_officer", "security_officer"]
KINDS = ("incident-decision", "incident-close", "incident-cut", "incident-assess")


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
    dependencies = [("incidents", "0001_tables"), ("access", "0038_let_purposes_change"), ("transfers", "0009_keep_a_ledger_outside")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
