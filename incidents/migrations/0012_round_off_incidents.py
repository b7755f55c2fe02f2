"""A whole unit is cut from a case and given back; sealed files of closed cases can go with their keys."""

import datetime

from django.db import migrations


TELLING = """
ALTER TABLE incidents_owntelling ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_owntelling FORCE ROW LEVEL SECURITY;
CREATE POLICY own_telling_house ON incidents_owntelling USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNTELLING = """
DROP POLICY own_telling_house ON incidents_owntelling;
ALTER TABLE incidents_owntelling NO FORCE ROW LEVEL SECURITY;
ALTER TABLE incidents_owntelling DISABLE ROW LEVEL SECURITY;
"""
SCOPE = """
ALTER TABLE incidents_unitcut ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_unitcut FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_group ON incidents_unitcut USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM incidents_member m WHERE m.incident_id = incidents_unitcut.incident_id AND m.left_at IS NULL
        AND m.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint));
"""
UNSCOPE = """
DROP POLICY incident_group ON incidents_unitcut;
ALTER TABLE incidents_unitcut NO FORCE ROW LEVEL SECURITY;
ALTER TABLE incidents_unitcut DISABLE ROW LEVEL SECURITY;
"""
# A key goes only once the case has been closed for half a year, whatever the application thinks.
FORGET = """
CREATE FUNCTION incidents_forget_file(gone uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE reach text := current_setting('custodian.reach', true);
DECLARE actor text := current_setting('custodian.actor', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true), set_config('custodian.actor', '', true);
    DELETE FROM keys.data_key k
    WHERE k.holding = gone AND substr(k.holding::text, 15, 1) = '5' AND (
        EXISTS (SELECT 1 FROM incidents_incidentevidence e JOIN incidents_incident i ON i.id = e.incident_id
            WHERE e.holding = gone AND i.status = 'closed' AND i.closed_at < now() - interval '6 months')
        OR EXISTS (SELECT 1 FROM incidents_affectedlist a JOIN incidents_incident i ON i.id = a.incident_id
            WHERE a.holding = gone AND i.status = 'closed' AND i.closed_at < now() - interval '6 months')
        OR EXISTS (SELECT 1 FROM incidents_fraudevidence e JOIN incidents_fraudcase c ON c.id = e.case_id
            WHERE e.holding = gone AND c.state IN ('dismissed', 'closed')
                AND coalesce(c.closed_at, c.triaged_at) < now() - interval '6 months'));
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true), set_config('custodian.actor', coalesce(actor, ''), true);
END $$;
REVOKE ALL ON FUNCTION incidents_forget_file(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents_forget_file(uuid) TO custodian_app;
"""
UNFORGET = "DROP FUNCTION incidents_forget_file(uuid);"

WORKERS = ["compliance_officer", "security_officer"]
KINDS = ("incident-cut-unit", "incident-restore-unit")


def seed(apps, schema_editor):
    """A new installation's own way of approving it, as of cutting one person: company default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=WORKERS, approvers=[*WORKERS, "auditor"],
            excluded=["line", "target", "target-line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("incidents", "0011_know_other_lists"), ("access", "0038_let_purposes_change")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(FORGET, UNFORGET),
        migrations.RunSQL(TELLING, UNTELLING),
        migrations.RunPython(seed, unseed),
    ]
