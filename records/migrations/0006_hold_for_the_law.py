"""Legal holds, their reviews, and the rules by which they are placed and released."""

from datetime import UTC, datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# A hold tells of an investigation: whoever does not reach all rows sees none of it.
SCOPE = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNSCOPE = """
DROP POLICY {table}_scope ON records_{table};
ALTER TABLE records_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_{table} DISABLE ROW LEVEL SECURITY;
"""
TABLES = ["legalhold", "holdreview"]
KINDS = ["legal-hold", "legal-hold-release"]


def seed(apps, schema_editor):
    """A new installation's own way of placing and releasing holds: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=["compliance_officer", "security_officer"],
            approvers=["compliance_officer"], excluded=["line"],
            since=datetime(2020, 1, 1, tzinfo=UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0019_restrict'),
        ('records', '0005_keep_and_destroy'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='保留编号')),
                ('scope', models.CharField(choices=[('customer', '客户'), ('policy', '保单'), ('book', '账册'), ('case', '案件'), ('query', '条件')], max_length=8, verbose_name='范围')),
                ('selector', models.JSONField()),
                ('ground', models.CharField(choices=[('aml_investigation_open', '反洗钱调查未结'), ('dispute_or_complaint_open', '纠纷或投诉未结'), ('regulator_order', '监管机构要求'), ('claim_limitation_running', '理赔请求权时效未满')], max_length=32, verbose_name='事由')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('letter', models.CharField(blank=True, max_length=60, verbose_name='函号')),
                ('placed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='提出')),
                ('review_on', models.DateField(verbose_name='复查日')),
                ('status', models.CharField(choices=[('asked', '待复核'), ('open', '有效'), ('returned', '已退回'), ('release-asked', '待复核解除'), ('released', '已解除')], default='asked', max_length=16, verbose_name='状态')),
                ('released_at', models.DateTimeField(null=True, verbose_name='解除')),
                ('release_reason', models.CharField(blank=True, max_length=200, verbose_name='解除理由')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('placed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('release_approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval', verbose_name='解除的复核')),
            ],
            options={
                'verbose_name': '法律保留',
                'verbose_name_plural': '法律保留',
                'ordering': ('-placed_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='HoldReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reviewed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='复查')),
                ('note', models.CharField(max_length=200, verbose_name='说明')),
                ('next_on', models.DateField(verbose_name='下次复查')),
                ('reviewed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复查人')),
                ('hold', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='records.legalhold')),
            ],
            options={
                'verbose_name': '法律保留复查',
                'verbose_name_plural': '法律保留复查',
                'ordering': ('-reviewed_at', '-pk'),
            },
        ),
        migrations.AddIndex(
            model_name='legalhold',
            index=models.Index(fields=['status', 'review_on'], name='legal_hold_by_review'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', False), ('status', 'released')), models.Q(models.Q(('status', 'released'), _negated=True), ('released_at', None)), _connector='OR'), name='legal_hold_is_dated_when_released'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(('release_approval__isnull', False), models.Q(('status__in', ('release-asked', 'released')), _negated=True), _connector='OR'), name='legal_hold_is_released_by_an_approval'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(('release_approval', None), models.Q(('release_approval', models.F('approval')), _negated=True), _connector='OR'), name='legal_hold_is_placed_and_released_apart'),
        ),
        *(
            migrations.RunSQL(SCOPE.format(table=table), UNSCOPE.format(table=table))
            for table in TABLES
        ),
        migrations.RunPython(seed, unseed),
    ]
