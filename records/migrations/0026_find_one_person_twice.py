"""Two customers who may be one person are a case for compliance."""

from datetime import UTC, datetime

from django.db import migrations


# Whoever sees only some customers must not learn from a case that another one is there.
SCOPE = """
ALTER TABLE records_mergecase ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_mergecase FORCE ROW LEVEL SECURITY;
CREATE POLICY mergecase_scope ON records_mergecase USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    AND EXISTS (SELECT 1 FROM access_subject s WHERE s.id = records_mergecase.subject_id)
    AND EXISTS (SELECT 1 FROM access_subject s WHERE s.id = records_mergecase.other_id));
"""
# What is known of a claim that is on its way in is seen by nobody either.
HIDE = """
CREATE POLICY {table}_has_arrived ON records_{table} AS RESTRICTIVE FOR SELECT USING (
    (SELECT NOT EXISTS (SELECT 1 FROM access_arriving))
    OR (SELECT NULLIF(current_setting('custodian.arrivals', true), '')) = 'on'
    OR NOT EXISTS (SELECT 1 FROM access_arriving a WHERE a.subject_id = records_{table}.subject_id));
"""
TABLES = ("claimstep", "claimneed", "claimpaper", "claimclock")
UNSCOPE = """
DROP POLICY mergecase_scope ON records_mergecase;
ALTER TABLE records_mergecase DISABLE ROW LEVEL SECURITY;
"""
KIND, OFFICER = "merge-case", ["compliance_officer"]


def seed(apps, schema_editor):
    """A new installation's own way of approving them: this company's default, not law."""
    apps.get_model("access", "ApprovalRule").objects.create(
        kind=KIND, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
        since=datetime(2020, 1, 1, tzinfo=UTC),
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0025_survey_files_and_keep_mappings"), ("access", "0036_let_books_move")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        *[
            migrations.RunSQL(
                HIDE.format(table=each), f"DROP POLICY {each}_has_arrived ON records_{each};"
            )
            for each in TABLES
        ],
        migrations.RunPython(seed, unseed),
    ]
