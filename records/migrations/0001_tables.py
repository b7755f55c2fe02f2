"""All tables as they are today; what follows gives them triggers, rights, scopes and seeds."""

import custodian.clock
import custodian.tables
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import functools
import records.models.imports
import records.models.storage
import records.references
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("access", "0001_tables")]

    operations = [
        custodian.tables.CreateTables(
            tables=[
                migrations.CreateModel(
                    name="ImpactAssessment",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(max_length=16, verbose_name="评估编号")),
                        ("number", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                        (
                            "occasion",
                            models.CharField(
                                choices=[
                                    ("sensitive", "处理敏感个人信息"),
                                    ("automated", "自动化决策"),
                                    ("entrust", "委托处理"),
                                    ("provide", "提供给其他处理者"),
                                    ("publish", "公开"),
                                    ("export", "向境外提供"),
                                    ("other", "其他重大影响"),
                                ],
                                max_length=10,
                                verbose_name="评估情形",
                            ),
                        ),
                        ("kind", models.CharField(max_length=10, verbose_name="评估对象的种类")),
                        ("about", models.CharField(blank=True, max_length=40, verbose_name="评估对象")),
                        ("title", models.CharField(max_length=100, verbose_name="名称")),
                        ("facts", models.JSONField(default=dict)),
                        ("answers", models.JSONField(default=dict)),
                        ("measures", models.CharField(blank=True, max_length=1000, verbose_name="保护措施")),
                        (
                            "conclusion",
                            models.CharField(
                                blank=True, choices=[("go", "可以进行"), ("conditions", "附条件进行"), ("stop", "不得进行")], max_length=10, verbose_name="结论"
                            ),
                        ),
                        ("conditions", models.JSONField(default=list)),
                        ("review_on", models.DateField(null=True, verbose_name="复评日")),
                        (
                            "stage",
                            models.CharField(
                                choices=[("draft", "草稿"), ("waiting", "待复核"), ("returned", "已退回"), ("approved", "已批准")],
                                default="draft",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("body", models.TextField(blank=True)),
                        ("digest", models.CharField(blank=True, max_length=64, verbose_name="指纹")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("approved_at", models.DateTimeField(null=True, verbose_name="批准时间")),
                        ("begun_at", models.DateTimeField(default=custodian.clock.now, verbose_name="起草时间")),
                        (
                            "begun_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="起草人"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "个人信息保护影响评估",
                        "verbose_name_plural": "影响评估",
                        "ordering": ("-code", "-number"),
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "number"), name="impact_assessment_version_comes_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("stage__in", ["draft", "waiting", "returned"])),
                                fields=("code",),
                                name="impact_assessment_has_one_version_in_work",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("stage__in", ["waiting", "approved"]), _negated=True),
                                    models.Q(
                                        models.Q(("body", ""), _negated=True),
                                        models.Q(("digest", ""), _negated=True),
                                        models.Q(("conclusion", ""), _negated=True),
                                        ("approval__isnull", False),
                                        ("review_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="impact_assessment_put_up_has_text_and_approval",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved_at__isnull", False), ("stage", "approved")),
                                    models.Q(models.Q(("stage", "approved"), _negated=True), ("approved_at", None)),
                                    _connector="OR",
                                ),
                                name="impact_assessment_approved_says_when",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="AssessmentCondition",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("assessment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="owed", to="records.impactassessment")),
                        ("number", models.PositiveSmallIntegerField()),
                        ("what", models.CharField(max_length=200, verbose_name="条件")),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="负责人"
                            ),
                        ),
                        ("due_on", models.DateField(verbose_name="期限")),
                        ("done_at", models.DateTimeField(null=True, verbose_name="落实时间")),
                        ("done_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="怎样落实的")),
                    ],
                    options={
                        "ordering": ("assessment", "number"),
                        "constraints": [
                            models.UniqueConstraint(fields=("assessment", "number"), name="assessment_condition_stands_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at", None), ("done_by", None), ("note", "")),
                                    models.Q(("done_at__isnull", False), ("done_by__isnull", False), models.Q(("note", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="assessment_condition_done_says_when_by_whom_and_how",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Book",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=20, unique=True, verbose_name="账册代码")),
                        ("name", models.CharField(max_length=100, verbose_name="名称")),
                        ("insurer", models.CharField(blank=True, max_length=100, verbose_name="原保险人")),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="建立时间")),
                    ],
                    options={"verbose_name": "账册", "verbose_name_plural": "账册", "ordering": ("code",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Intermediary",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=30, unique=True, verbose_name="中介代码")),
                        ("name", models.CharField(max_length=100, verbose_name="名称")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("agency", "专业代理"),
                                    ("bancassurance", "银保"),
                                    ("broker", "经纪"),
                                    ("direct", "直销"),
                                    ("online", "互联网"),
                                    ("other", "其他"),
                                ],
                                default="other",
                                max_length=16,
                                verbose_name="渠道",
                            ),
                        ),
                    ],
                    options={"verbose_name": "中介机构", "verbose_name_plural": "中介机构", "ordering": ("code",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Product",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=30, unique=True, verbose_name="险种代码")),
                        ("name", models.CharField(max_length=100, verbose_name="险种")),
                        ("name_en", models.CharField(blank=True, max_length=100, verbose_name="英文名称")),
                        ("kind", models.CharField(blank=True, max_length=30, verbose_name="类别")),
                        ("filed", models.BooleanField(default=False, verbose_name="已备案")),
                        ("filing_no", models.CharField(blank=True, max_length=60, verbose_name="备案号")),
                        ("over_a_year", models.BooleanField(default=True, verbose_name="一年期以上")),
                    ],
                    options={"verbose_name": "险种", "verbose_name_plural": "险种", "ordering": ("code",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="BlindIndex",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("element", models.CharField(max_length=60)),
                        ("digest", models.BinaryField(max_length=16)),
                        ("version", models.PositiveSmallIntegerField(db_default=1, default=1)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("holding", models.UUIDField()),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["element", "digest"], name="blind_index_lookup"),
                            models.Index(fields=["holding"], name="blind_index_holding"),
                        ],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Policy",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("holding", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("epoch", models.PositiveIntegerField(default=0, editable=False)),
                        ("state_mac", models.BinaryField(default=b"")),
                        ("origins", models.JSONField(default=dict, editable=False)),
                        (
                            "ref",
                            models.CharField(
                                default=functools.partial(records.references.new, *("p",), **{}), max_length=16, unique=True, verbose_name="保单编号"
                            ),
                        ),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject", verbose_name="投保人")),
                        ("book", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.book", verbose_name="账册")),
                        ("product", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.product", verbose_name="险种")),
                        (
                            "intermediary",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="records.intermediary", verbose_name="中介机构"),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("in_force", "有效"), ("suspended", "中止"), ("terminated", "终止")],
                                default="in_force",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        ("starts_on", models.DateField(null=True, verbose_name="生效日")),
                        ("ends_on", models.DateField(null=True, verbose_name="满期日")),
                        (
                            "pay_frequency",
                            models.CharField(
                                blank=True,
                                choices=[("single", "趸交"), ("yearly", "年交"), ("half_yearly", "半年交"), ("quarterly", "季交"), ("monthly", "月交")],
                                max_length=12,
                                verbose_name="交费方式",
                            ),
                        ),
                        ("next_due_on", models.DateField(null=True, verbose_name="下次交费")),
                        ("source_digest", models.BinaryField(max_length=16)),
                        ("row_digest", models.BinaryField(default=b"", max_length=16)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now)),
                        ("number_sealed", models.BinaryField(null=True)),
                        ("sum_insured_sealed", models.BinaryField(null=True)),
                        ("premium_sealed", models.BinaryField(null=True)),
                        ("beneficiaries_sealed", models.BinaryField(null=True)),
                        ("health_declaration_sealed", models.BinaryField(null=True)),
                        ("query_password_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "verbose_name": "保单",
                        "verbose_name_plural": "保单",
                        "ordering": ("id",),
                        "constraints": [models.UniqueConstraint(fields=("book", "source_digest"), name="policy_is_once_in_a_book")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyRole",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("policy", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="roles", to="records.policy")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        (
                            "role",
                            models.CharField(
                                choices=[("policyholder", "投保人"), ("insured", "被保险人"), ("beneficiary", "受益人")], max_length=12, verbose_name="角色"
                            ),
                        ),
                        ("relation", models.CharField(blank=True, max_length=20, verbose_name="与投保人关系")),
                    ],
                    options={"constraints": [models.UniqueConstraint(fields=("policy", "subject", "role"), name="policy_role_is_held_once")], "indexes": []},
                ),
                migrations.CreateModel(
                    name="Claim",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("holding", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("epoch", models.PositiveIntegerField(default=0, editable=False)),
                        ("state_mac", models.BinaryField(default=b"")),
                        ("origins", models.JSONField(default=dict, editable=False)),
                        (
                            "ref",
                            models.CharField(
                                default=functools.partial(records.references.new, *("k",), **{}), max_length=16, unique=True, verbose_name="赔案编号"
                            ),
                        ),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject", verbose_name="出险人")),
                        ("policy", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.policy", verbose_name="保单")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("medical", "医疗"), ("illness", "重疾"), ("accident", "意外"), ("death", "身故"), ("other", "其他")],
                                default="other",
                                max_length=12,
                                verbose_name="类别",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("reported", "已报案"),
                                    ("examining", "审核中"),
                                    ("waiting", "待补材料"),
                                    ("approved", "已核赔"),
                                    ("paid", "已给付"),
                                    ("rejected", "不予给付"),
                                ],
                                default="reported",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        ("reported_on", models.DateField(null=True, verbose_name="报案日")),
                        ("decided_on", models.DateField(null=True, verbose_name="结案日")),
                        ("occurred_on", models.DateField(null=True, verbose_name="出险日")),
                        ("filed_at", models.DateTimeField(null=True, verbose_name="报案时间")),
                        ("filed_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        (
                            "channel",
                            models.CharField(
                                blank=True,
                                choices=[("portal", "客户服务"), ("branch", "柜面"), ("phone", "电话"), ("letter", "信函"), ("agent", "代理人")],
                                db_default="",
                                max_length=8,
                                verbose_name="报案渠道",
                            ),
                        ),
                        (
                            "handler",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="经办人"
                            ),
                        ),
                        ("item", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.workitem")),
                        ("source_digest", models.BinaryField(max_length=16)),
                        ("row_digest", models.BinaryField(default=b"", max_length=16)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now)),
                        ("number_sealed", models.BinaryField(null=True)),
                        ("description_sealed", models.BinaryField(null=True)),
                        ("diagnosis_sealed", models.BinaryField(null=True)),
                        ("amount_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "verbose_name": "赔案",
                        "verbose_name_plural": "赔案",
                        "ordering": ("id",),
                        "constraints": [models.UniqueConstraint(fields=("policy", "source_digest"), name="claim_is_once_in_a_policy")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimTerms",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        (
                            "product",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.product", verbose_name="险种"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        ("limit", models.DecimalField(decimal_places=2, max_digits=15, null=True, verbose_name="一人可决定的金额")),
                        ("refusals", models.BooleanField(default=True, verbose_name="不予给付一律复核")),
                        ("decide_days", models.PositiveSmallIntegerField(null=True, verbose_name="合同约定的核定天数")),
                        ("since", models.DateTimeField(default=custodian.clock.now, verbose_name="生效")),
                        ("until", models.DateTimeField(null=True, verbose_name="失效")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "ordering": ("product", "-version"),
                        "constraints": [
                            models.UniqueConstraint(fields=("product", "version"), name="claim_terms_version_is_unique", nulls_distinct=False),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decide_days", None), ("limit__isnull", False), ("product", None)),
                                    models.Q(("limit", None), ("product__isnull", False)),
                                    _connector="OR",
                                ),
                                name="claim_terms_say_one_thing",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimDecision",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="records.claim")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("slot", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(choices=[("approve", "给付"), ("reject", "不予给付"), ("advance", "先行支付")], max_length=8, verbose_name="核定"),
                        ),
                        (
                            "ground",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("not-covered", "不属于保险责任"),
                                    ("excluded", "属于责任免除"),
                                    ("waiting-period", "在等待期内"),
                                    ("not-in-force", "合同当时未生效或已中止"),
                                    ("not-disclosed", "投保时未如实告知"),
                                    ("not-proved", "证明材料不足"),
                                    ("other", "其他"),
                                ],
                                max_length=16,
                                verbose_name="不予给付的原因",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("waiting", "待复核"), ("effective", "已生效"), ("returned", "已退回"), ("withdrawn", "已撤回")],
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("asks_agreement", models.BooleanField(default=False, verbose_name="须先与客户就数额达成协议")),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提出人"
                            ),
                        ),
                        ("proposed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提出")),
                        ("effective_at", models.DateTimeField(null=True, verbose_name="生效")),
                        ("terms", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.claimterms")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("decided_amount_sealed", models.BinaryField(null=True)),
                        ("decision_reasons_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "ordering": ("slot",),
                        "constraints": [
                            models.UniqueConstraint(fields=("claim", "slot"), name="claim_decision_slot_is_unique"),
                            models.UniqueConstraint(condition=models.Q(("status", "waiting")), fields=("claim",), name="claim_decision_waits_one_at_a_time"),
                            models.UniqueConstraint(
                                condition=models.Q(("status", "effective"), models.Q(("kind", "advance"), _negated=True)),
                                fields=("claim",),
                                name="claim_is_decided_once",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("kind", "advance"), ("status", "effective")), fields=("claim",), name="claim_has_one_advance"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "reject"), models.Q(("ground", ""), _negated=True)),
                                    models.Q(models.Q(("kind", "reject"), _negated=True), ("ground", "")),
                                    _connector="OR",
                                ),
                                name="claim_refusal_has_a_ground",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("status", "effective"), ("approval__isnull", False), _connector="OR"),
                                name="claim_decision_waits_for_an_approval",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("effective_at__isnull", False), ("status", "effective")),
                                    models.Q(models.Q(("status", "effective"), _negated=True), ("effective_at", None)),
                                    _connector="OR",
                                ),
                                name="claim_decision_is_dated_when_effective",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimPayment",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="records.claim")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("slot", models.PositiveSmallIntegerField()),
                        ("decision", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="payment", to="records.claimdecision")),
                        ("kind", models.CharField(choices=[("advance", "先行支付"), ("final", "给付")], max_length=8, verbose_name="类别")),
                        (
                            "payee",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject", verbose_name="收款人"
                            ),
                        ),
                        ("account_slot", models.PositiveSmallIntegerField(verbose_name="收款账户")),
                        ("paid_on", models.DateField(verbose_name="付款日")),
                        ("recorded_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("recorded_at", models.DateTimeField(default=custodian.clock.now, verbose_name="登记")),
                        ("paid_amount_sealed", models.BinaryField(null=True)),
                        ("payment_reference_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "ordering": ("slot",),
                        "constraints": [models.UniqueConstraint(fields=("claim", "slot"), name="claim_payment_slot_is_unique")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Document",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("holding", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("epoch", models.PositiveIntegerField(default=0, editable=False)),
                        ("state_mac", models.BinaryField(default=b"")),
                        ("origins", models.JSONField(default=dict, editable=False)),
                        ("ref", models.CharField(default=functools.partial(records.references.new, *("d",), **{}), max_length=16, unique=True)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject", verbose_name="客户")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("application", "投保单"),
                                    ("recording", "双录"),
                                    ("evidence", "证明材料"),
                                    ("proof", "身份与住址证明"),
                                    ("letter", "函件"),
                                    ("history", "原保险公司的查询记录"),
                                ],
                                max_length=12,
                                verbose_name="类别",
                            ),
                        ),
                        ("media_type", models.CharField(max_length=80, verbose_name="格式")),
                        ("size", models.PositiveBigIntegerField(verbose_name="大小")),
                        ("digest", models.BinaryField(max_length=32)),
                        ("added_at", models.DateTimeField(default=custodian.clock.now, verbose_name="归档时间")),
                        ("added_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("channel", models.CharField(blank=True, max_length=12, verbose_name="渠道")),
                        ("pages", models.PositiveSmallIntegerField(null=True)),
                        ("received_size", models.PositiveBigIntegerField(null=True)),
                        ("received_digest", models.BinaryField(max_length=32, null=True)),
                        ("name_sealed", models.BinaryField(null=True)),
                    ],
                    options={"verbose_name": "文件", "verbose_name_plural": "文件", "ordering": ("-added_at",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="ClaimStep",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="records.claim")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        (
                            "code",
                            models.CharField(
                                choices=[
                                    ("reported", "已报案"),
                                    ("taken", "开始审核"),
                                    ("handed-on", "转由他人办理"),
                                    ("papers-asked", "已一次性通知补充材料"),
                                    ("paper-received", "收到补充材料"),
                                    ("papers-complete", "材料已齐"),
                                    ("proposed", "核定意见待复核"),
                                    ("returned", "核定意见退回"),
                                    ("withdrawn", "核定意见撤回"),
                                    ("advance", "决定先行支付"),
                                    ("advance-paid", "已先行支付"),
                                    ("approved", "核定给付"),
                                    ("agreed", "已就给付数额达成协议"),
                                    ("paid", "已给付"),
                                    ("rejected", "核定不予给付"),
                                    ("notice-sent", "已发出拒绝给付通知书"),
                                ],
                                max_length=16,
                                verbose_name="步骤",
                            ),
                        ),
                        ("at", models.DateTimeField(default=custodian.clock.now, null=True, verbose_name="时间")),
                        ("day", models.DateField(null=True)),
                        ("imported", models.BooleanField(default=False)),
                        ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="access.unit", verbose_name="经办机构")),
                        ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "indexes": [models.Index(fields=["claim", "code"], name="claim_step_of_claim")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("at", None), ("imported", True)),
                                    models.Q(("at__isnull", False), ("day", None), ("imported", False)),
                                    _connector="OR",
                                ),
                                name="claim_step_has_a_time_unless_it_was_imported",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    (
                                        "code__in",
                                        (
                                            "reported",
                                            "papers-asked",
                                            "papers-complete",
                                            "advance",
                                            "advance-paid",
                                            "approved",
                                            "agreed",
                                            "paid",
                                            "rejected",
                                            "notice-sent",
                                        ),
                                    )
                                ),
                                fields=("claim", "code"),
                                name="claim_step_happens_once",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimNeed",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="needs", to="records.claim")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("slot", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("identity", "身份证明"),
                                    ("relation", "与被保险人的关系证明"),
                                    ("medical", "病历、诊断证明"),
                                    ("invoice", "费用发票与清单"),
                                    ("accident", "事故证明"),
                                    ("death", "死亡证明"),
                                    ("account", "收款账户证明"),
                                    ("other", "其他材料"),
                                ],
                                max_length=10,
                                verbose_name="材料",
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=custodian.clock.now, verbose_name="通知时间")),
                        ("received_at", models.DateTimeField(null=True, verbose_name="收到")),
                        ("waived_at", models.DateTimeField(null=True, verbose_name="免交")),
                        ("needed_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "ordering": ("slot",),
                        "constraints": [
                            models.UniqueConstraint(fields=("claim", "slot"), name="claim_need_slot_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("received_at", None), ("waived_at", None), _connector="OR"), name="claim_need_is_received_or_waived"
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimPaper",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="records.claim")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("identity", "身份证明"),
                                    ("relation", "与被保险人的关系证明"),
                                    ("medical", "病历、诊断证明"),
                                    ("invoice", "费用发票与清单"),
                                    ("accident", "事故证明"),
                                    ("death", "死亡证明"),
                                    ("account", "收款账户证明"),
                                    ("other", "其他材料"),
                                ],
                                max_length=10,
                                verbose_name="材料",
                            ),
                        ),
                        ("document", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="claim_paper", to="records.document")),
                        ("need", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="records.claimneed")),
                        ("added_at", models.DateTimeField(default=custodian.clock.now, verbose_name="收到")),
                    ],
                    options={
                        "ordering": ("number",),
                        "constraints": [models.UniqueConstraint(fields=("claim", "number"), name="claim_paper_number_is_unique")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ClaimClock",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("rule", models.CharField(max_length=24, verbose_name="时限")),
                        ("started_at", models.DateTimeField(verbose_name="起算时间")),
                        ("waited", models.DurationField(default=datetime.timedelta)),
                        ("paused_at", models.DateTimeField(null=True)),
                        (
                            "extended",
                            django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None),
                        ),
                        ("stopped_at", models.DateTimeField(null=True)),
                        ("late_reason", models.BooleanField(default=False)),
                        ("due_at", models.DateTimeField(editable=False, verbose_name="到期时间")),
                        ("near_at", models.DateTimeField(editable=False)),
                        ("target_at", models.DateTimeField(editable=False, null=True)),
                        ("provisional", models.BooleanField(default=False, editable=False)),
                        ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="records.claim")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("contract_days", models.PositiveSmallIntegerField(null=True)),
                        ("told", models.CharField(blank=True, choices=[("near", "临近"), ("late", "已逾期")], max_length=4)),
                    ],
                    options={"constraints": [models.UniqueConstraint(fields=("claim", "rule"), name="claim_clock_runs_once")], "indexes": []},
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="access.subject")),
                        ("purpose", models.CharField(max_length=20)),
                        (
                            "said",
                            models.CharField(choices=[("given", "已同意"), ("refused", "不同意"), ("withdrawn", "已撤回")], max_length=9, verbose_name="状态"),
                        ),
                        (
                            "by",
                            models.CharField(
                                choices=[
                                    ("herself", "本人在客户服务"),
                                    ("guardian", "监护人在客户服务"),
                                    ("authorised", "授权代表在客户服务"),
                                    ("heir", "继承人在客户服务"),
                                    ("paper", "书面材料"),
                                    ("counter", "当面或来电，客服登记"),
                                    ("request", "客户申请"),
                                    ("import", "导入"),
                                ],
                                max_length=10,
                                verbose_name="来源",
                            ),
                        ),
                        ("at", models.DateTimeField(default=custodian.clock.now, verbose_name="时间")),
                        ("noted_at", models.DateTimeField(default=custodian.clock.now)),
                        ("noted_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("channel", models.CharField(max_length=12)),
                        ("evidence", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.document")),
                        ("source", models.CharField(blank=True, max_length=40)),
                        ("notice", models.CharField(blank=True, max_length=40)),
                        ("reference", models.CharField(blank=True, max_length=40)),
                    ],
                    options={
                        "verbose_name": "同意记录",
                        "verbose_name_plural": "同意记录",
                        "ordering": ("-pk",),
                        "indexes": [models.Index(fields=["subject", "purpose", "-id"], name="consent_that_stands")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("by", "paper"), _negated=True), ("evidence__isnull", False), _connector="OR"),
                                name="consent_on_paper_has_its_paper",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("noted_by", None),
                                    ("by", "paper"),
                                    models.Q(("by", "counter"), models.Q(("said", "given"), _negated=True)),
                                    _connector="OR",
                                ),
                                name="consent_noted_by_staff_is_no_gift",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("by", "import"), _negated=True), models.Q(("source", ""), _negated=True), _connector="OR"),
                                name="consent_imported_says_from_where",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DataCopy",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "排队"),
                                    ("running", "进行中"),
                                    ("paused", "已暂停"),
                                    ("failed", "失败，可续作"),
                                    ("done", "完成"),
                                    ("refused", "已拒收"),
                                ],
                                default="queued",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("total", models.PositiveBigIntegerField(null=True)),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("leased_by", models.UUIDField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject", verbose_name="客户")),
                        (
                            "request",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="records.customerrequest"),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("capacity", models.CharField(max_length=12)),
                        ("address", models.CharField(blank=True, max_length=45)),
                        (
                            "format",
                            models.CharField(
                                choices=[("pdf", "PDF，便于阅读"), ("json", "JSON，便于交给别的机构"), ("zip", "ZIP，含 PDF、JSON 和已归档的文件")],
                                max_length=4,
                                verbose_name="格式",
                            ),
                        ),
                        ("language", models.CharField(choices=[("zh-hans", "中文"), ("en", "English")], max_length=8, verbose_name="语言")),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("entry", models.BigIntegerField(null=True)),
                        ("length", models.BigIntegerField(null=True)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("expires_at", models.DateTimeField(null=True, verbose_name="有效至")),
                        ("taken_at", models.DateTimeField(null=True, verbose_name="下载")),
                        ("removed_at", models.DateTimeField(null=True)),
                        (
                            "removed",
                            models.CharField(
                                blank=True, choices=[("expired", "已过期"), ("taken", "已下载"), ("destroyed", "其中的资料已销毁")], max_length=10
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "资料副本",
                        "verbose_name_plural": "资料副本",
                        "ordering": ("-pk",),
                        "indexes": [models.Index(fields=["subject", "created_at"], name="data_copy_of_subject")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("removed", ""), ("removed_at", None)),
                                    models.Q(("removed_at__isnull", False), models.Q(("removed", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="data_copy_removal_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("status", "done"), _negated=True), ("expires_at__isnull", False), _connector="OR"),
                                name="data_copy_that_is_ready_expires",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Correction",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("holding", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("epoch", models.PositiveIntegerField(default=0, editable=False)),
                        ("state_mac", models.BinaryField(default=b"")),
                        ("origins", models.JSONField(default=dict, editable=False)),
                        ("ref", models.CharField(default=functools.partial(records.references.new, *("a",), **{}), max_length=16, unique=True)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject", verbose_name="客户")),
                        ("group", models.CharField(max_length=20, verbose_name="更正项")),
                        ("slot", models.PositiveSmallIntegerField(default=0)),
                        (
                            "kind",
                            models.CharField(
                                choices=[("correction", "更正"), ("completion", "补充")], default="correction", max_length=12, verbose_name="类型"
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("draft", "草稿"),
                                    ("submitted", "已收到"),
                                    ("checking", "核对中"),
                                    ("confirming", "等待确认"),
                                    ("approving", "待复核"),
                                    ("approved", "已批准"),
                                    ("applied", "已更正"),
                                    ("refused", "不予更正"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="draft",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        ("channel", models.CharField(max_length=12, verbose_name="渠道")),
                        (
                            "raised_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提出人"
                            ),
                        ),
                        ("capacity", models.CharField(blank=True, max_length=12)),
                        ("asker", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("created_at", models.DateTimeField(default=custodian.clock.now)),
                        ("changed_at", models.DateTimeField(default=custodian.clock.now)),
                        ("submitted_at", models.DateTimeField(null=True, verbose_name="提出")),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="办结")),
                        ("told_at", models.DateTimeField(null=True)),
                        (
                            "handler",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="核对人"
                            ),
                        ),
                        (
                            "refusal",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("evidence", "证明材料看不清或不足"),
                                    ("mismatch", "证明材料与要改的内容不一致"),
                                    ("unconfirmed", "没有在期限内得到您本人的确认"),
                                    ("not-yours", "无法确认是您本人或您授权的人提出"),
                                    ("right", "核对后，原来的内容没有错"),
                                    ("contract", "这一项属于保单内容，须办理保全变更"),
                                    ("gone", "这些资料已依法停止使用或销毁，没有可以更正的内容"),
                                ],
                                max_length=12,
                                verbose_name="不予更正的理由",
                            ),
                        ),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("item", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.workitem")),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("note_sealed", models.BinaryField(null=True)),
                        ("refusal_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "verbose_name": "更正",
                        "verbose_name_plural": "更正",
                        "ordering": ("-pk",),
                        "indexes": [
                            models.Index(fields=["subject", "status"], name="correction_of_subject"),
                            models.Index(fields=["status", "submitted_at"], name="correction_by_status"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status__in", ("submitted", "checking", "confirming", "approving", "approved"))),
                                fields=("subject", "group", "slot"),
                                name="correction_is_under_way_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "draft"), ("submitted_at", None)),
                                    ("status", "withdrawn"),
                                    models.Q(models.Q(("status", "draft"), _negated=True), ("submitted_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="correction_is_dated_when_handed_in",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at__isnull", False), ("status__in", ("applied", "refused", "withdrawn"))),
                                    models.Q(models.Q(("status__in", ("applied", "refused", "withdrawn")), _negated=True), ("decided_at", None)),
                                    _connector="OR",
                                ),
                                name="correction_is_dated_when_decided",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "refused"), models.Q(("refusal", ""), _negated=True)),
                                    models.Q(models.Q(("status", "refused"), _negated=True), ("refusal", "")),
                                    _connector="OR",
                                ),
                                name="correction_is_refused_with_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CorrectionItem",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("correction", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="items", to="records.correction")),
                        ("number", models.PositiveSmallIntegerField()),
                        ("element", models.CharField(max_length=60)),
                        ("holding", models.UUIDField()),
                        ("slot", models.PositiveSmallIntegerField(default=0)),
                        ("derived", models.BooleanField(default=False)),
                        ("held", models.BooleanField(default=True)),
                        ("value_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "ordering": ("number",),
                        "constraints": [
                            models.UniqueConstraint(fields=("correction", "number"), name="correction_item_number_is_unique"),
                            models.UniqueConstraint(fields=("correction", "element"), name="correction_item_is_once"),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="CorrectionEvidence",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("correction", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="records.correction")),
                        ("document", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.document")),
                        ("number", models.PositiveSmallIntegerField()),
                    ],
                    options={
                        "ordering": ("number",),
                        "constraints": [models.UniqueConstraint(fields=("correction", "number"), name="correction_evidence_number_is_unique")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="CorrectionConfirmation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("correction", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="confirmations", to="records.correction")),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("portal", "本人登录客户服务确认"),
                                    ("code", "一次性验证码"),
                                    ("branch", "本人到柜面，已核对证件"),
                                    ("letter", "本人签名的书面函件"),
                                ],
                                max_length=8,
                                verbose_name="方式",
                            ),
                        ),
                        ("contact", models.CharField(blank=True, max_length=60)),
                        ("at", models.DateTimeField(default=custodian.clock.now, verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="经办人"
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("document", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.document")),
                    ],
                    options={
                        "ordering": ("at", "pk"),
                        "constraints": [
                            models.UniqueConstraint(fields=("correction", "way", "contact"), name="correction_is_confirmed_once_a_way"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("by__isnull", False), ("contact", ""), ("way__in", ("branch", "letter"))),
                                    models.Q(("way__in", ("portal", "code")), models.Q(("contact", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="correction_confirmation_names_its_contact",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="CorrectionCode",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(editable=False, unique=True)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("correction", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="codes", to="records.correction")),
                        ("contact", models.CharField(max_length=60)),
                        ("sent_at", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={"ordering": ("-sent_at", "-pk"), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="CorrectionStep",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("correction", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="records.correction")),
                        ("code", models.CharField(max_length=20)),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("unit", models.CharField(blank=True, max_length=60)),
                    ],
                    options={"ordering": ("at", "pk"), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="CorrectionClock",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("rule", models.CharField(max_length=24, verbose_name="时限")),
                        ("started_at", models.DateTimeField(verbose_name="起算时间")),
                        ("waited", models.DurationField(default=datetime.timedelta)),
                        ("paused_at", models.DateTimeField(null=True)),
                        (
                            "extended",
                            django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None),
                        ),
                        ("stopped_at", models.DateTimeField(null=True)),
                        ("late_reason", models.BooleanField(default=False)),
                        ("due_at", models.DateTimeField(editable=False, verbose_name="到期时间")),
                        ("near_at", models.DateTimeField(editable=False)),
                        ("target_at", models.DateTimeField(editable=False, null=True)),
                        ("provisional", models.BooleanField(default=False, editable=False)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("correction", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="records.correction")),
                    ],
                    options={
                        "ordering": ("due_at", "pk"),
                        "indexes": [models.Index(fields=["stopped_at", "due_at"], name="correction_clock_by_due")],
                        "constraints": [models.UniqueConstraint(fields=("correction", "rule"), name="correction_clock_runs_once_by_a_rule")],
                    },
                ),
                migrations.CreateModel(
                    name="FormerValue",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("holding", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("epoch", models.PositiveIntegerField(default=0, editable=False)),
                        ("state_mac", models.BinaryField(default=b"")),
                        ("origins", models.JSONField(default=dict, editable=False)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        (
                            "correction",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="former_values", to="records.correction"),
                        ),
                        ("element", models.CharField(max_length=60)),
                        ("place_of", models.UUIDField()),
                        ("slot", models.PositiveSmallIntegerField(default=0)),
                        ("since", models.DateField(null=True)),
                        ("until", models.DateTimeField(default=custodian.clock.now)),
                        ("value_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "verbose_name": "更正前的内容",
                        "verbose_name_plural": "更正前的内容",
                        "ordering": ("-until", "-pk"),
                        "indexes": [models.Index(fields=["subject", "element"], name="former_value_of_subject")],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Customer",
                    fields=[
                        ("subject", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="access.subject")),
                        (
                            "ref",
                            models.CharField(
                                default=functools.partial(records.references.new, *("c",), **{}), max_length=16, unique=True, verbose_name="客户编号"
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("person", "个人客户"), ("organisation", "单位客户")], default="person", max_length=12, verbose_name="类型"
                            ),
                        ),
                        ("book", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.book", verbose_name="账册")),
                        (
                            "intermediary",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="records.intermediary", verbose_name="中介机构"),
                        ),
                        ("source_digest", models.BinaryField(max_length=16)),
                        ("row_digest", models.BinaryField(default=b"", max_length=16)),
                        ("minor_until", models.DateField(null=True)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="登记时间")),
                    ],
                    options={
                        "verbose_name": "客户",
                        "verbose_name_plural": "客户",
                        "ordering": ("subject_id",),
                        "constraints": [models.UniqueConstraint(fields=("book", "source_digest"), name="customer_is_once_in_a_book")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Identity",
                    fields=[
                        ("holding", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("epoch", models.PositiveIntegerField(default=0, editable=False)),
                        ("state_mac", models.BinaryField(default=b"")),
                        ("origins", models.JSONField(default=dict, editable=False)),
                        ("subject", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="access.subject")),
                        ("name_sealed", models.BinaryField(null=True)),
                        ("sex_sealed", models.BinaryField(null=True)),
                        ("birth_date_sealed", models.BinaryField(null=True)),
                        ("nationality_sealed", models.BinaryField(null=True)),
                        ("occupation_sealed", models.BinaryField(null=True)),
                        ("id_type_sealed", models.BinaryField(null=True)),
                        ("id_number_sealed", models.BinaryField(null=True)),
                        ("id_valid_until_sealed", models.BinaryField(null=True)),
                        ("mobile_sealed", models.BinaryField(null=True)),
                        ("landline_sealed", models.BinaryField(null=True)),
                        ("email_sealed", models.BinaryField(null=True)),
                        ("address_sealed", models.BinaryField(null=True)),
                        ("workplace_sealed", models.BinaryField(null=True)),
                        ("legal_representative_sealed", models.BinaryField(null=True)),
                    ],
                    options={"abstract": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Finances",
                    fields=[
                        ("holding", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("epoch", models.PositiveIntegerField(default=0, editable=False)),
                        ("state_mac", models.BinaryField(default=b"")),
                        ("origins", models.JSONField(default=dict, editable=False)),
                        ("subject", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="access.subject")),
                        ("income_sealed", models.BinaryField(null=True)),
                    ],
                    options={"abstract": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Account",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("slot", models.PositiveSmallIntegerField(default=1)),
                        ("bank_name_sealed", models.BinaryField(null=True)),
                        ("bank_account_sealed", models.BinaryField(null=True)),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    options={"constraints": [models.UniqueConstraint(fields=("subject", "slot"), name="account_slot_is_unique")], "indexes": []},
                ),
                migrations.CreateModel(
                    name="Representative",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="represented_by", to="access.subject")),
                        ("representative", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="represents", to="access.subject")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("guardian", "监护人"), ("heir", "继承人"), ("authorised", "授权代表")], max_length=12, verbose_name="身份"
                            ),
                        ),
                        ("relation", models.CharField(blank=True, max_length=20, verbose_name="关系")),
                        ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="access.unit")),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("subject", models.F("representative")), _negated=True), name="nobody_represents_himself")
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="DestructionBatch",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "排队"),
                                    ("running", "进行中"),
                                    ("paused", "已暂停"),
                                    ("failed", "失败，可续作"),
                                    ("done", "完成"),
                                    ("refused", "已拒收"),
                                ],
                                default="queued",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("total", models.PositiveBigIntegerField(null=True)),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("leased_by", models.UUIDField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("code", models.CharField(max_length=16, unique=True, verbose_name="批次")),
                        ("day", models.DateField(verbose_name="到期日")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("proposed", "待提交"),
                                    ("waiting", "待复核"),
                                    ("approved", "已批准"),
                                    ("returned", "已退回"),
                                    ("stopped", "已停止"),
                                    ("done", "已销毁"),
                                ],
                                default="proposed",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("digest", models.CharField(blank=True, max_length=64)),
                        (
                            "submitted_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("approved_at", models.DateTimeField(null=True, verbose_name="批准")),
                        ("certificate", models.BinaryField(default=b"")),
                        ("signature", models.BinaryField(default=b"")),
                        ("pages", models.JSONField(default=dict)),
                        ("scan", models.JSONField(default=dict)),
                    ],
                    options={
                        "verbose_name": "销毁批次",
                        "verbose_name_plural": "销毁批次",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(condition=models.Q(("stage", "proposed")), fields=("stage",), name="destruction_batch_is_proposed_once"),
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("stage", "done"), _negated=True), models.Q(("certificate", b""), _negated=True), _connector="OR"),
                                name="destruction_batch_is_certified_when_done",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="DestructionItem",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("batch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="items", to="records.destructionbatch")),
                        ("holding", models.UUIDField()),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("kind", models.CharField(max_length=12)),
                        ("book", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.book")),
                        ("rule", models.CharField(max_length=40)),
                        ("ended_on", models.DateField()),
                        ("keep_until", models.DateField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("planned", "待销毁"),
                                    ("excluded", "已排除"),
                                    ("held", "法律保留"),
                                    ("in_use", "不再到期"),
                                    ("stopped", "已停止"),
                                    ("destroyed", "已销毁"),
                                ],
                                default="planned",
                                max_length=10,
                            ),
                        ),
                        ("because", models.CharField(blank=True, max_length=80)),
                        ("decided_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["batch", "state", "subject"], name="destruction_item_by_state"),
                            models.Index(fields=["holding"], name="destruction_item_holding"),
                        ],
                        "constraints": [models.UniqueConstraint(fields=("batch", "holding"), name="destruction_item_is_once")],
                    },
                ),
                migrations.CreateModel(
                    name="Tombstone",
                    fields=[
                        ("gone", models.UUIDField(primary_key=True, serialize=False)),
                        ("kind", models.CharField(max_length=12)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tombstones", to="access.subject")),
                        ("batch", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="records.destructionbatch")),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("sheet", models.PositiveIntegerField(null=True)),
                    ],
                    options={"indexes": [models.Index(fields=["sheet"], name="tombstone_by_sheet")], "constraints": []},
                ),
                migrations.CreateModel(
                    name="TombstoneSheet",
                    fields=[
                        ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("batch", models.CharField(max_length=16)),
                        ("body", models.TextField()),
                    ],
                    options={"ordering": ("number",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="CertificatePage",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("batch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="printed", to="records.destructionbatch")),
                        ("language", models.CharField(max_length=8)),
                        ("body", models.BinaryField()),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("batch", "language"), name="certificate_page_is_once_in_a_language")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRun",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "排队"),
                                    ("running", "进行中"),
                                    ("paused", "已暂停"),
                                    ("failed", "失败，可续作"),
                                    ("done", "完成"),
                                    ("refused", "已拒收"),
                                ],
                                default="queued",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("total", models.PositiveBigIntegerField(null=True)),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("leased_by", models.UUIDField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("book", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.book", verbose_name="账册")),
                        (
                            "requested_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name="提交人"),
                        ),
                        ("dry_run", models.BooleanField(default=False, verbose_name="试运行")),
                        ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                        ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="access.unit", verbose_name="机构")),
                        ("mapping", models.JSONField(default=dict)),
                        ("cursor", models.JSONField(default=dict)),
                        ("rows_in", models.PositiveBigIntegerField(default=0, verbose_name="读入")),
                        ("kept", models.PositiveBigIntegerField(default=0, verbose_name="保留")),
                        ("unchanged", models.PositiveBigIntegerField(default=0, verbose_name="未变")),
                        ("quarantined", models.PositiveBigIntegerField(default=0, verbose_name="隔离")),
                        ("skipped", models.PositiveBigIntegerField(default=0, verbose_name="按规则略过")),
                        ("reasons", models.JSONField(default=dict)),
                        ("warnings", models.JSONField(default=dict)),
                        ("skips", models.JSONField(default=dict)),
                        ("sources", models.JSONField(default=dict)),
                        ("arriving", models.UUIDField(db_index=True, null=True)),
                    ],
                    options={
                        "verbose_name": "导入",
                        "verbose_name_plural": "导入",
                        "ordering": ("-created_at",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "rows_in",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                django.db.models.expressions.CombinedExpression(models.F("kept"), "+", models.F("unchanged")),
                                                "+",
                                                models.F("quarantined"),
                                            ),
                                            "+",
                                            models.F("skipped"),
                                        ),
                                    )
                                ),
                                name="import_run_accounts_for_every_row",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ImportFile",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("run", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="files", to="records.importrun")),
                        ("holding", models.UUIDField(default=uuid.uuid4, unique=True)),
                        ("name_sealed", models.BinaryField()),
                        ("size", models.PositiveBigIntegerField(default=0)),
                        ("digest", models.BinaryField(default=b"", max_length=32)),
                        ("complete", models.BooleanField(default=False)),
                        ("received_at", models.DateTimeField(default=custodian.clock.now)),
                        ("removed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ("id",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("removed_at", None), models.Q(("complete", False), ("name_sealed", b"")), _connector="OR"),
                                name="import_file_that_was_removed_is_empty",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="QuarantinedRow",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("run", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.importrun", verbose_name="导入")),
                        ("book", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="records.book", verbose_name="账册")),
                        ("kind", models.CharField(max_length=12, verbose_name="类别")),
                        ("sheet", models.PositiveSmallIntegerField(verbose_name="表")),
                        ("number", models.PositiveBigIntegerField(verbose_name="行号")),
                        ("reasons", models.JSONField(verbose_name="原因")),
                        ("row_digest", models.BinaryField(max_length=16)),
                        ("key_digest", models.BinaryField(default=b"", max_length=16)),
                        ("row_sealed", models.BinaryField()),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "待处理"), ("fixed", "已更正并导入"), ("dropped", "确认不导入")],
                                default="open",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("arrived_at", models.DateTimeField(default=custodian.clock.now, verbose_name="隔离时间")),
                        ("expires_at", models.DateTimeField(default=records.models.imports.expiry, verbose_name="保存至")),
                    ],
                    options={
                        "verbose_name": "隔离行",
                        "verbose_name_plural": "隔离区",
                        "ordering": ("id",),
                        "indexes": [models.Index(fields=["book", "kind", "key_digest"], name="quarantined_row_by_key")],
                        "constraints": [models.UniqueConstraint(fields=("book", "kind", "row_digest"), name="quarantined_row_is_kept_once")],
                    },
                ),
                migrations.CreateModel(
                    name="SavedMapping",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("name", models.CharField(max_length=60, verbose_name="名称")),
                        ("version", models.PositiveSmallIntegerField(verbose_name="版本")),
                        ("toml", models.TextField()),
                        ("made_at", models.DateTimeField(default=custodian.clock.now, verbose_name="保存时间")),
                        ("made_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "verbose_name": "保存的对应关系",
                        "verbose_name_plural": "保存的对应关系",
                        "ordering": ("name", "-version"),
                        "constraints": [models.UniqueConstraint(fields=("name", "version"), name="mapping_has_a_version_once")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FileSurvey",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "排队"),
                                    ("running", "进行中"),
                                    ("paused", "已暂停"),
                                    ("failed", "失败，可续作"),
                                    ("done", "完成"),
                                    ("refused", "已拒收"),
                                ],
                                default="queued",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("total", models.PositiveBigIntegerField(null=True)),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("leased_by", models.UUIDField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("file", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name="survey", to="records.importfile")),
                        ("sheets", models.JSONField(default=list)),
                    ],
                    options={"abstract": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="LegalHold",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(max_length=16, unique=True, verbose_name="保留编号")),
                        (
                            "scope",
                            models.CharField(
                                choices=[("customer", "客户"), ("policy", "保单"), ("book", "账册"), ("case", "案件"), ("query", "条件")],
                                max_length=8,
                                verbose_name="范围",
                            ),
                        ),
                        ("selector", models.JSONField()),
                        (
                            "ground",
                            models.CharField(
                                choices=[
                                    ("aml_investigation_open", "反洗钱调查未结"),
                                    ("dispute_or_complaint_open", "纠纷或投诉未结"),
                                    ("regulator_order", "监管机构要求"),
                                    ("claim_limitation_running", "理赔请求权时效未满"),
                                ],
                                max_length=32,
                                verbose_name="事由",
                            ),
                        ),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        ("letter", models.CharField(blank=True, max_length=60, verbose_name="函号")),
                        (
                            "placed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提出人"
                            ),
                        ),
                        ("placed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提出")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("review_on", models.DateField(verbose_name="复查日")),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("asked", "待复核"),
                                    ("open", "有效"),
                                    ("returned", "已退回"),
                                    ("release-asked", "待复核解除"),
                                    ("released", "已解除"),
                                ],
                                default="asked",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("released_at", models.DateTimeField(null=True, verbose_name="解除")),
                        ("release_reason", models.CharField(blank=True, max_length=200, verbose_name="解除理由")),
                        (
                            "release_approval",
                            models.OneToOneField(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval", verbose_name="解除的复核"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "法律保留",
                        "verbose_name_plural": "法律保留",
                        "ordering": ("-placed_at", "-pk"),
                        "indexes": [models.Index(fields=["status", "review_on"], name="legal_hold_by_review")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("released_at__isnull", False), ("status", "released")),
                                    models.Q(models.Q(("status", "released"), _negated=True), ("released_at", None)),
                                    _connector="OR",
                                ),
                                name="legal_hold_is_dated_when_released",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("release_approval__isnull", False), models.Q(("status__in", ("release-asked", "released")), _negated=True), _connector="OR"
                                ),
                                name="legal_hold_is_released_by_an_approval",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("release_approval", None), models.Q(("release_approval", models.F("approval")), _negated=True), _connector="OR"
                                ),
                                name="legal_hold_is_placed_and_released_apart",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HoldCount",
                    fields=[
                        (
                            "hold",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="counted", serialize=False, to="records.legalhold"
                            ),
                        ),
                        ("customers", models.PositiveBigIntegerField(default=0)),
                        ("holdings", models.PositiveBigIntegerField(default=0)),
                        ("counted_at", models.DateTimeField(null=True)),
                        ("claimed_at", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={"indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="HoldReview",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("hold", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="records.legalhold")),
                        (
                            "reviewed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="复查人"
                            ),
                        ),
                        ("reviewed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="复查")),
                        ("note", models.CharField(max_length=200, verbose_name="说明")),
                        ("next_on", models.DateField(verbose_name="下次复查")),
                    ],
                    options={
                        "verbose_name": "法律保留复查",
                        "verbose_name_plural": "法律保留复查",
                        "ordering": ("-reviewed_at", "-pk"),
                        "indexes": [],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="MergeCase",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("other", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("agrees", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None)),
                        ("source", models.CharField(max_length=40, verbose_name="账册")),
                        ("found_at", models.DateTimeField(default=custodian.clock.now, verbose_name="发现")),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "待核对"), ("asked", "待复核"), ("settled", "已认定")], default="open", max_length=8, verbose_name="状态"
                            ),
                        ),
                        ("verdict", models.CharField(blank=True, choices=[("same", "同一人"), ("apart", "不是同一人")], max_length=8)),
                        ("settled", models.CharField(blank=True, choices=[("same", "同一人"), ("apart", "不是同一人")], max_length=8)),
                        ("settled_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "疑似重复的客户",
                        "verbose_name_plural": "疑似重复的客户",
                        "constraints": [
                            models.UniqueConstraint(fields=("subject", "other"), name="merge_case_once_for_a_pair"),
                            models.CheckConstraint(condition=models.Q(("subject", models.F("other")), _negated=True), name="merge_case_is_about_two_customers"),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="PublishedText",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("processing", "个人信息处理规则"),
                                    ("children", "儿童个人信息处理规则"),
                                    ("tip", "风险提示"),
                                    ("article", "知识文章"),
                                    ("announcement", "公告"),
                                ],
                                max_length=12,
                                verbose_name="种类",
                            ),
                        ),
                        ("slug", models.CharField(max_length=40, unique=True, verbose_name="网址名")),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="起草人"
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="建立")),
                        ("gone", django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), default=list, size=None)),
                    ],
                    options={"verbose_name": "公开文本", "verbose_name_plural": "公开文本", "ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="TextDraft",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("text", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="draft", to="records.publishedtext")),
                        ("content", models.JSONField()),
                        (
                            "edited_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="起草人"
                            ),
                        ),
                        ("edited_at", models.DateTimeField(default=custodian.clock.now, verbose_name="改动")),
                        ("approval", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={"verbose_name": "草稿", "verbose_name_plural": "草稿", "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="TextVersion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("text", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="records.publishedtext")),
                        ("number", models.PositiveIntegerField(verbose_name="版本")),
                        ("content", models.JSONField()),
                        ("digest", models.CharField(max_length=64, verbose_name="内容指纹")),
                        ("since", models.DateField(verbose_name="生效日")),
                        ("until", models.DateField(null=True, verbose_name="展示至")),
                        (
                            "places",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), default=list, size=None, verbose_name="展示位置"
                            ),
                        ),
                        (
                            "drafted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="起草人"
                            ),
                        ),
                        (
                            "approved_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="复核人"
                            ),
                        ),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("published_at", models.DateTimeField(default=custodian.clock.now, verbose_name="发布")),
                    ],
                    options={
                        "verbose_name": "文本版本",
                        "verbose_name_plural": "文本版本",
                        "ordering": ("text", "-number"),
                        "constraints": [
                            models.UniqueConstraint(fields=("text", "number"), name="text_version_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("drafted_by", models.F("approved_by")), _negated=True), name="text_version_is_approved_by_somebody_else"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                                name="text_version_ends_after_it_begins",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="TextWithdrawal",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("version", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="records.textversion")),
                        ("on", models.DateField(verbose_name="撤下日")),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("withdrawn_at", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={"verbose_name": "撤下", "verbose_name_plural": "撤下", "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="NoticeSeen",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject", verbose_name="客户")),
                        ("version", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.textversion")),
                        ("capacity", models.CharField(max_length=12)),
                        ("seen_at", models.DateTimeField(default=custodian.clock.now, verbose_name="看过")),
                    ],
                    options={
                        "verbose_name": "规则的告知记录",
                        "verbose_name_plural": "规则的告知记录",
                        "ordering": ("-pk",),
                        "constraints": [models.UniqueConstraint(fields=("subject", "version", "capacity"), name="notice_is_seen_once")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ProductVersion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("product", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="records.product")),
                        ("number", models.PositiveIntegerField(verbose_name="版本")),
                        ("filed", models.BooleanField(verbose_name="已备案")),
                        ("filed_on", models.DateField(null=True, verbose_name="备案日")),
                        ("filing_no", models.CharField(blank=True, max_length=60, verbose_name="备案号")),
                        ("sold_from", models.DateField(null=True, verbose_name="开售日")),
                        ("sold_until", models.DateField(null=True, verbose_name="停售日")),
                        ("suspensions", models.JSONField(default=list)),
                        ("source", models.CharField(max_length=200, verbose_name="依据")),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        ("made_at", models.DateTimeField(default=custodian.clock.now, verbose_name="生效")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "ordering": ("product", "-number"),
                        "constraints": [
                            models.UniqueConstraint(fields=("product", "number"), name="product_version_comes_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("filed", True), ("filed_on__isnull", False), models.Q(("filing_no", ""), _negated=True)),
                                    models.Q(("filed", False), ("filed_on", None), ("filing_no", "")),
                                    _connector="OR",
                                ),
                                name="product_filed_has_its_number",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sold_from", None), ("sold_until", None), ("sold_until__gte", models.F("sold_from")), _connector="OR"),
                                name="product_sale_ends_after_it_begins",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ProductBreach",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("product", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="breaches", to="records.product")),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("not_filed", "销售时没有备案"),
                                    ("suspended", "暂停销售期间售出"),
                                    ("early", "开售之前售出"),
                                    ("late", "停售之后售出"),
                                ],
                                max_length=10,
                                verbose_name="原因",
                            ),
                        ),
                        ("count", models.PositiveIntegerField(verbose_name="保单数")),
                        ("first_on", models.DateField(null=True, verbose_name="最早")),
                        ("last_on", models.DateField(null=True, verbose_name="最晚")),
                        ("by_unit", models.JSONField(default=dict)),
                        ("by_intermediary", models.JSONField(default=dict)),
                        ("finding", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="access.finding")),
                        ("told", models.PositiveIntegerField(default=0)),
                        ("counted_at", models.DateTimeField(default=custodian.clock.now, verbose_name="核对时间")),
                    ],
                    options={
                        "ordering": ("product", "reason"),
                        "constraints": [models.UniqueConstraint(fields=("product", "reason"), name="product_breach_stands_once")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ProductReview",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("product", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="records.product")),
                        ("state", models.CharField(choices=[("baseline", "起点"), ("open", "待复查"), ("done", "已复查")], max_length=8, verbose_name="状态")),
                        ("before", models.JSONField(default=dict)),
                        ("after", models.JSONField(default=dict)),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提出")),
                        ("note", models.CharField(blank=True, max_length=500, verbose_name="复查结论")),
                        (
                            "reviewed_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("reviewed_at", models.DateTimeField(null=True, verbose_name="复查时间")),
                    ],
                    options={
                        "ordering": ("product", "-pk"),
                        "constraints": [
                            models.UniqueConstraint(condition=models.Q(("state", "open")), fields=("product",), name="product_has_one_review_open"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("reviewed_at__isnull", False), ("reviewed_by__isnull", False), ("state", "done"), models.Q(("note", ""), _negated=True)
                                    ),
                                    models.Q(models.Q(("state", "done"), _negated=True), ("note", ""), ("reviewed_at", None), ("reviewed_by", None)),
                                    _connector="OR",
                                ),
                                name="product_review_done_says_who_when_and_what",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="RelativeAsk",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "排队"),
                                    ("running", "进行中"),
                                    ("paused", "已暂停"),
                                    ("failed", "失败，可续作"),
                                    ("done", "完成"),
                                    ("refused", "已拒收"),
                                ],
                                default="queued",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("total", models.PositiveBigIntegerField(null=True)),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("leased_by", models.UUIDField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("received", "正在查找"), ("found", "找到客户，待办理"), ("nobody", "查无此人"), ("closed", "已办结")],
                                default="received",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("subject", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        (
                            "relation",
                            models.CharField(
                                choices=[("spouse", "配偶"), ("child", "子女"), ("parent", "父母"), ("sibling", "兄弟姐妹"), ("other", "其他近亲属")],
                                max_length=8,
                                verbose_name="与客户的关系",
                            ),
                        ),
                        (
                            "wants",
                            models.CharField(
                                choices=[("access", "查阅"), ("copy", "复制"), ("correction", "更正"), ("deletion", "删除")],
                                max_length=10,
                                verbose_name="申请什么",
                            ),
                        ),
                        ("contact", models.CharField(max_length=6)),
                        ("person", models.BinaryField(max_length=16)),
                        ("language", models.CharField(default="zh-hans", max_length=8)),
                        ("said_sealed", models.BinaryField()),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[("granted", "已登记或已办理"), ("refused", "不予办理"), ("nobody", "查无此人")],
                                max_length=8,
                                verbose_name="结果",
                            ),
                        ),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="办结")),
                        ("closed_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("told_at", models.DateTimeField(null=True)),
                        ("turns", models.PositiveSmallIntegerField(default=0)),
                        ("tell_after", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name": "亲属申请",
                        "verbose_name_plural": "亲属申请",
                        "ordering": ("created_at", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at", None), ("outcome", "")),
                                    models.Q(("closed_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="relative_ask_is_closed_with_an_outcome",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="RelativePaper",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("ask", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="papers", to="records.relativeask")),
                        ("number", models.PositiveSmallIntegerField()),
                        ("media_type", models.CharField(max_length=40)),
                        ("size", models.PositiveIntegerField()),
                        ("pages", models.PositiveSmallIntegerField()),
                        ("name_sealed", models.BinaryField()),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("added_at", models.DateTimeField(default=custodian.clock.now)),
                        ("document", models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="records.document")),
                    ],
                    options={
                        "ordering": ("number",),
                        "constraints": [models.UniqueConstraint(fields=("ask", "number"), name="relative_paper_number_is_unique")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="CustomerRequest",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("holding", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("epoch", models.PositiveIntegerField(default=0, editable=False)),
                        ("state_mac", models.BinaryField(default=b"")),
                        ("origins", models.JSONField(default=dict, editable=False)),
                        (
                            "ref",
                            models.CharField(
                                default=functools.partial(records.references.new, *("r",), **{}), max_length=16, unique=True, verbose_name="申请编号"
                            ),
                        ),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="access.subject")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("access", "查阅"),
                                    ("copy", "复制"),
                                    ("correction", "更正"),
                                    ("completion", "补充"),
                                    ("deletion", "删除"),
                                    ("restriction", "限制处理"),
                                    ("withdraw_consent", "撤回同意"),
                                    ("object", "异议"),
                                    ("portability", "转移"),
                                    ("complaint", "投诉"),
                                    ("question", "咨询"),
                                    ("look_question", "对一次查看的疑问"),
                                    ("feedback", "意见建议"),
                                    ("fraud_call", "诈骗来电"),
                                ],
                                max_length=18,
                                verbose_name="事项",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("received", "已收到"),
                                    ("accepted", "已受理"),
                                    ("working", "办理中"),
                                    ("answered", "已答复"),
                                    ("partly", "部分办理"),
                                    ("refused", "不予办理"),
                                    ("withdrawn", "已撤回"),
                                ],
                                default="received",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "came_by",
                            models.CharField(
                                choices=[("portal", "客户服务"), ("counter", "网点"), ("letter", "信函"), ("phone", "电话"), ("email", "电子邮件")],
                                max_length=8,
                                verbose_name="来源",
                            ),
                        ),
                        (
                            "asked_by",
                            models.CharField(
                                choices=[("herself", "本人"), ("representative", "代表人")], default="herself", max_length=16, verbose_name="申请人"
                            ),
                        ),
                        ("capacity", models.CharField(blank=True, max_length=12)),
                        ("asker", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("about", models.CharField(blank=True, max_length=40)),
                        ("details", models.JSONField(default=dict)),
                        ("received_at", models.DateTimeField(default=custodian.clock.now, verbose_name="收到")),
                        ("form", models.UUIDField(null=True)),
                        (
                            "proof",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("signed_in", "登录客户服务"),
                                    ("in_person", "当面核对证件原件"),
                                    ("call_back", "回拨预留电话并核对"),
                                    ("signature", "核对来信签名与证件复印件"),
                                    ("authorised", "核对授权文件与双方证件"),
                                ],
                                max_length=12,
                                verbose_name="身份核验",
                            ),
                        ),
                        ("proven_at", models.DateTimeField(null=True, verbose_name="核验时间")),
                        ("proven_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("triage", models.BooleanField(default=False)),
                        ("office", models.CharField(choices=[("service", "客服"), ("compliance", "合规")], max_length=12, verbose_name="办理部门")),
                        (
                            "handler",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="经办人"
                            ),
                        ),
                        ("item", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.workitem")),
                        ("finding", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.finding")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="办结")),
                        ("closed_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit")),
                        ("outcome", models.JSONField(default=dict)),
                        ("lifted_at", models.DateTimeField(null=True)),
                        ("score", models.PositiveSmallIntegerField(null=True, verbose_name="满意度")),
                        ("rated_at", models.DateTimeField(null=True)),
                        ("text_sealed", models.BinaryField(null=True)),
                        ("insurer_sealed", models.BinaryField(null=True)),
                        ("answer_sealed", models.BinaryField(null=True)),
                        ("refusal_sealed", models.BinaryField(null=True)),
                        ("extension_sealed", models.BinaryField(null=True)),
                        ("comment_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "verbose_name": "客户申请",
                        "verbose_name_plural": "客户申请",
                        "ordering": ("-received_at", "-pk"),
                        "indexes": [
                            models.Index(fields=["subject", "received_at"], name="request_of_subject"),
                            models.Index(fields=["status", "received_at"], name="request_by_status"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("proven_at__isnull", False),
                                    ("status__in", ("received", "accepted", "working")),
                                    models.Q(("kind__in", ("complaint", "question", "feedback", "fraud_call")), _negated=True),
                                ),
                                fields=("subject", "kind", "about"),
                                name="request_of_a_right_is_open_once",
                            ),
                            models.UniqueConstraint(fields=("subject", "form"), name="request_form_is_sent_once"),
                            models.CheckConstraint(
                                condition=models.Q(("proven_at__isnull", False), ("status__in", ("received", "refused", "withdrawn")), _connector="OR"),
                                name="request_is_proven_before_it_is_accepted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("asked_by", "representative"), models.Q(("asker", None), ("capacity", "")), _connector="OR"),
                                name="request_of_herself_names_nobody_else",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("proof", ""), ("proven_at", None)),
                                    models.Q(("proven_at__isnull", False), models.Q(("proof", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="request_proof_is_dated",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at", None), ("status__in", ("received", "accepted", "working"))),
                                    models.Q(("closed_at__isnull", False), ("status__in", ("answered", "partly", "refused", "withdrawn"))),
                                    _connector="OR",
                                ),
                                name="request_is_closed_when_it_has_ended",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("rated_at", None), ("score", None)),
                                    models.Q(("closed_at__isnull", False), ("rated_at__isnull", False), ("score__gte", 1), ("score__lte", 5)),
                                    _connector="OR",
                                ),
                                name="request_is_rated_from_one_to_five_after_its_end",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RequestStep",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("request", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="records.customerrequest")),
                        (
                            "code",
                            models.CharField(
                                choices=[
                                    ("received", "收到申请"),
                                    ("proven", "核验身份"),
                                    ("accepted", "受理"),
                                    ("working", "开始办理"),
                                    ("asked", "请您补充说明"),
                                    ("said", "收到您的补充"),
                                    ("moved_on", "转合规部门办理"),
                                    ("extended", "延长期限"),
                                    ("preparing", "正在备副本"),
                                    ("ready", "副本已备好"),
                                    ("done", "已按决定办理"),
                                    ("answered", "答复"),
                                    ("partly", "部分办理"),
                                    ("refused", "不予办理"),
                                    ("withdrawn", "您已撤回"),
                                    ("lifted", "已解除"),
                                    ("rated", "收到您的评价"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit")),
                    ],
                    options={"ordering": ("at", "pk"), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="RequestMessage",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("request", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="records.customerrequest")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("slot", models.PositiveSmallIntegerField()),
                        ("author", models.CharField(choices=[("customer", "您"), ("insurer", "本公司")], max_length=8)),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit")),
                        ("message_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "ordering": ("slot",),
                        "constraints": [models.UniqueConstraint(fields=("request", "slot"), name="request_message_slot_is_unique")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="RequestClock",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("rule", models.CharField(max_length=24, verbose_name="时限")),
                        ("started_at", models.DateTimeField(verbose_name="起算时间")),
                        ("waited", models.DurationField(default=datetime.timedelta)),
                        ("paused_at", models.DateTimeField(null=True)),
                        (
                            "extended",
                            django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None),
                        ),
                        ("stopped_at", models.DateTimeField(null=True)),
                        ("late_reason", models.BooleanField(default=False)),
                        ("due_at", models.DateTimeField(editable=False, verbose_name="到期时间")),
                        ("near_at", models.DateTimeField(editable=False)),
                        ("target_at", models.DateTimeField(editable=False, null=True)),
                        ("provisional", models.BooleanField(default=False, editable=False)),
                        ("request", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="clock", to="records.customerrequest")),
                        ("told", models.CharField(blank=True, max_length=4)),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={"abstract": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="RequestEffect",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "排队"),
                                    ("running", "进行中"),
                                    ("paused", "已暂停"),
                                    ("failed", "失败，可续作"),
                                    ("done", "完成"),
                                    ("refused", "已拒收"),
                                ],
                                default="queued",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("total", models.PositiveBigIntegerField(null=True)),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("leased_by", models.UUIDField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("request", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="effects", to="records.customerrequest")),
                        ("code", models.CharField(max_length=18)),
                        ("asked_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [models.UniqueConstraint(fields=("request", "code"), name="request_effect_is_once")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Keeping",
                    fields=[
                        ("holding", models.UUIDField(primary_key=True, serialize=False)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="keepings", to="access.subject")),
                        ("kind", models.CharField(max_length=12)),
                        (
                            "state",
                            models.CharField(
                                choices=[("in_use", "使用中"), ("restricted", "限制处理"), ("undated", "日期不详"), ("due", "到期待销毁")],
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("ended_on", models.DateField(null=True, verbose_name="目的结束")),
                        ("keep_until", models.DateField(null=True, verbose_name="保存至")),
                        ("rule", models.CharField(blank=True, max_length=40)),
                        ("reckoned_at", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["keep_until"], name="keeping_by_day"), models.Index(fields=["subject"], name="keeping_of_subject")],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="RetentionEvent",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="retention_events", to="access.subject")),
                        ("holding", models.UUIDField(null=True)),
                        (
                            "trigger",
                            models.CharField(
                                choices=[
                                    ("contract_terminated", "合同终止"),
                                    ("transaction", "最后一笔交易"),
                                    ("consent_withdrawn", "撤回同意"),
                                    ("last_contact", "最后联系"),
                                    ("handed_over", "移交其他保险公司"),
                                ],
                                max_length=20,
                                verbose_name="事件",
                            ),
                        ),
                        ("on", models.DateField(verbose_name="日期")),
                        ("noted_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("noted_at", models.DateTimeField(default=custodian.clock.now)),
                        (
                            "state",
                            models.CharField(
                                choices=[("counts", "有效"), ("waiting", "待复核"), ("returned", "已退回")], default="counts", max_length=8, verbose_name="状态"
                            ),
                        ),
                        (
                            "corrects",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="corrections",
                                to="records.retentionevent",
                                verbose_name="更正",
                            ),
                        ),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "ordering": ("on", "pk"),
                        "indexes": [models.Index(fields=["subject"], name="retention_event_of_subject")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "returned"), _negated=True), fields=("corrects",), name="retention_event_is_corrected_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state", "counts"), ("approval__isnull", False), _connector="OR"),
                                name="retention_event_waits_for_an_approval",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ExpiryRun",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "排队"),
                                    ("running", "进行中"),
                                    ("paused", "已暂停"),
                                    ("failed", "失败，可续作"),
                                    ("done", "完成"),
                                    ("refused", "已拒收"),
                                ],
                                default="queued",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("total", models.PositiveBigIntegerField(null=True)),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("leased_by", models.UUIDField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("day", models.DateField(unique=True, verbose_name="日期")),
                        ("gone", models.JSONField(default=dict)),
                    ],
                    options={"ordering": ("-day",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="KeepingRun",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "排队"),
                                    ("running", "进行中"),
                                    ("paused", "已暂停"),
                                    ("failed", "失败，可续作"),
                                    ("done", "完成"),
                                    ("refused", "已拒收"),
                                ],
                                default="queued",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("total", models.PositiveBigIntegerField(null=True)),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("leased_by", models.UUIDField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("day", models.DateField(unique=True, verbose_name="日期")),
                        ("after", models.BigIntegerField(default=0)),
                        ("counts", models.JSONField(default=dict)),
                        ("restricted", models.PositiveBigIntegerField(default=0)),
                        ("released", models.PositiveBigIntegerField(default=0)),
                        ("proposed_at", models.DateTimeField(null=True)),
                    ],
                    options={"verbose_name": "保存期限核算", "verbose_name_plural": "保存期限核算", "ordering": ("-day",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="SignInCode",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "排队"),
                                    ("running", "进行中"),
                                    ("paused", "已暂停"),
                                    ("failed", "失败，可续作"),
                                    ("done", "完成"),
                                    ("refused", "已拒收"),
                                ],
                                default="queued",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("total", models.PositiveBigIntegerField(null=True)),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("leased_by", models.UUIDField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("subject", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        (
                            "purpose",
                            models.CharField(
                                choices=[("sign_in", "登录"), ("contact", "更改联系方式"), ("relative", "亲属申请")], default="sign_in", max_length=8
                            ),
                        ),
                        ("wanted", models.CharField(blank=True, choices=[("mobile", "手机号码"), ("email", "电子邮箱")], max_length=6)),
                        ("language", models.CharField(default="zh-hans", max_length=8)),
                        ("person", models.BinaryField(default=b"", max_length=16)),
                        ("address", models.BinaryField(default=b"", max_length=16)),
                        ("browser", models.BinaryField(default=b"", max_length=16)),
                        ("known_by", models.BinaryField(default=b"", max_length=16)),
                        ("code_mac", models.BinaryField(max_length=32)),
                        ("code_sealed", models.BinaryField(null=True)),
                        ("expires_at", models.DateTimeField()),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("turns", models.PositiveSmallIntegerField(default=0)),
                        ("to_sealed", models.BinaryField(null=True)),
                        ("sent_at", models.DateTimeField(null=True)),
                        ("sent_to", models.CharField(blank=True, choices=[("mobile", "手机号码"), ("email", "电子邮箱")], max_length=6)),
                        ("used_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["browser", "created_at"], name="sign_in_code_browser"),
                            models.Index(fields=["address", "created_at"], name="sign_in_code_address"),
                            models.Index(fields=["subject", "created_at"], name="sign_in_code_subject"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("sent_at", None), ("sent_to", "")),
                                    models.Q(("sent_at__isnull", False), models.Q(("sent_to", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="sign_in_code_says_where_it_was_sent",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("used_at", None), ("sent_at__isnull", False), _connector="OR"), name="sign_in_code_is_used_only_when_sent"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EntryCode",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("proof", models.CharField(choices=[("branch", "柜面核验"), ("paper", "信函")], max_length=6)),
                        (
                            "seen",
                            models.CharField(
                                choices=[
                                    ("resident_id", "居民身份证"),
                                    ("household", "户口簿"),
                                    ("passport", "护照"),
                                    ("permit", "港澳台居民居住证或通行证"),
                                    ("letter", "书面申请"),
                                ],
                                max_length=12,
                                verbose_name="核验的证件",
                            ),
                        ),
                        ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("made_at", models.DateTimeField(default=custodian.clock.now)),
                        ("code_mac", models.BinaryField(default=b"", max_length=32)),
                        ("expires_at", models.DateTimeField()),
                        ("used_at", models.DateTimeField(null=True)),
                    ],
                    options={"ordering": ("-made_at",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="ContactFlag",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("contact", models.CharField(choices=[("mobile", "手机号码"), ("email", "电子邮箱")], max_length=6, verbose_name="联系方式")),
                        (
                            "why",
                            models.CharField(
                                choices=[
                                    ("not_hers", "客户说不是本人的"),
                                    ("staff", "属于代理人或员工"),
                                    ("wrong", "号码有误或已换人"),
                                    ("suspected", "疑似被冒用"),
                                ],
                                max_length=10,
                                verbose_name="原因",
                            ),
                        ),
                        ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ("-since",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until", None)), fields=("subject", "contact"), name="contact_is_flagged_once_at_a_time"
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Entrance",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("proof", models.CharField(max_length=8)),
                        ("capacity", models.CharField(default="self", max_length=12)),
                        ("device", models.CharField(blank=True, max_length=10)),
                        ("known_by", models.BinaryField(default=b"", max_length=16)),
                    ],
                    options={"ordering": ("-at",), "indexes": [models.Index(fields=["subject", "at"], name="entrance_subject")], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Representation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("representative", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("guardian", "监护人"), ("heir", "继承人"), ("authorised", "授权代表")], max_length=12, verbose_name="身份"
                            ),
                        ),
                        ("relation", models.CharField(blank=True, max_length=20, verbose_name="关系")),
                        ("evidence", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.document")),
                        ("until", models.DateField(null=True, verbose_name="至")),
                        ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("asked_at", models.DateTimeField(default=custodian.clock.now)),
                        (
                            "status",
                            models.CharField(choices=[("waiting", "待复核"), ("made", "已登记"), ("returned", "已退回")], default="waiting", max_length=8),
                        ),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("row", models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="records.representative")),
                    ],
                    options={
                        "ordering": ("-asked_at",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("subject", models.F("representative")), _negated=True), name="nobody_is_put_up_to_represent_himself"
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="StaffTrace",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("element", models.CharField(max_length=60)),
                        ("digest", models.BinaryField(max_length=16)),
                        ("version", models.PositiveSmallIntegerField(db_default=1, default=1)),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={"constraints": [models.UniqueConstraint(fields=("user", "element", "digest"), name="staff_trace_is_kept_once")], "indexes": []},
                ),
                migrations.CreateModel(
                    name="HeldStates",
                    fields=[("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)), ("body", models.BinaryField())],
                    options={"indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Withheld",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("holding", models.UUIDField(unique=True)),
                        ("finding", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.finding")),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={"indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="ScrubRun",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("queued", "排队"),
                                    ("running", "进行中"),
                                    ("paused", "已暂停"),
                                    ("failed", "失败，可续作"),
                                    ("done", "完成"),
                                    ("refused", "已拒收"),
                                ],
                                default="queued",
                                max_length=16,
                                verbose_name="状态",
                            ),
                        ),
                        ("total", models.PositiveBigIntegerField(null=True)),
                        ("done", models.PositiveBigIntegerField(default=0)),
                        ("note", models.CharField(blank=True, max_length=200)),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提交时间")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("leased_by", models.UUIDField(null=True)),
                        ("leased_until", models.DateTimeField(null=True)),
                        ("kind", models.CharField(choices=[("sample", "抽查"), ("full", "全查")], max_length=8, verbose_name="检查范围")),
                        ("period", models.DateField(null=True)),
                        (
                            "asked_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提交人"
                            ),
                        ),
                        ("sample_size", models.PositiveIntegerField(null=True)),
                        ("plan", models.JSONField(default=list)),
                        ("cursor", models.JSONField(default=dict)),
                        ("counts", models.JSONField(default=dict)),
                        ("unlogged", models.PositiveBigIntegerField(default=0)),
                        ("values_checked", models.PositiveBigIntegerField(default=0, verbose_name="打开的值")),
                        ("faults", models.PositiveIntegerField(default=0, verbose_name="异常")),
                        ("seconds", models.FloatField(default=0.0)),
                    ],
                    options={
                        "verbose_name": "密封值检查",
                        "verbose_name_plural": "密封值检查",
                        "ordering": ("-pk",),
                        "constraints": [models.UniqueConstraint(fields=("kind", "period"), name="scrub_is_once_in_a_period")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="StoragePlace",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(blank=True, max_length=20)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("database", "数据库"),
                                    ("backups", "备份"),
                                    ("exports", "导出文件"),
                                    ("imports", "导入文件与客户文件"),
                                    ("evidence", "取证材料"),
                                    ("device", "设备"),
                                    ("medium", "介质"),
                                ],
                                max_length=10,
                                verbose_name="类别",
                            ),
                        ),
                        ("name", models.CharField(blank=True, max_length=80, verbose_name="名称")),
                        ("location", models.CharField(blank=True, max_length=200, verbose_name="位置")),
                        ("holds", models.CharField(blank=True, max_length=200, verbose_name="存放内容")),
                        (
                            "owner",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="责任人",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit", verbose_name="责任机构"
                            ),
                        ),
                        ("since", models.DateField(default=records.models.storage.today, verbose_name="启用日")),
                        ("interval_days", models.PositiveSmallIntegerField(default=90, verbose_name="每几天检查一次")),
                        ("disposed_at", models.DateTimeField(null=True, verbose_name="销毁时间")),
                    ],
                    options={
                        "verbose_name": "存储位置",
                        "verbose_name_plural": "存储位置",
                        "ordering": ("disposed_at", "id"),
                        "constraints": [
                            models.UniqueConstraint(condition=models.Q(("code", ""), _negated=True), fields=("code",), name="storage_place_code_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("code", ""), _negated=True), models.Q(("name", ""), _negated=True), _connector="OR"),
                                name="storage_place_has_a_name",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Inspection",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("place", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="inspections", to="records.storageplace")),
                        ("at", models.DateTimeField(default=custodian.clock.now, verbose_name="检查时间")),
                        (
                            "by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="检查人"
                            ),
                        ),
                        ("result", models.CharField(choices=[("ok", "正常"), ("fault", "有异常")], max_length=8, verbose_name="结果")),
                        ("looked_at", models.CharField(blank=True, max_length=200, verbose_name="查看了什么")),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                        ("looks", models.JSONField(default=list)),
                        ("next_due", models.DateField(verbose_name="下次检查")),
                    ],
                    options={"ordering": ("-at", "-pk"), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Maintenance",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("place", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="maintenance", to="records.storageplace")),
                        ("done_on", models.DateField(default=records.models.storage.today, verbose_name="日期")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="记录人"
                            ),
                        ),
                        ("what", models.CharField(max_length=200, verbose_name="做了什么")),
                        ("recorded_at", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={"ordering": ("-done_on", "-pk"), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Disposal",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("place", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="disposals", to="records.storageplace")),
                        (
                            "method",
                            models.CharField(
                                choices=[("shred", "粉碎"), ("degauss", "消磁"), ("overwrite", "覆写"), ("incinerate", "焚毁"), ("crypto-erase", "密钥销毁")],
                                max_length=12,
                                verbose_name="销毁方式",
                            ),
                        ),
                        ("done_on", models.DateField(verbose_name="销毁日期")),
                        ("certificate", models.CharField(blank=True, max_length=80, verbose_name="证书编号")),
                        ("proof_sha256", models.CharField(blank=True, max_length=64, verbose_name="证明文件的摘要")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提出人"
                            ),
                        ),
                        (
                            "witness",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="见证人"
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("certificate", ""), _negated=True), models.Q(("proof_sha256", ""), _negated=True), _connector="OR"
                                ),
                                name="disposal_has_proof",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("proof_sha256", ""), ("proof_sha256__regex", "^[0-9a-f]{64}$"), _connector="OR"),
                                name="disposal_proof_is_a_hash",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("witness", None), models.Q(("witness", models.F("proposed_by")), _negated=True), _connector="OR"),
                                name="disposal_is_witnessed_by_somebody_else",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
            ]
        )
    ]
