"""Counterparties with their keys, agreements with what each may receive, and what was given to whom."""

from datetime import UTC, datetime

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import transfers.models.counterparties
import transfers.models.shares
import uuid
from django.conf import settings
from django.db import migrations, models

# This company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULES = [
    {
        "kind": "partner-identity",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer", "security_officer"],
        "excluded": ["line"],
    },
    {
        "kind": "partner-agreement",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer"],
        "excluded": ["line"],
    },
    {
        "kind": "partner-share",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer", "security_officer"],
        "excluded": ["line"],
    },
    {
        "kind": "partner-receipt",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer", "security_officer"],
        "excluded": ["line"],
    },
    {
        "kind": "partner-agreement-end",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer", "security_officer"],
        "excluded": ["line"],
    },
]
# Copies, and what partners must be told of them, are a customer's: whoever sees her sees them, and nobody but the
# house writes them. Shares name customers by ordinal: only who reaches all rows sees them. The key of a file that
# was removed goes with it, and only that one.
ALL = "(SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'"
SCOPE = "".join(
    f"""
ALTER TABLE transfers_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfers_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON transfers_{table} USING ({ALL});
"""
    for table in ("share", "sharedcopy", "telling")
) + """
CREATE POLICY sharedcopy_read ON transfers_sharedcopy FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = transfers_sharedcopy.subject_id));
CREATE POLICY telling_read ON transfers_telling FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = transfers_telling.subject_id));
CREATE FUNCTION transfers_forget_share(gone uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING transfers_share s
    WHERE s.ref = gone AND s.removed_at IS NOT NULL AND k.holding = s.holding;
$$;
REVOKE ALL ON FUNCTION transfers_forget_share(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfers_forget_share(uuid) TO custodian_app;
"""
UNSCOPE = """
DROP FUNCTION transfers_forget_share(uuid);
DROP POLICY telling_read ON transfers_telling;
DROP POLICY sharedcopy_read ON transfers_sharedcopy;
""" + "".join(
    f"""
DROP POLICY {table}_scope ON transfers_{table};
ALTER TABLE transfers_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE transfers_{table} DISABLE ROW LEVEL SECURITY;
"""
    for table in ("share", "sharedcopy", "telling")
)


def number(apps, schema_editor):
    for each in apps.get_model("transfers", "Counterparty").objects.filter(code=None):
        each.code = transfers.models.counterparties.new_code()
        each.save(update_fields=["code"])


def seed(apps, schema_editor):
    rules = apps.get_model("access", "ApprovalRule")
    rules.objects.bulk_create([rules(since=SINCE, **each) for each in RULES])


