"""Who moves and why others stay, the freeze, and the letters to those who move with what they answer."""

import datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# Who moves, who stays and why is for those who reach everybody: whoever is looked into must not read that she is.
BY_REACH = """
ALTER TABLE transfers_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfers_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON transfers_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNSCOPE = """
DROP POLICY {table}_scope ON transfers_{table};
ALTER TABLE transfers_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE transfers_{table} DISABLE ROW LEVEL SECURITY;
"""
# Her own letter and answers are read by whoever sees the customer.
READ = """
CREATE POLICY {table}_read ON transfers_{table} FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = transfers_{table}.subject_id));
"""
UNREAD = "DROP POLICY {table}_read ON transfers_{table};"
HIDDEN = ("chosen", "bar", "frozenline")
SHOWN = ("transfernotice", "transferanswer")
# The key of the sums goes only with the transfer's end. An answer is never edited.
KEYS = """
ALTER TABLE transfers_frozenline ALTER COLUMN sums_sealed SET STATISTICS 0;
CREATE FUNCTION transfers_forget_freeze(gone bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING transfers_freeze f, transfers_transfer t
    WHERE f.transfer_id = gone AND t.id = gone AND t.status <> 'open' AND k.holding = f.holding;
$$;
REVOKE ALL ON FUNCTION transfers_forget_freeze(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfers_forget_freeze(bigint) TO custodian_app;
REVOKE UPDATE, DELETE ON transfers_transferanswer FROM custodian_app;
"""
UNKEYS = "DROP FUNCTION transfers_forget_freeze(bigint);"
SCOPE = "".join(
    [
        *(BY_REACH.format(table=each) for each in (*HIDDEN, *SHOWN)),
        *(READ.format(table=each) for each in SHOWN),
        KEYS,
    ]
)
UNSCOPED = UNKEYS + "".join(
    [*(UNREAD.format(table=each) for each in SHOWN), *(UNSCOPE.format(table=each) for each in (*HIDDEN, *SHOWN))]
)
# A new installation's own way of approving, not law.
OFFICER = ["compliance_officer"]
KINDS = ("transfer-selection", "transfer-letters")


def seed(apps, schema_editor):
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0030_let_bundles_go'),
        ('records', '0019_number_papers_and_pack_copies'),
        ('transfers', '0004_walk_routes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Freeze',
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
                ('at', models.DateTimeField(default=custodian.clock.now, verbose_name='冻结时间')),
                ('cursor', models.JSONField(default=dict)),
                ('holding', models.UUIDField(editable=False, unique=True)),
                ('forgotten_at', models.DateTimeField(null=True)),
                ('compared_at', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('transfer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='freeze', to='transfers.transfer')),
            ],
            options={
                'verbose_name': '冻结',
                'verbose_name_plural': '业务转让冻结',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='LetterBatch',
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
                ('content', models.JSONField()),
                ('reply_by', models.DateField(verbose_name='答复期限')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='批准')),
                ('cursor', models.JSONField(default=dict)),
                ('closed_at', models.DateTimeField(null=True)),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='transfers.transfer')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Selection',
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
                ('rule', models.JSONField()),
                ('stage', models.CharField(choices=[('running', '计算中'), ('counted', '已算出'), ('waiting', '待复核'), ('approved', '已批准'), ('returned', '已退回'), ('replaced', '已由新的代替')], default='running', max_length=8, verbose_name='阶段')),
                ('cursor', models.JSONField(default=dict)),
                ('counts', models.JSONField(default=dict)),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('approved_at', models.DateTimeField(null=True, verbose_name='批准')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='selections', to='transfers.transfer')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Chosen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('component', models.BigIntegerField()),
                ('state', models.CharField(choices=[('in', '随转'), ('out', '不随转')], max_length=3)),
                ('reason', models.CharField(blank=True, choices=[('destroyed', '资料已销毁'), ('honey', '警戒客户'), ('gone', '已由其他保险公司负责'), ('hold', '法律保留'), ('barred', '制裁或调查'), ('objected', '客户不同意'), ('request', '申请或投诉未办结'), ('correction', '更正未办结'), ('beyond', '与范围外的保单或客户相连'), ('silent', '期满未答复'), ('connected', '与不随转的客户相连')], max_length=10)),
                ('decided_at', models.DateTimeField(default=custodian.clock.now)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.transfer')),
                ('selection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.selection')),
            ],
        ),
        migrations.CreateModel(
            name='StockTake',
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
                ('customers', models.PositiveBigIntegerField(default=0)),
                ('cursor', models.JSONField(default=dict)),
                ('held', models.JSONField(default=dict)),
                ('missing', models.JSONField(default=dict)),
                ('flaws', models.JSONField(default=dict)),
                ('whole', models.PositiveBigIntegerField(default=0)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.transfer')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='TransferNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('roles', models.CharField(max_length=40)),
                ('asks', models.BooleanField()),
                ('way', models.CharField(choices=[('mobile', '短信'), ('email', '电子邮件'), ('letter', '信函'), ('none', '没有可用的地址')], max_length=6, verbose_name='方式')),
                ('state', models.CharField(choices=[('waiting', '待发送'), ('sent', '已发送'), ('to_print', '待打印'), ('printed', '已打印寄出'), ('failed', '未送达')], default='waiting', max_length=8, verbose_name='状态')),
                ('note', models.CharField(blank=True, max_length=24)),
                ('turns', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True, verbose_name='送出')),
                ('sheet', models.PositiveIntegerField(null=True)),
                ('seen_at', models.DateTimeField(null=True, verbose_name='客户打开')),
                ('answer', models.CharField(blank=True, choices=[('', '未答复'), ('agreed', '同意'), ('objected', '不同意')], default='', max_length=8, verbose_name='答复')),
                ('answered_at', models.DateTimeField(null=True)),
                ('addressee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='transfers.letterbatch')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.transfer')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='TransferAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said', models.CharField(choices=[('agreed', '同意'), ('objected', '不同意'), ('withdrawn', '收回答复')], max_length=9)),
                ('by', models.CharField(choices=[('herself', '本人在客户服务'), ('guardian', '监护人在客户服务'), ('authorised', '授权代表在客户服务'), ('heir', '继承人在客户服务'), ('paper', '书面材料'), ('counter', '当面或来电，客服登记'), ('request', '客户申请'), ('import', '导入')], max_length=10, verbose_name='来源')),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('evidence', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.document')),
                ('noted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='transfers.transfernotice')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Bar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('ground', models.CharField(choices=[('sanctions', '涉及制裁名单'), ('investigation', '正在调查'), ('dispute', '诉讼或仲裁未结')], max_length=16, verbose_name='事由')),
                ('at', models.DateTimeField(default=custodian.clock.now, verbose_name='登记')),
                ('lifted_at', models.DateTimeField(null=True, verbose_name='解除')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('lifted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.transfer')),
            ],
            options={
                'ordering': ('-pk',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at', None)), fields=('transfer', 'subject'), name='customer_is_barred_once'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None)), models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', False)), _connector='OR'), name='bar_is_lifted_by_somebody')],
            },
        ),
        migrations.CreateModel(
            name='FrozenLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(max_length=16)),
                ('digest', models.BinaryField(max_length=32)),
                ('parts', models.BinaryField(max_length=256)),
                ('counts', models.JSONField()),
                ('sums_sealed', models.BinaryField()),
                ('read_at', models.DateTimeField(default=custodian.clock.now)),
                ('changed', models.CharField(blank=True, max_length=160)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.transfer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('transfer', 'subject'), name='customer_is_frozen_once_in_a_transfer')],
            },
        ),
        migrations.AddConstraint(
            model_name='letterbatch',
            constraint=models.UniqueConstraint(condition=models.Q(('stage__in', ('draft', 'waiting'))), fields=('transfer',), name='transfer_has_one_letter_under_way'),
        ),
        migrations.AddConstraint(
            model_name='letterbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stage__in', ('waiting', 'approved')), _negated=True), ('approval__isnull', False), _connector='OR'), name='letters_are_approved_by_an_approval'),
        ),
        migrations.AddConstraint(
            model_name='selection',
            constraint=models.UniqueConstraint(condition=models.Q(('stage__in', ('running', 'counted', 'waiting', 'approved'))), fields=('transfer',), name='transfer_has_one_selection'),
        ),
        migrations.AddConstraint(
            model_name='selection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stage__in', ('waiting', 'approved')), _negated=True), ('approval__isnull', False), _connector='OR'), name='selection_is_approved_by_an_approval'),
        ),
        migrations.AddIndex(
            model_name='chosen',
            index=models.Index(fields=['transfer', 'component'], name='chosen_by_component'),
        ),
        migrations.AddIndex(
            model_name='chosen',
            index=models.Index(fields=['transfer', 'state', 'subject'], name='chosen_by_state'),
        ),
        migrations.AddConstraint(
            model_name='chosen',
            constraint=models.UniqueConstraint(fields=('transfer', 'subject'), name='customer_is_chosen_once_in_a_transfer'),
        ),
        migrations.AddConstraint(
            model_name='chosen',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), ('state', 'in')), models.Q(('state', 'out'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='chosen_stays_for_a_reason'),
        ),
        migrations.AddIndex(
            model_name='transfernotice',
            index=models.Index(fields=['transfer', 'state'], name='transfer_notice_by_state'),
        ),
        migrations.AddIndex(
            model_name='transfernotice',
            index=models.Index(fields=['transfer', 'answer'], name='transfer_notice_by_answer'),
        ),
        migrations.AddConstraint(
            model_name='transfernotice',
            constraint=models.UniqueConstraint(fields=('transfer', 'subject'), name='customer_is_written_to_once_in_a_transfer'),
        ),
        migrations.AddConstraint(
            model_name='transfernotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('sent', 'printed')), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='transfer_notice_is_dated_when_it_went'),
        ),
        migrations.AddConstraint(
            model_name='transfernotice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None)), models.Q(models.Q(('answer', ''), _negated=True), ('answered_at__isnull', False)), _connector='OR'), name='transfer_notice_answer_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='transferanswer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by', 'paper'), _negated=True), ('evidence__isnull', False), _connector='OR'), name='transfer_answer_on_paper_has_its_paper'),
        ),
        migrations.AddConstraint(
            model_name='transferanswer',
            constraint=models.CheckConstraint(condition=models.Q(('noted_by', None), ('by', 'paper'), models.Q(('by', 'counter'), models.Q(('said', 'agreed'), _negated=True)), _connector='OR'), name='transfer_answer_noted_by_staff_is_no_gift'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPED),
        migrations.RunPython(seed, unseed),
    ]
