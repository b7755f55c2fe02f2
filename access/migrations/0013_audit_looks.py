"""Audits: work items that explain looks, the exposure index, each day's audit, and verdicts on findings."""

from datetime import UTC, datetime

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# In force from before anything that is audited. All numbers are this company's defaults.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULES = [
    ("self", "medium", {"least": 1}),
    ("family", "high", {"least": 1}),
    ("colleague", "high", {"days": 30, "least": 2}),
    ("kin", "medium", {"least": 1, "most": 15}),
    ("vip", "high", {"days": 30, "least": 2}),
    ("off-hours", "medium", {"days": 14, "least": 8, "share": 5, "active_days": 4, "times_peers": 4, "unit_share": 30}),
    ("off-portfolio", "medium", {"days": 7, "least": 12, "times_peers": 4}),
    ("enumeration", "high", {"run": 15, "gap": 90}),
    ("fishing", "medium", {"days": 7, "least": 12, "share": 15, "times_peers": 4}),
    ("bulk", "high", {"least": 40, "times_usual": 4, "times_peers": 4}),
    ("harvest", "high", {"days": 30, "least": 50, "times_peers": 4}),
    ("drip", "high", {"days": 60, "active_days": 30, "steady": 95, "most_a_day": 5, "times_peers": 2.25}),
    ("leaver", "high", {"before": 30, "days": 7, "least": 15, "times_usual": 2}),
    ("dormant", "medium", {"idle_days": 45, "least": 3, "share": 30}),
    ("shared", "medium", {"changes": 4, "minutes": 60}),
    ("unexplained", "medium", {"days": 14, "least": 30, "share": 25, "times_peers": 4}),
    ("own-word", "medium", {"days": 14, "least": 30, "share": 40, "times_peers": 4}),
    ("honey", "urgent", {"least": 1}),
]
SCOPE = """
ALTER TABLE access_workitem ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_workitem FORCE ROW LEVEL SECURITY;
CREATE POLICY workitem_scope ON access_workitem USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
-- One's own work, and what one opened; what waits for a unit is seen by whoever is in it or below.
CREATE POLICY workitem_own ON access_workitem USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint IN (user_id, opened_by_id))
  WITH CHECK (
    (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint IN (user_id, opened_by_id));
CREATE POLICY workitem_of_unit ON access_workitem FOR SELECT USING (
    user_id IS NULL AND EXISTS (
      SELECT 1 FROM access_user u JOIN access_unit mine ON mine.id = u.unit_id
      JOIN access_unit its ON its.id = access_workitem.unit_id
      WHERE u.id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint
        AND mine.path LIKE its.path || '%'));
ALTER TABLE access_exposure ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_exposure FORCE ROW LEVEL SECURITY;
CREATE POLICY exposure_scope ON access_exposure USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNSCOPE = """
DROP POLICY exposure_scope ON access_exposure;
ALTER TABLE access_exposure NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_exposure DISABLE ROW LEVEL SECURITY;
DROP POLICY workitem_of_unit ON access_workitem;
DROP POLICY workitem_own ON access_workitem;
DROP POLICY workitem_scope ON access_workitem;
ALTER TABLE access_workitem NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_workitem DISABLE ROW LEVEL SECURITY;
"""


def seed(apps, schema_editor):
    rules = apps.get_model("access", "AuditRule")
    rules.objects.bulk_create(
        rules(code=code, severity=severity, thresholds=numbers, since=SINCE)
        for code, severity, numbers in RULES
    )
    apps.get_model("access", "ApprovalRule").objects.create(
        kind="audit-rule",
        requesters=["compliance_officer"],
        approvers=["compliance_officer", "security_officer"],
        excluded=["line"],
        since=SINCE,
    )
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def unseed(apps, schema_editor):
    apps.get_model("access", "AuditRule").objects.all().delete()
    apps.get_model("access", "ApprovalRule").objects.filter(kind="audit-rule").delete()


def judge(apps, schema_editor):
    """Findings that were closed before verdicts existed: nobody said why."""
    closed = apps.get_model("access", "Finding").objects.filter(status="closed")
    closed.update(verdict="justified", decided_at=custodian.clock.now())


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0012_break_glass'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('status', models.CharField(choices=[('queued', '排队'), ('running', '进行中'), ('paused', '已暂停'), ('failed', '失败，可续作'), ('done', '完成'), ('refused', '已拒收')], default='queued', max_length=16, verbose_name='状态')),
                ('total', models.PositiveBigIntegerField(null=True)),
                ('done', models.PositiveBigIntegerField(default=0)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(default=custodian.clock.now, verbose_name='提交时间')),
                ('started_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('leased_by', models.UUIDField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('day', models.DateField(unique=True, verbose_name='日期')),
                ('looks', models.PositiveBigIntegerField(default=0)),
                ('people', models.PositiveIntegerField(default=0)),
                ('sights', models.PositiveBigIntegerField(default=0)),
                ('unexplained', models.PositiveBigIntegerField(default=0)),
                ('first', models.BigIntegerField(null=True)),
                ('last', models.BigIntegerField(null=True)),
                ('found', models.PositiveIntegerField(default=0)),
                ('rules', models.JSONField(default=dict)),
                ('report', models.JSONField(default=dict)),
            ],
            options={
                'verbose_name': '审计',
                'verbose_name_plural': '审计',
                'ordering': ('-day',),
            },
        ),
        migrations.CreateModel(
            name='Exposure',
            fields=[
                ('pk', models.CompositePrimaryKey('user_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('day', models.DateField()),
                ('seen', models.BinaryField(default=b'')),
                ('opened', models.BinaryField(default=b'')),
                ('unexplained', models.BinaryField(default=b'')),
                ('unasked', models.BinaryField(default=b'')),
            ],
        ),
        migrations.CreateModel(
            name='Measure',
            fields=[
                ('pk', models.CompositePrimaryKey('user_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('day', models.DateField()),
                ('role', models.CharField(max_length=24)),
                ('unit_path', models.CharField(max_length=200)),
                ('looks', models.PositiveIntegerField(default=0)),
                ('sights', models.PositiveIntegerField(default=0)),
                ('unexplained', models.PositiveIntegerField(default=0)),
                ('own_word', models.PositiveIntegerField(default=0)),
                ('customers', models.PositiveIntegerField(default=0)),
                ('opened', models.PositiveIntegerField(default=0)),
                ('unasked', models.PositiveIntegerField(default=0)),
                ('outside_hours', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('searches', models.PositiveIntegerField(default=0)),
                ('empty_searches', models.PositiveIntegerField(default=0)),
                ('hours', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), default=list, size=None)),
            ],
        ),
        migrations.CreateModel(
            name='WorkItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.CharField(blank=True, max_length=40, verbose_name='编号')),
                ('kind', models.CharField(choices=[('follow_up', '回访任务'), ('policy_service', '保全申请'), ('underwriting', '核保任务'), ('claim', '赔案'), ('payment', '给付任务'), ('complaint', '投诉'), ('correction', '更正'), ('request', '客户申请'), ('contact', '来电来访')], max_length=16, verbose_name='事项')),
                ('source', models.CharField(choices=[('desk', '业务台'), ('import', '导入'), ('api', '接口')], max_length=8, verbose_name='来源')),
                ('opened_at', models.DateTimeField(default=custodian.clock.now, verbose_name='登记')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='期限')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='办结')),
                ('outcome', models.CharField(blank=True, choices=[('done', '已办结'), ('withdrawn', '已撤销')], max_length=10, verbose_name='结果')),
            ],
            options={
                'verbose_name': '工作事项',
                'verbose_name_plural': '工作事项',
                'ordering': ('-opened_at', '-pk'),
            },
        ),
        migrations.AddField(
            model_name='finding',
            name='answer',
            field=models.CharField(blank=True, max_length=500, verbose_name='本人说明'),
        ),
        migrations.AddField(
            model_name='finding',
            name='asked_at',
            field=models.DateTimeField(null=True, verbose_name='请本人说明'),
        ),
        migrations.AddField(
            model_name='finding',
            name='answered_at',
            field=models.DateTimeField(null=True, verbose_name='说明时间'),
        ),
        migrations.AddField(
            model_name='finding',
            name='decided_at',
            field=models.DateTimeField(null=True, verbose_name='定性时间'),
        ),
        migrations.AddField(
            model_name='finding',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='定性人'),
        ),
        migrations.AddField(
            model_name='finding',
            name='due_at',
            field=models.DateTimeField(null=True, verbose_name='处理期限'),
        ),
        migrations.AddField(
            model_name='finding',
            name='owner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='负责人'),
        ),
        migrations.AddField(
            model_name='finding',
            name='times',
            field=models.PositiveIntegerField(default=1, verbose_name='第几次'),
        ),
        migrations.AddField(
            model_name='finding',
            name='verdict',
            field=models.CharField(blank=True, choices=[('justified', '正当'), ('warning', '提醒'), ('sanction', '追究责任'), ('rule-too-broad', '规则过宽')], max_length=16, verbose_name='定性'),
        ),
        migrations.AddField(
            model_name='finding',
            name='verdict_note',
            field=models.CharField(blank=True, max_length=300, verbose_name='定性说明'),
        ),
        migrations.AddField(
            model_name='subject',
            name='vip',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='user',
            name='leaves_on',
            field=models.DateField(blank=True, null=True, verbose_name='离职日'),
        ),
        migrations.AddField(
            model_name='user',
            name='notice_on',
            field=models.DateField(blank=True, null=True, verbose_name='离职通知日'),
        ),
        migrations.CreateModel(
            name='AuditRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=24, verbose_name='审计规则')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                ('enabled', models.BooleanField(default=True, verbose_name='启用')),
                ('severity', models.CharField(choices=[('urgent', '紧急'), ('high', '高'), ('medium', '中'), ('low', '低')], max_length=8, verbose_name='级别')),
                ('thresholds', models.JSONField(default=dict, verbose_name='阈值')),
                ('since', models.DateTimeField(default=custodian.clock.now, verbose_name='生效')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='失效')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
            ],
            options={
                'verbose_name': '审计规则',
                'verbose_name_plural': '审计规则',
                'ordering': ('code', '-version'),
            },
        ),
        migrations.CreateModel(
            name='AuditReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('language', models.CharField(max_length=8)),
                ('body', models.BinaryField()),
                ('signature', models.BinaryField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='access.auditrun')),
            ],
        ),
        migrations.AddField(
            model_name='finding',
            name='run',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='findings', to='access.auditrun'),
        ),
        migrations.AddIndex(
            model_name='finding',
            index=models.Index(fields=['kind', 'operator', 'found_at'], name='finding_again'),
        ),
        migrations.RunPython(judge, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('status', 'open'), ('verdict', '')), models.Q(('decided_at__isnull', False), ('status', 'closed'), models.Q(('verdict', ''), _negated=True)), _connector='OR'), name='finding_is_closed_by_a_verdict'),
        ),
        migrations.AddConstraint(
            model_name='finding',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), ('operator', None), models.Q(('decided_by', models.F('operator')), _negated=True), _connector='OR'), name='nobody_judges_himself'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='opened_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='subject',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='work_items', to='access.subject'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit', verbose_name='经办机构'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人'),
        ),
        migrations.AddConstraint(
            model_name='auditrule',
            constraint=models.UniqueConstraint(fields=('code', 'version'), name='audit_rule_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='auditreport',
            constraint=models.UniqueConstraint(fields=('run', 'language'), name='audit_report_is_once_in_a_language'),
        ),
        migrations.AddIndex(
            model_name='exposure',
            index=models.Index(fields=['day', 'user'], name='exposure_of_day'),
        ),
        migrations.AddIndex(
            model_name='measure',
            index=models.Index(fields=['day', 'unit_path'], name='measure_of_day'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('unexplained__lte', models.F('sights'))), name='measure_explains_no_less_than_nothing'),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(fields=['subject', 'opened_at'], name='work_item_of_subject'),
        ),
        migrations.AddIndex(
            model_name='workitem',
            index=models.Index(fields=['user', 'closed_at'], name='work_item_of_person'),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('source', 'number'), name='work_item_number_is_unique_in_its_source'),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.CheckConstraint(condition=models.Q(('unit', None), ('user', None), _negated=True), name='work_item_is_somebodys'),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('outcome', '')), models.Q(('closed_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='work_item_closes_with_an_outcome'),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), ('closed_at__gte', models.F('opened_at')), _connector='OR'), name='work_item_closes_after_it_opens'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
