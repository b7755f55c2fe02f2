"""All tables as they are today; what follows gives them triggers, rights, scopes and seeds."""

import access.models.exports
import custodian.clock
import custodian.tables
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.fields.json
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        custodian.tables.CreateTables(
            tables=[
                migrations.CreateModel(
                    name="Unit",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=20, unique=True, verbose_name="机构代码")),
                        ("name", models.CharField(max_length=100, verbose_name="名称")),
                        ("name_en", models.CharField(blank=True, max_length=100, verbose_name="英文名称")),
                        (
                            "parent",
                            models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to="access.unit", verbose_name="上级机构"),
                        ),
                        ("path", models.CharField(db_index=True, editable=False, max_length=200)),
                    ],
                    options={"verbose_name": "机构", "verbose_name_plural": "机构", "ordering": ("path",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="User",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("password", models.CharField(max_length=128, verbose_name="password")),
                        ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("username", models.CharField(max_length=60, unique=True, verbose_name="登录名")),
                        ("staff_no", models.CharField(max_length=20, unique=True, verbose_name="工号")),
                        ("name", models.CharField(max_length=60, verbose_name="姓名")),
                        ("email", models.EmailField(blank=True, max_length=254, verbose_name="工作邮箱")),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("agent", "代理人"),
                                    ("claims_handler", "理赔人员"),
                                    ("service_desk", "客服"),
                                    ("compliance_officer", "合规官"),
                                    ("security_officer", "安全官"),
                                    ("auditor", "审计"),
                                    ("regulator", "监管"),
                                    ("administrator", "系统管理员"),
                                    ("customer", "客户本人"),
                                    ("partner", "合作方"),
                                    ("system", "系统作业"),
                                ],
                                max_length=24,
                                verbose_name="岗位",
                            ),
                        ),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.unit", verbose_name="机构")),
                        (
                            "manager",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="直接上级",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="在岗")),
                        (
                            "theme",
                            models.CharField(
                                choices=[("system", "跟随系统"), ("light", "浅色"), ("dark", "深色")], default="system", max_length=8, verbose_name="外观"
                            ),
                        ),
                        ("notice_on", models.DateField(blank=True, null=True, verbose_name="离职通知日")),
                        ("leaves_on", models.DateField(blank=True, null=True, verbose_name="离职日")),
                        ("joined_at", models.DateTimeField(default=custodian.clock.now, editable=False)),
                        ("role_since", models.DateTimeField(default=custodian.clock.now, editable=False, verbose_name="任现岗自")),
                        ("session_epoch", models.PositiveIntegerField(default=0, editable=False)),
                    ],
                    options={
                        "verbose_name": "人员",
                        "verbose_name_plural": "人员",
                        "ordering": ("staff_no",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "role__in",
                                        (
                                            "agent",
                                            "claims_handler",
                                            "service_desk",
                                            "compliance_officer",
                                            "security_officer",
                                            "auditor",
                                            "regulator",
                                            "administrator",
                                        ),
                                    )
                                ),
                                name="user_role_is_a_staff_role",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ApprovalRule",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(max_length=40, verbose_name="事项")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "requesters",
                            django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None, verbose_name="可申请的岗位"),
                        ),
                        (
                            "approvers",
                            django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None, verbose_name="可复核的岗位"),
                        ),
                        (
                            "excluded",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=12), blank=True, default=list, size=None, verbose_name="须回避"
                            ),
                        ),
                        ("needed", models.PositiveSmallIntegerField(default=1, verbose_name="需要几人复核")),
                        ("step_up", models.BooleanField(default=True, verbose_name="须二次验证")),
                        ("cooling_days", models.PositiveSmallIntegerField(default=3, verbose_name="任职满几天方可复核")),
                        ("since", models.DateTimeField(default=custodian.clock.now, verbose_name="生效")),
                        ("until", models.DateTimeField(blank=True, null=True, verbose_name="失效")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "复核规则",
                        "verbose_name_plural": "复核规则",
                        "ordering": ("kind", "-version"),
                        "constraints": [
                            models.UniqueConstraint(fields=("kind", "version"), name="approval_rule_version_is_unique"),
                            models.CheckConstraint(condition=models.Q(("needed__gte", 1), ("needed__lte", 5)), name="approval_rule_needs_somebody"),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Approval",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("kind", models.CharField(max_length=40, verbose_name="事项")),
                        ("payload", models.JSONField()),
                        ("digest", models.CharField(max_length=64, verbose_name="内容指纹")),
                        (
                            "status",
                            models.CharField(
                                choices=[("waiting", "待复核"), ("approved", "已批准"), ("returned", "已退回"), ("void", "已作废")],
                                default="waiting",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "requested_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="申请人"
                            ),
                        ),
                        ("requested_at", models.DateTimeField(default=custodian.clock.now, verbose_name="申请时间")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="复核人"
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="复核时间")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("rule", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approvalrule")),
                        ("mac", models.BinaryField(default=b"")),
                    ],
                    options={
                        "verbose_name": "授权与审批",
                        "verbose_name_plural": "授权与审批",
                        "ordering": ("-requested_at",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("decided_by", None), models.Q(("decided_by", models.F("requested_by")), _negated=True), _connector="OR"),
                                name="approval_is_by_somebody_else",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("decided_by", None), ("status", "waiting")),
                                    ("status", "void"),
                                    models.Q(("decided_at__isnull", False), ("status__in", ("approved", "returned"))),
                                    _connector="OR",
                                ),
                                name="approval_is_dated_when_decided",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ApprovalDecision",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("approval", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="decisions", to="access.approval")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="复核人"
                            ),
                        ),
                        ("decided_at", models.DateTimeField(default=custodian.clock.now, verbose_name="复核时间")),
                        ("approves", models.BooleanField()),
                        ("digest", models.CharField(max_length=64)),
                    ],
                    options={
                        "ordering": ("decided_at", "pk"),
                        "constraints": [models.UniqueConstraint(fields=("approval", "decided_by"), name="approval_is_decided_once_by_each")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Finding",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("kind", models.CharField(max_length=40, verbose_name="发现")),
                        (
                            "severity",
                            models.CharField(choices=[("urgent", "紧急"), ("high", "高"), ("medium", "中"), ("low", "低")], max_length=8, verbose_name="级别"),
                        ),
                        ("status", models.CharField(choices=[("open", "待处理"), ("closed", "已定性")], default="open", max_length=8, verbose_name="状态")),
                        ("summary", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "operator",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name="操作人"),
                        ),
                        ("entries", models.JSONField(default=list, verbose_name="证据条目")),
                        ("found_at", models.DateTimeField(default=custodian.clock.now, verbose_name="发现时间")),
                        ("run", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="findings", to="access.auditrun")),
                        ("times", models.PositiveIntegerField(default=1, verbose_name="第几次")),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="负责人"
                            ),
                        ),
                        ("due_at", models.DateTimeField(null=True, verbose_name="处理期限")),
                        ("asked_at", models.DateTimeField(null=True, verbose_name="请本人说明")),
                        ("answer", models.CharField(blank=True, max_length=500, verbose_name="本人说明")),
                        ("answered_at", models.DateTimeField(null=True, verbose_name="说明时间")),
                        (
                            "verdict",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("justified", "正当"),
                                    ("warning", "提醒"),
                                    ("sanction", "追究责任"),
                                    ("rule-too-broad", "规则过宽"),
                                    ("settled", "原因已消除"),
                                ],
                                max_length=16,
                                verbose_name="定性",
                            ),
                        ),
                        ("verdict_note", models.CharField(blank=True, max_length=300, verbose_name="定性说明")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="定性人"
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="定性时间")),
                    ],
                    options={
                        "verbose_name": "审计发现",
                        "verbose_name_plural": "审计发现",
                        "ordering": ("-found_at",),
                        "indexes": [models.Index(fields=["kind", "operator", "found_at"], name="finding_again")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("status", "open"), ("verdict", "")),
                                    models.Q(("decided_at__isnull", False), ("status", "closed"), models.Q(("verdict", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="finding_is_closed_by_a_verdict",
                            ),
                            models.UniqueConstraint(
                                models.F("kind"),
                                django.db.models.fields.json.KeyTextTransform("cause", "facts"),
                                condition=models.Q(("status", "open")),
                                name="finding_of_a_cause_is_open_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None), ("operator", None), models.Q(("decided_by", models.F("operator")), _negated=True), _connector="OR"
                                ),
                                name="nobody_judges_himself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AuditRule",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=24, verbose_name="审计规则")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        ("enabled", models.BooleanField(default=True, verbose_name="启用")),
                        (
                            "severity",
                            models.CharField(choices=[("urgent", "紧急"), ("high", "高"), ("medium", "中"), ("low", "低")], max_length=8, verbose_name="级别"),
                        ),
                        ("thresholds", models.JSONField(default=dict, verbose_name="阈值")),
                        ("since", models.DateTimeField(default=custodian.clock.now, verbose_name="生效")),
                        ("until", models.DateTimeField(blank=True, null=True, verbose_name="失效")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "审计规则",
                        "verbose_name_plural": "审计规则",
                        "ordering": ("code", "-version"),
                        "constraints": [models.UniqueConstraint(fields=("code", "version"), name="audit_rule_version_is_unique")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="AuditRun",
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
                        ("looks", models.PositiveBigIntegerField(default=0)),
                        ("people", models.PositiveIntegerField(default=0)),
                        ("sights", models.PositiveBigIntegerField(default=0)),
                        ("unexplained", models.PositiveBigIntegerField(default=0)),
                        ("first", models.BigIntegerField(null=True)),
                        ("last", models.BigIntegerField(null=True)),
                        ("found", models.PositiveIntegerField(default=0)),
                        ("rules", models.JSONField(default=dict)),
                        ("report", models.JSONField(default=dict)),
                    ],
                    options={"verbose_name": "审计", "verbose_name_plural": "审计", "ordering": ("-day",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="AuditReport",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("run", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="access.auditrun")),
                        ("language", models.CharField(max_length=8)),
                        ("body", models.BinaryField()),
                        ("signature", models.BinaryField()),
                    ],
                    options={"constraints": [models.UniqueConstraint(fields=("run", "language"), name="audit_report_is_once_in_a_language")], "indexes": []},
                ),
                migrations.CreateModel(
                    name="Measure",
                    fields=[
                        ("pk", models.CompositePrimaryKey("user_id", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("day", models.DateField()),
                        ("role", models.CharField(max_length=24)),
                        ("unit_path", models.CharField(max_length=200)),
                        ("looks", models.PositiveIntegerField(default=0)),
                        ("sights", models.PositiveIntegerField(default=0)),
                        ("unexplained", models.PositiveIntegerField(default=0)),
                        ("own_word", models.PositiveIntegerField(default=0)),
                        ("customers", models.PositiveIntegerField(default=0)),
                        ("opened", models.PositiveIntegerField(default=0)),
                        ("unasked", models.PositiveIntegerField(default=0)),
                        ("outside_hours", models.PositiveIntegerField(default=0)),
                        ("refused", models.PositiveIntegerField(default=0)),
                        ("searches", models.PositiveIntegerField(default=0)),
                        ("empty_searches", models.PositiveIntegerField(default=0)),
                        ("hours", django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), default=list, size=None)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["day", "unit_path"], name="measure_of_day")],
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("unexplained__lte", models.F("sights"))), name="measure_explains_no_less_than_nothing")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Case",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.CharField(max_length=16, unique=True, verbose_name="案件")),
                        ("title", models.CharField(max_length=120, verbose_name="事由")),
                        ("office", models.CharField(max_length=80, verbose_name="监管机构")),
                        ("letter", models.CharField(blank=True, max_length=60, verbose_name="函号")),
                        (
                            "status",
                            models.CharField(
                                choices=[("waiting", "待复核"), ("open", "开放"), ("closed", "已结束"), ("returned", "已退回")],
                                default="waiting",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(verbose_name="至")),
                        ("everything", models.BooleanField(default=False, verbose_name="时段内全部条目")),
                        ("operators", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                        ("customers", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                        ("units", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                        ("called", models.JSONField(default=dict)),
                        ("key_customers", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                        ("former_guests", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                        ("access_until", models.DateTimeField(verbose_name="访问至")),
                        (
                            "opened_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="开立人"
                            ),
                        ),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="开立")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="结束")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("guests", models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="案件人员")),
                    ],
                    options={
                        "verbose_name": "案件",
                        "verbose_name_plural": "监管案件",
                        "ordering": ("-opened_at",),
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("since__lte", models.F("until"))), name="case_covers_a_period"),
                            models.CheckConstraint(
                                condition=models.Q(("key_customers__contained_by", models.F("customers"))), name="case_gives_keys_of_its_own_customers_only"
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Bundle",
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
                        ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="bundles", to="access.case", verbose_name="案件")),
                        ("number", models.PositiveIntegerField()),
                        (
                            "recipient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="接收人"
                            ),
                        ),
                        ("requested_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("criteria", models.JSONField()),
                        ("language", models.CharField(default="zh-hans", max_length=8)),
                        ("size", models.BigIntegerField(null=True)),
                        ("entries", models.BigIntegerField(null=True)),
                        ("holding", models.UUIDField(editable=False, null=True, unique=True)),
                        ("length", models.BigIntegerField(null=True)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("verdict", models.JSONField(default=dict)),
                        ("downloads", models.PositiveIntegerField(default=0)),
                        ("expires_at", models.DateTimeField(null=True)),
                        ("verified_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ("-created_at",),
                        "constraints": [models.UniqueConstraint(fields=("case", "number"), name="bundle_number_is_unique")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Handout",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("size", models.BigIntegerField()),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={
                        "ordering": ("-size",),
                        "constraints": [models.UniqueConstraint(fields=("user", "size"), name="handout_is_noted_once")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="BreakGlass",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "user",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="人员"),
                        ),
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
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="开启")),
                        ("until", models.DateTimeField(verbose_name="至")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="关闭")),
                        ("due_at", models.DateTimeField(verbose_name="复盘期限")),
                        (
                            "reviewed_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="复盘人"
                            ),
                        ),
                        ("reviewed_at", models.DateTimeField(null=True, verbose_name="复盘时间")),
                        (
                            "verdict",
                            models.CharField(blank=True, choices=[("justified", "正当"), ("unjustified", "不正当")], max_length=12, verbose_name="结论"),
                        ),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                    ],
                    options={
                        "verbose_name": "紧急访问",
                        "verbose_name_plural": "紧急访问",
                        "ordering": ("-opened_at",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("reviewed_by", None), models.Q(("reviewed_by", models.F("user")), _negated=True), _connector="OR"),
                                name="break_glass_is_reviewed_by_somebody_else",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reviewed_at", None), ("reviewed_by", None), ("verdict", "")),
                                    models.Q(("reviewed_at__isnull", False), ("reviewed_by__isnull", False), models.Q(("verdict", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="break_glass_review_is_whole",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("ts", models.DateTimeField()),
                        ("written_at", models.DateTimeField()),
                        ("leaf", models.TextField()),
                        ("tags", models.BinaryField()),
                        ("actor", models.UUIDField(null=True)),
                        ("staff_no", models.TextField()),
                        ("unit", models.TextField()),
                        ("act", models.TextField()),
                        ("purpose", models.TextField()),
                        ("outcome", models.TextField()),
                        ("channel", models.TextField()),
                        ("subjects", models.IntegerField()),
                    ],
                    options={"db_table": 'querylog"."entry', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="SubjectAccess",
                    fields=[
                        ("pk", models.CompositePrimaryKey("subject", "entry_id", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("subject", models.UUIDField()),
                        ("entry_id", models.BigIntegerField()),
                    ],
                    options={"db_table": 'querylog"."subject_access', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="SealedContext",
                    fields=[("entry_id", models.BigIntegerField(primary_key=True, serialize=False)), ("body_sealed", models.BinaryField())],
                    options={"db_table": 'querylog"."context', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Outbox",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("created_at", models.DateTimeField()),
                        ("body", models.TextField()),
                        ("tags", models.BinaryField()),
                        ("context_sealed", models.BinaryField(null=True)),
                    ],
                    options={"db_table": 'querylog"."outbox', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Export",
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
                        ("code", models.CharField(default=access.models.exports.new_code, max_length=16, unique=True, verbose_name="导出编号")),
                        ("builder", models.CharField(default="customers", max_length=20)),
                        (
                            "requested_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="申请人"
                            ),
                        ),
                        (
                            "recipient",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="接收人"
                            ),
                        ),
                        ("outside_name", models.CharField(blank=True, max_length=60, verbose_name="外部接收人")),
                        ("outside_office", models.CharField(blank=True, max_length=80, verbose_name="接收单位")),
                        ("outside_purpose", models.CharField(blank=True, max_length=120, verbose_name="对方用途")),
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
                        (
                            "by",
                            models.CharField(
                                choices=[("own", "名下全部客户"), ("unit", "一个机构的客户"), ("list", "逐一写明的客户")], max_length=4, verbose_name="选取客户"
                            ),
                        ),
                        ("unit", models.CharField(blank=True, max_length=20, verbose_name="机构代码")),
                        ("customers", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
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
                                max_length=10,
                            ),
                        ),
                        ("address", models.CharField(blank=True, max_length=45)),
                        ("candidates", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("approved_at", models.DateTimeField(null=True, verbose_name="批准")),
                        ("included", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), null=True, size=None)),
                        ("canaries", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                        ("honey", models.PositiveIntegerField(default=0)),
                        ("omitted", models.JSONField(default=dict)),
                        ("fingerprint", models.CharField(blank=True, max_length=16, verbose_name="指纹")),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("length", models.BigIntegerField(null=True)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                        ("downloads", models.PositiveIntegerField(default=0, verbose_name="下载次数")),
                        ("taken_at", models.DateTimeField(null=True, verbose_name="最近下载")),
                        ("expires_at", models.DateTimeField(null=True, verbose_name="有效至")),
                        ("removed_at", models.DateTimeField(null=True)),
                        (
                            "removed",
                            models.CharField(
                                blank=True,
                                choices=[("expired", "已过期"), ("taken", "已取满次数"), ("recalled", "已收回"), ("destroyed", "其中有客户的资料已销毁")],
                                max_length=10,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "导出",
                        "verbose_name_plural": "导出登记",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("outside_name", ""), ("recipient__isnull", False)),
                                    models.Q(
                                        ("recipient", None), models.Q(("outside_name", ""), _negated=True), models.Q(("outside_office", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="export_has_one_recipient",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("approved_at__isnull", False), ("status__in", ("queued", "refused")), _connector="OR"),
                                name="export_is_made_when_approved",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("removed", ""), ("removed_at", None)),
                                    models.Q(("removed_at__isnull", False), models.Q(("removed", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="export_removal_says_why",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Exposure",
                    fields=[
                        ("pk", models.CompositePrimaryKey("user_id", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("day", models.DateField()),
                        ("seen", models.BinaryField(default=b"")),
                        ("opened", models.BinaryField(default=b"")),
                        ("unexplained", models.BinaryField(default=b"")),
                        ("unasked", models.BinaryField(default=b"")),
                    ],
                    options={"indexes": [models.Index(fields=["day", "user"], name="exposure_of_day")], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Installation",
                    fields=[
                        ("id", models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                        ("demo", models.BooleanField(default=False)),
                        ("begun_at", models.DateTimeField(default=custodian.clock.now)),
                        ("restored_at", models.DateTimeField(null=True)),
                        ("reconciled_at", models.DateTimeField(null=True)),
                        ("facts", models.JSONField(default=dict)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(condition=models.Q(("id", 1)), name="installation_is_one_row"),
                            models.CheckConstraint(
                                condition=models.Q(("reconciled_at", None), ("restored_at__isnull", False), _connector="OR"),
                                name="installation_is_reconciled_after_a_restore",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="DataKey",
                    fields=[
                        ("kek", models.IntegerField()),
                        ("wrapped", models.BinaryField()),
                        ("holding", models.UUIDField(primary_key=True, serialize=False)),
                    ],
                    options={"db_table": 'keys"."data_key', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="SubjectKey",
                    fields=[
                        ("kek", models.IntegerField()),
                        ("wrapped", models.BinaryField()),
                        ("subject", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("key_id", models.BinaryField()),
                    ],
                    options={"db_table": 'keys"."subject_key', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="LogMonth",
                    fields=[
                        ("month", models.DateField(primary_key=True, serialize=False)),
                        ("reasons", models.UUIDField(unique=True)),
                        ("searches", models.UUIDField(unique=True)),
                        ("reasons_gone_at", models.DateTimeField(null=True)),
                        ("searches_gone_at", models.DateTimeField(null=True)),
                    ],
                    options={"ordering": ("month",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="RetiredKek",
                    fields=[
                        ("kek", models.IntegerField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("destroyed_at", models.DateTimeField(null=True)),
                    ],
                    options={"db_table": 'keys"."retired', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="KeyRotation",
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
                        ("kind", models.CharField(choices=[("kek", "密钥加密密钥"), ("index", "盲索引密钥")], max_length=8, verbose_name="密钥")),
                        ("why", models.CharField(choices=[("schedule", "按期"), ("command", "命令行"), ("page", "密钥页")], max_length=8, verbose_name="由来")),
                        ("reason", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="申请人"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(null=True)),
                        ("prepared_at", models.DateTimeField(null=True)),
                        ("place", models.JSONField(default=dict)),
                        ("skipped", models.PositiveBigIntegerField(default=0)),
                    ],
                    options={
                        "verbose_name": "密钥轮换",
                        "verbose_name_plural": "密钥轮换",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("status__in", ["done", "refused"]), _negated=True),
                                fields=("kind",),
                                name="one_rotation_of_a_kind_at_a_time",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="RuleOverride",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("rule", models.CharField(max_length=40, verbose_name="保存规则")),
                        ("version", models.PositiveIntegerField(verbose_name="版本")),
                        ("enabled", models.BooleanField(default=True, verbose_name="启用")),
                        ("period", models.CharField(max_length=8, verbose_name="保存期限")),
                        ("own", models.JSONField(null=True)),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(null=True, verbose_name="至")),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "保存期限的改动",
                        "verbose_name_plural": "保存期限的改动",
                        "ordering": ("rule", "-version"),
                        "constraints": [
                            models.UniqueConstraint(fields=("rule", "version"), name="rule_override_version_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                                name="rule_override_ends_after_it_begins",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Confirmation",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("clause", models.CharField(max_length=24, verbose_name="条款")),
                        ("version", models.PositiveIntegerField(verbose_name="版本")),
                        ("mark", models.CharField(max_length=2, verbose_name="标记")),
                        ("source", models.CharField(max_length=200, verbose_name="出处")),
                        ("read_on", models.DateField(verbose_name="核对日期")),
                        ("text", models.JSONField()),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(null=True, verbose_name="至")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "条款核对",
                        "verbose_name_plural": "条款核对",
                        "ordering": ("clause", "-version"),
                        "constraints": [
                            models.UniqueConstraint(fields=("clause", "version"), name="confirmation_version_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                                name="confirmation_ends_after_it_begins",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ClockOverride",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("rule", models.CharField(max_length=24, verbose_name="时限")),
                        ("version", models.PositiveIntegerField(verbose_name="版本")),
                        ("enabled", models.BooleanField(default=True, verbose_name="启用")),
                        ("length", models.CharField(blank=True, max_length=8, verbose_name="时限长度")),
                        ("target", models.CharField(blank=True, max_length=8, verbose_name="本公司目标")),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(null=True, verbose_name="至")),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "时限的改动",
                        "verbose_name_plural": "时限的改动",
                        "ordering": ("rule", "-version"),
                        "constraints": [
                            models.UniqueConstraint(fields=("rule", "version"), name="clock_override_version_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                                name="clock_override_ends_after_it_begins",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="CountOverride",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("rule", models.CharField(max_length=24, verbose_name="次数")),
                        ("version", models.PositiveIntegerField(verbose_name="版本")),
                        ("number", models.PositiveSmallIntegerField(verbose_name="次数")),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(null=True, verbose_name="至")),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "次数的改动",
                        "verbose_name_plural": "次数的改动",
                        "ordering": ("rule", "-version"),
                        "constraints": [
                            models.UniqueConstraint(fields=("rule", "version"), name="count_override_version_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                                name="count_override_ends_after_it_begins",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="PurposeOverride",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("purpose", models.CharField(max_length=20, verbose_name="用途")),
                        ("version", models.PositiveIntegerField(verbose_name="版本")),
                        ("terms", models.JSONField()),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(null=True, verbose_name="至")),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "处理目的的改动",
                        "verbose_name_plural": "处理目的的改动",
                        "ordering": ("purpose", "-version"),
                        "constraints": [
                            models.UniqueConstraint(fields=("purpose", "version"), name="purpose_override_version_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                                name="purpose_override_ends_after_it_begins",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarYear",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("year", models.PositiveSmallIntegerField(verbose_name="年份")),
                        ("version", models.PositiveIntegerField(verbose_name="版本")),
                        ("holidays", models.JSONField()),
                        ("worked", models.JSONField()),
                        ("mark", models.CharField(max_length=2, verbose_name="标记")),
                        ("source", models.CharField(max_length=200, verbose_name="出处")),
                        ("read_on", models.DateField(verbose_name="核对日期")),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(null=True, verbose_name="至")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "工作日历的年份",
                        "verbose_name_plural": "工作日历的年份",
                        "ordering": ("year", "-version"),
                        "constraints": [
                            models.UniqueConstraint(fields=("year", "version"), name="calendar_year_version_is_unique"),
                            models.UniqueConstraint(condition=models.Q(("until", None)), fields=("year",), name="calendar_year_has_one_that_holds"),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                                name="calendar_year_ends_after_it_begins",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="DelayedLook",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("entry", models.BigIntegerField(null=True, verbose_name="条目")),
                        (
                            "operator",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="操作人"
                            ),
                        ),
                        ("looks_since", models.DateTimeField(null=True, verbose_name="自")),
                        ("looks_until", models.DateTimeField(null=True, verbose_name="至")),
                        ("until", models.DateTimeField(verbose_name="延后至")),
                        ("reason_sealed", models.BinaryField()),
                        (
                            "status",
                            models.CharField(
                                choices=[("asked", "待复核"), ("returned", "已退回"), ("open", "已批准"), ("released", "已放行")],
                                default="asked",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提出人"
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提出")),
                        ("released_at", models.DateTimeField(null=True, verbose_name="放行")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "延后显示",
                        "verbose_name_plural": "延后显示",
                        "ordering": ("-asked_at",),
                        "indexes": [
                            models.Index(fields=["entry"], name="delayed_look_by_entry"),
                            models.Index(fields=["operator", "looks_since"], name="delayed_look_by_operator"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("entry__isnull", False), ("looks_since", None), ("looks_until", None), ("operator", None)),
                                    models.Q(
                                        ("entry", None),
                                        ("looks_since__isnull", False),
                                        ("looks_until__gt", models.F("looks_since")),
                                        ("operator__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="delayed_look_is_an_entry_or_a_persons_period",
                            ),
                            models.CheckConstraint(condition=models.Q(("until__gt", models.F("asked_at"))), name="delayed_look_ends"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("released_at__isnull", False), ("status", "released")),
                                    models.Q(models.Q(("status", "released"), _negated=True), ("released_at", None)),
                                    _connector="OR",
                                ),
                                name="delayed_look_is_dated_when_released",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Subject",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "status",
                            models.CharField(
                                choices=[("active", "正常"), ("restricted", "限制处理"), ("destroyed", "已销毁")], default="active", max_length=12
                            ),
                        ),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.unit", verbose_name="服务机构")),
                        ("honey", models.BooleanField(default=False)),
                        ("vip", models.BooleanField(db_default=False, default=False)),
                        ("registered_at", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={"ordering": ("id",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Arriving",
                    fields=[
                        ("subject", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="access.subject")),
                        ("arrival", models.UUIDField(db_index=True)),
                    ],
                    options={"indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Restriction",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("holding", models.UUIDField()),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="restrictions", to="access.subject")),
                        ("kind", models.CharField(max_length=12)),
                        (
                            "because",
                            models.CharField(
                                choices=[
                                    ("retention", "处理目的已结束，法定保存期未满"),
                                    ("deletion", "客户要求删除，法定保存期未满"),
                                    ("request", "客户要求限制处理"),
                                ],
                                default="retention",
                                max_length=12,
                            ),
                        ),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("subject", "holding", "because"), name="restriction_is_once_for_each_reason")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Objection",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="objections", to="access.subject")),
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
                            ),
                        ),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                    ],
                    options={"constraints": [models.UniqueConstraint(fields=("subject", "purpose"), name="objection_is_once_for_each_purpose")], "indexes": []},
                ),
                migrations.CreateModel(
                    name="Choice",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="choices", to="access.subject")),
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
                            ),
                        ),
                        ("element", models.CharField(blank=True, max_length=60)),
                        ("agreed", models.BooleanField()),
                        ("consent", models.CharField(db_default="", default="", max_length=20)),
                        ("said_on", models.DateField(null=True)),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("subject", "consent", "purpose", "element"), name="choice_is_once_for_each_consent")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Grant",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "user",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="人员"),
                        ),
                        (
                            "item",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.workitem", verbose_name="事项"
                            ),
                        ),
                        (
                            "customers",
                            django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name="客户编号"),
                        ),
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
                        (
                            "status",
                            models.CharField(
                                choices=[("waiting", "待复核"), ("open", "已批准"), ("returned", "已退回"), ("ended", "已结束")],
                                default="waiting",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=custodian.clock.now, verbose_name="申请")),
                        ("until", models.DateTimeField(verbose_name="至")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="结束")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "临时授权",
                        "verbose_name_plural": "临时授权",
                        "ordering": ("-asked_at",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("customers__len__gt", 0), ("item", None)),
                                    models.Q(("customers__len", 0), ("item__isnull", False)),
                                    _connector="OR",
                                ),
                                name="grant_is_for_customers_or_for_work",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Assignment",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="access.subject")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name="人员")),
                        ("since", models.DateTimeField(default=custodian.clock.now, verbose_name="自")),
                        ("until", models.DateTimeField(blank=True, null=True, verbose_name="至")),
                        ("grant", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="access.grant")),
                        (
                            "window",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="assignments", to="access.breakglass"),
                        ),
                        ("purpose", models.CharField(blank=True, db_default="", max_length=20)),
                    ],
                    options={
                        "verbose_name": "指派",
                        "verbose_name_plural": "指派",
                        "indexes": [
                            models.Index(fields=["user", "subject"], name="access_assi_user_id_e0c041_idx"),
                            models.Index(fields=["subject", "user"], name="access_assi_subject_3caa6b_idx"),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"), name="assignment_ends_after_it_begins"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("grant", None), ("purpose", ""), ("window", None)),
                                    models.Q(("until__isnull", False), models.Q(("purpose", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="assignment_that_is_lent_is_dated_and_for_a_purpose",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PortalLogin",
                    fields=[
                        ("subject", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to="access.subject")),
                        ("epoch", models.PositiveIntegerField(default=0)),
                        ("last_at", models.DateTimeField(null=True)),
                        ("before_at", models.DateTimeField(null=True)),
                    ],
                    options={"indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Quota",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=12, verbose_name="限额")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "role",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("agent", "代理人"),
                                    ("claims_handler", "理赔人员"),
                                    ("service_desk", "客服"),
                                    ("compliance_officer", "合规官"),
                                    ("security_officer", "安全官"),
                                    ("auditor", "审计"),
                                    ("regulator", "监管"),
                                    ("administrator", "系统管理员"),
                                    ("customer", "客户本人"),
                                    ("partner", "合作方"),
                                    ("system", "系统作业"),
                                ],
                                max_length=24,
                                verbose_name="岗位",
                            ),
                        ),
                        ("measure", models.CharField(choices=[("customers", "不同客户"), ("reveals", "揭示次数")], max_length=10, verbose_name="计数")),
                        (
                            "harm",
                            models.CharField(
                                blank=True,
                                choices=[("property", "财产类"), ("health", "健康与交易类"), ("other", "其他个人信息")],
                                max_length=10,
                                verbose_name="信息类别",
                            ),
                        ),
                        ("hours", models.PositiveIntegerField(blank=True, null=True, verbose_name="时段（小时）")),
                        ("warn", models.PositiveIntegerField(blank=True, null=True, verbose_name="放慢")),
                        ("finding", models.PositiveIntegerField(blank=True, null=True, verbose_name="报告")),
                        ("block", models.PositiveIntegerField(blank=True, null=True, verbose_name="停止")),
                        ("pace", models.PositiveSmallIntegerField(default=5, verbose_name="放慢后的间隔（秒）")),
                        ("law", models.CharField(blank=True, max_length=20, verbose_name="法规条款")),
                        ("since", models.DateTimeField(default=custodian.clock.now, verbose_name="生效")),
                        ("until", models.DateTimeField(blank=True, null=True, verbose_name="失效")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "限额",
                        "verbose_name_plural": "限额",
                        "ordering": ("code", "-version"),
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "version"), name="quota_version_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("warn", None), ("finding", None), ("warn__lte", models.F("finding")), _connector="OR"),
                                    models.Q(("finding", None), ("block", None), ("finding__lte", models.F("block")), _connector="OR"),
                                    models.Q(("warn", None), ("block", None), ("warn__lte", models.F("block")), _connector="OR"),
                                ),
                                name="quota_steps_rise",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("harm", ""), ("measure", "customers"), _connector="OR"), name="quota_of_a_kind_counts_customers"
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Seen",
                    fields=[
                        ("pk", models.CompositePrimaryKey("user_id", "kind", "subject_id", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("kind", models.CharField(max_length=10)),
                        ("subject_id", models.BigIntegerField()),
                        ("last_at", models.DateTimeField()),
                    ],
                    options={"indexes": [models.Index(fields=["user", "kind", "last_at"], name="seen_lately")], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Tally",
                    fields=[
                        ("pk", models.CompositePrimaryKey("user_id", "hour", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("hour", models.DateTimeField()),
                        ("reveals", models.PositiveIntegerField()),
                    ],
                    options={"indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Total",
                    fields=[
                        ("pk", models.CompositePrimaryKey("user_id", "kind", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("kind", models.CharField(max_length=10)),
                        ("customers", models.PositiveIntegerField()),
                    ],
                    options={"indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Campaign",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=60, verbose_name="名称")),
                        (
                            "unit",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit", verbose_name="机构"),
                        ),
                        (
                            "roles",
                            django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None, verbose_name="岗位"),
                        ),
                        ("due_at", models.DateTimeField(verbose_name="截止")),
                        ("repeat_months", models.PositiveSmallIntegerField(null=True, verbose_name="每几个月一次")),
                        (
                            "status",
                            models.CharField(
                                choices=[("waiting", "待复核"), ("open", "进行中"), ("closed", "已结束"), ("returned", "已退回")],
                                default="waiting",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "opened_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提出人"
                            ),
                        ),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提出")),
                        ("started_at", models.DateTimeField(null=True, verbose_name="开始")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="结束")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "权限复核",
                        "verbose_name_plural": "权限复核",
                        "ordering": ("-opened_at",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("started_at", None), ("due_at__gt", models.F("started_at")), _connector="OR"),
                                name="campaign_is_due_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("repeat_months", None), models.Q(("repeat_months__gte", 1), ("repeat_months__lte", 24)), _connector="OR"),
                                name="campaign_repeats_within_two_years",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="HeldRight",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("campaign", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rights", to="access.campaign")),
                        (
                            "person",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="人员"),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("role", "岗位"), ("grant", "临时授权"), ("portfolio", "名下客户"), ("token", "接口令牌"), ("case", "案件人员")],
                                max_length=10,
                                verbose_name="权限",
                            ),
                        ),
                        ("target", models.CharField(max_length=40)),
                        ("facts", models.JSONField(default=dict)),
                        (
                            "reviewer",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="复核人"
                            ),
                        ),
                        (
                            "decision",
                            models.CharField(
                                blank=True,
                                choices=[("keep", "已保留"), ("remove", "已取消"), ("lapsed", "到期取消"), ("spared", "到期未取消"), ("gone", "已先行结束")],
                                default="",
                                max_length=6,
                                verbose_name="决定",
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="决定人"
                            ),
                        ),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="决定时间")),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("because", models.CharField(blank=True, default="", max_length=30)),
                    ],
                    options={
                        "verbose_name": "待复核权限",
                        "verbose_name_plural": "待复核权限",
                        "ordering": ("person__staff_no", "pk"),
                        "indexes": [models.Index(fields=["reviewer", "decision"], name="access_held_reviewe_16f63d_idx")],
                        "constraints": [
                            models.UniqueConstraint(fields=("campaign", "person", "kind", "target"), name="right_is_reviewed_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_by", None), models.Q(("decided_by", models.F("person")), _negated=True), _connector="OR"),
                                    models.Q(("reviewer", None), models.Q(("reviewer", models.F("person")), _negated=True), _connector="OR"),
                                ),
                                name="right_is_never_decided_by_its_holder",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("decided_by", None), ("decision", "")),
                                    models.Q(("decided_at__isnull", False), ("decided_by__isnull", False), ("decision__in", ("keep", "remove"))),
                                    models.Q(("decided_at__isnull", False), ("decided_by", None), ("decision__in", ("lapsed", "spared", "gone"))),
                                    _connector="OR",
                                ),
                                name="right_decision_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decision__in", ("remove", "lapsed", "gone")), ("ended_at__isnull", False)),
                                    models.Q(models.Q(("decision__in", ("remove", "lapsed", "gone")), _negated=True), ("ended_at", None)),
                                    _connector="OR",
                                ),
                                name="right_that_was_removed_has_ended",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PolicyRule",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=12, verbose_name="规则")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("agent", "代理人"),
                                    ("claims_handler", "理赔人员"),
                                    ("service_desk", "客服"),
                                    ("compliance_officer", "合规官"),
                                    ("security_officer", "安全官"),
                                    ("auditor", "审计"),
                                    ("regulator", "监管"),
                                    ("administrator", "系统管理员"),
                                    ("customer", "客户本人"),
                                    ("partner", "合作方"),
                                    ("system", "系统作业"),
                                ],
                                max_length=24,
                                verbose_name="岗位",
                            ),
                        ),
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
                        (
                            "element_class",
                            models.CharField(
                                choices=[("identity", "身份信息"), ("financial", "财务信息"), ("policy", "保单信息")], max_length=12, verbose_name="分类"
                            ),
                        ),
                        ("max_level", models.PositiveSmallIntegerField(verbose_name="最高等级")),
                        (
                            "reach",
                            models.CharField(
                                choices=[("none", "无"), ("own", "名下客户"), ("case", "名下及受理的客户"), ("unit", "本机构"), ("all", "全部")],
                                max_length=8,
                                verbose_name="范围",
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("desk", "业务台"),
                                    ("admin", "合规后台"),
                                    ("portal", "客户服务"),
                                    ("regulator", "监管专区"),
                                    ("api", "接口"),
                                    ("command", "命令行"),
                                    ("task", "后台作业"),
                                ],
                                max_length=12,
                                verbose_name="渠道",
                            ),
                        ),
                        (
                            "networks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=43), blank=True, default=list, size=None, verbose_name="网段"
                            ),
                        ),
                        ("hour_from", models.PositiveSmallIntegerField(default=0, verbose_name="起始时刻")),
                        ("hour_until", models.PositiveSmallIntegerField(default=24, verbose_name="截止时刻")),
                        ("step_up_level", models.PositiveSmallIntegerField(default=4, verbose_name="二次验证等级")),
                        (
                            "training",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name="须有效的培训与承诺"
                            ),
                        ),
                        ("daily", models.PositiveIntegerField(blank=True, null=True, verbose_name="每人每天至多几名客户")),
                        ("since", models.DateTimeField(default=custodian.clock.now, verbose_name="生效")),
                        ("until", models.DateTimeField(blank=True, null=True, verbose_name="失效")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={
                        "verbose_name": "访问规则",
                        "verbose_name_plural": "访问规则",
                        "ordering": ("code", "-version"),
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "version"), name="policy_rule_version_is_unique"),
                            models.CheckConstraint(condition=models.Q(("max_level__gte", 1), ("max_level__lt", 6)), name="policy_rule_level_is_one_to_five"),
                            models.CheckConstraint(
                                condition=models.Q(("hour_from__lt", models.F("hour_until")), ("hour_until__lte", 24)), name="policy_rule_hours_are_a_span"
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="RuleProposal",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(max_length=12, verbose_name="规则")),
                        ("base_version", models.PositiveIntegerField(null=True, verbose_name="所改版本")),
                        ("ends", models.BooleanField(default=False, verbose_name="停用")),
                        ("terms", models.JSONField()),
                        ("since", models.DateTimeField(null=True, verbose_name="生效")),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        (
                            "status",
                            models.CharField(
                                choices=[("draft", "草案"), ("waiting", "待复核"), ("approved", "已批准"), ("returned", "已退回"), ("withdrawn", "已撤回")],
                                default="draft",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提出人"
                            ),
                        ),
                        ("proposed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提出")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={"verbose_name": "规则修改", "verbose_name_plural": "规则修改", "ordering": ("-proposed_at",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Replay",
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
                        ("proposal", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="replays", to="access.ruleproposal")),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(verbose_name="至")),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="申请人"
                            ),
                        ),
                        ("result", models.JSONField(null=True)),
                    ],
                    options={
                        "verbose_name": "回放",
                        "verbose_name_plural": "回放",
                        "ordering": ("-created_at",),
                        "constraints": [models.CheckConstraint(condition=models.Q(("since__lte", models.F("until"))), name="replay_covers_a_period")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ScorecardFigure",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("indicator", models.CharField(max_length=16, verbose_name="指标")),
                        ("week", models.DateField(verbose_name="周")),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit")),
                        ("part", models.PositiveBigIntegerField()),
                        ("base", models.PositiveBigIntegerField()),
                        ("counted_at", models.DateTimeField(default=custodian.clock.now, verbose_name="统计时间")),
                    ],
                    options={
                        "ordering": ("week", "indicator", "unit"),
                        "constraints": [
                            models.UniqueConstraint(fields=("week", "indicator", "unit"), name="scorecard_figure_once_a_week"),
                            models.CheckConstraint(condition=models.Q(("week__iso_week_day", 1)), name="scorecard_week_begins_on_monday"),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ApiToken",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("name", models.CharField(max_length=60, verbose_name="名称")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name="人员")),
                        ("digest", models.BinaryField(max_length=32, unique=True)),
                        ("actions", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None, verbose_name="动作")),
                        (
                            "purposes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
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
                                ),
                                size=None,
                                verbose_name="用途",
                            ),
                        ),
                        (
                            "networks",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=50), blank=True, default=list, size=None, verbose_name="网段"
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=custodian.clock.now, verbose_name="签发")),
                        ("expires_at", models.DateTimeField(verbose_name="到期")),
                        ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="吊销")),
                    ],
                    options={"verbose_name": "接口令牌", "verbose_name_plural": "接口令牌", "ordering": ("-created_at",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="TokenGrant",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("token", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="access.apitoken")),
                        ("elements", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None, verbose_name="信息项")),
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
                        ("granted_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL, verbose_name="授权人")),
                        ("since", models.DateTimeField(default=custodian.clock.now, verbose_name="自")),
                        ("until", models.DateTimeField(verbose_name="至")),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "verbose_name": "令牌授权",
                        "verbose_name_plural": "令牌授权",
                        "constraints": [models.CheckConstraint(condition=models.Q(("until__gt", models.F("since"))), name="token_grant_ends_after_it_begins")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Course",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.SlugField(max_length=40, verbose_name="代码")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        ("title_zh", models.CharField(max_length=80, verbose_name="标题（中文）")),
                        ("title_en", models.CharField(max_length=120, verbose_name="标题（英文）")),
                        (
                            "roles",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("agent", "代理人"),
                                        ("claims_handler", "理赔人员"),
                                        ("service_desk", "客服"),
                                        ("compliance_officer", "合规官"),
                                        ("security_officer", "安全官"),
                                        ("auditor", "审计"),
                                        ("regulator", "监管"),
                                        ("administrator", "系统管理员"),
                                        ("customer", "客户本人"),
                                        ("partner", "合作方"),
                                        ("system", "系统作业"),
                                    ],
                                    max_length=24,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="适用岗位",
                            ),
                        ),
                        ("law", models.CharField(blank=True, max_length=20, verbose_name="法规条款")),
                        ("mark", models.CharField(blank=True, max_length=2)),
                        ("since", models.DateTimeField(default=custodian.clock.now, verbose_name="生效")),
                        ("until", models.DateTimeField(blank=True, null=True, verbose_name="失效")),
                        ("digest", models.CharField(max_length=64, verbose_name="内容指纹")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        (
                            "field",
                            models.CharField(choices=[("law", "法律"), ("technique", "技术"), ("emergencies", "应急")], max_length=12, verbose_name="类别"),
                        ),
                        ("pass_mark", models.PositiveSmallIntegerField(default=80, verbose_name="及格线（%）")),
                        ("months", models.PositiveSmallIntegerField(default=12, verbose_name="有效期（月）")),
                    ],
                    options={
                        "verbose_name": "课程",
                        "verbose_name_plural": "课程",
                        "ordering": ("code", "-version"),
                        "abstract": False,
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "version"), name="course_version_is_unique"),
                            models.UniqueConstraint(condition=models.Q(("until", None)), fields=("code",), name="course_has_one_newest_version"),
                            models.CheckConstraint(condition=models.Q(("pass_mark__gte", 1), ("pass_mark__lte", 100)), name="course_pass_mark_is_a_share"),
                            models.CheckConstraint(condition=models.Q(("months__gte", 1), ("months__lte", 60)), name="course_holds_for_months"),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Lesson",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("course", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="lessons", to="access.course")),
                        ("number", models.PositiveSmallIntegerField()),
                        ("title_zh", models.CharField(max_length=80)),
                        ("title_en", models.CharField(max_length=120)),
                        ("body_zh", models.TextField()),
                        ("body_en", models.TextField()),
                    ],
                    options={
                        "ordering": ("number",),
                        "constraints": [models.UniqueConstraint(fields=("course", "number"), name="lesson_number_is_unique")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Question",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("course", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="questions", to="access.course")),
                        ("number", models.PositiveSmallIntegerField()),
                        ("text_zh", models.CharField(max_length=300)),
                        ("text_en", models.CharField(max_length=400)),
                        ("choices_zh", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None)),
                        ("choices_en", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), size=None)),
                        ("right", models.PositiveSmallIntegerField()),
                        ("feedback_zh", models.CharField(max_length=300)),
                        ("feedback_en", models.CharField(max_length=400)),
                    ],
                    options={
                        "ordering": ("number",),
                        "constraints": [
                            models.UniqueConstraint(fields=("course", "number"), name="question_number_is_unique"),
                            models.CheckConstraint(condition=models.Q(("right__lt", models.F("choices_zh__len"))), name="question_has_a_right_choice"),
                            models.CheckConstraint(
                                condition=models.Q(("choices_zh__len", models.F("choices_en__len"))), name="question_has_its_choices_in_both_languages"
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Attempt",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to=settings.AUTH_USER_MODEL)),
                        ("course", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="attempts", to="access.course")),
                        ("number", models.PositiveIntegerField()),
                        ("answers", models.JSONField()),
                        ("score", models.PositiveSmallIntegerField(verbose_name="得分（%）")),
                        ("passed", models.BooleanField(verbose_name="通过")),
                        ("taken_at", models.DateTimeField(default=custodian.clock.now, verbose_name="时间")),
                        ("valid_until", models.DateTimeField(null=True, verbose_name="有效至")),
                        ("mac", models.BinaryField(default=b"")),
                    ],
                    options={
                        "ordering": ("-taken_at",),
                        "constraints": [
                            models.UniqueConstraint(fields=("user", "course", "number"), name="attempt_is_numbered_once"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("passed", True), ("valid_until__isnull", False)),
                                    models.Q(("passed", False), ("valid_until", None)),
                                    _connector="OR",
                                ),
                                name="attempt_is_valid_for_a_time_iff_passed",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Undertaking",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.SlugField(max_length=40, verbose_name="代码")),
                        ("version", models.PositiveIntegerField(default=1, verbose_name="版本")),
                        ("title_zh", models.CharField(max_length=80, verbose_name="标题（中文）")),
                        ("title_en", models.CharField(max_length=120, verbose_name="标题（英文）")),
                        (
                            "roles",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("agent", "代理人"),
                                        ("claims_handler", "理赔人员"),
                                        ("service_desk", "客服"),
                                        ("compliance_officer", "合规官"),
                                        ("security_officer", "安全官"),
                                        ("auditor", "审计"),
                                        ("regulator", "监管"),
                                        ("administrator", "系统管理员"),
                                        ("customer", "客户本人"),
                                        ("partner", "合作方"),
                                        ("system", "系统作业"),
                                    ],
                                    max_length=24,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="适用岗位",
                            ),
                        ),
                        ("law", models.CharField(blank=True, max_length=20, verbose_name="法规条款")),
                        ("mark", models.CharField(blank=True, max_length=2)),
                        ("since", models.DateTimeField(default=custodian.clock.now, verbose_name="生效")),
                        ("until", models.DateTimeField(blank=True, null=True, verbose_name="失效")),
                        ("digest", models.CharField(max_length=64, verbose_name="内容指纹")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("clause_zh", models.CharField(max_length=80, verbose_name="合同条款（中文）")),
                        ("clause_en", models.CharField(max_length=120, verbose_name="合同条款（英文）")),
                        ("clause_version", models.CharField(max_length=20, verbose_name="条款版本")),
                        ("text_zh", models.TextField(verbose_name="全文（中文）")),
                        ("text_en", models.TextField(verbose_name="全文（英文）")),
                    ],
                    options={
                        "verbose_name": "保密承诺",
                        "verbose_name_plural": "保密承诺",
                        "ordering": ("code", "-version"),
                        "abstract": False,
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "version"), name="undertaking_version_is_unique"),
                            models.UniqueConstraint(condition=models.Q(("until", None)), fields=("code",), name="undertaking_has_one_newest_version"),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Signature",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to=settings.AUTH_USER_MODEL)),
                        ("undertaking", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="access.undertaking")),
                        ("digest", models.CharField(max_length=64)),
                        ("signed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="签署时间")),
                        ("mac", models.BinaryField(default=b"")),
                    ],
                    options={
                        "ordering": ("-signed_at",),
                        "constraints": [models.UniqueConstraint(fields=("user", "undertaking"), name="undertaking_is_signed_once_by_each")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Reminder",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to=settings.AUTH_USER_MODEL)),
                        ("code", models.SlugField(max_length=40)),
                        ("until", models.DateTimeField()),
                        ("days", models.PositiveSmallIntegerField()),
                        ("made_at", models.DateTimeField(default=custodian.clock.now)),
                        ("mailed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ("-made_at",),
                        "constraints": [models.UniqueConstraint(fields=("user", "code", "until", "days"), name="reminder_is_given_once")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Tree",
                    fields=[
                        ("one", models.BooleanField(default=True, primary_key=True, serialize=False)),
                        ("size", models.BigIntegerField()),
                        ("announced", models.BigIntegerField()),
                        ("announced_at", models.DateTimeField(null=True)),
                        ("min_index", models.BigIntegerField()),
                        ("keys", models.TextField()),
                        ("codes", models.TextField()),
                    ],
                    options={"db_table": 'querylog"."tree', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Checkpoint",
                    fields=[
                        ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("root", models.BinaryField()),
                        ("note", models.TextField()),
                        ("made_at", models.DateTimeField()),
                        ("announced_at", models.DateTimeField(null=True)),
                    ],
                    options={"db_table": 'querylog"."checkpoint', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Cosignature",
                    fields=[
                        ("pk", models.CompositePrimaryKey("size", "witness", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("size", models.BigIntegerField()),
                        ("witness", models.TextField()),
                        ("line", models.TextField()),
                        ("at", models.DateTimeField()),
                    ],
                    options={"db_table": 'querylog"."cosignature', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="RollRow",
                    fields=[
                        ("upto", models.BigIntegerField(primary_key=True, serialize=False)),
                        ("leaf", models.BigIntegerField()),
                        ("people", models.IntegerField()),
                        ("root", models.BinaryField()),
                        ("taken_at", models.DateTimeField()),
                    ],
                    options={"db_table": 'querylog"."roll', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Hourly",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "hour", "actor", "unit", "act", "purpose", "outcome", "channel", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("hour", models.DateTimeField()),
                        ("actor", models.UUIDField()),
                        ("unit", models.TextField()),
                        ("act", models.TextField()),
                        ("purpose", models.TextField()),
                        ("outcome", models.TextField()),
                        ("channel", models.TextField()),
                        ("count", models.BigIntegerField()),
                        ("shown", models.BigIntegerField()),
                    ],
                    options={"db_table": 'querylog"."hourly', "managed": False, "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Feed",
                    fields=[("name", models.CharField(max_length=20, primary_key=True, serialize=False)), ("next_index", models.BigIntegerField(default=0))],
                    options={"indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Verification",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("kind", models.CharField(choices=[("full", "全量核验"), ("incremental", "增量核验")], max_length=12, verbose_name="核验")),
                        ("started_at", models.DateTimeField(default=custodian.clock.now, verbose_name="开始时间")),
                        ("finished_at", models.DateTimeField(null=True, verbose_name="完成时间")),
                        ("since", models.BigIntegerField(default=0)),
                        ("until", models.BigIntegerField(default=0, verbose_name="核验至")),
                        ("ok", models.BooleanField(null=True)),
                        ("first_bad", models.BigIntegerField(null=True)),
                        ("because", models.CharField(blank=True, max_length=60)),
                        ("sessions", models.JSONField(default=dict)),
                        ("resume", models.BigIntegerField(default=0)),
                        ("missing", models.BigIntegerField(default=0)),
                    ],
                    options={
                        "verbose_name": "日志核验",
                        "verbose_name_plural": "日志核验",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("first_bad__isnull", False), ("ok", False)),
                                    models.Q(("first_bad", None), ("ok", True)),
                                    models.Q(("first_bad", None), ("ok", None)),
                                    _connector="OR",
                                ),
                                name="verification_names_its_fault",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="WorkItem",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("number", models.CharField(blank=True, max_length=40, verbose_name="编号")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("follow_up", "回访任务"),
                                    ("policy_service", "保全申请"),
                                    ("underwriting", "核保任务"),
                                    ("claim", "赔案"),
                                    ("payment", "给付任务"),
                                    ("complaint", "投诉"),
                                    ("correction", "更正"),
                                    ("request", "客户申请"),
                                    ("contact", "来电来访"),
                                ],
                                max_length=16,
                                verbose_name="事项",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[("desk", "业务台"), ("import", "导入"), ("api", "接口"), ("portal", "客户服务")], max_length=8, verbose_name="来源"
                            ),
                        ),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="work_items", to="access.subject")),
                        (
                            "user",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="经办人"
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit", verbose_name="经办机构"
                            ),
                        ),
                        (
                            "opened_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="登记人"
                            ),
                        ),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="登记")),
                        ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="期限")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="办结")),
                        ("outcome", models.CharField(blank=True, choices=[("done", "已办结"), ("withdrawn", "已撤销")], max_length=10, verbose_name="结果")),
                    ],
                    options={
                        "verbose_name": "工作事项",
                        "verbose_name_plural": "工作事项",
                        "ordering": ("-opened_at", "-pk"),
                        "indexes": [
                            models.Index(fields=["subject", "opened_at"], name="work_item_of_subject"),
                            models.Index(fields=["user", "closed_at"], name="work_item_of_person"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("number", ""), _negated=True), fields=("source", "number"), name="work_item_number_is_unique_in_its_source"
                            ),
                            models.CheckConstraint(condition=models.Q(("unit", None), ("user", None), _negated=True), name="work_item_is_somebodys"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at", None), ("outcome", "")),
                                    models.Q(("closed_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="work_item_closes_with_an_outcome",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("closed_at", None), ("closed_at__gte", models.F("opened_at")), _connector="OR"),
                                name="work_item_closes_after_it_opens",
                            ),
                        ],
                    },
                ),
            ]
        )
    ]
