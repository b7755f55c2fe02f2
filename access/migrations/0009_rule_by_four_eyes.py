"""Rules of access and of approval change by four eyes; a rule can be tried against the past."""

from datetime import UTC, datetime

from django.db import migrations


# A new installation's own way of approving: this company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
OFFICER = ["compliance_officer"]
# kind: who may ask, who may approve, who stands too near
SEED = {
    "case-scope": (OFFICER, OFFICER, ["line", "target", "target-line"]),
    "case-customer-key": (OFFICER, OFFICER, ["line"]),
    "policy-rule": (OFFICER, OFFICER, ["line"]),
    "approval-rule": (OFFICER, OFFICER, ["line"]),
    "quota": (OFFICER, OFFICER, ["line"]),
    "grant": (["agent", "claims_handler", "service_desk"], OFFICER, ["line", "target", "target-line"]),
}
# A new post begins when the role changes or somebody comes back; nobody approves on his first days.
COUNT_DAYS = """
CREATE FUNCTION access_user_begin_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.role_since = OLD.role_since THEN
    NEW.role_since := statement_timestamp();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER access_user_begin_role BEFORE UPDATE ON access_user FOR EACH ROW
WHEN ((OLD.role, OLD.is_active) IS DISTINCT FROM (NEW.role, NEW.is_active))
EXECUTE FUNCTION access_user_begin_role();
"""
STOP_COUNTING = """
DROP TRIGGER access_user_begin_role ON access_user;
DROP FUNCTION access_user_begin_role();
"""


def seed(apps, schema_editor):
    ApprovalRule = apps.get_model("access", "ApprovalRule")
    Approval = apps.get_model("access", "Approval")
    for kind, (requesters, approvers, excluded) in SEED.items():
        rule = ApprovalRule.objects.create(
            kind=kind, requesters=requesters, approvers=approvers, excluded=excluded, since=SINCE
        )
        Approval.objects.filter(kind=kind).update(rule=rule)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("access", "0008_hand_the_log_over")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(COUNT_DAYS, STOP_COUNTING),
    ]
