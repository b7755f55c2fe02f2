"""Recertification: campaigns in which every right is confirmed or removed, and the reporting line answers."""

from datetime import UTC, datetime

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# Who reaches all rows sees every campaign through; everybody else answers for what lies with him.
SCOPE = """
ALTER TABLE access_heldright ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_heldright FORCE ROW LEVEL SECURITY;
CREATE POLICY heldright_scope ON access_heldright USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY heldright_review ON access_heldright FOR SELECT USING (
    reviewer_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
CREATE POLICY heldright_decide ON access_heldright FOR UPDATE USING (
    reviewer_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
"""
UNSCOPE = """
DROP POLICY heldright_decide ON access_heldright;
DROP POLICY heldright_review ON access_heldright;
DROP POLICY heldright_scope ON access_heldright;
ALTER TABLE access_heldright NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_heldright DISABLE ROW LEVEL SECURITY;
"""
OFFICER = ["compliance_officer"]


def seed(apps, schema_editor):
    """A new installation's own way of approving a campaign: this company's default, not law."""
    apps.get_model("access", "ApprovalRule").objects.create(
        kind="recertification", requesters=OFFICER, approvers=OFFICER, excluded=["line"],
        since=datetime(2020, 1, 1, tzinfo=UTC),
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind="recertification").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0014_train'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='former_guests',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None),
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None, verbose_name='岗位')),
                ('due_at', models.DateTimeField(verbose_name='截止')),
                ('repeat_months', models.PositiveSmallIntegerField(null=True, verbose_name='每几个月一次')),
                ('status', models.CharField(choices=[('waiting', '待复核'), ('open', '进行中'), ('closed', '已结束'), ('returned', '已退回')], default='waiting', max_length=8, verbose_name='状态')),
                ('opened_at', models.DateTimeField(default=custodian.clock.now, verbose_name='提出')),
                ('started_at', models.DateTimeField(null=True, verbose_name='开始')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='结束')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit', verbose_name='机构')),
            ],
            options={
                'verbose_name': '权限复核',
                'verbose_name_plural': '权限复核',
                'ordering': ('-opened_at',),
            },
        ),
        migrations.CreateModel(
            name='HeldRight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('role', '岗位'), ('grant', '临时授权'), ('portfolio', '名下客户'), ('token', '接口令牌'), ('case', '案件人员')], max_length=10, verbose_name='权限')),
                ('target', models.CharField(max_length=40)),
                ('facts', models.JSONField(default=dict)),
                ('decision', models.CharField(blank=True, choices=[('keep', '已保留'), ('remove', '已取消'), ('lapsed', '到期取消'), ('spared', '到期未取消'), ('gone', '已先行结束')], default='', max_length=6, verbose_name='决定')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='决定时间')),
                ('ended_at', models.DateTimeField(null=True)),
                ('because', models.CharField(blank=True, default='', max_length=30)),
                ('campaign', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rights', to='access.campaign')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='决定人')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ('reviewer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人')),
            ],
            options={
                'verbose_name': '待复核权限',
                'verbose_name_plural': '待复核权限',
                'ordering': ('person__staff_no', 'pk'),
            },
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('started_at', None), ('due_at__gt', models.F('started_at')), _connector='OR'), name='campaign_is_due_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='campaign',
            constraint=models.CheckConstraint(condition=models.Q(('repeat_months', None), models.Q(('repeat_months__gte', 1), ('repeat_months__lte', 24)), _connector='OR'), name='campaign_repeats_within_two_years'),
        ),
        migrations.AddIndex(
            model_name='heldright',
            index=models.Index(fields=['reviewer', 'decision'], name='access_held_reviewe_16f63d_idx'),
        ),
        migrations.AddConstraint(
            model_name='heldright',
            constraint=models.UniqueConstraint(fields=('campaign', 'person', 'kind', 'target'), name='right_is_reviewed_once'),
        ),
        migrations.AddConstraint(
            model_name='heldright',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), models.Q(('decided_by', models.F('person')), _negated=True), _connector='OR'), models.Q(('reviewer', None), models.Q(('reviewer', models.F('person')), _negated=True), _connector='OR')), name='right_is_never_decided_by_its_holder'),
        ),
        migrations.AddConstraint(
            model_name='heldright',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', '')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('decision__in', ('keep', 'remove'))), models.Q(('decided_at__isnull', False), ('decided_by', None), ('decision__in', ('lapsed', 'spared', 'gone'))), _connector='OR'), name='right_decision_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='heldright',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decision__in', ('remove', 'lapsed', 'gone')), ('ended_at__isnull', False)), models.Q(models.Q(('decision__in', ('remove', 'lapsed', 'gone')), _negated=True), ('ended_at', None)), _connector='OR'), name='right_that_was_removed_has_ended'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
