"""All tables as they are today; what follows gives them triggers, rights, scopes and seeds."""

import custodian.clock
import custodian.tables
import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("access", "0001_tables"), ("records", "0001_tables"), ("transfers", "0001_tables")]

    operations = [
        custodian.tables.CreateTables(
            tables=[
                migrations.CreateModel(
                    name="Incident",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=16, unique=True, verbose_name="编号")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("insider", "内部人员泄露或倒卖"),
                                    ("device", "设备或存储介质遗失"),
                                    ("partner", "合作方平台泄露"),
                                    ("misdirected", "误发"),
                                    ("ransomware", "勒索软件"),
                                    ("intrusion", "系统入侵"),
                                    ("tampering", "资料或日志被篡改"),
                                    ("loss", "资料丢失或损坏"),
                                    ("fraud_call", "冒充公司的诈骗来电"),
                                    ("other", "其他"),
                                ],
                                max_length=12,
                                verbose_name="类型",
                            ),
                        ),
                        ("title", models.CharField(max_length=100, verbose_name="事由")),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "处置中"), ("handled", "已处置，待结案"), ("closed", "已结案")],
                                default="open",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("occurred_at", models.DateTimeField(null=True, verbose_name="发生时间")),
                        ("aware_at", models.DateTimeField(verbose_name="知悉时间")),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="立案时间")),
                        (
                            "opened_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="立案人"
                            ),
                        ),
                        ("handled_at", models.DateTimeField(null=True, verbose_name="处置结束")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="结案时间")),
                        ("closing", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("exercise", models.BooleanField(default=False, verbose_name="演练")),
                    ],
                    options={
                        "verbose_name": "事件",
                        "verbose_name_plural": "事件",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at", None), ("handled_at", None), ("status", "open")),
                                    models.Q(("closed_at", None), ("handled_at__isnull", False), ("status", "handled")),
                                    models.Q(("closed_at__isnull", False), ("handled_at__isnull", False), ("status", "closed")),
                                    _connector="OR",
                                ),
                                name="incident_says_when_it_was_handled_and_closed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("occurred_at", None), ("occurred_at__lte", models.F("aware_at")), _connector="OR"),
                                name="incident_is_known_after_it_happened",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Member",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="members", to="incidents.incident")),
                        (
                            "user",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="人员"),
                        ),
                        ("part", models.CharField(choices=[("lead", "负责人"), ("member", "成员"), ("observer", "列席")], max_length=8, verbose_name="角色")),
                        ("joined_at", models.DateTimeField(default=custodian.clock.now, verbose_name="加入")),
                        ("joined_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("left_at", models.DateTimeField(null=True, verbose_name="退出")),
                    ],
                    options={
                        "verbose_name": "工作组成员",
                        "verbose_name_plural": "工作组成员",
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(condition=models.Q(("left_at", None)), fields=("incident", "user"), name="incident_has_a_person_once")
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="IncidentTask",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="incidents.incident")),
                        ("step", models.CharField(blank=True, max_length=40)),
                        ("title", models.CharField(blank=True, max_length=120, verbose_name="要做什么")),
                        ("added_at", models.DateTimeField(default=custodian.clock.now)),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="负责人"
                            ),
                        ),
                        ("due_at", models.DateTimeField(null=True, verbose_name="期限")),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "待办"), ("done", "已办"), ("not_needed", "不需要")], default="open", max_length=10, verbose_name="状态"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                        ("done_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                        ("done_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "verbose_name": "处置任务",
                        "verbose_name_plural": "处置任务",
                        "ordering": ("due_at", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("step", ""), models.Q(("title", ""), _negated=True)),
                                    models.Q(models.Q(("step", ""), _negated=True), ("title", "")),
                                    _connector="OR",
                                ),
                                name="incident_task_is_a_step_or_has_a_title",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at", None), ("done_by", None), ("status", "open")),
                                    models.Q(models.Q(("status", "open"), _negated=True), ("done_at__isnull", False), ("done_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="incident_task_over_says_when_and_by_whom",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="AffectedList",
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
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="affected", to="incidents.incident")),
                        (
                            "by",
                            models.CharField(
                                choices=[
                                    ("operator", "操作人的查询"),
                                    ("session", "一次登录的查询"),
                                    ("export", "导出文件"),
                                    ("partner", "合作方持有的资料"),
                                    ("transfer", "移交包"),
                                    ("trace", "外泄名单"),
                                ],
                                max_length=8,
                                verbose_name="依据",
                            ),
                        ),
                        ("about", models.CharField(max_length=40, verbose_name="编号")),
                        ("since", models.DateTimeField(null=True, verbose_name="起")),
                        ("until", models.DateTimeField(null=True, verbose_name="止")),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提交人"
                            ),
                        ),
                        ("customers", models.PositiveIntegerField(null=True, verbose_name="受影响客户")),
                        ("clear", models.PositiveIntegerField(null=True, verbose_name="其中看到明文")),
                        ("elements", models.JSONField(default=dict)),
                        ("digest", models.CharField(blank=True, max_length=64, verbose_name="指纹")),
                        ("entry", models.BigIntegerField(null=True)),
                        ("checked_at", models.DateTimeField(null=True, verbose_name="复算时间")),
                        ("same", models.BooleanField(null=True, verbose_name="复算一致")),
                    ],
                    options={
                        "verbose_name": "受影响名单",
                        "verbose_name_plural": "受影响名单",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "done"), _negated=True),
                                    models.Q(("clear__isnull", False), ("customers__isnull", False), models.Q(("digest", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="affected_list_that_is_done_has_numbers",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Alert",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("finding", "审计发现"),
                                    ("integrity", "完整性检查"),
                                    ("customer", "客户反映"),
                                    ("partner", "合作方通报"),
                                    ("external", "外部系统"),
                                    ("staff", "员工报告"),
                                ],
                                max_length=12,
                                verbose_name="来源",
                            ),
                        ),
                        (
                            "severity",
                            models.CharField(choices=[("urgent", "紧急"), ("high", "高"), ("medium", "中"), ("low", "低")], max_length=8, verbose_name="级别"),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[("new", "待分诊"), ("case", "已立案"), ("duplicate", "重复"), ("false_alarm", "误报"), ("settled", "原因已消除")],
                                default="new",
                                max_length=12,
                                verbose_name="状态",
                            ),
                        ),
                        ("summary", models.CharField(max_length=300, verbose_name="说明")),
                        ("finding", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to="access.finding", verbose_name="审计发现")),
                        ("raised_at", models.DateTimeField(default=custodian.clock.now, verbose_name="时间")),
                        ("happened_at", models.DateTimeField(null=True, verbose_name="发生时间")),
                        ("system", models.CharField(blank=True, max_length=60, verbose_name="系统")),
                        ("number", models.CharField(blank=True, max_length=120, verbose_name="对方编号")),
                        (
                            "incident",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="alerts", to="incidents.incident", verbose_name="事件"
                            ),
                        ),
                        ("same_as", models.UUIDField(db_index=True, null=True, verbose_name="同一告警")),
                        (
                            "decided_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("decided_at", models.DateTimeField(null=True, verbose_name="分诊时间")),
                        ("why", models.CharField(blank=True, max_length=200, verbose_name="理由")),
                    ],
                    options={
                        "verbose_name": "告警",
                        "verbose_name_plural": "告警",
                        "ordering": ("-raised_at",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("number", ""), _negated=True), fields=("system", "number"), name="alert_of_a_system_comes_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("incident__isnull", False), ("status", "case")),
                                    models.Q(models.Q(("status", "case"), _negated=True), ("incident", None)),
                                    _connector="OR",
                                ),
                                name="alert_of_a_case_names_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("same_as__isnull", False), ("status", "duplicate")),
                                    models.Q(models.Q(("status", "duplicate"), _negated=True), ("same_as", None)),
                                    _connector="OR",
                                ),
                                name="alert_that_is_a_double_names_the_other",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Assessment",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="assessments", to="incidents.incident")),
                        ("occasions", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), size=None)),
                        (
                            "severity",
                            models.CharField(
                                choices=[("critical", "特别重大"), ("major", "重大"), ("significant", "较大"), ("ordinary", "一般")],
                                max_length=12,
                                verbose_name="金融监管分级",
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                choices=[("critical", "特别重大"), ("major", "重大"), ("significant", "较大"), ("ordinary", "一般")],
                                max_length=12,
                                verbose_name="网信分级",
                            ),
                        ),
                        (
                            "operator",
                            models.CharField(
                                choices=[("other", "其他网络运营者"), ("cii", "关键信息基础设施"), ("central_organ", "中央和国家机关")],
                                max_length=14,
                                verbose_name="系统性质",
                            ),
                        ),
                        ("counted", models.JSONField(default=dict)),
                        ("reason", models.CharField(max_length=1000, verbose_name="理由")),
                        ("made_at", models.DateTimeField(default=custodian.clock.now, verbose_name="评定时间")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={"verbose_name": "评定", "verbose_name_plural": "评定", "ordering": ("pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="IncidentClock",
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
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="incidents.incident")),
                        ("number", models.PositiveSmallIntegerField(default=1)),
                        ("reference", models.CharField(blank=True, max_length=100, verbose_name="报送编号")),
                        ("why_late", models.CharField(blank=True, max_length=300, verbose_name="逾期原因")),
                    ],
                    options={
                        "ordering": ("due_at", "pk"),
                        "constraints": [
                            models.UniqueConstraint(fields=("incident", "rule", "number"), name="incident_clock_runs_once"),
                            models.CheckConstraint(
                                condition=models.Q(("late_reason", False), models.Q(("why_late", ""), _negated=True), _connector="OR"),
                                name="incident_clock_late_says_why",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="AuditRound",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("rule", models.CharField(db_index=True, max_length=24)),
                        ("about", models.CharField(blank=True, max_length=16)),
                        ("due_on", models.DateField(verbose_name="到期日")),
                        (
                            "state",
                            models.CharField(
                                choices=[("planned", "已安排"), ("under_way", "进行中"), ("reported", "已报告")],
                                default="planned",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        ("planned_on", models.DateField(verbose_name="计划开始")),
                        (
                            "lead",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="负责人"
                            ),
                        ),
                        ("auditor", models.CharField(max_length=80, verbose_name="审计机构或负责人")),
                        ("ordered", models.BooleanField(default=False, verbose_name="监管要求")),
                        ("planned_at", models.DateTimeField(default=custodian.clock.now)),
                        ("planned_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("begun_at", models.DateTimeField(null=True)),
                        ("done_on", models.DateField(null=True, verbose_name="完成日")),
                        ("conclusion", models.CharField(blank=True, max_length=300, verbose_name="结论")),
                        ("paper", models.CharField(blank=True, max_length=100, verbose_name="报告存放")),
                        ("paper_sha256", models.CharField(blank=True, max_length=64, verbose_name="文件指纹")),
                        ("filed_on", models.DateField(null=True, verbose_name="报送日")),
                        ("filed_ref", models.CharField(blank=True, max_length=60, verbose_name="报送编号")),
                        ("rectified_filed_on", models.DateField(null=True, verbose_name="整改报告报送日")),
                        ("rectified_ref", models.CharField(blank=True, max_length=60)),
                    ],
                    options={
                        "verbose_name": "审计与报告",
                        "verbose_name_plural": "审计与报告",
                        "ordering": ("-due_on", "-pk"),
                        "constraints": [
                            models.UniqueConstraint(fields=("rule", "about", "due_on"), name="audit_round_is_once_for_a_date"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_on__isnull", False), ("state", "reported"), models.Q(("paper", ""), _negated=True)),
                                    models.Q(models.Q(("state", "reported"), _negated=True), ("done_on", None), ("paper", ""), ("rectified_filed_on", None)),
                                    _connector="OR",
                                ),
                                name="audit_round_that_is_reported_says_when_and_where",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="TimelineEntry",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="timeline", to="incidents.incident")),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("opened", "立案"),
                                    ("alert", "并入告警"),
                                    ("facts", "时间认定"),
                                    ("joined", "加入工作组"),
                                    ("left", "退出工作组"),
                                    ("task", "任务"),
                                    ("note", "记录"),
                                    ("evidence", "证据归档"),
                                    ("link", "关联"),
                                    ("decision", "决定"),
                                    ("assessed", "评定"),
                                    ("reported", "办结时限"),
                                    ("cut", "停止访问"),
                                    ("restored", "恢复访问"),
                                    ("notice", "告知客户"),
                                    ("remedy", "整改措施"),
                                    ("reviewed", "事后复盘"),
                                    ("exercise", "演练"),
                                    ("handled", "处置结束"),
                                    ("reopened", "重新处置"),
                                    ("closed", "结案"),
                                ],
                                max_length=10,
                                verbose_name="事项",
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="时间")),
                        ("recorded_at", models.DateTimeField(default=custodian.clock.now, verbose_name="记录时间")),
                        (
                            "recorded_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("facts", models.JSONField(default=dict)),
                        ("text", models.CharField(blank=True, max_length=1000, verbose_name="内容")),
                    ],
                    options={"verbose_name": "时间线", "verbose_name_plural": "时间线", "ordering": ("at", "pk"), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="IncidentEvidence",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="incidents.incident")),
                        ("place", models.CharField(blank=True, max_length=100, verbose_name="存放处")),
                        ("name", models.CharField(max_length=100, verbose_name="名称")),
                        ("origin", models.CharField(max_length=200, verbose_name="来源")),
                        ("media_type", models.CharField(max_length=40)),
                        ("length", models.PositiveBigIntegerField(verbose_name="大小")),
                        ("sha256", models.CharField(blank=True, max_length=64, verbose_name="指纹")),
                        ("filed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="归档时间")),
                        (
                            "filed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="归档人"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "证据",
                        "verbose_name_plural": "证据",
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("place", ""), _negated=True),
                                    models.Q(models.Q(("sha256", ""), _negated=True), ("length__gt", 0)),
                                    _connector="OR",
                                ),
                                name="incident_evidence_is_here_or_says_where",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Custody",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("evidence", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="custody", to="incidents.incidentevidence")),
                        (
                            "act",
                            models.CharField(
                                choices=[("filed", "归档"), ("opened", "取出阅看"), ("checked", "核对指纹"), ("handed", "移交")],
                                max_length=8,
                                verbose_name="动作",
                            ),
                        ),
                        ("at", models.DateTimeField(default=custodian.clock.now, verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="经手人"
                            ),
                        ),
                        ("to", models.CharField(blank=True, max_length=100, verbose_name="交给")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                    ],
                    options={
                        "verbose_name": "保管链",
                        "verbose_name_plural": "保管链",
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("act", "handed"), _negated=True), models.Q(("to", ""), _negated=True), _connector="OR"),
                                name="custody_handed_says_to_whom",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="IncidentLink",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="links", to="incidents.incident")),
                        ("customer", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("operator", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("partner", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.counterparty")),
                        ("transfer", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.transfer")),
                        ("export", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.export")),
                        ("trace", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.leaktrace")),
                        ("why", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                        ("linked_at", models.DateTimeField(default=custodian.clock.now, verbose_name="时间")),
                        ("linked_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "verbose_name": "关联",
                        "verbose_name_plural": "关联",
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("customer__isnull", False),
                                        ("export__isnull", True),
                                        ("operator__isnull", True),
                                        ("partner__isnull", True),
                                        ("trace__isnull", True),
                                        ("transfer__isnull", True),
                                    ),
                                    models.Q(
                                        ("customer__isnull", True),
                                        ("export__isnull", True),
                                        ("operator__isnull", False),
                                        ("partner__isnull", True),
                                        ("trace__isnull", True),
                                        ("transfer__isnull", True),
                                    ),
                                    models.Q(
                                        ("customer__isnull", True),
                                        ("export__isnull", True),
                                        ("operator__isnull", True),
                                        ("partner__isnull", False),
                                        ("trace__isnull", True),
                                        ("transfer__isnull", True),
                                    ),
                                    models.Q(
                                        ("customer__isnull", True),
                                        ("export__isnull", True),
                                        ("operator__isnull", True),
                                        ("partner__isnull", True),
                                        ("trace__isnull", True),
                                        ("transfer__isnull", False),
                                    ),
                                    models.Q(
                                        ("customer__isnull", True),
                                        ("export__isnull", False),
                                        ("operator__isnull", True),
                                        ("partner__isnull", True),
                                        ("trace__isnull", True),
                                        ("transfer__isnull", True),
                                    ),
                                    models.Q(
                                        ("customer__isnull", True),
                                        ("export__isnull", True),
                                        ("operator__isnull", True),
                                        ("partner__isnull", True),
                                        ("trace__isnull", False),
                                        ("transfer__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incident_link_names_one_thing",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("customer__isnull", False)), fields=("incident", "customer"), name="incident_has_a_customer_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("operator__isnull", False)), fields=("incident", "operator"), name="incident_has_a_operator_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("partner__isnull", False)), fields=("incident", "partner"), name="incident_has_a_partner_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("transfer__isnull", False)), fields=("incident", "transfer"), name="incident_has_a_transfer_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("export__isnull", False)), fields=("incident", "export"), name="incident_has_a_export_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("trace__isnull", False)), fields=("incident", "trace"), name="incident_has_a_trace_once"
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="ControlCheck",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("control", models.CharField(db_index=True, max_length=24, verbose_name="控制措施")),
                        ("due_on", models.DateField(verbose_name="应查日")),
                        ("at", models.DateTimeField(default=custodian.clock.now, verbose_name="自查时间")),
                        ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("result", models.CharField(choices=[("passed", "有效"), ("failed", "失效")], max_length=6, verbose_name="结果")),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="查到了什么")),
                        ("evidence", models.CharField(blank=True, max_length=100, verbose_name="凭据")),
                        ("measured", models.JSONField(default=dict)),
                        ("confirmed_at", models.DateTimeField(null=True)),
                        (
                            "confirmed_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("confirmed_note", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "verbose_name": "控制自查",
                        "verbose_name_plural": "控制自查",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("by__isnull", False), models.Q(("note", ""), _negated=True)),
                                    models.Q(("by", None), models.Q(("measured", {}), _negated=True)),
                                    _connector="OR",
                                ),
                                name="control_check_is_by_a_person_or_measured",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("confirmed_at", None), ("confirmed_by", None)),
                                    models.Q(
                                        ("confirmed_at__isnull", False),
                                        ("confirmed_by__isnull", False),
                                        ("result", "failed"),
                                        models.Q(("by", None), models.Q(("confirmed_by", models.F("by")), _negated=True), _connector="OR"),
                                    ),
                                    _connector="OR",
                                ),
                                name="control_check_that_failed_is_confirmed_by_another",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="UnitCut",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="unit_cuts", to="incidents.incident")),
                        ("unit", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit", verbose_name="机构")),
                        (
                            "person",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="人员"),
                        ),
                        ("cut_at", models.DateTimeField(default=custodian.clock.now, verbose_name="停止时间")),
                        ("restored_at", models.DateTimeField(null=True, verbose_name="恢复时间")),
                    ],
                    options={
                        "verbose_name": "停止访问",
                        "verbose_name_plural": "停止访问",
                        "ordering": ("unit", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("restored_at", None), ("restored_at__gte", models.F("cut_at")), _connector="OR"),
                                name="unit_cut_is_restored_after_it_was_cut",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("restored_at", None)), fields=("incident", "person"), name="unit_cut_holds_a_person_once_in_a_case"
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Exercise",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("incident", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="played", to="incidents.incident")),
                        ("scenario", models.CharField(max_length=40, verbose_name="场景")),
                        ("begun_at", models.DateTimeField(default=custodian.clock.now, verbose_name="开始")),
                        ("answers", models.JSONField(default=dict)),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="结束")),
                        ("score", models.JSONField(default=list)),
                        ("points", models.PositiveSmallIntegerField(null=True, verbose_name="得分")),
                        ("most", models.PositiveSmallIntegerField(null=True, verbose_name="满分")),
                    ],
                    options={
                        "verbose_name": "演练",
                        "verbose_name_plural": "演练",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("most", None), ("points", None)),
                                    models.Q(("ended_at__isnull", False), ("most__isnull", False), ("points__isnull", False)),
                                    _connector="OR",
                                ),
                                name="exercise_that_ended_has_a_score",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudCase",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(max_length=16, unique=True, verbose_name="编号")),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("suspected", "待甄别"),
                                    ("dismissed", "甄别不成立"),
                                    ("open", "调查中"),
                                    ("concluded", "已定论"),
                                    ("closed", "已结案"),
                                ],
                                default="suspected",
                                max_length=10,
                                verbose_name="状态",
                            ),
                        ),
                        (
                            "subject",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject", verbose_name="客户"
                            ),
                        ),
                        (
                            "operator",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="操作人"
                            ),
                        ),
                        ("kept_from", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                        ("score", models.PositiveSmallIntegerField(default=0, verbose_name="得分")),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="发现")),
                        ("triaged_at", models.DateTimeField(null=True, verbose_name="甄别")),
                        (
                            "triaged_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("outcome", models.CharField(blank=True, choices=[("unfounded", "不成立"), ("founded", "成立")], max_length=10, verbose_name="结论")),
                        (
                            "measures",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[("refuse", "建议不予给付"), ("police", "报案"), ("internal", "内部人员移交事件处置")], max_length=8
                                ),
                                default=list,
                                size=None,
                            ),
                        ),
                        ("concluded_at", models.DateTimeField(null=True, verbose_name="定论")),
                        ("conclusion", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="结案时间")),
                        ("closing", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("alert", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.alert")),
                    ],
                    options={
                        "verbose_name": "欺诈疑点",
                        "verbose_name_plural": "欺诈疑点",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("subject__isnull", False), ("operator__isnull", False), _connector="OR"),
                                name="fraud_case_is_about_a_customer_or_an_operator",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "suspected"), ("triaged_at", None), ("triaged_by", None)),
                                    models.Q(models.Q(("state", "suspected"), _negated=True), ("triaged_at__isnull", False), ("triaged_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="fraud_case_says_by_whom_it_was_triaged",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("concluded_at", None), ("conclusion", None), ("outcome", ""), ("state__in", ("suspected", "dismissed", "open"))),
                                    models.Q(
                                        ("state__in", ("concluded", "closed")),
                                        models.Q(("outcome", ""), _negated=True),
                                        ("concluded_at__isnull", False),
                                        ("conclusion__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="fraud_case_is_concluded_by_an_approval",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at", None), ("closing", None)),
                                    models.Q(("closed_at__isnull", False), ("closing__isnull", False), ("state", "closed")),
                                    _connector="OR",
                                ),
                                name="fraud_case_is_closed_by_an_approval",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("outcome", "founded"), ("measures", []), _connector="OR"), name="fraud_case_unfounded_has_no_measures"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ("suspected", "open", "concluded")), ("subject__isnull", False)),
                                fields=("subject",),
                                name="fraud_case_is_one_for_a_customer",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ("suspected", "open", "concluded")), ("subject", None)),
                                fields=("operator",),
                                name="fraud_case_is_one_for_an_operator",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudMember",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="members", to="incidents.fraudcase")),
                        (
                            "user",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="人员"),
                        ),
                        ("leads", models.BooleanField(default=False)),
                        ("joined_at", models.DateTimeField(default=custodian.clock.now, verbose_name="加入")),
                        ("joined_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("left_at", models.DateTimeField(null=True, verbose_name="退出")),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(condition=models.Q(("left_at", None)), fields=("case", "user"), name="fraud_case_has_a_person_once")
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudSignal",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("rule", models.CharField(max_length=24, verbose_name="规则")),
                        ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.claim", verbose_name="赔案")),
                        ("policy", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.policy")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("operator", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("case", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="signals", to="incidents.fraudcase")),
                        ("facts", models.JSONField(default=dict)),
                        ("digest", models.CharField(max_length=64)),
                        ("weight", models.PositiveSmallIntegerField(verbose_name="分值")),
                        ("found_at", models.DateTimeField(default=custodian.clock.now, verbose_name="发现")),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [models.UniqueConstraint(fields=("rule", "claim", "digest"), name="fraud_signal_is_raised_once_for_its_facts")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudSuppression",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("rule", models.CharField(max_length=24, verbose_name="规则")),
                        ("subject", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="suppressions", to="incidents.fraudcase")),
                        ("reason", models.CharField(max_length=200, verbose_name="理由")),
                        ("until", models.DateField(verbose_name="至")),
                        ("made_at", models.DateTimeField(default=custodian.clock.now)),
                        ("made_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="fraud_suppression_says_why")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudTask",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="incidents.fraudcase")),
                        ("title", models.CharField(max_length=120, verbose_name="要做什么")),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="负责人"
                            ),
                        ),
                        ("due_on", models.DateField(null=True, verbose_name="期限")),
                        (
                            "status",
                            models.CharField(
                                choices=[("open", "待办"), ("done", "已办"), ("not_needed", "不需要")], default="open", max_length=10, verbose_name="状态"
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                        ("added_at", models.DateTimeField(default=custodian.clock.now)),
                        ("done_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                        ("done_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "ordering": ("due_on", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at", None), ("done_by", None), ("status", "open")),
                                    models.Q(models.Q(("status", "open"), _negated=True), ("done_at__isnull", False), ("done_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="fraud_task_over_says_when_and_by_whom",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudEntry",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="incidents.fraudcase")),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("opened", "疑点提出"),
                                    ("signal", "新的信号"),
                                    ("taken", "已转入调查"),
                                    ("dismissed", "甄别不成立"),
                                    ("joined", "加入调查"),
                                    ("left", "退出调查"),
                                    ("task", "任务"),
                                    ("note", "调查记录"),
                                    ("evidence", "证据归档"),
                                    ("link", "关联"),
                                    ("asked", "向理赔人员核实"),
                                    ("proposed", "已建议不予给付"),
                                    ("answered", "理赔人员答复"),
                                    ("suppressed", "信号暂停"),
                                    ("concluded", "定论"),
                                    ("internal", "移交事件处置"),
                                    ("referred", "取出报案材料"),
                                    ("shared", "提供共享资料"),
                                    ("closed", "结案"),
                                ],
                                max_length=10,
                                verbose_name="事项",
                            ),
                        ),
                        ("at", models.DateTimeField(default=custodian.clock.now, verbose_name="时间")),
                        ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("facts", models.JSONField(default=dict)),
                        ("text_sealed", models.BinaryField(null=True)),
                    ],
                    options={"ordering": ("pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="FraudLink",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="links", to="incidents.fraudcase")),
                        ("claim", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.claim")),
                        ("policy", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.policy")),
                        ("customer", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.subject")),
                        ("operator", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("linked_at", models.DateTimeField(default=custodian.clock.now)),
                        ("linked_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("claim__isnull", False), ("customer", None), ("operator", None), ("policy", None)),
                                    models.Q(("claim", None), ("customer", None), ("operator", None), ("policy__isnull", False)),
                                    models.Q(("claim", None), ("customer__isnull", False), ("operator", None), ("policy", None)),
                                    models.Q(("claim", None), ("customer", None), ("operator__isnull", False), ("policy", None)),
                                    _connector="OR",
                                ),
                                name="fraud_link_names_one_thing",
                            ),
                            models.UniqueConstraint(condition=models.Q(("claim__isnull", False)), fields=("case", "claim"), name="fraud_case_has_a_claim_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("policy__isnull", False)), fields=("case", "policy"), name="fraud_case_has_a_policy_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("customer__isnull", False)), fields=("case", "customer"), name="fraud_case_has_a_customer_once"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("operator__isnull", False)), fields=("case", "operator"), name="fraud_case_has_a_operator_once"
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudEvidence",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="evidence", to="incidents.fraudcase")),
                        ("place", models.CharField(blank=True, max_length=100, verbose_name="存放处")),
                        ("name", models.CharField(max_length=100, verbose_name="名称")),
                        ("origin", models.CharField(max_length=200, verbose_name="来源")),
                        ("length", models.PositiveBigIntegerField(verbose_name="大小")),
                        ("sha256", models.CharField(blank=True, max_length=64, verbose_name="指纹")),
                        ("filed_at", models.DateTimeField(default=custodian.clock.now, verbose_name="归档时间")),
                        (
                            "filed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="归档人"
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("place", ""), _negated=True),
                                    models.Q(models.Q(("sha256", ""), _negated=True), ("length__gt", 0)),
                                    _connector="OR",
                                ),
                                name="fraud_evidence_is_here_or_says_where",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudCustody",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("evidence", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="custody", to="incidents.fraudevidence")),
                        (
                            "act",
                            models.CharField(
                                choices=[("filed", "归档"), ("opened", "取出阅看"), ("checked", "核对指纹"), ("handed", "移交")],
                                max_length=8,
                                verbose_name="动作",
                            ),
                        ),
                        ("at", models.DateTimeField(default=custodian.clock.now, verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="经手人"
                            ),
                        ),
                        ("to", models.CharField(blank=True, max_length=100, verbose_name="交给")),
                        ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("act", "handed"), _negated=True), models.Q(("to", ""), _negated=True), _connector="OR"),
                                name="fraud_custody_handed_says_to_whom",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudAsk",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("case", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="asks", to="incidents.fraudcase")),
                        ("claim", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.claim")),
                        ("kind", models.CharField(choices=[("check", "请核实"), ("refuse", "建议不予给付")], max_length=6, verbose_name="类别")),
                        (
                            "handler",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="经办人"
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=custodian.clock.now, verbose_name="提出")),
                        ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("text_sealed", models.BinaryField()),
                        ("answered_at", models.DateTimeField(null=True, verbose_name="答复")),
                        ("answer_sealed", models.BinaryField(null=True)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answer_sealed", None), ("answered_at", None)),
                                    models.Q(("answer_sealed__isnull", False), ("answered_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="fraud_ask_is_answered_with_words",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudShared",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(max_length=16, unique=True, verbose_name="编号")),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("way", models.CharField(choices=[("received", "收到"), ("given", "提供")], max_length=8, verbose_name="方向")),
                        (
                            "partner",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.counterparty", verbose_name="对方"),
                        ),
                        ("elements", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None, verbose_name="信息项")),
                        (
                            "purpose",
                            models.CharField(
                                choices=[("prevent", "识别和防范保险欺诈"), ("verify", "核实赔案"), ("investigate", "协助欺诈调查")],
                                max_length=12,
                                verbose_name="用途",
                            ),
                        ),
                        (
                            "ground",
                            models.CharField(
                                choices=[
                                    ("duty", "履行法定职责或者法定义务（个保法第十三条第三项）"),
                                    ("contract", "订立、履行保险合同所必需（个保法第十三条第二项）"),
                                    ("consent", "个人单独同意（个保法第十三条第一项）"),
                                ],
                                max_length=10,
                                verbose_name="合法性基础",
                            ),
                        ),
                        ("at_on", models.DateField(verbose_name="日期")),
                        ("use_by", models.DateField(verbose_name="使用至")),
                        (
                            "state",
                            models.CharField(
                                choices=[("held", "使用期内"), ("ended", "已删除"), ("dropped", "未提供")], default="held", max_length=8, verbose_name="状态"
                            ),
                        ),
                        ("noted_at", models.DateTimeField(default=custodian.clock.now)),
                        ("noted_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("sha256", models.CharField(blank=True, max_length=64, verbose_name="文件指纹")),
                        ("total", models.PositiveIntegerField(default=0)),
                        ("kept", models.PositiveIntegerField(default=0)),
                        ("quarantined", models.PositiveIntegerField(default=0)),
                        ("case", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="shared", to="incidents.fraudcase")),
                        ("share", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="transfers.share")),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="删除")),
                        ("proof", models.JSONField(default=dict)),
                    ],
                    options={
                        "verbose_name": "反欺诈共享资料",
                        "verbose_name_plural": "反欺诈共享资料",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("total", django.db.models.expressions.CombinedExpression(models.F("kept"), "+", models.F("quarantined")))),
                                name="fraud_shared_counts_add_up",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(models.Q(("state", "ended"), _negated=True), ("ended_at", None)),
                                    models.Q(("ended_at__isnull", False), ("state", "ended"), models.Q(("proof", {}), _negated=True)),
                                    _connector="OR",
                                ),
                                name="fraud_shared_ends_with_proof",
                            ),
                            models.CheckConstraint(condition=models.Q(("use_by__gte", models.F("at_on"))), name="fraud_shared_is_used_after_it_came"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("share", None), ("way", "received")), models.Q(("share__isnull", False), ("way", "given")), _connector="OR"
                                ),
                                name="fraud_shared_that_is_given_is_a_share",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudSharedRow",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("shared", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="incidents.fraudshared")),
                        ("number", models.PositiveIntegerField()),
                        ("values_sealed", models.BinaryField()),
                    ],
                    options={
                        "ordering": ("number",),
                        "constraints": [models.UniqueConstraint(fields=("shared", "number"), name="fraud_shared_row_has_a_number")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FraudSharedIndex",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("shared", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="indexes", to="incidents.fraudshared")),
                        ("element", models.CharField(max_length=60)),
                        ("digest", models.BinaryField(max_length=16)),
                        ("version", models.PositiveSmallIntegerField()),
                    ],
                    options={"indexes": [models.Index(fields=["element", "digest"], name="fraud_shared_index_lookup")], "constraints": []},
                ),
                migrations.CreateModel(
                    name="FraudSharedBad",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("shared", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="bad", to="incidents.fraudshared")),
                        ("number", models.PositiveIntegerField()),
                        (
                            "why",
                            models.CharField(
                                choices=[
                                    ("empty", "没有可用的值"),
                                    ("columns", "列数与表头不符"),
                                    ("id_number", "证件号码不正确"),
                                    ("mobile", "手机号码不正确"),
                                    ("account", "银行账号不正确"),
                                    ("double", "与前面的行重复"),
                                ],
                                max_length=10,
                            ),
                        ),
                    ],
                    options={"ordering": ("number",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="ListLayout",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("company", models.CharField(max_length=60, verbose_name="公司或产品")),
                        ("source", models.CharField(max_length=200, verbose_name="版式的来处")),
                        ("columns", models.JSONField(verbose_name="各列")),
                        (
                            "separator",
                            models.CharField(
                                blank=True, choices=[(",", "逗号"), ("\t", "制表符"), (";", "分号"), ("|", "竖线")], max_length=1, verbose_name="分隔符"
                            ),
                        ),
                        (
                            "encoding",
                            models.CharField(
                                blank=True,
                                choices=[("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8（带标记）"), ("gb18030", "GB 18030 / GBK")],
                                max_length=9,
                                verbose_name="编码",
                            ),
                        ),
                        ("why", models.CharField(max_length=200, verbose_name="理由")),
                        (
                            "entered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="登记人"
                            ),
                        ),
                        ("entered_at", models.DateTimeField(default=custodian.clock.now, verbose_name="登记时间")),
                        ("ended_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("ended_at", models.DateTimeField(null=True, verbose_name="停用时间")),
                        ("ended_why", models.CharField(blank=True, max_length=200, verbose_name="停用的理由")),
                    ],
                    options={
                        "verbose_name": "名单版式",
                        "verbose_name_plural": "名单版式",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("company", ""), _negated=True),
                                    models.Q(("source", ""), _negated=True),
                                    models.Q(("why", ""), _negated=True),
                                    models.Q(("columns", []), _negated=True),
                                ),
                                name="list_layout_says_whose_from_where_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("ended_by", None), ("ended_why", "")),
                                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False), models.Q(("ended_why", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="list_layout_that_ended_says_when_by_whom_and_why",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="NoticeBatch",
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
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="notice_batches", to="incidents.incident")),
                        (
                            "stage",
                            models.CharField(
                                choices=[("draft", "草稿"), ("waiting", "待复核"), ("approved", "已批准"), ("returned", "已退回")],
                                default="draft",
                                max_length=8,
                                verbose_name="阶段",
                            ),
                        ),
                        ("parts", models.JSONField()),
                        ("facts", models.JSONField(default=dict)),
                        ("public", models.BooleanField(default=False, verbose_name="同时公开告知")),
                        ("taken_down_at", models.DateTimeField(null=True, verbose_name="撤下")),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="起草人"
                            ),
                        ),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("approved_at", models.DateTimeField(null=True, verbose_name="批准")),
                    ],
                    options={
                        "verbose_name": "事件告知",
                        "verbose_name_plural": "事件告知",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("stage__in", ("draft", "waiting"))), fields=("incident",), name="incident_has_one_notice_under_way"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("stage__in", ("waiting", "approved")), _negated=True), ("approval__isnull", False), _connector="OR"
                                ),
                                name="incident_notice_is_approved_by_an_approval",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("stage", "approved"), _negated=True), ("approved_at__isnull", False), _connector="OR"),
                                name="incident_notice_is_dated_when_approved",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="IncidentNotice",
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
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="incidents.incident")),
                        ("batch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="notices", to="incidents.noticebatch")),
                        ("clear", models.JSONField(default=list)),
                        ("masked", models.JSONField(default=list)),
                    ],
                    options={
                        "verbose_name": "事件告知信",
                        "verbose_name_plural": "事件告知信",
                        "ordering": ("pk",),
                        "abstract": False,
                        "indexes": [models.Index(fields=["incident", "state"], name="incident_notice_by_state")],
                        "constraints": [
                            models.UniqueConstraint(fields=("batch", "subject"), name="customer_is_told_once_by_a_batch"),
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("state__in", ("sent", "printed")), _negated=True), ("sent_at__isnull", False), _connector="OR"),
                                name="incident_notice_is_dated_when_it_went",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="NoticeExemption",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="exemptions", to="incidents.incident")),
                        ("ground", models.CharField(max_length=24, verbose_name="依据")),
                        ("reason", models.CharField(max_length=1000, verbose_name="理由")),
                        ("since", models.DateTimeField(default=custodian.clock.now)),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={"verbose_name": "免于告知", "verbose_name_plural": "免于告知", "ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="OwnTelling",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("thing", models.CharField(choices=[("remedy", "整改措施"), ("action", "整改措施"), ("letter", "函件")], max_length=6)),
                        ("about", models.UUIDField(db_index=True)),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("noted_at", models.DateTimeField(default=custodian.clock.now)),
                        ("mailed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name": "告知本人",
                        "verbose_name_plural": "告知本人",
                        "ordering": ("pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("mailed_at", None), ("mailed_at__gte", models.F("noted_at")), _connector="OR"),
                                name="own_telling_is_mailed_after_it_was_noted",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SanctionCase",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(max_length=16, unique=True, verbose_name="编号")),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("incident", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.incident")),
                        ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        (
                            "intermediary",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.intermediary"),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("employee", "本公司员工"), ("agent", "本公司代理人"), ("outside", "中介机构人员")],
                                max_length=8,
                                verbose_name="人员类别",
                            ),
                        ),
                        ("acts", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None, verbose_name="行为")),
                        (
                            "stage",
                            models.CharField(
                                choices=[
                                    ("investigation", "调查"),
                                    ("noticed", "告知与申辩"),
                                    ("heard", "审议决定"),
                                    ("decided", "决定送达"),
                                    ("served", "申诉期"),
                                    ("appealed", "申诉审理"),
                                    ("settled", "申诉答复"),
                                    ("closed", "已结案"),
                                ],
                                default="investigation",
                                max_length=13,
                                verbose_name="阶段",
                            ),
                        ),
                        ("who_sealed", models.BinaryField()),
                        ("summary_sealed", models.BinaryField()),
                        ("findings_sealed", models.BinaryField(null=True)),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now, verbose_name="立案时间")),
                        (
                            "opened_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="立案人"
                            ),
                        ),
                        (
                            "heard",
                            models.CharField(
                                blank=True, choices=[("held", "已申辩"), ("waived", "放弃申辩"), ("silent", "逾期未答复")], max_length=6, verbose_name="申辩"
                            ),
                        ),
                        ("hearing_until", models.DateField(null=True, verbose_name="申辩期限")),
                        ("appeal_until", models.DateField(null=True, verbose_name="申诉期限")),
                        ("closed_at", models.DateTimeField(null=True, verbose_name="结案时间")),
                    ],
                    options={
                        "verbose_name": "责任追究",
                        "verbose_name_plural": "责任追究",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("intermediary__isnull", False), ("kind", "outside"), ("person", None)),
                                    models.Q(("intermediary", None), ("kind__in", ("employee", "agent")), ("person__isnull", False)),
                                    _connector="OR",
                                ),
                                name="sanction_is_against_one_of_the_house_or_of_an_intermediary",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("heard", ""), ("hearing_until", None), ("stage", "investigation")),
                                    models.Q(("heard", ""), ("hearing_until__isnull", False), ("stage", "noticed")),
                                    models.Q(
                                        models.Q(("stage__in", ("investigation", "noticed")), _negated=True),
                                        ("hearing_until__isnull", False),
                                        models.Q(("heard", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="sanction_gives_time_for_a_hearing_before_it_goes_on",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("appeal_until", None), ("stage__in", ("investigation", "noticed", "heard", "decided"))),
                                    models.Q(("appeal_until__isnull", False), ("stage__in", ("served", "appealed", "settled", "closed"))),
                                    _connector="OR",
                                ),
                                name="sanction_gives_time_for_an_appeal_before_it_is_closed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at__isnull", False), ("stage", "closed")),
                                    models.Q(models.Q(("stage", "closed"), _negated=True), ("closed_at", None)),
                                    _connector="OR",
                                ),
                                name="sanction_that_is_closed_says_when",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SanctionMember",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="members", to="incidents.sanctioncase")),
                        (
                            "user",
                            models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="人员"),
                        ),
                        ("part", models.CharField(choices=[("lead", "负责人"), ("member", "成员")], max_length=8, verbose_name="角色")),
                        ("joined_at", models.DateTimeField(default=custodian.clock.now, verbose_name="加入")),
                        ("joined_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("left_at", models.DateTimeField(null=True, verbose_name="退出")),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(condition=models.Q(("left_at", None)), fields=("matter", "user"), name="sanction_has_a_person_once")
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SanctionEntry",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="incidents.sanctioncase")),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("opened", "立案"),
                                    ("joined", "加入工作组"),
                                    ("left", "退出工作组"),
                                    ("note", "调查记录"),
                                    ("evidence", "证据索引"),
                                    ("acts", "行为认定"),
                                    ("identity", "补登证件号码"),
                                    ("supervisor", "管理责任认定"),
                                    ("issued", "函件制作"),
                                    ("served", "函件送达"),
                                    ("answer", "本人答复"),
                                    ("heard", "申辩"),
                                    ("proposed", "提交复核"),
                                    ("withdrawn", "撤回提交"),
                                    ("decided", "决定"),
                                    ("effect", "决定执行"),
                                    ("appealed", "申诉"),
                                    ("settled", "申诉决定"),
                                    ("closed", "结案"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("facts", models.JSONField(default=dict)),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("text_sealed", models.BinaryField(null=True)),
                    ],
                    options={"ordering": ("pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="SanctionPaper",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="incidents.sanctioncase")),
                        (
                            "kind",
                            models.CharField(
                                choices=[("findings", "调查结果告知书"), ("decision", "处理决定书"), ("appeal", "申诉答复书"), ("referral", "移送函")],
                                max_length=8,
                            ),
                        ),
                        ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("body_sealed", models.BinaryField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("issued_at", models.DateTimeField(default=custodian.clock.now)),
                        ("issued_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("served_on", models.DateField(null=True, verbose_name="送达日期")),
                        (
                            "served_how",
                            models.CharField(
                                blank=True,
                                choices=[("in_hand", "当面送达"), ("post", "邮寄送达"), ("own_page", "在本人页面送达"), ("authority", "送交机关")],
                                max_length=9,
                                verbose_name="送达方式",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(fields=("matter", "kind"), name="sanction_has_one_letter_of_a_kind"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("served_how", ""), ("served_on", None)),
                                    models.Q(("served_on__isnull", False), models.Q(("served_how", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="sanction_letter_that_was_served_says_how",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SanctionAnswer",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="incidents.sanctioncase")),
                        ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("kind", models.CharField(choices=[("statement", "陈述与申辩"), ("waiver", "放弃申辩"), ("appeal", "申诉")], max_length=9)),
                        ("text_sealed", models.BinaryField()),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={"ordering": ("pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="SanctionSupervisor",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="supervisors", to="incidents.sanctioncase")),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        (
                            "verdict",
                            models.CharField(
                                choices=[("released", "没有管理责任"), ("reminded", "提醒谈话"), ("matter", "另行立案追究")], max_length=8, verbose_name="认定"
                            ),
                        ),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("reason_sealed", models.BinaryField()),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [models.UniqueConstraint(fields=("matter", "user"), name="sanction_judges_a_supervisor_once")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="SanctionRuling",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("matter", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="rulings", to="incidents.sanctioncase")),
                        ("instance", models.CharField(choices=[("first", "处理决定"), ("appeal", "申诉决定")], max_length=6)),
                        ("outcome", models.CharField(blank=True, choices=[("upheld", "维持"), ("changed", "变更"), ("revoked", "撤销")], max_length=7)),
                        ("measures", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None)),
                        ("text_sealed", models.BinaryField()),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("proposed_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("proposed_at", models.DateTimeField(default=custodian.clock.now)),
                        (
                            "decided_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                        ("in_force_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("in_force_at__isnull", False)),
                                fields=("matter", "instance"),
                                name="sanction_is_decided_once_in_each_instance",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_by", None), ("in_force_at", None)),
                                    models.Q(
                                        ("decided_by__isnull", False),
                                        ("in_force_at__isnull", False),
                                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="sanction_is_decided_by_two",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="FlagBatch",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("origin", models.CharField(max_length=80, verbose_name="来源")),
                        ("received_on", models.DateField(verbose_name="收到日期")),
                        ("rows", models.PositiveIntegerField(default=0)),
                        ("kept", models.PositiveIntegerField(default=0)),
                        ("aside", models.PositiveIntegerField(default=0)),
                        ("same", models.PositiveIntegerField(default=0)),
                        ("made_at", models.DateTimeField(default=custodian.clock.now)),
                        ("made_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("rows", django.db.models.expressions.CombinedExpression(models.F("kept"), "+", models.F("aside")))),
                                name="flag_batch_keeps_or_sets_aside_every_row",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="RehireFlag",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(max_length=16, verbose_name="编号")),
                        ("version", models.PositiveSmallIntegerField(default=1, verbose_name="版本")),
                        (
                            "matter",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="incidents.sanctioncase"),
                        ),
                        ("batch", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="flags", to="incidents.flagbatch")),
                        ("person", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("holding", models.UUIDField(editable=False, unique=True)),
                        ("said_sealed", models.BinaryField(null=True)),
                        ("digest", models.BinaryField(null=True)),
                        ("until", models.DateField(verbose_name="有效期至")),
                        ("review_on", models.DateField(verbose_name="下次复查")),
                        ("reviewed_on", models.DateField(null=True)),
                        (
                            "state",
                            models.CharField(
                                choices=[("current", "有效"), ("replaced", "已由新版代替"), ("withdrawn", "已撤回"), ("expired", "已到期")],
                                default="current",
                                max_length=9,
                                verbose_name="状态",
                            ),
                        ),
                        ("made_at", models.DateTimeField(default=custodian.clock.now)),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name": "聘用限制",
                        "verbose_name_plural": "聘用限制",
                        "ordering": ("-pk",),
                        "indexes": [models.Index(fields=["digest"], name="rehire_flag_digest")],
                        "constraints": [
                            models.UniqueConstraint(fields=("code", "version"), name="flag_version_is_unique"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("batch__isnull", False), ("matter", None)), models.Q(("batch", None), ("matter__isnull", False)), _connector="OR"
                                ),
                                name="flag_comes_from_a_decision_or_from_the_industry",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("digest__isnull", False), ("ended_at", None), ("said_sealed__isnull", False), ("state", "current")),
                                    models.Q(
                                        models.Q(("state", "current"), _negated=True), ("digest", None), ("ended_at__isnull", False), ("said_sealed", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="flag_that_ended_keeps_nothing_of_the_person",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FlagAside",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("batch", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="set_aside", to="incidents.flagbatch")),
                        ("number", models.PositiveIntegerField()),
                        ("reasons", models.JSONField()),
                        ("row_sealed", models.BinaryField(null=True)),
                        ("expires_on", models.DateField()),
                    ],
                    options={"ordering": ("number",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="FlagOverride",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("flag", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="overrides", to="incidents.rehireflag")),
                        ("kind", models.CharField(choices=[("hire", "例外聘用"), ("lift", "解除限制")], max_length=4)),
                        ("reason_sealed", models.BinaryField()),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("in_force_at", models.DateTimeField(null=True)),
                    ],
                    options={"ordering": ("pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="Screening",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("at", models.DateTimeField(default=custodian.clock.now, verbose_name="时间")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="查询人"
                            ),
                        ),
                        (
                            "position",
                            models.CharField(
                                choices=[("employee", "劳动合同岗位"), ("agent", "代理人"), ("outside", "中介机构人员")], max_length=8, verbose_name="拟任岗位"
                            ),
                        ),
                        ("found", models.PositiveSmallIntegerField(verbose_name="命中")),
                    ],
                    options={"ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="FlagRelease",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("kind", models.CharField(choices=[("list", "报送行业协会的名单"), ("enquiry", "答复同业查询")], max_length=7)),
                        ("to", models.CharField(max_length=80, verbose_name="接收方")),
                        ("reason", models.CharField(max_length=200, verbose_name="依据")),
                        ("recipient_key", models.BinaryField(null=True)),
                        ("flags", models.JSONField()),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("asked_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("asked_at", models.DateTimeField(default=custodian.clock.now)),
                        ("approved_at", models.DateTimeField(null=True)),
                        ("taken_at", models.DateTimeField(null=True)),
                        ("sha256", models.CharField(blank=True, max_length=64)),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("sha256", ""), ("taken_at", None)),
                                    models.Q(("approved_at__isnull", False), ("taken_at__isnull", False), models.Q(("sha256", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="flag_release_is_taken_after_its_approval",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="IncidentRemedy",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="remedies", to="incidents.incident")),
                        ("title", models.CharField(max_length=120, verbose_name="要做什么")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("technical", "技术措施"),
                                    ("organise", "制度与流程"),
                                    ("training", "培训"),
                                    ("contract", "合同与合作方"),
                                    ("person", "人员处理"),
                                    ("customer", "帮助客户"),
                                ],
                                max_length=10,
                                verbose_name="类别",
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300, verbose_name="说明")),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="负责人"
                            ),
                        ),
                        ("due_on", models.DateField(null=True, verbose_name="期限")),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "办理中"), ("done", "已办结"), ("dropped", "不再办理")], default="open", max_length=8, verbose_name="状态"
                            ),
                        ),
                        ("proposed_at", models.DateTimeField(default=custodian.clock.now)),
                        ("proposed_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("ended_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("result", models.CharField(blank=True, max_length=300, verbose_name="办理结果")),
                        ("evidence", models.CharField(blank=True, max_length=100, verbose_name="凭据")),
                        ("verified_at", models.DateTimeField(null=True)),
                        (
                            "verified_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "verbose_name": "整改措施",
                        "verbose_name_plural": "整改措施",
                        "ordering": ("due_on", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("ended_by", None), ("result", ""), ("state", "open")),
                                    models.Q(
                                        models.Q(("state", "open"), _negated=True),
                                        ("ended_at__isnull", False),
                                        ("ended_by__isnull", False),
                                        models.Q(("result", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="incident_remedy_that_ended_says_when_by_whom_and_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("verified_at", None), ("verified_by", None)),
                                    models.Q(
                                        ("state", "done"),
                                        ("verified_at__isnull", False),
                                        ("verified_by__isnull", False),
                                        models.Q(("verified_by", models.F("ended_by")), _negated=True),
                                        models.Q(("owner", None), models.Q(("verified_by", models.F("owner")), _negated=True), _connector="OR"),
                                    ),
                                    _connector="OR",
                                ),
                                name="incident_remedy_is_verified_once_done_and_by_another",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="IncidentReview",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reviews", to="incidents.incident")),
                        (
                            "cause",
                            models.CharField(
                                choices=[
                                    ("intent", "有人故意"),
                                    ("mistake", "操作失误"),
                                    ("rights", "权限过宽或未及时收回"),
                                    ("process", "制度或流程有缺口"),
                                    ("technical", "系统缺陷或配置错误"),
                                    ("partner", "合作方的原因"),
                                    ("attack", "外部攻击"),
                                    ("unknown", "没有查明"),
                                ],
                                max_length=10,
                                verbose_name="根本原因",
                            ),
                        ),
                        ("cause_text", models.CharField(max_length=1000, verbose_name="原因说明")),
                        ("worked", models.CharField(max_length=1000, verbose_name="哪些做得好")),
                        ("failed", models.CharField(max_length=1000, verbose_name="哪些没有做好")),
                        ("lessons", models.CharField(max_length=1000, verbose_name="教训")),
                        ("playbook", models.CharField(blank=True, max_length=1000, verbose_name="处置步骤怎样改")),
                        ("measured", models.JSONField(default=list)),
                        ("made_at", models.DateTimeField(default=custodian.clock.now, verbose_name="复核时间")),
                        ("approval", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                    ],
                    options={"verbose_name": "事后复盘", "verbose_name_plural": "事后复盘", "ordering": ("pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="DueTelling",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="tellings", to="incidents.incident")),
                        ("thing", models.CharField(choices=[("clock", "法定时限"), ("task", "任务"), ("remedy", "整改措施")], max_length=6)),
                        ("number", models.BigIntegerField()),
                        ("due_at", models.DateTimeField()),
                        ("step", models.CharField(choices=[("owner", "负责人"), ("lead", "负责人"), ("group", "工作组")], max_length=5)),
                        ("user", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("made_at", models.DateTimeField(default=custodian.clock.now)),
                        ("mailed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ("pk",),
                        "constraints": [models.UniqueConstraint(fields=("thing", "number", "due_at", "step", "user"), name="due_is_told_once")],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="IncidentReport",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("incident", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="incidents.incident")),
                        ("rule", models.CharField(max_length=24, verbose_name="时限")),
                        ("number", models.PositiveSmallIntegerField(verbose_name="版本")),
                        (
                            "stage",
                            models.CharField(
                                choices=[("draft", "草稿"), ("waiting", "待复核"), ("returned", "已退回"), ("approved", "已复核，待报送"), ("filed", "已报送")],
                                default="draft",
                                max_length=8,
                                verbose_name="状态",
                            ),
                        ),
                        ("words", models.JSONField(default=dict)),
                        ("answers", models.JSONField(default=dict)),
                        ("body", models.TextField(blank=True)),
                        ("digest", models.CharField(blank=True, max_length=64, verbose_name="指纹")),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("begun_at", models.DateTimeField(default=custodian.clock.now, verbose_name="起草时间")),
                        (
                            "begun_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="起草人"
                            ),
                        ),
                        ("filed_at", models.DateTimeField(null=True, verbose_name="报送时间")),
                        ("noted_at", models.DateTimeField(null=True, verbose_name="登记时间")),
                        ("filed_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("channel", models.CharField(blank=True, max_length=100, verbose_name="报送渠道")),
                        ("reference", models.CharField(blank=True, max_length=100, verbose_name="报送编号")),
                        (
                            "met",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("clock", "随报送办结"),
                                    ("by_hand", "此前已手工办结"),
                                    ("earlier", "此前版本已办结，本版为补正"),
                                    ("together", "同一时限还要求告知个人，告知后在事件页办结"),
                                    ("none", "没有在计时的时限"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("clock", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.incidentclock")),
                    ],
                    options={
                        "verbose_name": "监管报告",
                        "verbose_name_plural": "监管报告",
                        "ordering": ("rule", "number"),
                        "constraints": [
                            models.UniqueConstraint(fields=("incident", "rule", "number"), name="report_version_comes_once"),
                            models.UniqueConstraint(
                                condition=models.Q(("stage__in", ["draft", "waiting", "returned"])),
                                fields=("incident", "rule"),
                                name="report_has_one_version_in_work",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("stage__in", ["waiting", "approved", "filed"]), _negated=True),
                                    models.Q(models.Q(("body", ""), _negated=True), models.Q(("digest", ""), _negated=True), ("approval__isnull", False)),
                                    _connector="OR",
                                ),
                                name="report_put_up_has_content_and_approval",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("filed_at__isnull", False),
                                        ("noted_at__isnull", False),
                                        ("stage", "filed"),
                                        ("filed_by__isnull", False),
                                        models.Q(("channel", ""), _negated=True),
                                        models.Q(("met", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("stage", "filed"), _negated=True), ("filed_at", None), ("filed_by", None), ("met", ""), ("noted_at", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="report_filed_says_when_how_and_by_whom",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="RiskAssessment",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "kind",
                            models.CharField(choices=[("customers", "客户"), ("products", "产品"), ("market", "市场")], max_length=10, verbose_name="对象"),
                        ),
                        ("version", models.PositiveSmallIntegerField(verbose_name="问卷版本")),
                        ("digest", models.CharField(max_length=64)),
                        ("book", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="records.book", verbose_name="账册")),
                        ("unit", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="access.unit", verbose_name="机构")),
                        ("product", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="records.product", verbose_name="险种")),
                        ("since", models.DateField(verbose_name="自")),
                        ("until", models.DateField(verbose_name="至")),
                        ("asked_at", models.DateTimeField(default=custodian.clock.now, verbose_name="查询时刻")),
                        ("numbers", models.JSONField(default=list)),
                        ("answers", models.JSONField(default=dict)),
                        ("lines", models.JSONField(default=list)),
                        ("score", models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name="得分")),
                        ("result", models.CharField(blank=True, max_length=12, verbose_name="结论")),
                        ("summary", models.CharField(blank=True, max_length=1000, verbose_name="说明")),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "填写中"), ("waiting", "待复核"), ("signed", "已签署")], default="draft", max_length=8, verbose_name="状态"
                            ),
                        ),
                        ("begun_at", models.DateTimeField(default=custodian.clock.now)),
                        ("begun_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("approval", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        ("signed_at", models.DateTimeField(null=True, verbose_name="签署时间")),
                    ],
                    options={
                        "verbose_name": "风险评估",
                        "verbose_name_plural": "风险评估",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("signed_at", None), ("state", "draft")),
                                    models.Q(("approval__isnull", False), ("score__isnull", False), ("signed_at", None), ("state", "waiting")),
                                    models.Q(("approval__isnull", False), ("score__isnull", False), ("signed_at__isnull", False), ("state", "signed")),
                                    _connector="OR",
                                ),
                                name="risk_assessment_that_is_signed_has_score_and_approval",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "customers"), ("product", None)),
                                    models.Q(("book", None), ("kind", "products"), ("product__isnull", False), ("unit", None)),
                                    models.Q(("book", None), ("kind", "market"), ("product", None), ("unit", None)),
                                    _connector="OR",
                                ),
                                name="risk_assessment_is_of_what_its_kind_says",
                            ),
                            models.CheckConstraint(condition=models.Q(("since__lt", models.F("until"))), name="risk_assessment_looks_back"),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Risk",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("code", models.CharField(max_length=16, unique=True, verbose_name="编号")),
                        ("title", models.CharField(max_length=100, verbose_name="风险")),
                        ("cause", models.CharField(max_length=300, verbose_name="原因")),
                        ("consequence", models.CharField(max_length=300, verbose_name="后果")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("leak", "外泄与倒卖"),
                                    ("access", "越权与滥用"),
                                    ("quality", "信息不真实"),
                                    ("loss", "丢失与中断"),
                                    ("partner", "合作方"),
                                    ("legal", "合规"),
                                    ("product", "产品与销售"),
                                ],
                                max_length=8,
                                verbose_name="类别",
                            ),
                        ),
                        (
                            "unit",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.unit", verbose_name="机构"),
                        ),
                        (
                            "product",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.product", verbose_name="险种"
                            ),
                        ),
                        ("inherent_likelihood", models.PositiveSmallIntegerField()),
                        ("inherent_impact", models.PositiveSmallIntegerField()),
                        ("residual_likelihood", models.PositiveSmallIntegerField()),
                        ("residual_impact", models.PositiveSmallIntegerField()),
                        ("controls", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                        (
                            "owner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="负责人"
                            ),
                        ),
                        ("review_on", models.DateField(verbose_name="复查日")),
                        (
                            "treatment",
                            models.CharField(
                                choices=[("undecided", "未定"), ("accept", "接受"), ("reduce", "降低"), ("avoid", "规避"), ("transfer", "转移")],
                                default="undecided",
                                max_length=10,
                                verbose_name="应对",
                            ),
                        ),
                        ("treatment_note", models.CharField(blank=True, max_length=300, verbose_name="应对说明")),
                        ("acceptance", models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="access.approval")),
                        (
                            "origin",
                            models.CharField(
                                choices=[("own", "自行识别"), ("incident", "事件复盘"), ("finding", "审计发现")],
                                default="own",
                                max_length=8,
                                verbose_name="来源",
                            ),
                        ),
                        ("origin_ref", models.CharField(blank=True, max_length=40)),
                        ("status", models.CharField(choices=[("open", "在册"), ("closed", "已销号")], default="open", max_length=6, verbose_name="状态")),
                        ("raised_at", models.DateTimeField(default=custodian.clock.now, verbose_name="登记时间")),
                        ("raised_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("closed_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "verbose_name": "风险",
                        "verbose_name_plural": "风险",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("inherent_impact__range", (1, 5)),
                                    ("inherent_likelihood__range", (1, 5)),
                                    ("residual_impact__range", (1, 5)),
                                    ("residual_likelihood__range", (1, 5)),
                                ),
                                name="risk_is_weighed_from_one_to_five",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("residual_impact__lte", models.F("inherent_impact")), ("residual_likelihood__lte", models.F("inherent_likelihood"))
                                ),
                                name="risk_that_is_left_is_no_greater",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("acceptance", None), ("treatment", "accept"), _connector="OR"),
                                name="risk_that_was_accepted_by_two_is_accepted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("closed_at", None), ("status", "open")),
                                    models.Q(("closed_at__isnull", False), ("status", "closed")),
                                    _connector="OR",
                                ),
                                name="risk_that_is_closed_says_when",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="RiskEvent",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("risk", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="events", to="incidents.risk")),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("raised", "登记"),
                                    ("weighed", "重新评估"),
                                    ("controls", "控制措施"),
                                    ("owner", "负责人"),
                                    ("reviewed", "复查"),
                                    ("treated", "应对"),
                                    ("asked", "申请接受"),
                                    ("lapsed", "接受失效"),
                                    ("action", "整改措施"),
                                    ("failed", "控制失效"),
                                    ("closed", "销号"),
                                    ("reopened", "重新在册"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("text", models.CharField(blank=True, max_length=300)),
                        ("facts", models.JSONField(default=dict)),
                    ],
                    options={"ordering": ("-pk",), "indexes": [], "constraints": []},
                ),
                migrations.CreateModel(
                    name="RiskAction",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("ref", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("risk", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="actions", to="incidents.risk")),
                        (
                            "check_row",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="actions", to="incidents.controlcheck"),
                        ),
                        ("round", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="actions", to="incidents.auditround")),
                        ("found", models.CharField(blank=True, max_length=300, verbose_name="审计发现")),
                        ("title", models.CharField(max_length=120, verbose_name="要做什么")),
                        (
                            "owner",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="负责人"
                            ),
                        ),
                        ("due_on", models.DateField(verbose_name="期限")),
                        (
                            "state",
                            models.CharField(
                                choices=[("open", "办理中"), ("done", "已办结"), ("dropped", "不再办理")], default="open", max_length=8, verbose_name="状态"
                            ),
                        ),
                        ("opened_at", models.DateTimeField(default=custodian.clock.now)),
                        ("opened_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("ended_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("result", models.CharField(blank=True, max_length=300, verbose_name="办理结果")),
                        ("evidence", models.CharField(blank=True, max_length=100, verbose_name="凭据")),
                        ("verified_at", models.DateTimeField(null=True)),
                        (
                            "verified_by",
                            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
                        ),
                    ],
                    options={
                        "verbose_name": "整改措施",
                        "verbose_name_plural": "整改措施",
                        "ordering": ("due_on", "pk"),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("check_row", None), ("risk__isnull", False), ("round", None)),
                                    models.Q(("check_row__isnull", False), ("risk", None), ("round", None)),
                                    models.Q(("check_row", None), ("risk", None), ("round__isnull", False)),
                                    _connector="OR",
                                ),
                                name="risk_action_is_of_one_thing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("ended_by", None), ("result", ""), ("state", "open")),
                                    models.Q(
                                        models.Q(("state", "open"), _negated=True),
                                        ("ended_at__isnull", False),
                                        ("ended_by__isnull", False),
                                        models.Q(("result", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="risk_action_that_ended_says_when_by_whom_and_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("verified_at", None), ("verified_by", None)),
                                    models.Q(
                                        ("state", "done"),
                                        ("verified_at__isnull", False),
                                        ("verified_by__isnull", False),
                                        models.Q(("verified_by", models.F("ended_by")), _negated=True),
                                        models.Q(("owner", None), models.Q(("verified_by", models.F("owner")), _negated=True), _connector="OR"),
                                    ),
                                    _connector="OR",
                                ),
                                name="risk_action_is_verified_once_done_and_by_another",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="LeakTrace",
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
                        ("label", models.CharField(max_length=80, verbose_name="名单的来由")),
                        (
                            "requested_by",
                            models.ForeignKey(
                                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="提交人"
                            ),
                        ),
                        ("since", models.DateField(null=True, verbose_name="起日")),
                        ("until", models.DateField(null=True, verbose_name="止日")),
                        ("file", models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="records.importfile")),
                        ("size", models.PositiveBigIntegerField(default=0, verbose_name="大小")),
                        ("answer", models.JSONField(null=True)),
                        ("incident", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="traces", to="incidents.incident")),
                        ("entry", models.BigIntegerField(null=True)),
                    ],
                    options={
                        "verbose_name": "泄露溯源",
                        "verbose_name_plural": "泄露溯源",
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status", "done"), _negated=True), models.Q(("answer__isnull", False), ("file", None)), _connector="OR"
                                ),
                                name="leak_trace_that_is_done_keeps_no_file",
                            )
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="TraceTaking",
                    fields=[
                        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                        ("trace", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="takings", to="incidents.leaktrace")),
                        ("at", models.DateTimeField(default=custodian.clock.now)),
                        ("by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                        ("to", models.CharField(max_length=100, verbose_name="交给谁")),
                        ("sha256", models.CharField(max_length=64, verbose_name="指纹")),
                        ("size", models.PositiveBigIntegerField(verbose_name="大小")),
                    ],
                    options={
                        "ordering": ("-pk",),
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(models.Q(("to", ""), _negated=True), models.Q(("sha256", ""), _negated=True)),
                                name="trace_taking_says_to_whom",
                            )
                        ],
                        "indexes": [],
                    },
                ),
            ]
        )
    ]