def unseed(apps, schema_editor):
    kinds = [each["kind"] for each in RULES]
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=kinds).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0033_let_partners_in'),
        ('transfers', '0002_open_portfolio_transfers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='协议编号')),
                ('part', models.CharField(choices=[('entrusted', '委托处理'), ('provided', '提供给其他处理者'), ('joint', '共同处理')], max_length=10, verbose_name='性质')),
                ('title', models.CharField(max_length=100, verbose_name='名称')),
                ('status', models.CharField(choices=[('draft', '草稿'), ('asked', '待复核'), ('in_force', '生效'), ('ended', '已提前结束')], default='draft', max_length=10, verbose_name='状态')),
                ('draft', models.JSONField(null=True)),
                ('terms', models.JSONField(null=True)),
                ('since', models.DateField(null=True, verbose_name='自')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('review_on', models.DateField(null=True, verbose_name='复查日')),
                ('opened_at', models.DateTimeField(default=custodian.clock.now, verbose_name='起草')),
                ('end_reason', models.CharField(blank=True, max_length=200, verbose_name='提前结束的理由')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='提前结束')),
                ('proven', models.CharField(blank=True, choices=[('returned', '已返还'), ('deleted', '已删除'), ('both', '返还后删除')], max_length=8, verbose_name='资料去向')),
                ('proven_at', models.DateTimeField(null=True, verbose_name='证明归档')),
            ],
            options={
                'verbose_name': '协议',
                'verbose_name_plural': '协议',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='AgreementPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('contract', '合同'), ('assessment', '安全评估报告'), ('consent', '同意转委托的文件'), ('review', '年度复查记录'), ('proof', '返还或删除的证明'), ('receipt', '更正的回执')], max_length=10, verbose_name='种类')),
                ('name', models.CharField(max_length=120, verbose_name='文件')),
                ('media_type', models.CharField(max_length=40)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64, verbose_name='摘要')),
                ('received', models.CharField(max_length=64)),
                ('body', models.BinaryField()),
                ('filed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='归档')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='AgreementReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('result', models.CharField(choices=[('good', '履约良好'), ('measures', '须整改'), ('bad', '应停止合作')], max_length=8, verbose_name='结论')),
                ('note', models.CharField(max_length=200, verbose_name='说明')),
                ('reviewed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='复查')),
                ('next_on', models.DateField(verbose_name='下次复查')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='AgreementVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本')),
                ('terms', models.JSONField()),
                ('agreed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='复核')),
            ],
            options={
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='IdentityKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('insurer', models.CharField(max_length=20, verbose_name='机构代码')),
                ('name_zh', models.CharField(max_length=100, verbose_name='名称')),
                ('name_en', models.CharField(max_length=100, verbose_name='英文名称')),
                ('contact', models.CharField(max_length=200, verbose_name='联系方式')),
                ('public', models.BinaryField(max_length=32)),
                ('card', models.BinaryField()),
                ('status', models.CharField(choices=[('asked', '待核对'), ('confirmed', '已核对'), ('returned', '已退回'), ('ended', '已停用')], default='asked', max_length=10, verbose_name='状态')),
                ('entered_at', models.DateTimeField(default=custodian.clock.now, verbose_name='录入')),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='核对')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='停用')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Share',
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
                ('code', models.CharField(default=transfers.models.shares.new_share_code, max_length=16, unique=True, verbose_name='提供编号')),
                ('form', models.CharField(choices=[('file', '文件'), ('api', '接口')], max_length=4, verbose_name='方式')),
                ('purpose', models.CharField(choices=[('follow_up', '回访'), ('policy_service', '保全'), ('underwriting', '核保'), ('claim', '理赔'), ('payment', '给付'), ('complaint', '投诉处理'), ('marketing', '营销'), ('survey', '满意度调查'), ('sharing', '提供给合作方'), ('compliance', '合规检查'), ('audit', '审计'), ('regulation', '监管检查'), ('security', '安全调查'), ('import', '导入'), ('transfer', '业务转让'), ('self', '本人查看'), ('system', '系统作业'), ('other', '其他')], max_length=20, verbose_name='用途')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('elements', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None, verbose_name='信息项')),
                ('scope', models.JSONField(default=dict)),
                ('candidates', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('expires_at', models.DateTimeField(verbose_name='有效至')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='批准')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='停止')),
                ('builder', models.CharField(default='customers', max_length=20)),
                ('format', models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'Excel 工作簿')], default='csv', max_length=4, verbose_name='格式')),
                ('language', models.CharField(default='zh-hans', max_length=8)),
                ('channel', models.CharField(choices=[('desk', '业务台'), ('admin', '合规后台'), ('portal', '客户服务'), ('regulator', '监管专区'), ('api', '接口'), ('command', '命令行'), ('task', '后台作业')], default='task', max_length=10)),
                ('included', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)),
                ('canaries', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('omitted', models.JSONField(default=dict)),
                ('fingerprint', models.CharField(blank=True, max_length=16, verbose_name='指纹')),
                ('holding', models.UUIDField(editable=False, unique=True)),
                ('length', models.BigIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('taken_at', models.DateTimeField(null=True, verbose_name='取走')),
                ('removed_at', models.DateTimeField(null=True)),
                ('removed', models.CharField(blank=True, choices=[('expired', '已过期'), ('ended', '已停止提供'), ('destroyed', '其中有客户的资料已销毁')], max_length=10)),
                ('token', models.BinaryField(max_length=32, null=True, unique=True)),
                ('token_at', models.DateTimeField(null=True)),
                ('networks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, default=list, size=None)),
                ('rate', models.PositiveIntegerField(default=60, verbose_name='每分钟请求数')),
            ],
            options={
                'verbose_name': '提供',
                'verbose_name_plural': '提供',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='SharedCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('elements', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                ('marks', models.JSONField(default=dict)),
                ('given_at', models.DateTimeField(default=custodian.clock.now)),
                ('entry', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Telling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('correction', models.CharField(max_length=40, verbose_name='更正编号')),
                ('element', models.CharField(max_length=40, verbose_name='信息项')),
                ('holding', models.UUIDField()),
                ('slot', models.PositiveIntegerField(default=0)),
                ('status', models.CharField(choices=[('open', '待告知'), ('sent', '已告知，待回执'), ('confirmed', '已确认收到')], default='open', max_length=10, verbose_name='状态')),
                ('opened_at', models.DateTimeField(default=custodian.clock.now, verbose_name='更正')),
                ('due_at', models.DateTimeField(verbose_name='期限')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='告知')),
                ('sent_how', models.CharField(blank=True, choices=[('api', '接口'), ('file', '文件')], max_length=4)),
                ('mark', models.CharField(blank=True, max_length=64)),
                ('confirmed_at', models.DateTimeField(null=True, verbose_name='确认')),
                ('receipt', models.CharField(blank=True, choices=[('signed', '对方签名'), ('token', '对方令牌'), ('paper', '书面回执')], max_length=6, verbose_name='回执')),
                ('signature', models.BinaryField(null=True)),
            ],
            options={
                'verbose_name': '须告知的更正',
                'verbose_name_plural': '须告知的更正',
                'ordering': ('due_at', 'pk'),
            },
        ),
        migrations.AddField(
            model_name='counterparty',
            name='address',
            field=models.CharField(blank=True, max_length=120, verbose_name='地址'),
        ),
        migrations.AddField(
            model_name='counterparty',
            name='answers',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='本公司负责人'),
        ),
        migrations.AddField(
            model_name='counterparty',
            name='code',
            field=models.CharField(max_length=16, null=True),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='counterparty',
            name='code',
            field=models.CharField(default=transfers.models.counterparties.new_code, max_length=16, unique=True, verbose_name='编号'),
        ),
        migrations.AddField(
            model_name='counterparty',
            name='contact_email',
            field=models.EmailField(blank=True, max_length=254, verbose_name='联系邮箱'),
        ),
        migrations.AddField(
            model_name='counterparty',
            name='contact_name',
            field=models.CharField(blank=True, max_length=60, verbose_name='联系人'),
        ),
        migrations.AddField(
            model_name='counterparty',
            name='contact_phone',
            field=models.CharField(blank=True, max_length=40, verbose_name='联系电话'),
        ),
        migrations.AddField(
            model_name='counterparty',
            name='credit_code',
            field=models.CharField(blank=True, max_length=18, verbose_name='统一社会信用代码'),
        ),
        migrations.AddField(
            model_name='counterparty',
            name='licence',
            field=models.CharField(blank=True, max_length=40, verbose_name='许可证号'),
        ),
        migrations.AddField(
            model_name='counterparty',
            name='name_en',
            field=models.CharField(blank=True, max_length=100, verbose_name='英文名称'),
        ),
        migrations.AlterField(
            model_name='counterparty',
            name='kind',
            field=models.CharField(choices=[('insurer', '保险公司'), ('intermediary', '中介机构'), ('processor', '受托人'), ('garage', '维修厂'), ('call_centre', '呼叫中心'), ('hospital', '医疗机构'), ('service', '服务机构')], max_length=16, verbose_name='类型'),
        ),
        migrations.AddConstraint(
            model_name='counterparty',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='counterparty_ends_after_it_begins'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='approval',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='counterparty',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='transfers.counterparty'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='end_approval',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval'),
        ),
        migrations.AddField(
            model_name='agreement',
            name='opened_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人'),
        ),
        migrations.AddField(
            model_name='agreementpaper',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='transfers.agreement'),
        ),
        migrations.AddField(
            model_name='agreementpaper',
            name='filed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='归档人'),
        ),
        migrations.AddField(
            model_name='agreementreview',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='transfers.agreement'),
        ),
        migrations.AddField(
            model_name='agreementreview',
            name='reviewed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复查人'),
        ),
        migrations.AddField(
            model_name='agreementversion',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='transfers.agreement'),
        ),
        migrations.AddField(
            model_name='agreementversion',
            name='approval',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval'),
        ),
        migrations.AddField(
            model_name='identitykey',
            name='approval',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval'),
        ),
        migrations.AddField(
            model_name='identitykey',
            name='counterparty',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identities', to='transfers.counterparty'),
        ),
        migrations.AddField(
            model_name='identitykey',
            name='entered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='share',
            name='agreement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='transfers.agreement'),
        ),
        migrations.AddField(
            model_name='share',
            name='approval',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval'),
        ),
        migrations.AddField(
            model_name='share',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人'),
        ),
        migrations.AddField(
            model_name='sharedcopy',
            name='counterparty',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.counterparty'),
        ),
        migrations.AddField(
            model_name='sharedcopy',
            name='share',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='copies', to='transfers.share'),
        ),
        migrations.AddField(
            model_name='sharedcopy',
            name='subject',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject'),
        ),
        migrations.AddField(
            model_name='telling',
            name='approval',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval'),
        ),
        migrations.AddField(
            model_name='telling',
            name='counterparty',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tellings', to='transfers.counterparty'),
        ),
        migrations.AddField(
            model_name='telling',
            name='paper',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.agreementpaper'),
        ),
        migrations.AddField(
            model_name='telling',
            name='share',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tellings', to='transfers.share'),
        ),
        migrations.AddField(
            model_name='telling',
            name='subject',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('since', None), ('status__in', ('draft', 'asked')), ('terms__isnull', True), ('until', None)), models.Q(('since__isnull', False), ('status__in', ('in_force', 'ended')), ('terms__isnull', False), ('until__isnull', False)), _connector='OR'), name='agreement_in_force_has_terms'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status', 'ended')), models.Q(models.Q(('status', 'ended'), _negated=True), ('ended_at', None)), _connector='OR'), name='agreement_ended_early_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='agreement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proven', ''), ('proven_at', None)), models.Q(('proven_at__isnull', False), models.Q(('proven', ''), _negated=True)), _connector='OR'), name='agreement_proof_says_what'),
        ),
        migrations.AddConstraint(
            model_name='agreementversion',
            constraint=models.UniqueConstraint(fields=('agreement', 'number'), name='agreement_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='identitykey',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'confirmed')), fields=('counterparty',), name='counterparty_has_one_key'),
        ),
        migrations.AddConstraint(
            model_name='identitykey',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'asked')), fields=('counterparty',), name='counterparty_has_one_key_asked'),
        ),
        migrations.AddConstraint(
            model_name='identitykey',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'confirmed')), fields=('public',), name='key_is_one_counterpartys'),
        ),
        migrations.AddConstraint(
            model_name='identitykey',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('ended_at', None), ('status__in', ('asked', 'returned'))), models.Q(('confirmed_at__isnull', False), ('ended_at', None), ('status', 'confirmed')), models.Q(('confirmed_at__isnull', False), ('ended_at__isnull', False), ('status', 'ended')), _connector='OR'), name='identity_key_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(('approved_at__isnull', False), ('status__in', ('queued', 'refused')), _connector='OR'), name='share_is_made_when_approved'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(('token', None), ('form', 'api'), _connector='OR'), name='share_token_is_an_interfaces'),
        ),
        migrations.AddConstraint(
            model_name='share',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removed', ''), ('removed_at', None)), models.Q(('removed_at__isnull', False), models.Q(('removed', ''), _negated=True)), _connector='OR'), name='share_removal_says_why'),
        ),
        migrations.AddIndex(
            model_name='sharedcopy',
            index=models.Index(fields=['subject', 'counterparty'], name='copies_of_a_customer'),
        ),
        migrations.AddIndex(
            model_name='sharedcopy',
            index=models.Index(fields=['counterparty', 'given_at'], name='copies_of_a_partner'),
        ),
        migrations.AddIndex(
            model_name='telling',
            index=models.Index(fields=['subject', 'correction'], name='tellings_of_a_correction'),
        ),
        migrations.AddIndex(
            model_name='telling',
            index=models.Index(condition=models.Q(('status', 'confirmed'), _negated=True), fields=['due_at'], name='tellings_to_be_done'),
        ),
        migrations.AddConstraint(
            model_name='telling',
            constraint=models.UniqueConstraint(fields=('counterparty', 'correction', 'element', 'holding', 'slot'), name='a_partner_is_told_of_a_value_once'),
        ),
        migrations.AddConstraint(
            model_name='telling',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', False), ('status', 'confirmed'), models.Q(('receipt', ''), _negated=True)), models.Q(models.Q(('status', 'confirmed'), _negated=True), ('confirmed_at', None)), _connector='OR'), name='telling_confirmed_says_how'),
        ),
        migrations.RunPython(seed, unseed),
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
