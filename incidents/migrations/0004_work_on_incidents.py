"""Incidents become cases: a working group, tasks, a timeline, evidence and what they are about."""

import datetime

import custodian.clock
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# A person sees an incident while he is in its working group; a piece of the house sees them all.
TABLES = {
    "incidents_incident": "id",
    "incidents_incidenttask": "incident_id",
    "incidents_timelineentry": "incident_id",
    "incidents_incidentevidence": "incident_id",
    "incidents_incidentlink": "incident_id",
    "incidents_affectedlist": "incident_id",
    "incidents_assessment": "incident_id",
    "incidents_incidentclock": "incident_id",
}
SCOPE = "\n".join(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_group ON {table} USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM incidents_member m WHERE m.incident_id = {table}.{column} AND m.left_at IS NULL
        AND m.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint));
""" for table, column in TABLES.items())
UNSCOPE = "\n".join(f"""
DROP POLICY incident_group ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
""" for table in TABLES)
# What was put down, filed and handed on stays as it was.
KEPT = ("timelineentry", "incidentevidence", "custody", "assessment")
KEEP = """
CREATE FUNCTION incidents_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was put on record of an incident is kept as it was';
END $$;
""" + "\n".join(f"""
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_{name} FOR EACH ROW EXECUTE FUNCTION incidents_keep();
""" for name in KEPT)
LET_GO = "\n".join(f"DROP TRIGGER keep_rows ON incidents_{name};" for name in KEPT) + """
DROP FUNCTION incidents_keep();
"""
WORKERS = ["compliance_officer", "security_officer"]
KINDS = ("incident-decision", "incident-close", "incident-cut", "incident-assess")


def seed(apps, schema_editor):
    """A new installation's own way of approving what is decided in a case: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=WORKERS, approvers=[*WORKERS, "auditor"],
            excluded=["line", "target", "target-line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0038_let_purposes_change'),
        ('incidents', '0003_trace_leaks'),
        ('transfers', '0009_keep_a_ledger_outside'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IncidentClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=24, verbose_name='时限')),
                ('started_at', models.DateTimeField(verbose_name='起算时间')),
                ('waited', models.DurationField(default=datetime.timedelta)),
                ('paused_at', models.DateTimeField(null=True)),
                ('extended', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('late_reason', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField(editable=False, verbose_name='到期时间')),
                ('near_at', models.DateTimeField(editable=False)),
                ('target_at', models.DateTimeField(editable=False, null=True)),
                ('provisional', models.BooleanField(default=False, editable=False)),
                ('number', models.PositiveSmallIntegerField(default=1)),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name='报送编号')),
                ('why_late', models.CharField(blank=True, max_length=300, verbose_name='逾期原因')),
            ],
            options={
                'ordering': ('due_at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='IncidentEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('place', models.CharField(blank=True, max_length=100, verbose_name='存放处')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('origin', models.CharField(max_length=200, verbose_name='来源')),
                ('media_type', models.CharField(max_length=40)),
                ('length', models.PositiveBigIntegerField(verbose_name='大小')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='指纹')),
                ('filed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='归档时间')),
            ],
            options={
                'verbose_name': '证据',
                'verbose_name_plural': '证据',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='IncidentLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('linked_at', models.DateTimeField(default=custodian.clock.now, verbose_name='时间')),
            ],
            options={
                'verbose_name': '关联',
                'verbose_name_plural': '关联',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='IncidentTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(blank=True, max_length=40)),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='要做什么')),
                ('due_at', models.DateTimeField(null=True, verbose_name='期限')),
                ('status', models.CharField(choices=[('open', '待办'), ('done', '已办'), ('not_needed', '不需要')], default='open', max_length=10, verbose_name='状态')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('done_at', models.DateTimeField(null=True, verbose_name='办结时间')),
            ],
            options={
                'verbose_name': '处置任务',
                'verbose_name_plural': '处置任务',
                'ordering': ('due_at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('lead', '负责人'), ('member', '成员'), ('observer', '列席')], max_length=8, verbose_name='角色')),
                ('joined_at', models.DateTimeField(default=custodian.clock.now, verbose_name='加入')),
                ('left_at', models.DateTimeField(null=True, verbose_name='退出')),
            ],
            options={
                'verbose_name': '工作组成员',
                'verbose_name_plural': '工作组成员',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='TimelineEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('opened', '立案'), ('alert', '并入告警'), ('facts', '时间认定'), ('joined', '加入工作组'), ('left', '退出工作组'), ('task', '任务'), ('note', '记录'), ('evidence', '证据归档'), ('link', '关联'), ('decision', '决定'), ('assessed', '评定'), ('reported', '办结时限'), ('cut', '停止访问'), ('handled', '处置结束'), ('reopened', '重新处置'), ('closed', '结案')], max_length=10, verbose_name='事项')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('recorded_at', models.DateTimeField(default=custodian.clock.now, verbose_name='记录时间')),
                ('facts', models.JSONField(default=dict)),
                ('text', models.CharField(blank=True, max_length=1000, verbose_name='内容')),
            ],
            options={
                'verbose_name': '时间线',
                'verbose_name_plural': '时间线',
                'ordering': ('at', 'pk'),
            },
        ),
        migrations.AddField(
            model_name='alert',
            name='decided_at',
            field=models.DateTimeField(null=True, verbose_name='分诊时间'),
        ),
        migrations.AddField(
            model_name='alert',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='alert',
            name='happened_at',
            field=models.DateTimeField(null=True, verbose_name='发生时间'),
        ),
        migrations.AddField(
            model_name='alert',
            name='number',
            field=models.CharField(blank=True, max_length=120, verbose_name='对方编号'),
        ),
        migrations.AddField(
            model_name='alert',
            name='same_as',
            field=models.UUIDField(db_index=True, null=True, verbose_name='同一告警'),
        ),
        migrations.AddField(
            model_name='alert',
            name='system',
            field=models.CharField(blank=True, max_length=60, verbose_name='系统'),
        ),
        migrations.AddField(
            model_name='alert',
            name='why',
            field=models.CharField(blank=True, max_length=200, verbose_name='理由'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='source',
            field=models.CharField(choices=[('finding', '审计发现'), ('integrity', '完整性检查'), ('customer', '客户反映'), ('partner', '合作方通报'), ('external', '外部系统'), ('staff', '员工报告')], max_length=12, verbose_name='来源'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='status',
            field=models.CharField(choices=[('new', '待分诊'), ('case', '已立案'), ('duplicate', '重复'), ('false_alarm', '误报'), ('settled', '原因已消除')], default='new', max_length=12, verbose_name='状态'),
        ),
        migrations.CreateModel(
            name='Custody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('filed', '归档'), ('opened', '取出阅看'), ('checked', '核对指纹'), ('handed', '移交')], max_length=8, verbose_name='动作')),
                ('at', models.DateTimeField(default=custodian.clock.now, verbose_name='时间')),
                ('to', models.CharField(blank=True, max_length=100, verbose_name='交给')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经手人')),
            ],
            options={
                'verbose_name': '保管链',
                'verbose_name_plural': '保管链',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Incident',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='编号')),
                ('kind', models.CharField(choices=[('insider', '内部人员泄露或倒卖'), ('device', '设备或存储介质遗失'), ('partner', '合作方平台泄露'), ('misdirected', '误发'), ('ransomware', '勒索软件'), ('intrusion', '系统入侵'), ('tampering', '资料或日志被篡改'), ('loss', '资料丢失或损坏'), ('fraud_call', '冒充公司的诈骗来电'), ('other', '其他')], max_length=12, verbose_name='类型')),
                ('title', models.CharField(max_length=100, verbose_name='事由')),
                ('status', models.CharField(choices=[('open', '处置中'), ('handled', '已处置，待结案'), ('closed', '已结案')], default='open', max_length=8, verbose_name='状态')),
                ('occurred_at', models.DateTimeField(null=True, verbose_name='发生时间')),
                ('aware_at', models.DateTimeField(verbose_name='知悉时间')),
                ('opened_at', models.DateTimeField(default=custodian.clock.now, verbose_name='立案时间')),
                ('handled_at', models.DateTimeField(null=True, verbose_name='处置结束')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='结案时间')),
                ('closing', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='立案人')),
            ],
            options={
                'verbose_name': '事件',
                'verbose_name_plural': '事件',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('occasions', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
                ('severity', models.CharField(choices=[('critical', '特别重大'), ('major', '重大'), ('significant', '较大'), ('ordinary', '一般')], max_length=12, verbose_name='金融监管分级')),
                ('level', models.CharField(choices=[('critical', '特别重大'), ('major', '重大'), ('significant', '较大'), ('ordinary', '一般')], max_length=12, verbose_name='网信分级')),
                ('operator', models.CharField(choices=[('other', '其他网络运营者'), ('cii', '关键信息基础设施'), ('central_organ', '中央和国家机关')], max_length=14, verbose_name='系统性质')),
                ('counted', models.JSONField(default=dict)),
                ('reason', models.CharField(max_length=1000, verbose_name='理由')),
                ('made_at', models.DateTimeField(default=custodian.clock.now, verbose_name='评定时间')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessments', to='incidents.incident')),
            ],
            options={
                'verbose_name': '评定',
                'verbose_name_plural': '评定',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='AffectedList',
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
                ('by', models.CharField(choices=[('operator', '操作人的查询'), ('export', '导出文件'), ('partner', '合作方持有的资料'), ('transfer', '移交包'), ('trace', '外泄名单')], max_length=8, verbose_name='依据')),
                ('about', models.CharField(max_length=40, verbose_name='编号')),
                ('since', models.DateTimeField(null=True, verbose_name='起')),
                ('until', models.DateTimeField(null=True, verbose_name='止')),
                ('customers', models.PositiveIntegerField(null=True, verbose_name='受影响客户')),
                ('clear', models.PositiveIntegerField(null=True, verbose_name='其中看到明文')),
                ('elements', models.JSONField(default=dict)),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='指纹')),
                ('entry', models.BigIntegerField(null=True)),
                ('checked_at', models.DateTimeField(null=True, verbose_name='复算时间')),
                ('same', models.BooleanField(null=True, verbose_name='复算一致')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提交人')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='affected', to='incidents.incident')),
            ],
            options={
                'verbose_name': '受影响名单',
                'verbose_name_plural': '受影响名单',
                'ordering': ('-pk',),
            },
        ),
        migrations.AddField(
            model_name='alert',
            name='incident',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='incidents.incident', verbose_name='事件'),
        ),
        migrations.AddField(
            model_name='leaktrace',
            name='incident',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='traces', to='incidents.incident'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('system', 'number'), name='alert_of_a_system_comes_once'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('incident__isnull', False), ('status', 'case')), models.Q(models.Q(('status', 'case'), _negated=True), ('incident', None)), _connector='OR'), name='alert_of_a_case_names_it'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('same_as__isnull', False), ('status', 'duplicate')), models.Q(models.Q(('status', 'duplicate'), _negated=True), ('same_as', None)), _connector='OR'), name='alert_that_is_a_double_names_the_other'),
        ),
        migrations.AddField(
            model_name='incidentclock',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='incidentevidence',
            name='filed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='归档人'),
        ),
        migrations.AddField(
            model_name='incidentevidence',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='custody',
            name='evidence',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='custody', to='incidents.incidentevidence'),
        ),
        migrations.AddField(
            model_name='incidentlink',
            name='customer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject'),
        ),
        migrations.AddField(
            model_name='incidentlink',
            name='export',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.export'),
        ),
        migrations.AddField(
            model_name='incidentlink',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='incidentlink',
            name='linked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='incidentlink',
            name='operator',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='incidentlink',
            name='partner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.counterparty'),
        ),
        migrations.AddField(
            model_name='incidentlink',
            name='trace',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.leaktrace'),
        ),
        migrations.AddField(
            model_name='incidentlink',
            name='transfer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.transfer'),
        ),
        migrations.AddField(
            model_name='incidenttask',
            name='done_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='incidenttask',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='incidenttask',
            name='owner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='负责人'),
        ),
        migrations.AddField(
            model_name='member',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='member',
            name='joined_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='member',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员'),
        ),
        migrations.AddField(
            model_name='timelineentry',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='timeline', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='timelineentry',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('handled_at', None), ('status', 'open')), models.Q(('closed_at', None), ('handled_at__isnull', False), ('status', 'handled')), models.Q(('closed_at__isnull', False), ('handled_at__isnull', False), ('status', 'closed')), _connector='OR'), name='incident_says_when_it_was_handled_and_closed'),
        ),
        migrations.AddConstraint(
            model_name='incident',
            constraint=models.CheckConstraint(condition=models.Q(('occurred_at', None), ('occurred_at__lte', models.F('aware_at')), _connector='OR'), name='incident_is_known_after_it_happened'),
        ),
        migrations.AddConstraint(
            model_name='affectedlist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'done'), _negated=True), models.Q(('clear__isnull', False), ('customers__isnull', False), models.Q(('digest', ''), _negated=True)), _connector='OR'), name='affected_list_that_is_done_has_numbers'),
        ),
        migrations.AddConstraint(
            model_name='incidentclock',
            constraint=models.UniqueConstraint(fields=('incident', 'rule', 'number'), name='incident_clock_runs_once'),
        ),
        migrations.AddConstraint(
            model_name='incidentclock',
            constraint=models.CheckConstraint(condition=models.Q(('late_reason', False), models.Q(('why_late', ''), _negated=True), _connector='OR'), name='incident_clock_late_says_why'),
        ),
        migrations.AddConstraint(
            model_name='incidentevidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('place', ''), _negated=True), models.Q(models.Q(('sha256', ''), _negated=True), ('length__gt', 0)), _connector='OR'), name='incident_evidence_is_here_or_says_where'),
        ),
        migrations.AddConstraint(
            model_name='custody',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act', 'handed'), _negated=True), models.Q(('to', ''), _negated=True), _connector='OR'), name='custody_handed_says_to_whom'),
        ),
        migrations.AddConstraint(
            model_name='incidentlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customer__isnull', False), ('export__isnull', True), ('operator__isnull', True), ('partner__isnull', True), ('trace__isnull', True), ('transfer__isnull', True)), models.Q(('customer__isnull', True), ('export__isnull', True), ('operator__isnull', False), ('partner__isnull', True), ('trace__isnull', True), ('transfer__isnull', True)), models.Q(('customer__isnull', True), ('export__isnull', True), ('operator__isnull', True), ('partner__isnull', False), ('trace__isnull', True), ('transfer__isnull', True)), models.Q(('customer__isnull', True), ('export__isnull', True), ('operator__isnull', True), ('partner__isnull', True), ('trace__isnull', True), ('transfer__isnull', False)), models.Q(('customer__isnull', True), ('export__isnull', False), ('operator__isnull', True), ('partner__isnull', True), ('trace__isnull', True), ('transfer__isnull', True)), models.Q(('customer__isnull', True), ('export__isnull', True), ('operator__isnull', True), ('partner__isnull', True), ('trace__isnull', False), ('transfer__isnull', True)), _connector='OR'), name='incident_link_names_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='incidentlink',
            constraint=models.UniqueConstraint(condition=models.Q(('customer__isnull', False)), fields=('incident', 'customer'), name='incident_has_a_customer_once'),
        ),
        migrations.AddConstraint(
            model_name='incidentlink',
            constraint=models.UniqueConstraint(condition=models.Q(('operator__isnull', False)), fields=('incident', 'operator'), name='incident_has_a_operator_once'),
        ),
        migrations.AddConstraint(
            model_name='incidentlink',
            constraint=models.UniqueConstraint(condition=models.Q(('partner__isnull', False)), fields=('incident', 'partner'), name='incident_has_a_partner_once'),
        ),
        migrations.AddConstraint(
            model_name='incidentlink',
            constraint=models.UniqueConstraint(condition=models.Q(('transfer__isnull', False)), fields=('incident', 'transfer'), name='incident_has_a_transfer_once'),
        ),
        migrations.AddConstraint(
            model_name='incidentlink',
            constraint=models.UniqueConstraint(condition=models.Q(('export__isnull', False)), fields=('incident', 'export'), name='incident_has_a_export_once'),
        ),
        migrations.AddConstraint(
            model_name='incidentlink',
            constraint=models.UniqueConstraint(condition=models.Q(('trace__isnull', False)), fields=('incident', 'trace'), name='incident_has_a_trace_once'),
        ),
        migrations.AddConstraint(
            model_name='incidenttask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('step', ''), models.Q(('title', ''), _negated=True)), models.Q(models.Q(('step', ''), _negated=True), ('title', '')), _connector='OR'), name='incident_task_is_a_step_or_has_a_title'),
        ),
        migrations.AddConstraint(
            model_name='incidenttask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='incident_task_over_says_when_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('incident', 'user'), name='incident_has_a_person_once'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
