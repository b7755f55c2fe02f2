"""Break-glass: windows that somebody opens in an emergency, and the reviews that they owe."""

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# Who reaches all rows reads and reviews them; everybody else opens and reads his own.
SCOPE = """
ALTER TABLE access_breakglass ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_breakglass FORCE ROW LEVEL SECURITY;
CREATE POLICY breakglass_scope ON access_breakglass USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY breakglass_own ON access_breakglass FOR SELECT USING (
    user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
CREATE POLICY breakglass_begun ON access_breakglass FOR INSERT WITH CHECK (
    user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint
    AND reviewed_at IS NULL);
"""
UNSCOPE = """
DROP POLICY breakglass_begun ON access_breakglass;
DROP POLICY breakglass_own ON access_breakglass;
DROP POLICY breakglass_scope ON access_breakglass;
ALTER TABLE access_breakglass NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_breakglass DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0011_lend_reach'),
    ]

    operations = [
        migrations.CreateModel(
            name='BreakGlass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('purpose', models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20, verbose_name='用途')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('opened_at', models.DateTimeField(default=custodian.clock.now, verbose_name='开启')),
                ('until', models.DateTimeField(verbose_name='至')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='关闭')),
                ('due_at', models.DateTimeField(verbose_name='复盘期限')),
                ('reviewed_at', models.DateTimeField(null=True, verbose_name='复盘时间')),
                ('verdict', models.CharField(blank=True, choices=[('justified', '正当'), ('unjustified', '不正当')], max_length=12, verbose_name='结论')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
            ],
            options={
                'verbose_name': '紧急访问',
                'verbose_name_plural': '紧急访问',
                'ordering': ('-opened_at',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='assignment',
            name='assignment_by_a_grant_is_dated_and_for_a_purpose',
        ),
        migrations.AddField(
            model_name='breakglass',
            name='reviewed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复盘人'),
        ),
        migrations.AddField(
            model_name='breakglass',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='window',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='access.breakglass'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('grant', None), ('purpose', ''), ('window', None)), models.Q(('until__isnull', False), models.Q(('purpose', ''), _negated=True)), _connector='OR'), name='assignment_that_is_lent_is_dated_and_for_a_purpose'),
        ),
        migrations.AddConstraint(
            model_name='breakglass',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_by', None), models.Q(('reviewed_by', models.F('user')), _negated=True), _connector='OR'), name='break_glass_is_reviewed_by_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='breakglass',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at', None), ('reviewed_by', None), ('verdict', '')), models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False), models.Q(('verdict', ''), _negated=True)), _connector='OR'), name='break_glass_review_is_whole'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
