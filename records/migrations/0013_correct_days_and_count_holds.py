"""A day that was noted wrongly can be corrected, and how much a hold covers is counted beforehand."""

from datetime import UTC, datetime

from django.db import migrations

# Each row gets a reference of its own, also those that row-level security hides from the owner.
# As of the hold itself: whoever does not reach all rows sees none of it.
SCOPE = """
ALTER TABLE records_holdcount ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_holdcount FORCE ROW LEVEL SECURITY;
CREATE POLICY holdcount_scope ON records_holdcount USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNSCOPE = """
DROP POLICY holdcount_scope ON records_holdcount;
ALTER TABLE records_holdcount NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_holdcount DISABLE ROW LEVEL SECURITY;
"""
# A new installation's own way of agreeing to an earlier day: this company's default, not law.
RULE = {
    "kind": "retention-event", "requesters": ["compliance_officer"], "approvers": ["compliance_officer"],
    "excluded": ["line"],
}


def seed(apps, schema_editor):
    rules = apps.get_model("access", "ApprovalRule").objects
    rules.create(since=datetime(2020, 1, 1, tzinfo=UTC), **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=RULE["kind"]).delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0012_sign_customers_in"), ("access", "0024_let_months_go")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
