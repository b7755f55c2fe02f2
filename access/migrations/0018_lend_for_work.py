"""The customer of one's work is lent while it lasts, and a rule may say that it is about such customers."""

import django.db.models.deletion
from django.db import migrations, models


def say_lent(apps, schema_editor):
    """What a new installation begins with covered lent customers as one's own, and still does."""
    rules = apps.get_model("access", "PolicyRule").objects.filter(reach="own", approval=None)
    rules.update(reach="case")


def say_own(apps, schema_editor):
    apps.get_model("access", "PolicyRule").objects.filter(reach="case").update(reach="own")


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0017_end_rules_by_the_day'),
    ]

    operations = [
        migrations.AddField(
            model_name='grant',
            name='item',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.workitem', verbose_name='事项'),
        ),
        migrations.AlterField(
            model_name='policyrule',
            name='reach',
            field=models.CharField(choices=[('none', '无'), ('own', '名下客户'), ('case', '名下及受理的客户'), ('unit', '本机构'), ('all', '全部')], max_length=8, verbose_name='范围'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customers__len__gt', 0), ('item', None)), models.Q(('customers__len', 0), ('item__isnull', False)), _connector='OR'), name='grant_is_for_customers_or_for_work'),
        ),
        migrations.RunPython(say_lent, say_own),
    ]
