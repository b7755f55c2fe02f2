"""Other times than the packs', and years of the calendar: dated versions by four eyes that nothing rewrites."""

from datetime import UTC, datetime

import django.db.models.deletion
from django.db import migrations, models

KEEP = """
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_clockoverride
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_calendaryear
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
"""
LET_GO = """
DROP TRIGGER keep_rows ON access_calendaryear;
DROP TRIGGER keep_rows ON access_clockoverride;
"""
OFFICER = ["compliance_officer"]
KINDS = ("law-clock", "law-calendar")


def seed(apps, schema_editor):
    """A new installation's own way of approving them: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
            since=datetime(2020, 1, 1, tzinfo=UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0025_let_customers_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarYear',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年份')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('holidays', models.JSONField()),
                ('worked', models.JSONField()),
                ('mark', models.CharField(max_length=2, verbose_name='标记')),
                ('source', models.CharField(max_length=200, verbose_name='出处')),
                ('read_on', models.DateField(verbose_name='核对日期')),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
            ],
            options={
                'verbose_name': '工作日历的年份',
                'verbose_name_plural': '工作日历的年份',
                'ordering': ('year', '-version'),
                'constraints': [models.UniqueConstraint(fields=('year', 'version'), name='calendar_year_version_is_unique'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('year',), name='calendar_year_has_one_that_holds'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='calendar_year_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='ClockOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=24, verbose_name='时限')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('enabled', models.BooleanField(default=True, verbose_name='启用')),
                ('length', models.CharField(blank=True, max_length=8, verbose_name='时限长度')),
                ('target', models.CharField(blank=True, max_length=8, verbose_name='本公司目标')),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
            ],
            options={
                'verbose_name': '时限的改动',
                'verbose_name_plural': '时限的改动',
                'ordering': ('rule', '-version'),
                'constraints': [models.UniqueConstraint(fields=('rule', 'version'), name='clock_override_version_is_unique'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='clock_override_ends_after_it_begins')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
