"""A day that was noted wrongly can be corrected, and how much a hold covers is counted beforehand."""

import uuid
from datetime import UTC, datetime

import custodian.clock
import django.db.models.deletion
from django.db import migrations, models

# Each row gets a reference of its own, also those that row-level security hides from the owner.
REF = """
ALTER TABLE records_retentionevent ADD COLUMN ref uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE;
ALTER TABLE records_retentionevent ALTER COLUMN ref DROP DEFAULT;
"""
UNREF = "ALTER TABLE records_retentionevent DROP COLUMN ref;"
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
    dependencies = [
        ("access", "0024_let_months_go"),
        ("records", "0012_sign_customers_in"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(REF, UNREF)],
            state_operations=[
                migrations.AddField(
                    model_name="retentionevent",
                    name="ref",
                    field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
                ),
            ],
        ),
        migrations.AddField(
            model_name="retentionevent",
            name="state",
            field=models.CharField(choices=[("counts", "有效"), ("waiting", "待复核"), ("returned", "已退回")], default="counts", max_length=8, verbose_name="状态"),
        ),
        migrations.AddField(
            model_name="retentionevent",
            name="corrects",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name="corrections", to="records.retentionevent", verbose_name="更正"),
        ),
        migrations.AddField(
            model_name="retentionevent",
            name="approval",
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval"),
        ),
        migrations.AddConstraint(
            model_name="retentionevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "returned"), _negated=True),
                fields=("corrects",),
                name="retention_event_is_corrected_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "counts"), ("approval__isnull", False), _connector="OR"),
                name="retention_event_waits_for_an_approval",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("proof_sha256", ""), ("proof_sha256__regex", "^[0-9a-f]{64}$"), _connector="OR"
                ),
                name="disposal_proof_is_a_hash",
            ),
        ),
        migrations.CreateModel(
            name="HoldCount",
            fields=[
                ("hold", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="counted", serialize=False, to="records.legalhold")),
                ("customers", models.PositiveBigIntegerField(default=0)),
                ("holdings", models.PositiveBigIntegerField(default=0)),
                ("counted_at", models.DateTimeField(null=True)),
                ("claimed_at", models.DateTimeField(default=custodian.clock.now)),
            ],
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
