"""How often something is done: a number of the pack's that this company may set, by four eyes."""

from datetime import UTC, datetime

import django.db.models.deletion
from django.db import migrations, models

# A version keeps what it says; only its end may be set, or come earlier.
KEEP = """
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_countoverride
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
"""
LET_GO = "DROP TRIGGER keep_rows ON access_countoverride;"
OFFICER = ["compliance_officer"]
KIND = "law-count"


def seed(apps, schema_editor):
    """A new installation's own way of approving them: this company's default, not law."""
    apps.get_model("access", "ApprovalRule").objects.create(
        kind=KIND, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
        since=datetime(2020, 1, 1, tzinfo=UTC),
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0033_let_partners_in'),
    ]

    operations = [
        migrations.CreateModel(
            name='CountOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=24, verbose_name='次数')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('number', models.PositiveSmallIntegerField(verbose_name='次数')),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
            ],
            options={
                'verbose_name': '次数的改动',
                'verbose_name_plural': '次数的改动',
                'ordering': ('rule', '-version'),
                'constraints': [models.UniqueConstraint(fields=('rule', 'version'), name='count_override_version_is_unique'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='count_override_ends_after_it_begins')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
