"""An investigation may keep a look from the looked-at for a while: by four eyes, and dated."""

import uuid
from datetime import UTC, datetime

import custodian.clock
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

# This company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULE = {
    "kind": "delay-look",
    "requesters": ["compliance_officer", "security_officer"],
    "approvers": ["compliance_officer", "security_officer"],
    "excluded": ["line", "target", "target-line"],
}
# Who reaches all rows; a customer, and whoever is looked into, never reads that there is one.
SCOPE = """
ALTER TABLE access_delayedlook ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_delayedlook FORCE ROW LEVEL SECURITY;
CREATE POLICY delayedlook_scope ON access_delayedlook USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
ALTER TABLE access_delayedlook ALTER COLUMN reason_sealed SET STATISTICS 0;
"""
UNSCOPE = """
DROP POLICY delayedlook_scope ON access_delayedlook;
ALTER TABLE access_delayedlook NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_delayedlook DISABLE ROW LEVEL SECURITY;
"""
STATES = [("asked", "待复核"), ("returned", "已退回"), ("open", "已批准"), ("released", "已放行")]
ONE_OF_BOTH = Q(entry__isnull=False, operator=None, looks_since=None, looks_until=None) | Q(
    entry=None, operator__isnull=False, looks_since__isnull=False, looks_until__gt=F("looks_since")
)


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind="delay-look").delete()


def person(label, **more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL,
        verbose_name=label, **more,
    )


class Migration(migrations.Migration):
    dependencies = [("access", "0026_tell_the_time")]
    operations = [
        migrations.CreateModel(
            name="DelayedLook",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("entry", models.BigIntegerField(null=True, verbose_name="条目")),
                ("looks_since", models.DateTimeField(null=True, verbose_name="自")),
                ("looks_until", models.DateTimeField(null=True, verbose_name="至")),
                ("until", models.DateTimeField(verbose_name="延后至")),
                ("reason_sealed", models.BinaryField()),
                ("status", models.CharField(choices=STATES, default="asked", max_length=10, verbose_name="状态")),
                ("asked_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提出")),
                ("released_at", models.DateTimeField(null=True, verbose_name="放行")),
                ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                ("asked_by", person("提出人")),
                ("operator", person("操作人", null=True)),
            ],
            options={"verbose_name": "延后显示", "verbose_name_plural": "延后显示", "ordering": ("-asked_at",)},
        ),
        migrations.AddIndex("delayedlook", models.Index(fields=["entry"], name="delayed_look_by_entry")),
        migrations.AddIndex("delayedlook", models.Index(fields=["operator", "looks_since"], name="delayed_look_by_operator")),
        migrations.AddConstraint(
            "delayedlook",
            models.CheckConstraint(condition=ONE_OF_BOTH, name="delayed_look_is_an_entry_or_a_persons_period"),
        ),
        migrations.AddConstraint(
            "delayedlook", models.CheckConstraint(condition=Q(until__gt=F("asked_at")), name="delayed_look_ends")
        ),
        migrations.AddConstraint(
            "delayedlook",
            models.CheckConstraint(
                condition=Q(status="released", released_at__isnull=False) | (~Q(status="released") & Q(released_at=None)),
                name="delayed_look_is_dated_when_released",
            ),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
