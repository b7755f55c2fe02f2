"""A finding whose cause is gone is closed by the system, and a cause is told of once while it is open."""

import django.db.models.fields.json
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0036_let_books_move'),
    ]

    operations = [
        migrations.AlterField(
            model_name='finding',
            name='verdict',
            field=models.CharField(blank=True, choices=[('justified', '正当'), ('warning', '提醒'), ('sanction', '追究责任'), ('rule-too-broad', '规则过宽'), ('settled', '原因已消除')], max_length=16, verbose_name='定性'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.UniqueConstraint(models.F('kind'), django.db.models.fields.json.KeyTextTransform('cause', 'facts'), condition=models.Q(('status', 'open')), name='finding_of_a_cause_is_open_once'),
        ),
    ]
