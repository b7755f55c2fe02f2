"""Time-boxed grants: some customers of others within reach, for one purpose and a time."""

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# Who reaches all rows decides on them; everybody else asks for himself and reads his own.
SCOPE = """
ALTER TABLE access_grant ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_grant FORCE ROW LEVEL SECURITY;
CREATE POLICY grant_scope ON access_grant USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY grant_read ON access_grant FOR SELECT USING (
    user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
CREATE POLICY grant_asked ON access_grant FOR INSERT WITH CHECK (
    user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint AND status = 'waiting');
"""
UNSCOPE = """
DROP POLICY grant_asked ON access_grant;
DROP POLICY grant_read ON access_grant;
DROP POLICY grant_scope ON access_grant;
ALTER TABLE access_grant NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_grant DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0010_count_looks'),
    ]

    operations = [
        migrations.AddField(
            model_name='assignment',
            name='purpose',
            field=models.CharField(blank=True, db_default='', max_length=20),
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('customers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name='客户编号')),
                ('purpose', models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20, verbose_name='用途')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('status', models.CharField(choices=[('waiting', '待复核'), ('open', '已批准'), ('returned', '已退回'), ('ended', '已结束')], default='waiting', max_length=8, verbose_name='状态')),
                ('asked_at', models.DateTimeField(default=custodian.clock.now, verbose_name='申请')),
                ('until', models.DateTimeField(verbose_name='至')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
            ],
            options={
                'verbose_name': '临时授权',
                'verbose_name_plural': '临时授权',
                'ordering': ('-asked_at',),
            },
        ),
        migrations.AddField(
            model_name='assignment',
            name='grant',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='access.grant'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('grant', None), ('purpose', '')), models.Q(('until__isnull', False), models.Q(('purpose', ''), _negated=True)), _connector='OR'), name='assignment_by_a_grant_is_dated_and_for_a_purpose'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
