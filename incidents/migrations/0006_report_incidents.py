"""Reports of incidents to authorities: versions that are frozen when approved, and filed once."""

import datetime

from django.db import migrations

# As the tables of a case before it: a person sees what his working groups are about.
TABLE = "incidents_incidentreport"
SCOPE = f"""
ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_group ON {TABLE} USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM incidents_member m WHERE m.incident_id = {TABLE}.incident_id AND m.left_at IS NULL
        AND m.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint));
"""
UNSCOPE = f"""
DROP POLICY incident_group ON {TABLE};
ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY;
"""
# What two people have approved is filed as it is, and what was filed stays as it was.
KEEP = f"""
CREATE FUNCTION incidents_keep_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.stage = 'filed' OR OLD.stage = 'approved' AND (
        NEW.stage NOT IN ('approved', 'filed')
        OR (NEW.id, NEW.ref, NEW.incident_id, NEW.rule, NEW.number, NEW.words, NEW.answers, NEW.body, NEW.digest,
            NEW.approval_id, NEW.begun_at, NEW.begun_by_id)
        IS DISTINCT FROM (OLD.id, OLD.ref, OLD.incident_id, OLD.rule, OLD.number, OLD.words, OLD.answers, OLD.body,
            OLD.digest, OLD.approval_id, OLD.begun_at, OLD.begun_by_id))
    THEN RAISE EXCEPTION 'a report that was approved is kept as it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION incidents_keep_report();
"""
LET_GO = f"""
DROP TRIGGER keep_rows ON {TABLE};
DROP FUNCTION incidents_keep_report();
"""
WORKERS = ["compliance_officer", "security_officer"]
KIND = "incident-report"


def seed(apps, schema_editor):
    """A new installation's own way of approving reports: this company's default, not law."""
    apps.get_model("access", "ApprovalRule").objects.create(
        kind=KIND, requesters=WORKERS, approvers=[*WORKERS, "auditor"],
        excluded=["line", "target", "target-line"],
        since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):
    dependencies = [("incidents", "0005_tell_customers"), ("access", "0038_let_purposes_change")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
