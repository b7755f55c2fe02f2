"""The rules that a new installation begins with: this company's defaults, not law."""

from datetime import UTC, datetime

from django.db import migrations

# In force from before anything that is imported, so that a past look can be judged by them too.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
OWN, UNIT, ALL = "own", "unit", "all"
# role, reach, channel hours, {purpose: {class: highest level}}
SEED = [
    ("agent", OWN, (0, 24), {
        "follow_up": {"identity": 3, "policy": 3},
        "policy_service": {"identity": 3, "policy": 3},
        "underwriting": {"identity": 3, "policy": 4, "financial": 3},
        "payment": {"identity": 3, "policy": 3, "financial": 4},
        "claim": {"identity": 3, "policy": 3},
        "complaint": {"identity": 3, "policy": 3},
        "other": {"identity": 3},
    }),
    ("claims_handler", UNIT, (6, 23), {
        "claim": {"identity": 3, "policy": 4, "financial": 4},
        "payment": {"identity": 3, "policy": 3, "financial": 4},
        "other": {"identity": 3},
    }),
    ("service_desk", ALL, (0, 24), {
        "follow_up": {"identity": 3, "policy": 3},
        "policy_service": {"identity": 3, "policy": 3, "financial": 3},
        "complaint": {"identity": 3, "policy": 3},
        "other": {"identity": 3},
    }),
    ("compliance_officer", ALL, (0, 24), {
        "compliance": {"identity": 3, "policy": 4, "financial": 4},
        "complaint": {"identity": 3, "policy": 4, "financial": 4},
        "import": {"identity": 3, "policy": 4, "financial": 4},
    }),
    ("security_officer", ALL, (0, 24), {"security": {"identity": 3, "policy": 3}}),
    ("auditor", ALL, (0, 24), {"audit": {"identity": 2, "policy": 2, "financial": 2}}),
]


def seed(apps, schema_editor):
    PolicyRule = apps.get_model("access", "PolicyRule")
    number = 10
    for role, reach, (hour_from, hour_until), purposes in SEED:
        for purpose, classes in purposes.items():
            for element_class, level in classes.items():
                PolicyRule.objects.create(
                    code=f"R-{number:03}", role=role, purpose=purpose, element_class=element_class,
                    max_level=level, reach=reach, hour_from=hour_from, hour_until=hour_until, since=SINCE,
                )
                number += 1


def unseed(apps, schema_editor):
    apps.get_model("access", "PolicyRule").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0002_raise_the_query_log")]

    operations = [
        migrations.RunPython(seed, unseed),
    ]
