"""Exports: asked for, approved by somebody else, and kept in a register with their fingerprint."""

from datetime import UTC, datetime

import access.models.exports
import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# This company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULE = {
    "kind": "export",
    "requesters": ["agent", "claims_handler", "service_desk", "compliance_officer"],
    "approvers": ["compliance_officer"],
    "excluded": ["line", "target", "target-line"],
}
# Who reaches all rows approves, makes and recalls them; everybody else asks, and reads his own and what is for him.
# The key of a file that was removed goes with it, and only that one.
SCOPE = """
ALTER TABLE access_export ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_export FORCE ROW LEVEL SECURITY;
CREATE POLICY export_scope ON access_export USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY export_own ON access_export FOR SELECT USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint IN (requested_by_id, recipient_id));
CREATE POLICY export_asked ON access_export FOR INSERT WITH CHECK (
    requested_by_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint
    AND status = 'queued' AND approved_at IS NULL);
CREATE FUNCTION access_forget_export(gone uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING access_export e
    WHERE e.ref = gone AND e.removed_at IS NOT NULL AND k.holding = e.holding;
$$;
REVOKE ALL ON FUNCTION access_forget_export(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_forget_export(uuid) TO custodian_app;
"""
UNSCOPE = """
DROP FUNCTION access_forget_export(uuid);
DROP POLICY export_asked ON access_export;
DROP POLICY export_own ON access_export;
DROP POLICY export_scope ON access_export;
ALTER TABLE access_export NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_export DISABLE ROW LEVEL SECURITY;
"""


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind="export").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0015_recertify'),
    ]

    operations = [
        migrations.CreateModel(
            name='Export',
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
                ('code', models.CharField(default=access.models.exports.new_code, max_length=16, unique=True, verbose_name='导出编号')),
                ('builder', models.CharField(default='customers', max_length=20)),
                ('outside_name', models.CharField(blank=True, max_length=60, verbose_name='外部接收人')),
                ('outside_office', models.CharField(blank=True, max_length=80, verbose_name='接收单位')),
                ('outside_purpose', models.CharField(blank=True, max_length=120, verbose_name='对方用途')),
                ('purpose', models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20, verbose_name='用途')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('elements', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None, verbose_name='信息项')),
                ('by', models.CharField(choices=[('own', '名下全部客户'), ('unit', '一个机构的客户'), ('list', '逐一写明的客户')], max_length=4, verbose_name='选取客户')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='机构代码')),
                ('customers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                ('format', models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'Excel 工作簿')], default='csv', max_length=4, verbose_name='格式')),
                ('language', models.CharField(default='zh-hans', max_length=8)),
                ('channel', models.CharField(choices=[('desk', '业务台'), ('admin', '合规后台'), ('portal', '客户服务'), ('regulator', '监管专区'), ('api', '接口'), ('command', '命令行'), ('task', '后台作业')], max_length=10)),
                ('address', models.CharField(blank=True, max_length=45)),
                ('candidates', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('approved_at', models.DateTimeField(null=True, verbose_name='批准')),
                ('included', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)),
                ('canaries', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('honey', models.PositiveIntegerField(default=0)),
                ('omitted', models.JSONField(default=dict)),
                ('fingerprint', models.CharField(blank=True, max_length=16, verbose_name='指纹')),
                ('holding', models.UUIDField(editable=False, unique=True)),
                ('length', models.BigIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('downloads', models.PositiveIntegerField(default=0, verbose_name='下载次数')),
                ('taken_at', models.DateTimeField(null=True, verbose_name='最近下载')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='有效至')),
                ('removed_at', models.DateTimeField(null=True)),
                ('removed', models.CharField(blank=True, choices=[('expired', '已过期'), ('taken', '已取满次数'), ('recalled', '已收回'), ('destroyed', '其中有客户的资料已销毁')], max_length=10)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('recipient', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='接收人')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
            ],
            options={
                'verbose_name': '导出',
                'verbose_name_plural': '导出登记',
                'ordering': ('-pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('outside_name', ''), ('recipient__isnull', False)), models.Q(('recipient', None), models.Q(('outside_name', ''), _negated=True), models.Q(('outside_office', ''), _negated=True)), _connector='OR'), name='export_has_one_recipient'), models.CheckConstraint(condition=models.Q(('approved_at__isnull', False), ('status__in', ('queued', 'refused')), _connector='OR'), name='export_is_made_when_approved'), models.CheckConstraint(condition=models.Q(models.Q(('removed', ''), ('removed_at', None)), models.Q(('removed_at__isnull', False), models.Q(('removed', ''), _negated=True)), _connector='OR'), name='export_removal_says_why')],
            },
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
