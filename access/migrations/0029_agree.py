"""What customers agree to reaches the gate: three purposes that only consent allows, and choices."""

from datetime import UTC, datetime

from django.db import migrations, models


# Whoever sees the customer sees what she chose; whoever reaches everybody writes it.
SCOPE = """
ALTER TABLE access_choice ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_choice FORCE ROW LEVEL SECURITY;
CREATE POLICY choice_scope ON access_choice USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY choice_read ON access_choice FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = access_choice.subject_id));
"""
UNSCOPE = """
DROP POLICY choice_read ON access_choice;
DROP POLICY choice_scope ON access_choice;
ALTER TABLE access_choice NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_choice DISABLE ROW LEVEL SECURITY;
"""
PURPOSES = [
    ("follow_up", "回访"), ("policy_service", "保全"), ("underwriting", "核保"), ("claim", "理赔"),
    ("payment", "给付"), ("complaint", "投诉处理"), ("marketing", "营销"), ("survey", "满意度调查"),
    ("sharing", "提供给合作方"), ("compliance", "合规检查"), ("audit", "审计"), ("regulation", "监管检查"),
    ("security", "安全调查"), ("import", "导入"), ("self", "本人查看"), ("system", "系统作业"),
    ("other", "其他"),
]
# This company's defaults, not law: an agent offers more to his own customers, and the service desk asks how
# they were served. Nobody gives anything to a partner before the company makes a rule of it.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULES = [
    {"role": "agent", "purpose": "marketing", "reach": "own"},
    {"role": "service_desk", "purpose": "survey", "reach": "all"},
]


def seed(apps, schema_editor):
    PolicyRule = apps.get_model("access", "PolicyRule")
    proposed = apps.get_model("access", "RuleProposal").objects.values_list("code", flat=True)
    codes = [*PolicyRule.objects.values_list("code", flat=True), *proposed]
    free = max(int(code[2:]) for code in codes if code.startswith("R-") and code[2:].isdecimal()) + 1
    for number, rule in enumerate(RULES, free):
        PolicyRule.objects.create(
            code=f"R-{number:03}", element_class="identity", max_level=3, hour_from=0, hour_until=24, since=SINCE, **rule
        )


def unseed(apps, schema_editor):
    purposes = [rule["purpose"] for rule in RULES]
    apps.get_model("access", "PolicyRule").objects.filter(purpose__in=purposes).delete()


def purpose(model, label=None):
    named = {"verbose_name": label} if label else {}
    return migrations.AlterField(
        model, "purpose", models.CharField(choices=PURPOSES, max_length=20, **named)
    )


class Migration(migrations.Migration):
    dependencies = [("access", "0028_heed_requests")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
