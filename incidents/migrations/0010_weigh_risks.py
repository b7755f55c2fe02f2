"""The register of risks with its history, assessments, tests of controls, and audits that come again."""

import datetime

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


KEEP = """
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_riskevent FOR EACH ROW EXECUTE FUNCTION incidents_keep();
CREATE FUNCTION incidents_keep_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL
        OR (NEW.id, NEW.ref, NEW.control, NEW.due_on, NEW.at, NEW.by_id, NEW.result, NEW.note, NEW.evidence, NEW.measured)
        IS DISTINCT FROM (OLD.id, OLD.ref, OLD.control, OLD.due_on, OLD.at, OLD.by_id, OLD.result, OLD.note, OLD.evidence, OLD.measured)
    THEN RAISE EXCEPTION 'what a test of a control found is kept as it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_controlcheck FOR EACH ROW EXECUTE FUNCTION incidents_keep_check();
CREATE FUNCTION incidents_keep_risk_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'signed'
        OR (NEW.kind, NEW.version, NEW.digest, NEW.book_id, NEW.unit_id, NEW.product_id, NEW.since, NEW.until, NEW.asked_at, NEW.numbers)
        IS DISTINCT FROM (OLD.kind, OLD.version, OLD.digest, OLD.book_id, OLD.unit_id, OLD.product_id, OLD.since, OLD.until, OLD.asked_at, OLD.numbers)
        OR NEW.state = 'signed' AND (NEW.answers, NEW.lines, NEW.score, NEW.result, NEW.summary)
        IS DISTINCT FROM (OLD.answers, OLD.lines, OLD.score, OLD.result, OLD.summary)
    THEN RAISE EXCEPTION 'what was counted or signed is kept as it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_riskassessment FOR EACH ROW EXECUTE FUNCTION incidents_keep_risk_assessment();
CREATE FUNCTION incidents_keep_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'reported' AND (OLD.rectified_filed_on IS NOT NULL
        OR (NEW.state, NEW.rule, NEW.about, NEW.due_on, NEW.auditor, NEW.done_on, NEW.conclusion, NEW.paper, NEW.paper_sha256, NEW.filed_on, NEW.filed_ref)
        IS DISTINCT FROM (OLD.state, OLD.rule, OLD.about, OLD.due_on, OLD.auditor, OLD.done_on, OLD.conclusion, OLD.paper, OLD.paper_sha256, OLD.filed_on, OLD.filed_ref))
    THEN RAISE EXCEPTION 'an audit that was reported is kept as it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_auditround FOR EACH ROW EXECUTE FUNCTION incidents_keep_round();
"""
LET_GO = """
DROP TRIGGER keep_rows ON incidents_auditround;
DROP FUNCTION incidents_keep_round();
DROP TRIGGER keep_rows ON incidents_riskassessment;
DROP FUNCTION incidents_keep_risk_assessment();
DROP TRIGGER keep_rows ON incidents_controlcheck;
DROP FUNCTION incidents_keep_check();
DROP TRIGGER keep_rows ON incidents_riskevent;
"""
WORKERS = ["compliance_officer", "security_officer"]
KINDS = ("risk-accept", "risk-assessment")


