"""Claims are handled here: steps, papers, decisions, payments and clocks, and the terms of deciding alone."""

from datetime import UTC, datetime, timedelta

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A new installation's own terms and way of approving: this company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
LIMIT = "50000.00"
OFFICER = ["compliance_officer"]
RULES = {
    "claim-decision": (["claims_handler"], ["claims_handler", "compliance_officer"]),
    "claim-terms": (OFFICER, OFFICER),
}
BY_SUBJECT = "claimstep claimneed claimpaper claimdecision claimpayment claimclock".split()
SEALED = {
    "claimneed": "needed",
    "claimdecision": "decided_amount decision_reasons",
    "claimpayment": "paid_amount payment_reference",
}
# Whoever sees the customer sees how her claim stands. What happened once stays as it was written.
ENABLE = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM access_subject s WHERE s.id = records_{table}.subject_id));
"""
KEEP = "REVOKE UPDATE, TRUNCATE ON records_claimstep FROM custodian_app;"


def forward():
    for table in BY_SUBJECT:
        yield ENABLE.format(table=table)
    for table, columns in SEALED.items():
        for column in columns.split():
            yield f"ALTER TABLE records_{table} ALTER COLUMN {column}_sealed SET STATISTICS 0;"
    yield KEEP


def backward():
    for table in BY_SUBJECT:
        yield f"DROP POLICY {table}_scope ON records_{table};"
        yield f"ALTER TABLE records_{table} NO FORCE ROW LEVEL SECURITY;"
        yield f"ALTER TABLE records_{table} DISABLE ROW LEVEL SECURITY;"


def seed(apps, schema_editor):
    rules = apps.get_model("access", "ApprovalRule")
    for kind, (requesters, approvers) in RULES.items():
        rules.objects.create(
            kind=kind, requesters=requesters, approvers=approvers, excluded=["line"], since=SINCE
        )
    apps.get_model("records", "ClaimTerms").objects.create(limit=LIMIT, refusals=True, since=SINCE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=list(RULES)).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0024_let_months_go'),
        ('records', '0010_correct'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='claim',
            name='channel',
            field=models.CharField(blank=True, choices=[('portal', '客户服务'), ('branch', '柜面'), ('phone', '电话'), ('letter', '信函'), ('agent', '代理人')], db_default='', max_length=8, verbose_name='报案渠道'),
        ),
        migrations.AddField(
            model_name='claim',
            name='filed_at',
            field=models.DateTimeField(null=True, verbose_name='报案时间'),
        ),
        migrations.AddField(
            model_name='claim',
            name='filed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='claim',
            name='handler',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人'),
        ),
        migrations.AddField(
            model_name='claim',
            name='item',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.workitem'),
        ),
        migrations.AddField(
            model_name='claim',
            name='occurred_on',
            field=models.DateField(null=True, verbose_name='出险日'),
        ),
        migrations.AlterField(
            model_name='claim',
            name='status',
            field=models.CharField(choices=[('reported', '已报案'), ('examining', '审核中'), ('waiting', '待补材料'), ('approved', '已核赔'), ('paid', '已给付'), ('rejected', '不予给付')], default='reported', max_length=12, verbose_name='状态'),
        ),
        migrations.CreateModel(
            name='ClaimDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('approve', '给付'), ('reject', '不予给付'), ('advance', '先行支付')], max_length=8, verbose_name='核定')),
                ('ground', models.CharField(blank=True, choices=[('not-covered', '不属于保险责任'), ('excluded', '属于责任免除'), ('waiting-period', '在等待期内'), ('not-in-force', '合同当时未生效或已中止'), ('not-disclosed', '投保时未如实告知'), ('not-proved', '证明材料不足'), ('other', '其他')], max_length=16, verbose_name='不予给付的原因')),
                ('status', models.CharField(choices=[('waiting', '待复核'), ('effective', '已生效'), ('returned', '已退回'), ('withdrawn', '已撤回')], max_length=10, verbose_name='状态')),
                ('asks_agreement', models.BooleanField(default=False, verbose_name='须先与客户就数额达成协议')),
                ('proposed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='提出')),
                ('effective_at', models.DateTimeField(null=True, verbose_name='生效')),
                ('decided_amount_sealed', models.BinaryField(null=True)),
                ('decision_reasons_sealed', models.BinaryField(null=True)),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='records.claim')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
            options={
                'ordering': ('slot',),
            },
        ),
        migrations.CreateModel(
            name='ClaimNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('identity', '身份证明'), ('relation', '与被保险人的关系证明'), ('medical', '病历、诊断证明'), ('invoice', '费用发票与清单'), ('accident', '事故证明'), ('death', '死亡证明'), ('account', '收款账户证明'), ('other', '其他材料')], max_length=10, verbose_name='材料')),
                ('asked_at', models.DateTimeField(default=custodian.clock.now, verbose_name='通知时间')),
                ('received_at', models.DateTimeField(null=True, verbose_name='收到')),
                ('waived_at', models.DateTimeField(null=True, verbose_name='免交')),
                ('needed_sealed', models.BinaryField(null=True)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='needs', to='records.claim')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
            options={
                'ordering': ('slot',),
            },
        ),
        migrations.CreateModel(
            name='ClaimPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField(default=custodian.clock.now, verbose_name='收到')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='records.claim')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='claim_paper', to='records.document')),
                ('need', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='records.claimneed')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
            options={
                'ordering': ('added_at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='ClaimPayment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('advance', '先行支付'), ('final', '给付')], max_length=8, verbose_name='类别')),
                ('account_slot', models.PositiveSmallIntegerField(verbose_name='收款账户')),
                ('paid_on', models.DateField(verbose_name='付款日')),
                ('recorded_at', models.DateTimeField(default=custodian.clock.now, verbose_name='登记')),
                ('paid_amount_sealed', models.BinaryField(null=True)),
                ('payment_reference_sealed', models.BinaryField(null=True)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='records.claim')),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payment', to='records.claimdecision')),
                ('payee', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject', verbose_name='收款人')),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
            options={
                'ordering': ('slot',),
            },
        ),
        migrations.CreateModel(
            name='ClaimStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=[('reported', '已报案'), ('taken', '开始审核'), ('handed-on', '转由他人办理'), ('papers-asked', '已一次性通知补充材料'), ('paper-received', '收到补充材料'), ('papers-complete', '材料已齐'), ('proposed', '核定意见待复核'), ('returned', '核定意见退回'), ('withdrawn', '核定意见撤回'), ('advance', '决定先行支付'), ('advance-paid', '已先行支付'), ('approved', '核定给付'), ('agreed', '已就给付数额达成协议'), ('paid', '已给付'), ('rejected', '核定不予给付'), ('notice-sent', '已发出拒绝给付通知书')], max_length=16, verbose_name='步骤')),
                ('at', models.DateTimeField(default=custodian.clock.now, null=True, verbose_name='时间')),
                ('day', models.DateField(null=True)),
                ('imported', models.BooleanField(default=False)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='records.claim')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='access.unit', verbose_name='经办机构')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='ClaimTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                ('limit', models.DecimalField(decimal_places=2, max_digits=15, null=True, verbose_name='一人可决定的金额')),
                ('refusals', models.BooleanField(default=True, verbose_name='不予给付一律复核')),
                ('decide_days', models.PositiveSmallIntegerField(null=True, verbose_name='合同约定的核定天数')),
                ('since', models.DateTimeField(default=custodian.clock.now, verbose_name='生效')),
                ('until', models.DateTimeField(null=True, verbose_name='失效')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.product', verbose_name='险种')),
            ],
            options={
                'ordering': ('product', '-version'),
            },
        ),
        migrations.AddField(
            model_name='claimdecision',
            name='terms',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.claimterms'),
        ),
        migrations.CreateModel(
            name='ClaimClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=24, verbose_name='时限')),
                ('started_at', models.DateTimeField(verbose_name='起算时间')),
                ('waited', models.DurationField(default=timedelta)),
                ('paused_at', models.DateTimeField(null=True)),
                ('extended', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('late_reason', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField(editable=False, verbose_name='到期时间')),
                ('near_at', models.DateTimeField(editable=False)),
                ('target_at', models.DateTimeField(editable=False, null=True)),
                ('provisional', models.BooleanField(default=False, editable=False)),
                ('contract_days', models.PositiveSmallIntegerField(null=True)),
                ('told', models.CharField(blank=True, choices=[('near', '临近'), ('late', '已逾期')], max_length=4)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='records.claim')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('claim', 'rule'), name='claim_clock_runs_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='claimneed',
            constraint=models.UniqueConstraint(fields=('claim', 'slot'), name='claim_need_slot_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='claimneed',
            constraint=models.CheckConstraint(condition=models.Q(('received_at', None), ('waived_at', None), _connector='OR'), name='claim_need_is_received_or_waived'),
        ),
        migrations.AddConstraint(
            model_name='claimpayment',
            constraint=models.UniqueConstraint(fields=('claim', 'slot'), name='claim_payment_slot_is_unique'),
        ),
        migrations.AddIndex(
            model_name='claimstep',
            index=models.Index(fields=['claim', 'code'], name='claim_step_of_claim'),
        ),
        migrations.AddConstraint(
            model_name='claimstep',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('at', None), ('imported', True)), models.Q(('at__isnull', False), ('day', None), ('imported', False)), _connector='OR'), name='claim_step_has_a_time_unless_it_was_imported'),
        ),
        migrations.AddConstraint(
            model_name='claimstep',
            constraint=models.UniqueConstraint(condition=models.Q(('code__in', ('reported', 'papers-asked', 'papers-complete', 'advance', 'advance-paid', 'approved', 'agreed', 'paid', 'rejected', 'notice-sent'))), fields=('claim', 'code'), name='claim_step_happens_once'),
        ),
        migrations.AddConstraint(
            model_name='claimterms',
            constraint=models.UniqueConstraint(fields=('product', 'version'), name='claim_terms_version_is_unique', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='claimterms',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decide_days', None), ('limit__isnull', False), ('product', None)), models.Q(('limit', None), ('product__isnull', False)), _connector='OR'), name='claim_terms_say_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.UniqueConstraint(fields=('claim', 'slot'), name='claim_decision_slot_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'waiting')), fields=('claim',), name='claim_decision_waits_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'effective'), models.Q(('kind', 'advance'), _negated=True)), fields=('claim',), name='claim_is_decided_once'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'advance'), ('status', 'effective')), fields=('claim',), name='claim_has_one_advance'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'reject'), models.Q(('ground', ''), _negated=True)), models.Q(models.Q(('kind', 'reject'), _negated=True), ('ground', '')), _connector='OR'), name='claim_refusal_has_a_ground'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'effective'), ('approval__isnull', False), _connector='OR'), name='claim_decision_waits_for_an_approval'),
        ),
        migrations.AddConstraint(
            model_name='claimdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('effective_at__isnull', False), ('status', 'effective')), models.Q(models.Q(('status', 'effective'), _negated=True), ('effective_at', None)), _connector='OR'), name='claim_decision_is_dated_when_effective'),
        ),
        migrations.RunSQL("\n".join(forward()), "\n".join(backward())),
        migrations.RunPython(seed, unseed),
    ]
