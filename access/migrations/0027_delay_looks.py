"""An investigation may keep a look from the looked-at for a while: by four eyes, and dated."""

from datetime import UTC, datetime

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
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
