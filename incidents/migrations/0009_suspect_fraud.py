"""Fraud suspicion: signals, cases seen by their investigators alone, and the register of shared fraud data."""

import datetime
import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models


ME = "(SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint"
HOUSE = """(SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'"""
ROLE = "EXISTS (SELECT 1 FROM access_user u WHERE u.id = " + ME + " AND u.is_active AND u.role {of})"
OFFICER = ROLE.format(of="= 'compliance_officer'")
WATCHER = ROLE.format(of="IN ('compliance_officer', 'security_officer', 'auditor')")
# Triage by officers, an investigation by its investigators; whom it is about sees nothing of either.
CASE = f"""{HOUSE}
    OR NOT coalesce({ME} = ANY (kept_from), false) AND (
        state IN ('suspected', 'dismissed') AND {OFFICER}
        OR EXISTS (SELECT 1 FROM incidents_fraudmember m WHERE m.case_id = incidents_fraudcase.id
            AND m.left_at IS NULL AND m.user_id = {ME}))"""
# By the rule of the case, which holds in here as well.
OF_A_CASE = "EXISTS (SELECT 1 FROM incidents_fraudcase c WHERE c.id = {table}.{key})"
TABLES = {
    "fraudcase": CASE,
    **{
        name: f"{HOUSE} OR " + OF_A_CASE.format(table=f"incidents_{name}", key="case_id")
        for name in ("fraudsignal", "fraudsuppression", "fraudtask", "fraudentry", "fraudlink", "fraudevidence")
    },
    "fraudcustody": f"""{HOUSE}
    OR EXISTS (SELECT 1 FROM incidents_fraudevidence e WHERE e.id = incidents_fraudcustody.evidence_id)""",
    # The claims handler who is asked sees that one row.
    "fraudask": f"{HOUSE} OR handler_id = {ME} OR "
    + OF_A_CASE.format(table="incidents_fraudask", key="case_id"),
    "fraudshared": f"{HOUSE} OR {WATCHER}",
    "fraudsharedbad": f"{HOUSE} OR {WATCHER}",
    # Values and fingerprints that came from elsewhere are read by the house alone.
    "fraudsharedrow": HOUSE,
    "fraudsharedindex": HOUSE,
}
SCOPE = "\n".join(f"""
ALTER TABLE incidents_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY fraud_group ON incidents_{table} USING ({rule});
""" for table, rule in TABLES.items())
UNSCOPE = "\n".join(f"""
DROP POLICY fraud_group ON incidents_{table};
ALTER TABLE incidents_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE incidents_{table} DISABLE ROW LEVEL SECURITY;
""" for table in TABLES)
KEPT = ("fraudentry", "fraudevidence", "fraudcustody", "fraudsharedrow", "fraudsharedbad")
KEEP = "\n".join(f"""
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_{name} FOR EACH ROW EXECUTE FUNCTION incidents_keep();
""" for name in KEPT)
LET_GO = "\n".join(f"DROP TRIGGER keep_rows ON incidents_{name};" for name in KEPT)
# The key of a list that is over, or of what was written in a case that is kept no longer.
FORGET = """
CREATE FUNCTION incidents_forget_fraud(gone uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE reach text := current_setting('custodian.reach', true);
DECLARE actor text := current_setting('custodian.actor', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true), set_config('custodian.actor', '', true);
    DELETE FROM keys.data_key k
    WHERE k.holding = gone AND substr(k.holding::text, 15, 1) = '5' AND (
        EXISTS (SELECT 1 FROM incidents_fraudshared s WHERE s.holding = gone)
        OR EXISTS (SELECT 1 FROM incidents_fraudcase c WHERE c.holding = gone AND c.state IN ('dismissed', 'closed')));
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true), set_config('custodian.actor', coalesce(actor, ''), true);
END $$;
REVOKE ALL ON FUNCTION incidents_forget_fraud(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents_forget_fraud(uuid) TO custodian_app;
"""
UNFORGET = "DROP FUNCTION incidents_forget_fraud(uuid);"
WORKERS = ["compliance_officer", "security_officer"]
KINDS = ("fraud-outcome", "fraud-close")


