"""Two customers who may be one person are a case for compliance."""

import uuid
from datetime import UTC, datetime

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import custodian.clock

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

    dependencies = [
        ("access", "0036_let_books_move"),
        ("records", "0025_survey_files_and_keep_mappings"),
    ]

    operations = [
        migrations.CreateModel(
            name="MergeCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("agrees", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None)),
                ("source", models.CharField(max_length=40, verbose_name="账册")),
                ("found_at", models.DateTimeField(default=custodian.clock.now, verbose_name="发现")),
                ("status", models.CharField(choices=[("open", "待核对"), ("asked", "待复核"), ("settled", "已认定")], default="open", max_length=8, verbose_name="状态")),
                ("verdict", models.CharField(blank=True, choices=[("same", "同一人"), ("apart", "不是同一人")], max_length=8)),
                ("settled", models.CharField(blank=True, choices=[("same", "同一人"), ("apart", "不是同一人")], max_length=8)),
                ("settled_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                ("other", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
            ],
            options={
                "verbose_name": "疑似重复的客户",
                "verbose_name_plural": "疑似重复的客户",
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "other"), name="merge_case_once_for_a_pair"),
                    models.CheckConstraint(condition=models.Q(("subject", models.F("other")), _negated=True), name="merge_case_is_about_two_customers"),
                ],
            },
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        *[
            migrations.RunSQL(
                HIDE.format(table=each), f"DROP POLICY {each}_has_arrived ON records_{each};"
            )
            for each in TABLES
        ],
        migrations.RunPython(seed, unseed),
    ]
