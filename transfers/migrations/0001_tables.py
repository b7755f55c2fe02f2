"""All tables as they are today; what follows gives them triggers, rights, scopes and seeds."""

import custodian.clock
import custodian.tables
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import transfers.models.counterparties
import transfers.models.shares
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("access", "0001_tables"), ("records", "0001_tables")]

    operations = [
        custodian.tables.CreateTables(
            tables=[
                migrations.CreateModel(
                    name="Counterparty",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(default=transfers.models.counterparties.new_code, max_length=16, unique=True, verbose_name="编号")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("insurer", "保险公司"),
                                    ("intermediary", "中介机构"),
                                    ("processor", "受托人"),
                                    ("garage", "维修厂"),
                                    ("call_centre", "呼叫中心"),
                                    ("hospital", "医疗机构"),
                                    ("service", "服务机构"),
                                ],
                                max_length=16,
                                verbose_name="类型",
                            ),
                        ),
                        ("name", models.CharField(max_length=100, verbose_name="名称")),
                        ("name_en", models.CharField(blank=True, max_length=100, verbose_name="英文名称")),
                        ("credit_code", models.CharField(blank=True, max_length=18, verbose_name="统一社会信用代码")),
                        ("licence", models.CharField(blank=True, max_length=40, verbose_name="许可证号")),
                        ("contact_name", models.CharField(blank=True, max_length=60, verbose_name="联系人")),
                        ("contact_phone", models.CharField(blank=True, max_length=40, verbose_name="联系电话")),
                        ("contact_email", models.EmailField(blank=True, max_length=254, verbose_name="联系邮箱")),
                        ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                        (
                            "answers",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="本公司负责人",
                            ),
                        ),
                        ("since", models.DateTimeField(default=custodian.clock.now, verbose_name="自")),
                        ("until", models.DateTimeField(blank=True, null=True, verbose_name="至")),
                    ],
                    options={
                        "verbose_name": "合作方",
                        "verbose_name_plural": "合作方",
                        "ordering": ("name",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                                name="counterparty_ends_after_it_begins",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="IdentityKey",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "counterparty",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="identities", to="transfers.counterparty"),
                        ),
                        ("insurer", models.CharField(max_length=20, verbose_name="机构代码")),
                        ("name_zh", models.CharField(max_length=100, verbose_name="名称")),
                        ("name_en", models.CharField(max_length=100, verbose_name="英文名称")),
                        ("contact", models.CharField(max_length=200, verbose_name="联系方式")),
                        ("public", models.BinaryField(max_length=32)),
                        ("card", models.BinaryField()),
                        (
                            "status",
                            models.CharField(
                                choices=[("asked", "待核对"), ("confirmed", "已核对"), ("returned", "已退回"), ("ended", "已停用")],
                                default="asked",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("entered_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("entered_at", models.DateTimeField(default=custodian.clock.now, verbose_name="录入")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("confirmed_at", models.DateTimeField(null=True, verbose_name="核对")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="停用")),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(condition=models.Q(("status", "confirmed")), fields=("counterparty",), name="counterparty_has_one_key"),
                            models.UniqueConstraint(condition=models.Q(("status", "asked")), fields=("counterparty",), name="counterparty_has_one_key_asked"),
                            models.UniqueConstraint(condition=models.Q(("status", "confirmed")), fields=("public",), name="key_is_one_counterpartys"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("confirmed_at", None), ("ended_at", None), ("status__in", ("asked", "returned"))),
                                    models.Q(("confirmed_at__isnull", False), ("ended_at", None), ("status", "confirmed")),
                                    models.Q(("confirmed_at__isnull", False), ("ended_at__isnull", False), ("status", "ended")),
                                    _connector="OR",
                                ),
                                name="identity_key_is_dated",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Agreement",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(max_length=16, unique=True, verbose_name="协议编号")),
                        (
                            "counterparty",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="transfers.counterparty"),
                        ),
                        (
                            "part",
                            models.CharField(
                                choices=[("entrusted", "委托处理"), ("provided", "提供给其他处理者"), ("joint", "共同处理")], max_length=10, verbose_name="性质"
                            ),
                        ),
                        ("title", models.CharField(max_length=100, verbose_name="名称")),
                        (
                            "status",
                            models.CharField(
                                choices=[("draft", "草稿"), ("asked", "待复核"), ("in_force", "生效"), ("ended", "已提前结束")],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("draft", models.JSONField(null=True)),
                        ("terms", models.JSONField(null=True)),
                        ("since", models.DateField(null=True, verbose_name="自")),
                        ("until", models.DateField(null=True, verbose_name="至")),
                        ("review_on", models.DateField(null=True, verbose_name="复查日")),
                        (
                            "opened_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="起草人"
                            ),
                        ),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="起草")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("end_approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("end_reason", models.CharField(blank=True, max_length=200, verbose_name="提前结束的理由")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="提前结束")),
                        (
                            "proven",
                            models.CharField(
                                blank=True,
                                choices=[("returned", "已返还"), ("deleted", "已删除"), ("both", "返还后删除")],
                                max_length=8,
                                verbose_name="资料去向",
                            ),
                        ),
                        ("proven_at", models.DateTimeField(null=True, verbose_name="证明归档")),
                    ],
                    options={
                        "verbose_name": "协议",
                        "verbose_name_plural": "协议",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("since", None), ("status__in", ("draft", "asked")), ("terms__isnull", True), ("until", None)),
                                    models.Q(
                                        ("since__isnull", False), ("status__in", ("in_force", "ended")), ("terms__isnull", False), ("until__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="agreement_in_force_has_terms",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at__isnull", False), ("status", "ended")),
                                    models.Q(models.Q(("status", "ended"), _negated=True), ("ended_at", None)),
                                    _connector="OR",
                                ),
                                name="agreement_ended_early_is_dated",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("proven", ""), ("proven_at", None)),
                                    models.Q(("proven_at__isnull", False), models.Q(("proven", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="agreement_proof_says_what",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="AgreementVersion",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="transfers.agreement")),
                        ("number", models.PositiveIntegerField(verbose_name="版本")),
                        ("terms", models.JSONField()),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("agreed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="复核")),
                    ],
                    options={
                        "ordering": ("-number",),
                        "constraints": [models.UniqueConstraint(fields=("agreement", "number"), name="agreement_version_is_unique")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="AgreementPaper",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="transfers.agreement")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("contract", "合同"),
                                    ("assessment", "安全评估报告"),
                                    ("consent", "同意转委托的文件"),
                                    ("review", "年度复查记录"),
                                    ("proof", "返还或删除的证明"),
                                    ("receipt", "更正的回执"),
                                ],
                                max_length=10,
                                verbose_name="种类",
                            ),
                        ),
                        ("name", models.CharField(max_length=120, verbose_name="文件")),
                        ("media_type", models.CharField(max_length=40)),
                        ("size", models.PositiveIntegerField()),
                        ("sha256", models.CharField(max_length=64, verbose_name="摘要")),
                        ("received", models.CharField(max_length=64)),
                        ("body", models.BinaryField()),
                        (
                            "filed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="归档人"
                            ),
                        ),
                        ("filed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="归档")),
                    ],
                    options={"ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="AgreementReview",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="transfers.agreement")),
                        (
                            "result",
                            models.CharField(choices=[("good", "履约良好"), ("measures", "须整改"), ("bad", "应停止合作")], max_length=8, verbose_name="结论"),
                        ),
                        ("note", models.CharField(max_length=200, verbose_name="说明")),
                        (
                            "reviewed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="复查人"
                            ),
                        ),
                        ("reviewed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="复查")),
                        ("next_on", models.DateField(verbose_name="下次复查")),
                    ],
                    options={"ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Transfer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(max_length=16, unique=True, verbose_name="编号")),
                        ("side", models.CharField(choices=[("seller", "转出"), ("buyer", "转入")], max_length=8, verbose_name="方向")),
                        ("counterparty", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="transfers.counterparty", verbose_name="对方")),
                        ("route", models.CharField(max_length=40, verbose_name="路径")),
                        ("title", models.CharField(max_length=100, verbose_name="名称")),
                        ("book", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="records.book", verbose_name="账册")),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "进行中"), ("ended", "已完成"), ("stopped", "已终止")], default="open", max_length=8, verbose_name="状态"
                            ),
                        ),
                        ("important_data", models.BooleanField(default=False, verbose_name="含重要数据")),
                        ("opening", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("stopping", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="建立时间")),
                        (
                            "opened_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="建立人"
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                    ],
                    options={"verbose_name": "业务转让", "verbose_name_plural": "业务转让", "ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="TransferStage",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="stages", to="transfers.transfer")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("board", "董事会文件"),
                                    ("data_room", "尽调资料室"),
                                    ("approval", "监管批准"),
                                    ("notice", "告知与同意"),
                                    ("freeze", "选定与冻结"),
                                    ("package", "打包交付"),
                                    ("receive", "接收"),
                                    ("reconcile", "对账"),
                                    ("go_live", "受让方启用"),
                                    ("end", "限制与销毁"),
                                ],
                                max_length=10,
                                verbose_name="阶段",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "未开始"), ("now", "进行中"), ("done", "已完成"), ("not_needed", "不需要")],
                                default="waiting",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("begun_at", models.DateTimeField(null=True, verbose_name="开始")),
                        ("done_at", models.DateTimeField(null=True, verbose_name="完成")),
                        ("done_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(fields=("transfer", "stage"), name="transfer_has_a_stage_once"),
                            models.UniqueConstraint(condition=models.Q(("state", "now")), fields=("transfer",), name="transfer_is_at_one_stage"),
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("state", "done"), _negated=True), ("done_at__isnull", False), _connector="OR"),
                                name="transfer_stage_done_says_when",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="TransferAnnouncement",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="announcements", to="transfers.transfer")),
                        ("number", models.PositiveIntegerField(verbose_name="版本")),
                        ("content", models.JSONField()),
                        ("answer_by", models.DateField(null=True, verbose_name="答复期限")),
                        ("published_at", models.DateTimeField(default=custodian.clock.now, verbose_name="发布")),
                        ("drafted_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "转让公告",
                        "verbose_name_plural": "转让公告",
                        "ordering": ("transfer", "-number"),
                        "constraints": [models.UniqueConstraint(fields=("transfer", "number"), name="transfer_announcement_version_is_unique")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Selection",
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
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="selections", to="transfers.transfer")),
                        ("rule", models.JSONField()),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("running", "计算中"),
                                    ("counted", "已算出"),
                                    ("waiting", "待复核"),
                                    ("approved", "已批准"),
                                    ("returned", "已退回"),
                                    ("replaced", "已由新的代替"),
                                ],
                                default="running",
                                max_length=8,
                                verbose_name="阶段",
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提出人"
                            ),
                        ),
                        ("cursor", models.JSONField(default=dict)),
                        ("counts", models.JSONField(default=dict)),
                        ("digest", models.CharField(blank=True, max_length=64)),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("approved_at", models.DateTimeField(null=True, verbose_name="批准")),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("stage__in", ("running", "counted", "waiting", "approved"))),
                                fields=("transfer",),
                                name="transfer_has_one_selection",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("stage__in", ("waiting", "approved")), _negated=True), ("approval__isnull", False), _connector="OR"
                                ),
                                name="selection_is_approved_by_an_approval",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Bar",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.transfer")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        (
                            "ground",
                            models.CharField(
                                choices=[("sanctions", "涉及制裁名单"), ("investigation", "正在调查"), ("dispute", "诉讼或仲裁未结")],
                                max_length=16,
                                verbose_name="事由",
                            ),
                        ),
                        ("at", models.DateTimeField(default=custodian.clock.now, verbose_name="登记")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="登记人"
                            ),
                        ),
                        ("lifted_at", models.DateTimeField(null=True, verbose_name="解除")),
                        ("lifted_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(condition=models.Q(("lifted_at", None)), fields=("transfer", "subject"), name="customer_is_barred_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lifted_at", None), ("lifted_by", None)),
                                    models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="bar_is_lifted_by_somebody",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Chosen",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.transfer")),
                        ("selection", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.selection")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("component", models.BigIntegerField()),
                        ("state", models.CharField(choices=[("in", "随转"), ("out", "不随转")], max_length=3)),
                        (
                            "reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("destroyed", "资料已销毁"),
                                    ("honey", "警戒客户"),
                                    ("gone", "已由其他保险公司负责"),
                                    ("hold", "法律保留"),
                                    ("barred", "制裁或调查"),
                                    ("objected", "客户不同意"),
                                    ("request", "申请或投诉未办结"),
                                    ("correction", "更正未办结"),
                                    ("beyond", "与范围外的保单或客户相连"),
                                    ("silent", "期满未答复"),
                                    ("connected", "与不随转的客户相连"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["transfer", "component"], name="chosen_by_component"),
                            models.Index(fields=["transfer", "state", "subject"], name="chosen_by_state"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("transfer", "subject"), name="customer_is_chosen_once_in_a_transfer"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason", ""), ("state", "in")),
                                    models.Q(("state", "out"), models.Q(("reason", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="chosen_stays_for_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TransferPaper",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="transfers.transfer")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("board", "董事会文件"),
                                    ("data_room", "尽调资料室"),
                                    ("approval", "监管批准"),
                                    ("notice", "告知与同意"),
                                    ("freeze", "选定与冻结"),
                                    ("package", "打包交付"),
                                    ("receive", "接收"),
                                    ("reconcile", "对账"),
                                    ("go_live", "受让方启用"),
                                    ("end", "限制与销毁"),
                                ],
                                max_length=10,
                                verbose_name="阶段",
                            ),
                        ),
                        ("code", models.CharField(max_length=40, verbose_name="文件")),
                        ("name", models.CharField(max_length=100, verbose_name="名称")),
                        ("media_type", models.CharField(max_length=40)),
                        ("length", models.PositiveIntegerField(verbose_name="大小")),
                        ("sha256", models.CharField(max_length=64, verbose_name="指纹")),
                        ("filed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="归档时间")),
                        (
                            "filed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="归档人"
                            ),
                        ),
                    ],
                    options={"verbose_name": "转让文件", "verbose_name_plural": "转让文件", "ordering": ("pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="TransferAct",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="acts", to="transfers.transfer")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("board", "董事会文件"),
                                    ("data_room", "尽调资料室"),
                                    ("approval", "监管批准"),
                                    ("notice", "告知与同意"),
                                    ("freeze", "选定与冻结"),
                                    ("package", "打包交付"),
                                    ("receive", "接收"),
                                    ("reconcile", "对账"),
                                    ("go_live", "受让方启用"),
                                    ("end", "限制与销毁"),
                                ],
                                max_length=10,
                                verbose_name="阶段",
                            ),
                        ),
                        ("gate", models.CharField(max_length=40, verbose_name="条件")),
                        ("day", models.DateField(verbose_name="日期")),
                        ("number", models.CharField(blank=True, max_length=60, verbose_name="文号")),
                        ("granted", models.BooleanField(default=True, verbose_name="准予")),
                        ("paper", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="transfers.transferpaper", verbose_name="凭证")),
                        ("recorded_at", models.DateTimeField(default=custodian.clock.now, verbose_name="登记时间")),
                        ("recorded_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={"verbose_name": "批准与起算", "verbose_name_plural": "批准与起算", "ordering": ("pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Publication",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="publications", to="transfers.transfer")),
                        ("medium", models.CharField(choices=[("paper", "报纸"), ("gazette", "公报"), ("website", "网站")], max_length=8, verbose_name="媒体")),
                        ("name", models.CharField(max_length=100, verbose_name="名称")),
                        ("day", models.DateField(verbose_name="刊登日")),
                        ("until", models.DateField(null=True, verbose_name="至")),
                        ("side", models.CharField(blank=True, max_length=8)),
                        ("paper", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="transfers.transferpaper", verbose_name="凭证")),
                        ("recorded_at", models.DateTimeField(default=custodian.clock.now, verbose_name="登记时间")),
                        ("recorded_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "verbose_name": "公告刊登",
                        "verbose_name_plural": "公告刊登",
                        "ordering": ("day", "pk"),
                        "constraints": [
                            models.UniqueConstraint(fields=("transfer", "medium", "name", "day"), name="publication_counts_once"),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("day")), _connector="OR"), name="publication_ends_after_it_begins"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("medium", "website"), ("side__in", ["seller", "buyer"])),
                                    models.Q(models.Q(("medium", "website"), _negated=True), ("side", "")),
                                    _connector="OR",
                                ),
                                name="publication_on_a_website_says_whose",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="TransferClock",
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
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="transfers.transfer")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("board", "董事会文件"),
                                    ("data_room", "尽调资料室"),
                                    ("approval", "监管批准"),
                                    ("notice", "告知与同意"),
                                    ("freeze", "选定与冻结"),
                                    ("package", "打包交付"),
                                    ("receive", "接收"),
                                    ("reconcile", "对账"),
                                    ("go_live", "受让方启用"),
                                    ("end", "限制与销毁"),
                                ],
                                max_length=10,
                            ),
                        ),
                    ],
                    options={"constraints": [models.UniqueConstraint(fields=("transfer", "rule"), name="transfer_clock_is_once_for_each_rule")], "indexes": []},
                ),
                migrations.CreateModel(
                    name="Freeze",
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
                        ("transfer", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="freeze", to="transfers.transfer")),
                        ("at", models.DateTimeField(default=custodian.clock.now, verbose_name="冻结时间")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="办理人"
                            ),
                        ),
                        ("cursor", models.JSONField(default=dict)),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("forgotten_at", models.DateTimeField(null=True)),
                        ("compared_at", models.DateTimeField(null=True)),
                    ],
                    options={"verbose_name": "冻结", "verbose_name_plural": "业务转让冻结", "ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="FrozenLine",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.transfer")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("ref", models.CharField(max_length=16)),
                        ("digest", models.BinaryField(max_length=32)),
                        ("parts", models.BinaryField(max_length=256)),
                        ("counts", models.JSONField()),
                        ("sums_sealed", models.BinaryField()),
                        ("read_at", models.DateTimeField(default=custodian.clock.now)),
                        ("changed", models.CharField(blank=True, max_length=160)),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("transfer", "subject"), name="customer_is_frozen_once_in_a_transfer")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="StockTake",
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
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.transfer")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="办理人"
                            ),
                        ),
                        ("customers", models.PositiveBigIntegerField(default=0)),
                        ("cursor", models.JSONField(default=dict)),
                        ("held", models.JSONField(default=dict)),
                        ("missing", models.JSONField(default=dict)),
                        ("flaws", models.JSONField(default=dict)),
                        ("more", models.JSONField(default=dict)),
                        ("whole", models.PositiveBigIntegerField(default=0)),
                    ],
                    options={"ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="LedgerSheet",
                    fields=[
                        ("number", models.PositiveIntegerField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        (
                            "what",
                            models.CharField(
                                choices=[("opened", "Opened"), ("settled", "Settled"), ("carried-out", "Carried Out"), ("stopped", "Stopped")], max_length=12
                            ),
                        ),
                        ("transfer", models.UUIDField()),
                        ("release", models.CharField(blank=True, max_length=64)),
                        ("body", models.TextField()),
                        ("sha256", models.CharField(max_length=64)),
                    ],
                    options={
                        "ordering": ("number",),
                        "constraints": [models.UniqueConstraint(fields=("transfer", "what", "release"), name="ledger_has_an_act_once")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SellerList",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="seller_lists", to="transfers.transfer")),
                        ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                        ("paper", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.transferpaper")),
                        ("counts", models.JSONField()),
                        ("holding", models.UUIDField()),
                        ("sums_sealed", models.BinaryField()),
                        ("sums_digest", models.CharField(max_length=64)),
                        ("entered_at", models.DateTimeField(default=custodian.clock.now, verbose_name="录入时间")),
                        (
                            "entered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="录入人"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "转出方清单",
                        "verbose_name_plural": "转出方清单",
                        "ordering": ("-number",),
                        "constraints": [models.UniqueConstraint(fields=("transfer", "number"), name="seller_lists_are_counted")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ArrivedSums",
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
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="arrived_sums", to="transfers.transfer")),
                        ("policies", models.PositiveBigIntegerField(default=0)),
                        ("holding", models.UUIDField(null=True)),
                        ("sums_sealed", models.BinaryField(default=b"")),
                    ],
                    options={"ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="FilesLoad",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="files_loads", to="transfers.transfer")),
                        ("run", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.importrun")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("ordered_at", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={"indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="LetterBatch",
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
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="letters", to="transfers.transfer")),
                        (
                            "stage",
                            models.CharField(
                                choices=[("draft", "草稿"), ("waiting", "待复核"), ("approved", "已批准"), ("returned", "已退回")],
                                default="draft",
                                max_length=8,
                                verbose_name="阶段",
                            ),
                        ),
                        ("content", models.JSONField()),
                        ("reply_by", models.DateField(null=True, verbose_name="答复期限")),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="起草人"
                            ),
                        ),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("approved_at", models.DateTimeField(null=True, verbose_name="批准")),
                        ("cursor", models.JSONField(default=dict)),
                        ("closed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("stage__in", ("draft", "waiting"))), fields=("transfer",), name="transfer_has_one_letter_under_way"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("stage__in", ("waiting", "approved")), _negated=True), ("approval__isnull", False), _connector="OR"
                                ),
                                name="letters_are_approved_by_an_approval",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="TransferNotice",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("addressee", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        (
                            "way",
                            models.CharField(
                                choices=[("mobile", "短信"), ("email", "电子邮件"), ("letter", "信函"), ("none", "没有可用的地址")],
                                max_length=6,
                                verbose_name="方式",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("waiting", "待发送"), ("sent", "已发送"), ("to_print", "待打印"), ("printed", "已打印寄出"), ("failed", "未送达")],
                                default="waiting",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=24)),
                        ("turns", models.PositiveSmallIntegerField(default=0)),
                        ("sent_at", models.DateTimeField(null=True, verbose_name="送出")),
                        ("sheet", models.PositiveIntegerField(null=True)),
                        ("seen_at", models.DateTimeField(null=True, verbose_name="客户打开")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.transfer")),
                        ("batch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="transfers.letterbatch")),
                        ("roles", models.CharField(max_length=40)),
                        ("asks", models.BooleanField()),
                        (
                            "answer",
                            models.CharField(
                                blank=True, choices=[("", "未答复"), ("agreed", "同意"), ("objected", "不同意")], default="", max_length=8, verbose_name="答复"
                            ),
                        ),
                        ("answered_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "abstract": False,
                        "indexes": [
                            models.Index(fields=["transfer", "state"], name="transfer_notice_by_state"),
                            models.Index(fields=["transfer", "answer"], name="transfer_notice_by_answer"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("transfer", "subject"), name="customer_is_written_to_once_in_a_transfer"),
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("state__in", ("sent", "printed")), _negated=True), ("sent_at__isnull", False), _connector="OR"),
                                name="transfer_notice_is_dated_when_it_went",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answer", ""), ("answered_at", None)),
                                    models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="transfer_notice_answer_is_dated",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TransferAnswer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("notice", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="transfers.transfernotice")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("said", models.CharField(choices=[("agreed", "同意"), ("objected", "不同意"), ("withdrawn", "收回答复")], max_length=9)),
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
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("noted_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("evidence", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.document")),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("by", "paper"), _negated=True), ("evidence__isnull", False), _connector="OR"),
                                name="transfer_answer_on_paper_has_its_paper",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("noted_by", None),
                                    ("by", "paper"),
                                    models.Q(("by", "counter"), models.Q(("said", "agreed"), _negated=True)),
                                    _connector="OR",
                                ),
                                name="transfer_answer_noted_by_staff_is_no_gift",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="transfers.transfer")),
                        ("key", models.CharField(max_length=16, verbose_name="密钥编号")),
                        ("public", models.BinaryField()),
                        ("made_at", models.DateTimeField(default=custodian.clock.now, verbose_name="生成")),
                        ("valid_until", models.DateTimeField(verbose_name="有效至")),
                        ("made_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("holding", models.UUIDField(null=True, unique=True)),
                        ("private_sealed", models.BinaryField(null=True)),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="销毁")),
                    ],
                    options={
                        "verbose_name": "接收邀请",
                        "verbose_name_plural": "接收邀请",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(fields=("transfer", "key"), name="invitation_is_read_once"),
                            models.CheckConstraint(
                                condition=models.Q(("ended_at", None), ("private_sealed", None), _connector="OR"),
                                name="invitation_that_ended_has_no_private_half",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="HandOver",
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
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="hand_overs", to="transfers.transfer")),
                        ("invitation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="hand_overs", to="transfers.invitation")),
                        ("package", models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name="一次性编号")),
                        ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                        ("content", models.CharField(choices=[("book", "整册"), ("delta", "变动"), ("again", "补发")], max_length=8, verbose_name="内容")),
                        (
                            "requested_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("frozen_at", models.DateTimeField()),
                        ("valid_until", models.DateTimeField(verbose_name="有效至")),
                        ("only", models.JSONField(null=True)),
                        ("holding", models.UUIDField(null=True, unique=True)),
                        ("secret_sealed", models.BinaryField(null=True)),
                        ("checkpoint", models.JSONField(null=True)),
                        ("after", models.BigIntegerField(default=0)),
                        ("size", models.PositiveBigIntegerField(null=True, verbose_name="大小")),
                        ("root", models.CharField(blank=True, max_length=64)),
                        ("signature", models.BinaryField(default=b"")),
                        ("manifest", models.JSONField(null=True)),
                        ("removed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name": "移交包",
                        "verbose_name_plural": "移交包",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(fields=("transfer", "number"), name="hand_over_numbers_are_counted"),
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("status", "done"), _negated=True), ("secret_sealed", None), _connector="OR"),
                                name="hand_over_that_is_made_has_no_secret",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SentRecord",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("hand_over", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="records", to="transfers.handover")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("place", models.PositiveBigIntegerField()),
                        ("leaf", models.BinaryField(max_length=32)),
                        ("looked", models.PositiveIntegerField(default=0)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("hand_over", "subject"), name="sent_once_in_a_package"),
                            models.UniqueConstraint(fields=("hand_over", "place"), name="sent_record_has_its_place"),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Arrival",
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
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="arrivals", to="transfers.transfer")),
                        ("invitation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="arrivals", to="transfers.invitation")),
                        ("package", models.UUIDField(unique=True, verbose_name="一次性编号")),
                        ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                        ("content", models.CharField(choices=[("book", "整册"), ("delta", "变动"), ("again", "补发")], max_length=8, verbose_name="内容")),
                        (
                            "stage",
                            models.CharField(
                                choices=[("quarantine", "隔离"), ("laid_out", "已核验"), ("refused", "已拒收")],
                                default="quarantine",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        ("header", models.JSONField()),
                        ("size", models.PositiveBigIntegerField(verbose_name="大小")),
                        ("root", models.CharField(max_length=64)),
                        ("signature", models.BinaryField()),
                        ("came_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("holding", models.UUIDField(null=True, unique=True)),
                        ("secret_sealed", models.BinaryField(null=True)),
                        ("cursor", models.JSONField(default=dict)),
                        ("manifest", models.JSONField(null=True)),
                        ("records_root", models.CharField(blank=True, max_length=64)),
                        ("removed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name": "收到的移交包",
                        "verbose_name_plural": "收到的移交包",
                        "ordering": ("-pk",),
                        "constraints": [models.UniqueConstraint(fields=("transfer", "number"), name="arrival_numbers_are_counted")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ArrivedRecord",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("arrival", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="records", to="transfers.arrival")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.transfer")),
                        ("ref", models.CharField(max_length=16, verbose_name="原客户编号")),
                        ("place", models.PositiveBigIntegerField()),
                        ("leaf", models.BinaryField(max_length=32)),
                        ("counts", models.JSONField(default=dict)),
                        ("problems", models.JSONField(default=list)),
                        ("current", models.BooleanField(default=True)),
                        ("listed", models.BooleanField(default=False)),
                        ("subject", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(fields=("arrival", "place"), name="arrived_in_its_place"),
                            models.UniqueConstraint(condition=models.Q(("current", True)), fields=("transfer", "ref"), name="arrived_counts_once"),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Difference",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("arrival", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="differences", to="transfers.arrival")),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("lost", "清单上有，移交包中没有"),
                                    ("unlisted", "移交包中有，清单上没有"),
                                    ("count", "数量不符"),
                                    ("amount", "金额不符"),
                                    ("level", "分级会降低"),
                                    ("unknown", "本公司的信息目录没有这一项"),
                                    ("nobody", "所指的客户不在移交包中"),
                                ],
                                max_length=8,
                                verbose_name="差异",
                            ),
                        ),
                        ("ref", models.CharField(blank=True, max_length=16, verbose_name="编号")),
                        ("part", models.CharField(blank=True, max_length=60)),
                        ("sent", models.BigIntegerField(null=True)),
                        ("got", models.BigIntegerField(null=True)),
                        ("found_at", models.DateTimeField(default=custodian.clock.now)),
                        ("settled_at", models.DateTimeField(null=True)),
                    ],
                    options={"ordering": ("pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Load",
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
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="loads", to="transfers.transfer")),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.unit", verbose_name="承接机构")),
                        (
                            "requested_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("cursor", models.JSONField(default=dict)),
                        ("counts", models.JSONField(default=dict)),
                        ("live_at", models.DateTimeField(null=True)),
                    ],
                    options={"verbose_name": "载入", "verbose_name_plural": "载入", "ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Receipt",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transfer", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="receipt", to="transfers.transfer")),
                        ("acceptance", models.BinaryField()),
                        ("accepted_at", models.DateTimeField(verbose_name="接收方确认")),
                        (
                            "acceptance_approval",
                            models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval"),
                        ),
                        ("release", models.BinaryField(default=b"")),
                        ("released_at", models.DateTimeField(null=True, verbose_name="转出方确认")),
                        (
                            "release_approval",
                            models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval"),
                        ),
                        ("live_at", models.DateTimeField(null=True, verbose_name="交接时点")),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name": "交接回执",
                        "verbose_name_plural": "交接回执",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("live_at", None), ("release", b""), ("released_at", None)),
                                    models.Q(models.Q(("release", b""), _negated=True), ("live_at__isnull", False), ("released_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="receipt_is_released_from_a_moment_on",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Ending",
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
                        ("transfer", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="ending", to="transfers.transfer")),
                        ("after", models.BigIntegerField(default=0)),
                    ],
                    options={"abstract": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Responsible",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="responsible", to="access.subject")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="responsibilities", to="transfers.transfer")),
                        ("before", models.CharField(max_length=20)),
                        ("after", models.CharField(max_length=20)),
                        ("since", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("before", models.F("after")), _negated=True), name="responsibility_passes_to_another"),
                            models.UniqueConstraint(fields=("subject", "transfer"), name="responsibility_passes_once_in_a_transfer"),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Remedy",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="remedies", to="transfers.transfer")),
                        (
                            "what",
                            models.CharField(
                                choices=[("missing", "缺项"), ("flaw", "错项"), ("level", "分级"), ("archive", "档案"), ("other", "其他")],
                                max_length=8,
                                verbose_name="类别",
                            ),
                        ),
                        ("code", models.CharField(blank=True, max_length=60)),
                        ("says", models.CharField(max_length=200, verbose_name="要做什么")),
                        ("count", models.PositiveBigIntegerField(default=0, verbose_name="涉及人数")),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="负责人"
                            ),
                        ),
                        ("due_on", models.DateField(verbose_name="期限")),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "办理中"), ("done", "已办结"), ("dropped", "不再办理")], default="open", max_length=8, verbose_name="状态"
                            ),
                        ),
                        ("opened_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now)),
                        ("ended_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("reason", models.CharField(blank=True, max_length=300, verbose_name="办理结果")),
                    ],
                    options={
                        "verbose_name": "整改事项",
                        "verbose_name_plural": "整改事项",
                        "ordering": ("due_on", "pk"),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open"), models.Q(("code", ""), _negated=True)),
                                fields=("transfer", "what", "code"),
                                name="remedy_is_under_way_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("reason", ""), ("state", "open")),
                                    models.Q(models.Q(("state", "open"), _negated=True), ("ended_at__isnull", False), models.Q(("reason", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="remedy_that_ended_says_when_and_why",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="DataRoom",
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
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rooms", to="transfers.transfer")),
                        ("book", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.book")),
                        ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                        ("recipient", models.CharField(max_length=60, verbose_name="接收人")),
                        ("samples", models.PositiveSmallIntegerField(verbose_name="样本数")),
                        ("days", models.PositiveSmallIntegerField(verbose_name="有效天数")),
                        ("language", models.CharField(default="zh-hans", max_length=8)),
                        ("requested_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("approved_at", models.DateTimeField(null=True, verbose_name="批准")),
                        ("counted_on", models.DateField(null=True, verbose_name="统计日")),
                        ("tables", models.JSONField(null=True)),
                        ("drawn", models.JSONField(default=list)),
                        ("entry", models.BigIntegerField(null=True)),
                        ("mark", models.CharField(blank=True, max_length=16, verbose_name="指纹")),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("length", models.BigIntegerField(null=True)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("downloads", models.PositiveSmallIntegerField(default=0, verbose_name="下载次数")),
                        ("taken_at", models.DateTimeField(null=True, verbose_name="最近下载")),
                        ("expires_at", models.DateTimeField(null=True, verbose_name="有效至")),
                        ("removed_at", models.DateTimeField(null=True, verbose_name="销毁")),
                        (
                            "removed",
                            models.CharField(
                                blank=True,
                                choices=[("expired", "已到期"), ("recalled", "已收回"), ("closed", "转让已结束"), ("destroyed", "其中有客户的资料已销毁")],
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "尽调资料",
                        "verbose_name_plural": "尽调资料",
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(fields=("transfer", "number"), name="data_room_number_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("approved_at__isnull", False), ("status__in", ("queued", "refused")), _connector="OR"),
                                name="data_room_is_made_when_approved",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("removed", ""), ("removed_at", None)),
                                    models.Q(("removed_at__isnull", False), models.Q(("removed", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="data_room_removal_says_why",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Share",
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
                        ("code", models.CharField(default=transfers.models.shares.new_share_code, max_length=16, unique=True, verbose_name="提供编号")),
                        ("agreement", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="shares", to="transfers.agreement")),
                        ("form", models.CharField(choices=[("file", "文件"), ("api", "接口")], max_length=4, verbose_name="方式")),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("follow_up", "回访"),
                                    ("policy_service", "保全"),
                                    ("underwriting", "核保"),
                                    ("claim", "理赔"),
                                    ("payment", "给付"),
                                    ("complaint", "投诉处理"),
                                    ("marketing", "营销"),
                                    ("survey", "满意度调查"),
                                    ("sharing", "提供给合作方"),
                                    ("compliance", "合规检查"),
                                    ("audit", "审计"),
                                    ("regulation", "监管检查"),
                                    ("security", "安全调查"),
                                    ("import", "导入"),
                                    ("transfer", "业务转让"),
                                    ("self", "本人查看"),
                                    ("system", "系统作业"),
                                    ("other", "其他"),
                                ],
                                max_length=20,
                                verbose_name="用途",
                            ),
                        ),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        ("elements", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None, verbose_name="信息项")),
                        ("scope", models.JSONField(default=dict)),
                        ("candidates", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ("expires_at", models.DateTimeField(verbose_name="有效至")),
                        (
                            "requested_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="申请人"
                            ),
                        ),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("approved_at", models.DateTimeField(null=True, verbose_name="批准")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="停止")),
                        ("builder", models.CharField(default="customers", max_length=20)),
                        ("format", models.CharField(choices=[("csv", "CSV"), ("xlsx", "Excel 工作簿")], default="csv", max_length=4, verbose_name="格式")),
                        ("language", models.CharField(default="zh-hans", max_length=8)),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("desk", "业务台"),
                                    ("admin", "合规后台"),
                                    ("portal", "客户服务"),
                                    ("regulator", "监管专区"),
                                    ("api", "接口"),
                                    ("command", "命令行"),
                                    ("task", "后台作业"),
                                ],
                                default="task",
                                max_length=10,
                            ),
                        ),
                        ("included", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)),
                        ("canaries", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                        ("omitted", models.JSONField(default=dict)),
                        ("fingerprint", models.CharField(blank=True, max_length=16, verbose_name="指纹")),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("length", models.BigIntegerField(null=True)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("taken_at", models.DateTimeField(null=True, verbose_name="取走")),
                        ("removed_at", models.DateTimeField(null=True)),
                        (
                            "removed",
                            models.CharField(
                                blank=True, choices=[("expired", "已过期"), ("ended", "已停止提供"), ("destroyed", "其中有客户的资料已销毁")], max_length=10
                            ),
                        ),
                        ("token", models.BinaryField(max_length=32, null=True, unique=True)),
                        ("token_at", models.DateTimeField(null=True)),
                        (
                            "networks",
                            django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=50), blank=True, default=list, size=None),
                        ),
                        ("rate", models.PositiveIntegerField(default=60, verbose_name="每分钟请求数")),
                    ],
                    options={
                        "verbose_name": "提供",
                        "verbose_name_plural": "提供",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("approved_at__isnull", False), ("status__in", ("queued", "refused")), _connector="OR"),
                                name="share_is_made_when_approved",
                            ),
                            models.CheckConstraint(condition=models.Q(("token", None), ("form", "api"), _connector="OR"), name="share_token_is_an_interfaces"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("removed", ""), ("removed_at", None)),
                                    models.Q(("removed_at__isnull", False), models.Q(("removed", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="share_removal_says_why",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SharedCopy",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("share", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="copies", to="transfers.share")),
                        ("counterparty", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.counterparty")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("elements", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None)),
                        ("marks", models.JSONField(default=dict)),
                        ("given_at", models.DateTimeField(default=custodian.clock.now)),
                        ("entry", models.BigIntegerField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["subject", "counterparty"], name="copies_of_a_customer"),
                            models.Index(fields=["counterparty", "given_at"], name="copies_of_a_partner"),
                        ],
                        "constraints": [],
                    },
                ),
                migrations.CreateModel(
                    name="Telling",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("counterparty", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tellings", to="transfers.counterparty")),
                        ("share", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tellings", to="transfers.share")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("correction", models.CharField(max_length=40, verbose_name="更正编号")),
                        ("element", models.CharField(max_length=40, verbose_name="信息项")),
                        ("holding", models.UUIDField()),
                        ("slot", models.PositiveIntegerField(default=0)),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "待告知"), ("sent", "已告知，待回执"), ("confirmed", "已确认收到")],
                                default="open",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="更正")),
                        ("due_at", models.DateTimeField(verbose_name="期限")),
                        ("sent_at", models.DateTimeField(null=True, verbose_name="告知")),
                        ("sent_how", models.CharField(blank=True, choices=[("api", "接口"), ("file", "文件")], max_length=4)),
                        ("mark", models.CharField(blank=True, max_length=64)),
                        ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认")),
                        (
                            "receipt",
                            models.CharField(
                                blank=True, choices=[("signed", "对方签名"), ("token", "对方令牌"), ("paper", "书面回执")], max_length=6, verbose_name="回执"
                            ),
                        ),
                        ("signature", models.BinaryField(null=True)),
                        ("paper", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.agreementpaper")),
                        ("approval", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "须告知的更正",
                        "verbose_name_plural": "须告知的更正",
                        "ordering": ("due_at", "pk"),
                        "indexes": [
                            models.Index(fields=["subject", "correction"], name="tellings_of_a_correction"),
                            models.Index(condition=models.Q(("status", "confirmed"), _negated=True), fields=["due_at"], name="tellings_to_be_done"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("counterparty", "correction", "element", "holding", "slot"), name="a_partner_is_told_of_a_value_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("confirmed_at__isnull", False), ("status", "confirmed"), models.Q(("receipt", ""), _negated=True)),
                                    models.Q(models.Q(("status", "confirmed"), _negated=True), ("confirmed_at", None)),
                                    _connector="OR",
                                ),
                                name="telling_confirmed_says_how",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="TransferSight",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("transfer", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="sights", to="transfers.transfer")),
                        ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.case", verbose_name="案件")),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "监管可见的转让",
                        "verbose_name_plural": "监管可见的转让",
                        "constraints": [models.UniqueConstraint(fields=("transfer", "case"), name="transfer_is_seen_once_by_a_case")],
                        "indexes": [],
                    },
                ),
            ]
        )
    ]
