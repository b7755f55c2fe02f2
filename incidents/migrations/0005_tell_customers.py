"""Customers are told of an incident: words of two people, a letter for each, and grounds for telling nobody."""

import datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# A case is seen by its group; of what she is told a customer sees her own letter.
TABLES = {
    "incidents_noticebatch": "incident_id",
    "incidents_incidentnotice": "incident_id",
    "incidents_noticeexemption": "incident_id",
}
SCOPE = "\n".join(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_group ON {table} USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM incidents_member m WHERE m.incident_id = {table}.{column} AND m.left_at IS NULL
        AND m.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint));
""" for table, column in TABLES.items()) + """
CREATE POLICY own_letter ON incidents_incidentnotice FOR SELECT USING (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[]));
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_noticeexemption
FOR EACH ROW EXECUTE FUNCTION incidents_keep();
"""
UNSCOPE = """
DROP TRIGGER keep_rows ON incidents_noticeexemption;
DROP POLICY own_letter ON incidents_incidentnotice;
""" + "\n".join(f"""
DROP POLICY incident_group ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
""" for table in TABLES)
WORKERS = ["compliance_officer", "security_officer"]
KINDS = ("incident-notice", "incident-exempt")


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
        ('incidents', '0004_work_on_incidents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='timelineentry',
            name='what',
            field=models.CharField(choices=[('opened', '立案'), ('alert', '并入告警'), ('facts', '时间认定'), ('joined', '加入工作组'), ('left', '退出工作组'), ('task', '任务'), ('note', '记录'), ('evidence', '证据归档'), ('link', '关联'), ('decision', '决定'), ('assessed', '评定'), ('reported', '办结时限'), ('cut', '停止访问'), ('notice', '告知客户'), ('handled', '处置结束'), ('reopened', '重新处置'), ('closed', '结案')], max_length=10, verbose_name='事项'),
        ),
        migrations.CreateModel(
            name='NoticeBatch',
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
                ('stage', models.CharField(choices=[('draft', '草稿'), ('waiting', '待复核'), ('approved', '已批准'), ('returned', '已退回')], default='draft', max_length=8, verbose_name='阶段')),
                ('parts', models.JSONField()),
                ('facts', models.JSONField(default=dict)),
                ('public', models.BooleanField(default=False, verbose_name='同时公开告知')),
                ('taken_down_at', models.DateTimeField(null=True, verbose_name='撤下')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='批准')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notice_batches', to='incidents.incident')),
            ],
            options={
                'verbose_name': '事件告知',
                'verbose_name_plural': '事件告知',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='IncidentNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('way', models.CharField(choices=[('mobile', '短信'), ('email', '电子邮件'), ('letter', '信函'), ('none', '没有可用的地址')], max_length=6, verbose_name='方式')),
                ('state', models.CharField(choices=[('waiting', '待发送'), ('sent', '已发送'), ('to_print', '待打印'), ('printed', '已打印寄出'), ('failed', '未送达')], default='waiting', max_length=8, verbose_name='状态')),
                ('note', models.CharField(blank=True, max_length=24)),
                ('turns', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True, verbose_name='送出')),
                ('sheet', models.PositiveIntegerField(null=True)),
                ('seen_at', models.DateTimeField(null=True, verbose_name='客户打开')),
                ('clear', models.JSONField(default=list)),
                ('masked', models.JSONField(default=list)),
                ('addressee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='incidents.incident')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='incidents.noticebatch')),
            ],
            options={
                'verbose_name': '事件告知信',
                'verbose_name_plural': '事件告知信',
                'ordering': ('pk',),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='NoticeExemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ground', models.CharField(max_length=24, verbose_name='依据')),
                ('reason', models.CharField(max_length=1000, verbose_name='理由')),
                ('since', models.DateTimeField(default=custodian.clock.now)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exemptions', to='incidents.incident')),
            ],
            options={
                'verbose_name': '免于告知',
                'verbose_name_plural': '免于告知',
                'ordering': ('-pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='noticebatch',
            constraint=models.UniqueConstraint(condition=models.Q(('stage__in', ('draft', 'waiting'))), fields=('incident',), name='incident_has_one_notice_under_way'),
        ),
        migrations.AddConstraint(
            model_name='noticebatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stage__in', ('waiting', 'approved')), _negated=True), ('approval__isnull', False), _connector='OR'), name='incident_notice_is_approved_by_an_approval'),
        ),
        migrations.AddConstraint(
            model_name='noticebatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stage', 'approved'), _negated=True), ('approved_at__isnull', False), _connector='OR'), name='incident_notice_is_dated_when_approved'),
        ),
        migrations.AddIndex(
            model_name='incidentnotice',
            index=models.Index(fields=['incident', 'state'], name='incident_notice_by_state'),
        ),
        migrations.AddConstraint(
            model_name='incidentnotice',
            constraint=models.UniqueConstraint(fields=('batch', 'subject'), name='customer_is_told_once_by_a_batch'),
        ),
        migrations.AddConstraint(
            model_name='incidentnotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('sent', 'printed')), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='incident_notice_is_dated_when_it_went'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
