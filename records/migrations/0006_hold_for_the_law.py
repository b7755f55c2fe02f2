"""Legal holds, their reviews, and the rules by which they are placed and released."""

from datetime import UTC, datetime

from django.db import migrations


# A hold tells of an investigation: whoever does not reach all rows sees none of it.
SCOPE = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNSCOPE = """
DROP POLICY {table}_scope ON records_{table};
ALTER TABLE records_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_{table} DISABLE ROW LEVEL SECURITY;
"""
TABLES = ["legalhold", "holdreview"]
KINDS = ["legal-hold", "legal-hold-release"]


def seed(apps, schema_editor):
    """A new installation's own way of placing and releasing holds: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=["compliance_officer", "security_officer"],
            approvers=["compliance_officer"], excluded=["line"],
            since=datetime(2020, 1, 1, tzinfo=UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0005_keep_and_destroy"), ("access", "0019_restrict")]

    operations = [
        *(
            migrations.RunSQL(SCOPE.format(table=table), UNSCOPE.format(table=table))
            for table in TABLES
        ),
        migrations.RunPython(seed, unseed),
    ]
