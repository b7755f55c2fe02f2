"""Audits: work items that explain looks, the exposure index, each day's audit, and verdicts on findings."""

from datetime import UTC, datetime

import custodian.clock
from django.db import migrations

# In force from before anything that is audited. All numbers are this company's defaults.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULES = [
    ("self", "medium", {"least": 1}),
    ("family", "high", {"least": 1}),
    ("colleague", "high", {"days": 30, "least": 2}),
    ("kin", "medium", {"least": 1, "most": 15}),
    ("vip", "high", {"days": 30, "least": 2}),
    ("off-hours", "medium", {"days": 14, "least": 8, "share": 5, "active_days": 4, "times_peers": 4, "unit_share": 30}),
    ("off-portfolio", "medium", {"days": 7, "least": 12, "times_peers": 4}),
    ("enumeration", "high", {"run": 15, "gap": 90}),
    ("fishing", "medium", {"days": 7, "least": 12, "share": 15, "times_peers": 4}),
    ("bulk", "high", {"least": 40, "times_usual": 4, "times_peers": 4}),
    ("harvest", "high", {"days": 30, "least": 50, "times_peers": 4}),
    ("drip", "high", {"days": 60, "active_days": 30, "steady": 95, "most_a_day": 5, "times_peers": 2.25}),
    ("leaver", "high", {"before": 30, "days": 7, "least": 15, "times_usual": 2}),
    ("dormant", "medium", {"idle_days": 45, "least": 3, "share": 30}),
    ("shared", "medium", {"changes": 4, "minutes": 60}),
    ("unexplained", "medium", {"days": 14, "least": 30, "share": 25, "times_peers": 4}),
    ("own-word", "medium", {"days": 14, "least": 30, "share": 40, "times_peers": 4}),
    ("honey", "urgent", {"least": 1}),
]
SCOPE = """
ALTER TABLE access_workitem ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_workitem FORCE ROW LEVEL SECURITY;
CREATE POLICY workitem_scope ON access_workitem USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
-- One's own work, and what one opened; what waits for a unit is seen by whoever is in it or below.
CREATE POLICY workitem_own ON access_workitem USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint IN (user_id, opened_by_id))
  WITH CHECK (
    (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint IN (user_id, opened_by_id));
CREATE POLICY workitem_of_unit ON access_workitem FOR SELECT USING (
    user_id IS NULL AND EXISTS (
      SELECT 1 FROM access_user u JOIN access_unit mine ON mine.id = u.unit_id
      JOIN access_unit its ON its.id = access_workitem.unit_id
      WHERE u.id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint
        AND mine.path LIKE its.path || '%'));
ALTER TABLE access_exposure ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_exposure FORCE ROW LEVEL SECURITY;
CREATE POLICY exposure_scope ON access_exposure USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNSCOPE = """
DROP POLICY exposure_scope ON access_exposure;
ALTER TABLE access_exposure NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_exposure DISABLE ROW LEVEL SECURITY;
DROP POLICY workitem_of_unit ON access_workitem;
DROP POLICY workitem_own ON access_workitem;
DROP POLICY workitem_scope ON access_workitem;
ALTER TABLE access_workitem NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_workitem DISABLE ROW LEVEL SECURITY;
"""


def seed(apps, schema_editor):
    rules = apps.get_model("access", "AuditRule")
    rules.objects.bulk_create(
        rules(code=code, severity=severity, thresholds=numbers, since=SINCE)
        for code, severity, numbers in RULES
    )
    apps.get_model("access", "ApprovalRule").objects.create(
        kind="audit-rule",
        requesters=["compliance_officer"],
        approvers=["compliance_officer", "security_officer"],
        excluded=["line"],
        since=SINCE,
    )
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def unseed(apps, schema_editor):
    apps.get_model("access", "AuditRule").objects.all().delete()
    apps.get_model("access", "ApprovalRule").objects.filter(kind="audit-rule").delete()


def judge(apps, schema_editor):
    """Findings that were closed before verdicts existed: nobody said why."""
    closed = apps.get_model("access", "Finding").objects.filter(status="closed")
    closed.update(verdict="justified", decided_at=custodian.clock.now())


class Migration(migrations.Migration):
    dependencies = [("access", "0012_break_glass")]

    operations = [
        migrations.RunPython(judge, migrations.RunPython.noop),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
