"""A processing purpose otherwise than the register's file, by four eyes; choices name what they follow from."""

from datetime import UTC, datetime

import django.db.models.deletion
from django.db import migrations, models

# A version keeps what it says; only its end may be set, or come earlier.
KEEP = """
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_purposeoverride
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
"""
LET_GO = "DROP TRIGGER keep_rows ON access_purposeoverride;"
OFFICER = ["compliance_officer"]
KIND = "law-purpose"


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
        ('access', '0037_settle_findings'),
    ]

    operations = [
        migrations.CreateModel(
            name='PurposeOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(max_length=20, verbose_name='用途')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('terms', models.JSONField()),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
            ],
            options={
                'verbose_name': '处理目的的改动',
                'verbose_name_plural': '处理目的的改动',
                'ordering': ('purpose', '-version'),
                'constraints': [models.UniqueConstraint(fields=('purpose', 'version'), name='purpose_override_version_is_unique'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='purpose_override_ends_after_it_begins')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
        migrations.AddField('choice', 'consent', models.CharField(db_default='', default='', max_length=20)),
        migrations.AddField('choice', 'said_on', models.DateField(null=True)),
        migrations.RemoveConstraint('choice', 'choice_is_once_for_each_purpose'),
        migrations.AddConstraint('choice', models.UniqueConstraint(fields=('subject', 'consent', 'purpose', 'element'), name='choice_is_once_for_each_consent')),
    ]
