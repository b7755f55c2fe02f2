"""Customers come in: each within her own rows, by rules that are data like everybody's."""

from datetime import UTC, datetime

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULES = [("R-901", "identity"), ("R-902", "financial"), ("R-903", "policy")]
ROLES = [
    ("agent", "代理人"), ("claims_handler", "理赔人员"), ("service_desk", "客服"),
    ("compliance_officer", "合规官"), ("security_officer", "安全官"), ("auditor", "审计"),
    ("regulator", "监管"), ("administrator", "系统管理员"), ("customer", "客户本人"), ("system", "系统作业"),
]
STAFF = [role for role, _label in ROLES if role not in {"customer", "system"}]

SCOPE = """
DROP POLICY subject_scope ON access_subject;
CREATE POLICY subject_scope ON access_subject USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (
        SELECT 1 FROM access_assignment a
        WHERE a.subject_id = access_subject.id
          AND a.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint
          AND a.since <= statement_timestamp() AND (a.until IS NULL OR a.until > statement_timestamp())
    )
    OR unit_id = ANY ((SELECT NULLIF(current_setting('custodian.units', true), ''))::bigint[])
    OR id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[])
);
ALTER TABLE access_portallogin ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_portallogin FORCE ROW LEVEL SECURITY;
CREATE POLICY portallogin_scope ON access_portallogin USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY portallogin_own ON access_portallogin FOR SELECT USING (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[]));
"""
UNSCOPE = """
DROP POLICY portallogin_own ON access_portallogin;
DROP POLICY portallogin_scope ON access_portallogin;
DROP POLICY subject_scope ON access_subject;
CREATE POLICY subject_scope ON access_subject USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (
        SELECT 1 FROM access_assignment a
        WHERE a.subject_id = access_subject.id
          AND a.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint
          AND a.since <= statement_timestamp() AND (a.until IS NULL OR a.until > statement_timestamp())
    )
    OR unit_id = ANY ((SELECT NULLIF(current_setting('custodian.units', true), ''))::bigint[])
);
"""


def seed(apps, schema_editor):
    PolicyRule = apps.get_model("access", "PolicyRule")
    for code, element_class in RULES:
        PolicyRule.objects.create(
            code=code, role="customer", purpose="self", element_class=element_class, max_level=4,
            reach="own", channel="portal", hour_from=0, hour_until=24, step_up_level=5, since=SINCE,
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "PolicyRule").objects.filter(role="customer").delete()


def role(model, **more):
    return migrations.AlterField(
        model, "role", models.CharField(choices=ROLES, max_length=24, verbose_name="岗位", **more)
    )


def roles(model):
    several = django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(choices=ROLES, max_length=24), blank=True, default=list, size=None, verbose_name="适用岗位"
    )
    return migrations.AlterField(model, "roles", several)


class Migration(migrations.Migration):
    dependencies = [("access", "0024_let_months_go")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
