"""What this insurer says about the law: dated versions that nothing rewrites, and two kinds of approval."""

from datetime import UTC, datetime

import django.db.models.deletion
from django.db import migrations, models

# A version keeps what it says; only its end may be set, or come earlier.
KEEP = """
CREATE FUNCTION access_keep_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'until' = to_jsonb(OLD) - 'until'
       AND NEW.until IS NOT NULL AND (OLD.until IS NULL OR NEW.until <= OLD.until) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of the law is kept as it was approved';
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_ruleoverride
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_confirmation
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
"""
LET_GO = """
DROP TRIGGER keep_rows ON access_confirmation;
DROP TRIGGER keep_rows ON access_ruleoverride;
DROP FUNCTION access_keep_law();
"""
OFFICER = ["compliance_officer"]
KINDS = ("law-override", "law-confirmation")


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
        ('access', '0019_restrict'),
    ]

    operations = [
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('clause', models.CharField(max_length=24, verbose_name='条款')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('mark', models.CharField(max_length=2, verbose_name='标记')),
                ('source', models.CharField(max_length=200, verbose_name='出处')),
                ('read_on', models.DateField(verbose_name='核对日期')),
                ('text', models.JSONField()),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
            ],
            options={
                'verbose_name': '条款核对',
                'verbose_name_plural': '条款核对',
                'ordering': ('clause', '-version'),
                'constraints': [models.UniqueConstraint(fields=('clause', 'version'), name='confirmation_version_is_unique'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='confirmation_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='RuleOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=40, verbose_name='保存规则')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('enabled', models.BooleanField(default=True, verbose_name='启用')),
                ('period', models.CharField(max_length=8, verbose_name='保存期限')),
                ('own', models.JSONField(null=True)),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
            ],
            options={
                'verbose_name': '保存期限的改动',
                'verbose_name_plural': '保存期限的改动',
                'ordering': ('rule', '-version'),
                'constraints': [models.UniqueConstraint(fields=('rule', 'version'), name='rule_override_version_is_unique'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='rule_override_ends_after_it_begins')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
