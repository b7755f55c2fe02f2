"""Remedies that outlive a case, the review that closes it, who was told what is due, and exercises."""

import datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


MEMBERS = """
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM incidents_member m WHERE m.incident_id = {table}.incident_id AND m.left_at IS NULL
        AND m.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint)"""
# The owner of a remedy sees its row, and nothing else of the case.
OWNER = """
    OR {table}.owner_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint"""
TABLES = {
    "incidents_incidentremedy": MEMBERS + OWNER,
    "incidents_incidentreview": MEMBERS,
    "incidents_duetelling": MEMBERS,
    "incidents_exercise": MEMBERS,
}
SCOPE = "\n".join(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_group ON {table} USING ({rule.format(table=table)});
""" for table, rule in TABLES.items())
UNSCOPE = "\n".join(f"""
DROP POLICY incident_group ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
""" for table in TABLES)
KEEP = """
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_incidentreview FOR EACH ROW EXECUTE FUNCTION incidents_keep();
"""
LET_GO = "DROP TRIGGER keep_rows ON incidents_incidentreview;"
WORKERS = ["compliance_officer", "security_officer"]
KIND = "incident-review"


def seed(apps, schema_editor):
    """A new installation's own way of approving a review: this company's default, not law."""
    apps.get_model("access", "ApprovalRule").objects.create(
        kind=KIND, requesters=WORKERS, approvers=[*WORKERS, "auditor"],
        excluded=["line", "target", "target-line"],
        since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0038_let_purposes_change'),
        ('incidents', '0006_report_incidents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='incidenttask',
            name='added_at',
            field=models.DateTimeField(default=custodian.clock.now),
        ),
        migrations.CreateModel(
            name='IncidentReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('intent', '有人故意'), ('mistake', '操作失误'), ('rights', '权限过宽或未及时收回'), ('process', '制度或流程有缺口'), ('technical', '系统缺陷或配置错误'), ('partner', '合作方的原因'), ('attack', '外部攻击'), ('unknown', '没有查明')], max_length=10, verbose_name='根本原因')),
                ('cause_text', models.CharField(max_length=1000, verbose_name='原因说明')),
                ('worked', models.CharField(max_length=1000, verbose_name='哪些做得好')),
                ('failed', models.CharField(max_length=1000, verbose_name='哪些没有做好')),
                ('lessons', models.CharField(max_length=1000, verbose_name='教训')),
                ('playbook', models.CharField(blank=True, max_length=1000, verbose_name='处置步骤怎样改')),
                ('measured', models.JSONField(default=list)),
                ('made_at', models.DateTimeField(default=custodian.clock.now, verbose_name='复核时间')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='incidents.incident')),
            ],
            options={
                'verbose_name': '事后复盘',
                'verbose_name_plural': '事后复盘',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='DueTelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('thing', models.CharField(choices=[('clock', '法定时限'), ('task', '任务'), ('remedy', '整改措施')], max_length=6)),
                ('number', models.BigIntegerField()),
                ('due_at', models.DateTimeField()),
                ('step', models.CharField(choices=[('owner', '负责人'), ('lead', '负责人'), ('group', '工作组')], max_length=5)),
                ('made_at', models.DateTimeField(default=custodian.clock.now)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tellings', to='incidents.incident')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('thing', 'number', 'due_at', 'step', 'user'), name='due_is_told_once')],
            },
        ),
        migrations.CreateModel(
            name='IncidentRemedy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('title', models.CharField(max_length=120, verbose_name='要做什么')),
                ('kind', models.CharField(choices=[('technical', '技术措施'), ('organise', '制度与流程'), ('training', '培训'), ('contract', '合同与合作方'), ('person', '人员处理'), ('customer', '帮助客户')], max_length=10, verbose_name='类别')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('due_on', models.DateField(null=True, verbose_name='期限')),
                ('state', models.CharField(choices=[('open', '办理中'), ('done', '已办结'), ('dropped', '不再办理')], default='open', max_length=8, verbose_name='状态')),
                ('proposed_at', models.DateTimeField(default=custodian.clock.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('result', models.CharField(blank=True, max_length=300, verbose_name='办理结果')),
                ('evidence', models.CharField(blank=True, max_length=100, verbose_name='凭据')),
                ('verified_at', models.DateTimeField(null=True)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remedies', to='incidents.incident')),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='负责人')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '整改措施',
                'verbose_name_plural': '整改措施',
                'ordering': ('due_on', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('result', ''), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('result', ''), _negated=True)), _connector='OR'), name='incident_remedy_that_ended_says_when_by_whom_and_how'), models.CheckConstraint(condition=models.Q(models.Q(('verified_at', None), ('verified_by', None)), models.Q(('state', 'done'), ('verified_at__isnull', False), ('verified_by__isnull', False), models.Q(('verified_by', models.F('ended_by')), _negated=True), models.Q(('owner', None), models.Q(('verified_by', models.F('owner')), _negated=True), _connector='OR')), _connector='OR'), name='incident_remedy_is_verified_once_done_and_by_another')],
            },
        ),
        migrations.AddField(
            model_name='incident',
            name='exercise',
            field=models.BooleanField(default=False, verbose_name='演练'),
        ),
        migrations.AlterField(
            model_name='timelineentry',
            name='what',
            field=models.CharField(choices=[('opened', '立案'), ('alert', '并入告警'), ('facts', '时间认定'), ('joined', '加入工作组'), ('left', '退出工作组'), ('task', '任务'), ('note', '记录'), ('evidence', '证据归档'), ('link', '关联'), ('decision', '决定'), ('assessed', '评定'), ('reported', '办结时限'), ('cut', '停止访问'), ('notice', '告知客户'), ('remedy', '整改措施'), ('reviewed', '事后复盘'), ('exercise', '演练'), ('handled', '处置结束'), ('reopened', '重新处置'), ('closed', '结案')], max_length=10, verbose_name='事项'),
        ),
        migrations.CreateModel(
            name='Exercise',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scenario', models.CharField(max_length=40, verbose_name='场景')),
                ('begun_at', models.DateTimeField(default=custodian.clock.now, verbose_name='开始')),
                ('answers', models.JSONField(default=dict)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束')),
                ('score', models.JSONField(default=list)),
                ('points', models.PositiveSmallIntegerField(null=True, verbose_name='得分')),
                ('most', models.PositiveSmallIntegerField(null=True, verbose_name='满分')),
                ('incident', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='played', to='incidents.incident')),
            ],
            options={
                'verbose_name': '演练',
                'verbose_name_plural': '演练',
                'ordering': ('-pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('most', None), ('points', None)), models.Q(('ended_at__isnull', False), ('most__isnull', False), ('points__isnull', False)), _connector='OR'), name='exercise_that_ended_has_a_score')],
            },
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