def seed(apps, schema_editor):
    """A new installation's own way of approving what is decided in a case: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=WORKERS, approvers=WORKERS, excluded=["line", "target", "target-line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0038_let_purposes_change'),
        ('incidents', '0008_sanction_people'),
        ('records', '0027_name_the_consent_of_a_choice'),
        ('transfers', '0009_keep_a_ledger_outside'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FraudCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='编号')),
                ('holding', models.UUIDField(editable=False, unique=True)),
                ('state', models.CharField(choices=[('suspected', '待甄别'), ('dismissed', '甄别不成立'), ('open', '调查中'), ('concluded', '已定论'), ('closed', '已结案')], default='suspected', max_length=10, verbose_name='状态')),
                ('kept_from', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('score', models.PositiveSmallIntegerField(default=0, verbose_name='得分')),
                ('opened_at', models.DateTimeField(default=custodian.clock.now, verbose_name='发现')),
                ('triaged_at', models.DateTimeField(null=True, verbose_name='甄别')),
                ('outcome', models.CharField(blank=True, choices=[('unfounded', '不成立'), ('founded', '成立')], max_length=10, verbose_name='结论')),
                ('measures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('refuse', '建议不予给付'), ('police', '报案'), ('internal', '内部人员移交事件处置')], max_length=8), default=list, size=None)),
                ('concluded_at', models.DateTimeField(null=True, verbose_name='定论')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='结案时间')),
                ('alert', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.alert')),
                ('closing', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('conclusion', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('operator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
                ('subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject', verbose_name='客户')),
                ('triaged_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '欺诈疑点',
                'verbose_name_plural': '欺诈疑点',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='FraudAsk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('check', '请核实'), ('refuse', '建议不予给付')], max_length=6, verbose_name='类别')),
                ('asked_at', models.DateTimeField(default=custodian.clock.now, verbose_name='提出')),
                ('text_sealed', models.BinaryField()),
                ('answered_at', models.DateTimeField(null=True, verbose_name='答复')),
                ('answer_sealed', models.BinaryField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.claim')),
                ('handler', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='asks', to='incidents.fraudcase')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='FraudEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('what', models.CharField(choices=[('opened', '疑点提出'), ('signal', '新的信号'), ('taken', '已转入调查'), ('dismissed', '甄别不成立'), ('joined', '加入调查'), ('left', '退出调查'), ('task', '任务'), ('note', '调查记录'), ('evidence', '证据归档'), ('link', '关联'), ('asked', '向理赔人员核实'), ('proposed', '已建议不予给付'), ('answered', '理赔人员答复'), ('suppressed', '信号暂停'), ('concluded', '定论'), ('internal', '移交事件处置'), ('referred', '取出报案材料'), ('shared', '提供共享资料'), ('closed', '结案')], max_length=10, verbose_name='事项')),
                ('at', models.DateTimeField(default=custodian.clock.now, verbose_name='时间')),
                ('facts', models.JSONField(default=dict)),
                ('text_sealed', models.BinaryField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='incidents.fraudcase')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='FraudEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('place', models.CharField(blank=True, max_length=100, verbose_name='存放处')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('origin', models.CharField(max_length=200, verbose_name='来源')),
                ('length', models.PositiveBigIntegerField(verbose_name='大小')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='指纹')),
                ('filed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='归档时间')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='incidents.fraudcase')),
                ('filed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='归档人')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='FraudCustody',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('filed', '归档'), ('opened', '取出阅看'), ('checked', '核对指纹'), ('handed', '移交')], max_length=8, verbose_name='动作')),
                ('at', models.DateTimeField(default=custodian.clock.now, verbose_name='时间')),
                ('to', models.CharField(blank=True, max_length=100, verbose_name='交给')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经手人')),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='custody', to='incidents.fraudevidence')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='FraudLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('linked_at', models.DateTimeField(default=custodian.clock.now)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='incidents.fraudcase')),
                ('claim', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.claim')),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('linked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('operator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('policy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.policy')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='FraudMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('leads', models.BooleanField(default=False)),
                ('joined_at', models.DateTimeField(default=custodian.clock.now, verbose_name='加入')),
                ('left_at', models.DateTimeField(null=True, verbose_name='退出')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='incidents.fraudcase')),
                ('joined_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='FraudShared',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='编号')),
                ('holding', models.UUIDField(editable=False, unique=True)),
                ('way', models.CharField(choices=[('received', '收到'), ('given', '提供')], max_length=8, verbose_name='方向')),
                ('elements', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None, verbose_name='信息项')),
                ('purpose', models.CharField(choices=[('prevent', '识别和防范保险欺诈'), ('verify', '核实赔案'), ('investigate', '协助欺诈调查')], max_length=12, verbose_name='用途')),
                ('ground', models.CharField(choices=[('duty', '履行法定职责或者法定义务（个保法第十三条第三项）'), ('contract', '订立、履行保险合同所必需（个保法第十三条第二项）'), ('consent', '个人单独同意（个保法第十三条第一项）')], max_length=10, verbose_name='合法性基础')),
                ('at_on', models.DateField(verbose_name='日期')),
                ('use_by', models.DateField(verbose_name='使用至')),
                ('state', models.CharField(choices=[('held', '使用期内'), ('ended', '已删除'), ('dropped', '未提供')], default='held', max_length=8, verbose_name='状态')),
                ('noted_at', models.DateTimeField(default=custodian.clock.now)),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='文件指纹')),
                ('total', models.PositiveIntegerField(default=0)),
                ('kept', models.PositiveIntegerField(default=0)),
                ('quarantined', models.PositiveIntegerField(default=0)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='删除')),
                ('proof', models.JSONField(default=dict)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='shared', to='incidents.fraudcase')),
                ('noted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.counterparty', verbose_name='对方')),
                ('share', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.share')),
            ],
            options={
                'verbose_name': '反欺诈共享资料',
                'verbose_name_plural': '反欺诈共享资料',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='FraudSharedBad',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('why', models.CharField(choices=[('empty', '没有可用的值'), ('columns', '列数与表头不符'), ('id_number', '证件号码不正确'), ('mobile', '手机号码不正确'), ('account', '银行账号不正确'), ('double', '与前面的行重复')], max_length=10)),
                ('shared', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bad', to='incidents.fraudshared')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='FraudSharedIndex',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('element', models.CharField(max_length=60)),
                ('digest', models.BinaryField(max_length=16)),
                ('version', models.PositiveSmallIntegerField()),
                ('shared', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='indexes', to='incidents.fraudshared')),
            ],
        ),
        migrations.CreateModel(
            name='FraudSharedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('values_sealed', models.BinaryField()),
                ('shared', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='incidents.fraudshared')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='FraudSignal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=24, verbose_name='规则')),
                ('facts', models.JSONField(default=dict)),
                ('digest', models.CharField(max_length=64)),
                ('weight', models.PositiveSmallIntegerField(verbose_name='分值')),
                ('found_at', models.DateTimeField(default=custodian.clock.now, verbose_name='发现')),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='incidents.fraudcase')),
                ('claim', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.claim', verbose_name='赔案')),
                ('operator', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('policy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.policy')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='FraudSuppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=24, verbose_name='规则')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('until', models.DateField(verbose_name='至')),
                ('made_at', models.DateTimeField(default=custodian.clock.now)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suppressions', to='incidents.fraudcase')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='FraudTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='要做什么')),
                ('due_on', models.DateField(null=True, verbose_name='期限')),
                ('status', models.CharField(choices=[('open', '待办'), ('done', '已办'), ('not_needed', '不需要')], default='open', max_length=10, verbose_name='状态')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('added_at', models.DateTimeField(default=custodian.clock.now)),
                ('done_at', models.DateTimeField(null=True, verbose_name='办结时间')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='incidents.fraudcase')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='负责人')),
            ],
            options={
                'ordering': ('due_on', 'pk'),
            },
        ),
        migrations.AddConstraint(
            model_name='fraudcase',
            constraint=models.CheckConstraint(condition=models.Q(('subject__isnull', False), ('operator__isnull', False), _connector='OR'), name='fraud_case_is_about_a_customer_or_an_operator'),
        ),
        migrations.AddConstraint(
            model_name='fraudcase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'suspected'), ('triaged_at', None), ('triaged_by', None)), models.Q(models.Q(('state', 'suspected'), _negated=True), ('triaged_at__isnull', False), ('triaged_by__isnull', False)), _connector='OR'), name='fraud_case_says_by_whom_it_was_triaged'),
        ),
        migrations.AddConstraint(
            model_name='fraudcase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('concluded_at', None), ('conclusion', None), ('outcome', ''), ('state__in', ('suspected', 'dismissed', 'open'))), models.Q(('state__in', ('concluded', 'closed')), models.Q(('outcome', ''), _negated=True), ('concluded_at__isnull', False), ('conclusion__isnull', False)), _connector='OR'), name='fraud_case_is_concluded_by_an_approval'),
        ),
        migrations.AddConstraint(
            model_name='fraudcase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at', None), ('closing', None)), models.Q(('closed_at__isnull', False), ('closing__isnull', False), ('state', 'closed')), _connector='OR'), name='fraud_case_is_closed_by_an_approval'),
        ),
        migrations.AddConstraint(
            model_name='fraudcase',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', 'founded'), ('measures', []), _connector='OR'), name='fraud_case_unfounded_has_no_measures'),
        ),
        migrations.AddConstraint(
            model_name='fraudcase',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('suspected', 'open', 'concluded')), ('subject__isnull', False)), fields=('subject',), name='fraud_case_is_one_for_a_customer'),
        ),
        migrations.AddConstraint(
            model_name='fraudcase',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('suspected', 'open', 'concluded')), ('subject', None)), fields=('operator',), name='fraud_case_is_one_for_an_operator'),
        ),
        migrations.AddConstraint(
            model_name='fraudask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer_sealed', None), ('answered_at', None)), models.Q(('answer_sealed__isnull', False), ('answered_at__isnull', False)), _connector='OR'), name='fraud_ask_is_answered_with_words'),
        ),
        migrations.AddConstraint(
            model_name='fraudevidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('place', ''), _negated=True), models.Q(models.Q(('sha256', ''), _negated=True), ('length__gt', 0)), _connector='OR'), name='fraud_evidence_is_here_or_says_where'),
        ),
        migrations.AddConstraint(
            model_name='fraudcustody',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act', 'handed'), _negated=True), models.Q(('to', ''), _negated=True), _connector='OR'), name='fraud_custody_handed_says_to_whom'),
        ),
        migrations.AddConstraint(
            model_name='fraudlink',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claim__isnull', False), ('customer', None), ('operator', None), ('policy', None)), models.Q(('claim', None), ('customer', None), ('operator', None), ('policy__isnull', False)), models.Q(('claim', None), ('customer__isnull', False), ('operator', None), ('policy', None)), models.Q(('claim', None), ('customer', None), ('operator__isnull', False), ('policy', None)), _connector='OR'), name='fraud_link_names_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='fraudlink',
            constraint=models.UniqueConstraint(condition=models.Q(('claim__isnull', False)), fields=('case', 'claim'), name='fraud_case_has_a_claim_once'),
        ),
        migrations.AddConstraint(
            model_name='fraudlink',
            constraint=models.UniqueConstraint(condition=models.Q(('policy__isnull', False)), fields=('case', 'policy'), name='fraud_case_has_a_policy_once'),
        ),
        migrations.AddConstraint(
            model_name='fraudlink',
            constraint=models.UniqueConstraint(condition=models.Q(('customer__isnull', False)), fields=('case', 'customer'), name='fraud_case_has_a_customer_once'),
        ),
        migrations.AddConstraint(
            model_name='fraudlink',
            constraint=models.UniqueConstraint(condition=models.Q(('operator__isnull', False)), fields=('case', 'operator'), name='fraud_case_has_a_operator_once'),
        ),
        migrations.AddConstraint(
            model_name='fraudmember',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('case', 'user'), name='fraud_case_has_a_person_once'),
        ),
        migrations.AddConstraint(
            model_name='fraudshared',
            constraint=models.CheckConstraint(condition=models.Q(('total', django.db.models.expressions.CombinedExpression(models.F('kept'), '+', models.F('quarantined')))), name='fraud_shared_counts_add_up'),
        ),
        migrations.AddConstraint(
            model_name='fraudshared',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_at', None)), models.Q(('ended_at__isnull', False), ('state', 'ended'), models.Q(('proof', {}), _negated=True)), _connector='OR'), name='fraud_shared_ends_with_proof'),
        ),
        migrations.AddConstraint(
            model_name='fraudshared',
            constraint=models.CheckConstraint(condition=models.Q(('use_by__gte', models.F('at_on'))), name='fraud_shared_is_used_after_it_came'),
        ),
        migrations.AddConstraint(
            model_name='fraudshared',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('share', None), ('way', 'received')), models.Q(('share__isnull', False), ('way', 'given')), _connector='OR'), name='fraud_shared_that_is_given_is_a_share'),
        ),
        migrations.AddIndex(
            model_name='fraudsharedindex',
            index=models.Index(fields=['element', 'digest'], name='fraud_shared_index_lookup'),
        ),
        migrations.AddConstraint(
            model_name='fraudsharedrow',
            constraint=models.UniqueConstraint(fields=('shared', 'number'), name='fraud_shared_row_has_a_number'),
        ),
        migrations.AddConstraint(
            model_name='fraudsignal',
            constraint=models.UniqueConstraint(fields=('rule', 'claim', 'digest'), name='fraud_signal_is_raised_once_for_its_facts'),
        ),
        migrations.AddConstraint(
            model_name='fraudsuppression',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='fraud_suppression_says_why'),
        ),
        migrations.AddConstraint(
            model_name='fraudtask',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='fraud_task_over_says_when_and_by_whom'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(FORGET, UNFORGET),
        migrations.RunPython(seed, unseed),
    ]
