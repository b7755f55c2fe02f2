"""Figures of units by week, for the scorecard."""

import custodian.clock
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0038_let_purposes_change'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScorecardFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('indicator', models.CharField(max_length=16, verbose_name='指标')),
                ('week', models.DateField(verbose_name='周')),
                ('part', models.PositiveBigIntegerField()),
                ('base', models.PositiveBigIntegerField()),
                ('counted_at', models.DateTimeField(default=custodian.clock.now, verbose_name='统计时间')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
            ],
            options={
                'ordering': ('week', 'indicator', 'unit'),
                'constraints': [models.UniqueConstraint(fields=('week', 'indicator', 'unit'), name='scorecard_figure_once_a_week'), models.CheckConstraint(condition=models.Q(('week__iso_week_day', 1)), name='scorecard_week_begins_on_monday')],
            },
        ),
    ]
