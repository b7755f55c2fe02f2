"""The customer of one's work is lent while it lasts, and a rule may say that it is about such customers."""

from django.db import migrations


def say_lent(apps, schema_editor):
    """What a new installation begins with covered lent customers as one's own, and still does."""
    rules = apps.get_model("access", "PolicyRule").objects.filter(reach="own", approval=None)
    rules.update(reach="case")


def say_own(apps, schema_editor):
    apps.get_model("access", "PolicyRule").objects.filter(reach="case").update(reach="own")


class Migration(migrations.Migration):
    dependencies = [("access", "0016_exports")]

    operations = [
        migrations.RunPython(say_lent, say_own),
    ]