def seed(apps, schema_editor):
    """A new installation's own way of accepting risks and signing assessments: company default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=WORKERS, approvers=[*WORKERS, "auditor"], excluded=["line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0038_let_purposes_change'),
        ('incidents', '0009_suspect_fraud'),
        ('records', '0027_name_the_consent_of_a_choice'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditRound',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('rule', models.CharField(db_index=True, max_length=24)),
                ('about', models.CharField(blank=True, max_length=16)),
                ('due_on', models.DateField(verbose_name='到期日')),
                ('state', models.CharField(choices=[('planned', '已安排'), ('under_way', '进行中'), ('reported', '已报告')], default='planned', max_length=10, verbose_name='状态')),
                ('planned_on', models.DateField(verbose_name='计划开始')),
                ('auditor', models.CharField(max_length=80, verbose_name='审计机构或负责人')),
                ('ordered', models.BooleanField(default=False, verbose_name='监管要求')),
                ('planned_at', models.DateTimeField(default=custodian.clock.now)),
                ('begun_at', models.DateTimeField(null=True)),
                ('done_on', models.DateField(null=True, verbose_name='完成日')),
                ('conclusion', models.CharField(blank=True, max_length=300, verbose_name='结论')),
                ('paper', models.CharField(blank=True, max_length=100, verbose_name='报告存放')),
                ('paper_sha256', models.CharField(blank=True, max_length=64, verbose_name='文件指纹')),
                ('filed_on', models.DateField(null=True, verbose_name='报送日')),
                ('filed_ref', models.CharField(blank=True, max_length=60, verbose_name='报送编号')),
                ('rectified_filed_on', models.DateField(null=True, verbose_name='整改报告报送日')),
                ('rectified_ref', models.CharField(blank=True, max_length=60)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='负责人')),
                ('planned_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '审计与报告',
                'verbose_name_plural': '审计与报告',
                'ordering': ('-due_on', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='ControlCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('control', models.CharField(db_index=True, max_length=24, verbose_name='控制措施')),
                ('due_on', models.DateField(verbose_name='应查日')),
                ('at', models.DateTimeField(default=custodian.clock.now, verbose_name='自查时间')),
                ('result', models.CharField(choices=[('passed', '有效'), ('failed', '失效')], max_length=6, verbose_name='结果')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='查到了什么')),
                ('evidence', models.CharField(blank=True, max_length=100, verbose_name='凭据')),
                ('measured', models.JSONField(default=dict)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_note', models.CharField(blank=True, max_length=200)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '控制自查',
                'verbose_name_plural': '控制自查',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Risk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='编号')),
                ('title', models.CharField(max_length=100, verbose_name='风险')),
                ('cause', models.CharField(max_length=300, verbose_name='原因')),
                ('consequence', models.CharField(max_length=300, verbose_name='后果')),
                ('kind', models.CharField(choices=[('leak', '外泄与倒卖'), ('access', '越权与滥用'), ('quality', '信息不真实'), ('loss', '丢失与中断'), ('partner', '合作方'), ('legal', '合规'), ('product', '产品与销售')], max_length=8, verbose_name='类别')),
                ('inherent_likelihood', models.PositiveSmallIntegerField()),
                ('inherent_impact', models.PositiveSmallIntegerField()),
                ('residual_likelihood', models.PositiveSmallIntegerField()),
                ('residual_impact', models.PositiveSmallIntegerField()),
                ('controls', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), default=list, size=None)),
                ('review_on', models.DateField(verbose_name='复查日')),
                ('treatment', models.CharField(choices=[('undecided', '未定'), ('accept', '接受'), ('reduce', '降低'), ('avoid', '规避'), ('transfer', '转移')], default='undecided', max_length=10, verbose_name='应对')),
                ('treatment_note', models.CharField(blank=True, max_length=300, verbose_name='应对说明')),
                ('origin', models.CharField(choices=[('own', '自行识别'), ('incident', '事件复盘'), ('finding', '审计发现')], default='own', max_length=8, verbose_name='来源')),
                ('origin_ref', models.CharField(blank=True, max_length=40)),
                ('status', models.CharField(choices=[('open', '在册'), ('closed', '已销号')], default='open', max_length=6, verbose_name='状态')),
                ('raised_at', models.DateTimeField(default=custodian.clock.now, verbose_name='登记时间')),
                ('closed_at', models.DateTimeField(null=True)),
                ('acceptance', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='负责人')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.product', verbose_name='险种')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit', verbose_name='机构')),
            ],
            options={
                'verbose_name': '风险',
                'verbose_name_plural': '风险',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='RiskAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('found', models.CharField(blank=True, max_length=300, verbose_name='审计发现')),
                ('title', models.CharField(max_length=120, verbose_name='要做什么')),
                ('due_on', models.DateField(verbose_name='期限')),
                ('state', models.CharField(choices=[('open', '办理中'), ('done', '已办结'), ('dropped', '不再办理')], default='open', max_length=8, verbose_name='状态')),
                ('opened_at', models.DateTimeField(default=custodian.clock.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('result', models.CharField(blank=True, max_length=300, verbose_name='办理结果')),
                ('evidence', models.CharField(blank=True, max_length=100, verbose_name='凭据')),
                ('verified_at', models.DateTimeField(null=True)),
                ('check_row', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='incidents.controlcheck')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='负责人')),
                ('risk', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='incidents.risk')),
                ('round', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='incidents.auditround')),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '整改措施',
                'verbose_name_plural': '整改措施',
                'ordering': ('due_on', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='RiskAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('customers', '客户'), ('products', '产品'), ('market', '市场')], max_length=10, verbose_name='对象')),
                ('version', models.PositiveSmallIntegerField(verbose_name='问卷版本')),
                ('digest', models.CharField(max_length=64)),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(verbose_name='至')),
                ('asked_at', models.DateTimeField(default=custodian.clock.now, verbose_name='查询时刻')),
                ('numbers', models.JSONField(default=list)),
                ('answers', models.JSONField(default=dict)),
                ('lines', models.JSONField(default=list)),
                ('score', models.DecimalField(decimal_places=2, max_digits=5, null=True, verbose_name='得分')),
                ('result', models.CharField(blank=True, max_length=12, verbose_name='结论')),
                ('summary', models.CharField(blank=True, max_length=1000, verbose_name='说明')),
                ('state', models.CharField(choices=[('draft', '填写中'), ('waiting', '待复核'), ('signed', '已签署')], default='draft', max_length=8, verbose_name='状态')),
                ('begun_at', models.DateTimeField(default=custodian.clock.now)),
                ('signed_at', models.DateTimeField(null=True, verbose_name='签署时间')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('book', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='records.book', verbose_name='账册')),
                ('product', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='records.product', verbose_name='险种')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='access.unit', verbose_name='机构')),
            ],
            options={
                'verbose_name': '风险评估',
                'verbose_name_plural': '风险评估',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='RiskEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('raised', '登记'), ('weighed', '重新评估'), ('controls', '控制措施'), ('owner', '负责人'), ('reviewed', '复查'), ('treated', '应对'), ('asked', '申请接受'), ('lapsed', '接受失效'), ('action', '整改措施'), ('failed', '控制失效'), ('closed', '销号'), ('reopened', '重新在册')], max_length=10)),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('text', models.CharField(blank=True, max_length=300)),
                ('facts', models.JSONField(default=dict)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('risk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='incidents.risk')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='auditround',
            constraint=models.UniqueConstraint(fields=('rule', 'about', 'due_on'), name='audit_round_is_once_for_a_date'),
        ),
        migrations.AddConstraint(
            model_name='auditround',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_on__isnull', False), ('state', 'reported'), models.Q(('paper', ''), _negated=True)), models.Q(models.Q(('state', 'reported'), _negated=True), ('done_on', None), ('paper', ''), ('rectified_filed_on', None)), _connector='OR'), name='audit_round_that_is_reported_says_when_and_where'),
        ),
        migrations.AddConstraint(
            model_name='controlcheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', False), models.Q(('note', ''), _negated=True)), models.Q(('by', None), models.Q(('measured', {}), _negated=True)), _connector='OR'), name='control_check_is_by_a_person_or_measured'),
        ),
        migrations.AddConstraint(
            model_name='controlcheck',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('result', 'failed'), models.Q(('by', None), models.Q(('confirmed_by', models.F('by')), _negated=True), _connector='OR')), _connector='OR'), name='control_check_that_failed_is_confirmed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='risk',
            constraint=models.CheckConstraint(condition=models.Q(('inherent_impact__range', (1, 5)), ('inherent_likelihood__range', (1, 5)), ('residual_impact__range', (1, 5)), ('residual_likelihood__range', (1, 5))), name='risk_is_weighed_from_one_to_five'),
        ),
        migrations.AddConstraint(
            model_name='risk',
            constraint=models.CheckConstraint(condition=models.Q(('residual_impact__lte', models.F('inherent_impact')), ('residual_likelihood__lte', models.F('inherent_likelihood'))), name='risk_that_is_left_is_no_greater'),
        ),
        migrations.AddConstraint(
            model_name='risk',
            constraint=models.CheckConstraint(condition=models.Q(('acceptance', None), ('treatment', 'accept'), _connector='OR'), name='risk_that_was_accepted_by_two_is_accepted'),
        ),
        migrations.AddConstraint(
            model_name='risk',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('status', 'open')), models.Q(('closed_at__isnull', False), ('status', 'closed')), _connector='OR'), name='risk_that_is_closed_says_when'),
        ),
        migrations.AddConstraint(
            model_name='riskaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('check_row', None), ('risk__isnull', False), ('round', None)), models.Q(('check_row__isnull', False), ('risk', None), ('round', None)), models.Q(('check_row', None), ('risk', None), ('round__isnull', False)), _connector='OR'), name='risk_action_is_of_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='riskaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', None), ('result', ''), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False), ('ended_by__isnull', False), models.Q(('result', ''), _negated=True)), _connector='OR'), name='risk_action_that_ended_says_when_by_whom_and_how'),
        ),
        migrations.AddConstraint(
            model_name='riskaction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verified_at', None), ('verified_by', None)), models.Q(('state', 'done'), ('verified_at__isnull', False), ('verified_by__isnull', False), models.Q(('verified_by', models.F('ended_by')), _negated=True), models.Q(('owner', None), models.Q(('verified_by', models.F('owner')), _negated=True), _connector='OR')), _connector='OR'), name='risk_action_is_verified_once_done_and_by_another'),
        ),
        migrations.AddConstraint(
            model_name='riskassessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('signed_at', None), ('state', 'draft')), models.Q(('approval__isnull', False), ('score__isnull', False), ('signed_at', None), ('state', 'waiting')), models.Q(('approval__isnull', False), ('score__isnull', False), ('signed_at__isnull', False), ('state', 'signed')), _connector='OR'), name='risk_assessment_that_is_signed_has_score_and_approval'),
        ),
        migrations.AddConstraint(
            model_name='riskassessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'customers'), ('product', None)), models.Q(('book', None), ('kind', 'products'), ('product__isnull', False), ('unit', None)), models.Q(('book', None), ('kind', 'market'), ('product', None), ('unit', None)), _connector='OR'), name='risk_assessment_is_of_what_its_kind_says'),
        ),
        migrations.AddConstraint(
            model_name='riskassessment',
            constraint=models.CheckConstraint(condition=models.Q(('since__lt', models.F('until'))), name='risk_assessment_looks_back'),
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
