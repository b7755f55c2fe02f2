"""Counterparties with their keys, agreements with what each may receive, and what was given to whom."""

from datetime import UTC, datetime

import custodian.clock
import django.db.models.deletion
import transfers.models.counterparties
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
        "kind": "partner-agreement-end",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer", "security_officer"],
        "excluded": ["line"],
    },
]


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
        ('access', '0030_let_bundles_go'),
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
        migrations.RunPython(seed, unseed),
    ]
