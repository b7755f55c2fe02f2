"""Impact assessments by four eyes, and what products are filed and sold under."""

import datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# What was approved is neither changed nor, for three years after its time (PIPL art. 56), destroyed.
KEEP = """
CREATE FUNCTION records_keep_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.stage = 'approved' THEN
        IF TG_OP = 'UPDATE' THEN
            RAISE EXCEPTION 'an approved impact assessment stays as it was approved';
        ELSIF greatest(OLD.review_on, (OLD.approved_at AT TIME ZONE 'Asia/Shanghai')::date)
            > (now() AT TIME ZONE 'Asia/Shanghai')::date - interval '3 years' THEN
            RAISE EXCEPTION 'an impact assessment is kept for three years';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON records_impactassessment
    FOR EACH ROW EXECUTE FUNCTION records_keep_assessment();
CREATE FUNCTION records_keep_product() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a product was filed and sold under is kept as it was';
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON records_productversion
    FOR EACH ROW EXECUTE FUNCTION records_keep_product();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON records_productversion
    FOR EACH STATEMENT EXECUTE FUNCTION records_keep_product();
"""
LET_GO = """
DROP TRIGGER keep_all ON records_productversion;
DROP TRIGGER keep_rows ON records_productversion;
DROP FUNCTION records_keep_product();
DROP TRIGGER keep_rows ON records_impactassessment;
DROP FUNCTION records_keep_assessment();
"""
WORKERS = ["compliance_officer", "security_officer"]
KINDS = {"impact-assessment": WORKERS, "product-terms": ["compliance_officer"]}


def seed(apps, schema_editor):
    """A new installation's own way of approving them: this company's default, not law."""
    for kind, roles in KINDS.items():
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=roles, approvers=roles, excluded=["line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0038_let_purposes_change'),
        ('records', '0027_name_the_consent_of_a_choice'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImpactAssessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=16, verbose_name='评估编号')),
                ('number', models.PositiveSmallIntegerField(default=1, verbose_name='版本')),
                ('occasion', models.CharField(choices=[('sensitive', '处理敏感个人信息'), ('automated', '自动化决策'), ('entrust', '委托处理'), ('provide', '提供给其他处理者'), ('publish', '公开'), ('export', '向境外提供'), ('other', '其他重大影响')], max_length=10, verbose_name='评估情形')),
                ('kind', models.CharField(max_length=10, verbose_name='评估对象的种类')),
                ('about', models.CharField(blank=True, max_length=40, verbose_name='评估对象')),
                ('title', models.CharField(max_length=100, verbose_name='名称')),
                ('facts', models.JSONField(default=dict)),
                ('answers', models.JSONField(default=dict)),
                ('measures', models.CharField(blank=True, max_length=1000, verbose_name='保护措施')),
                ('conclusion', models.CharField(blank=True, choices=[('go', '可以进行'), ('conditions', '附条件进行'), ('stop', '不得进行')], max_length=10, verbose_name='结论')),
                ('conditions', models.JSONField(default=list)),
                ('review_on', models.DateField(null=True, verbose_name='复评日')),
                ('stage', models.CharField(choices=[('draft', '草稿'), ('waiting', '待复核'), ('returned', '已退回'), ('approved', '已批准')], default='draft', max_length=8, verbose_name='状态')),
                ('body', models.TextField(blank=True)),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='指纹')),
                ('approved_at', models.DateTimeField(null=True, verbose_name='批准时间')),
                ('begun_at', models.DateTimeField(default=custodian.clock.now, verbose_name='起草时间')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
            ],
            options={
                'verbose_name': '个人信息保护影响评估',
                'verbose_name_plural': '影响评估',
                'ordering': ('-code', '-number'),
            },
        ),
        migrations.CreateModel(
            name='AssessmentCondition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('what', models.CharField(max_length=200, verbose_name='条件')),
                ('due_on', models.DateField(verbose_name='期限')),
                ('done_at', models.DateTimeField(null=True, verbose_name='落实时间')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='怎样落实的')),
                ('done_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='负责人')),
                ('assessment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owed', to='records.impactassessment')),
            ],
            options={
                'ordering': ('assessment', 'number'),
            },
        ),
        migrations.CreateModel(
            name='ProductBreach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('not_filed', '销售时没有备案'), ('suspended', '暂停销售期间售出'), ('early', '开售之前售出'), ('late', '停售之后售出')], max_length=10, verbose_name='原因')),
                ('count', models.PositiveIntegerField(verbose_name='保单数')),
                ('first_on', models.DateField(null=True, verbose_name='最早')),
                ('last_on', models.DateField(null=True, verbose_name='最晚')),
                ('by_unit', models.JSONField(default=dict)),
                ('by_intermediary', models.JSONField(default=dict)),
                ('told', models.PositiveIntegerField(default=0)),
                ('counted_at', models.DateTimeField(default=custodian.clock.now, verbose_name='核对时间')),
                ('finding', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='access.finding')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='breaches', to='records.product')),
            ],
            options={
                'ordering': ('product', 'reason'),
            },
        ),
        migrations.CreateModel(
            name='ProductReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('baseline', '起点'), ('open', '待复查'), ('done', '已复查')], max_length=8, verbose_name='状态')),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('opened_at', models.DateTimeField(default=custodian.clock.now, verbose_name='提出')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='复查结论')),
                ('reviewed_at', models.DateTimeField(null=True, verbose_name='复查时间')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='records.product')),
                ('reviewed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('product', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='ProductVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本')),
                ('filed', models.BooleanField(verbose_name='已备案')),
                ('filed_on', models.DateField(null=True, verbose_name='备案日')),
                ('filing_no', models.CharField(blank=True, max_length=60, verbose_name='备案号')),
                ('sold_from', models.DateField(null=True, verbose_name='开售日')),
                ('sold_until', models.DateField(null=True, verbose_name='停售日')),
                ('suspensions', models.JSONField(default=list)),
                ('source', models.CharField(max_length=200, verbose_name='依据')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('made_at', models.DateTimeField(default=custodian.clock.now, verbose_name='生效')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='records.product')),
            ],
            options={
                'ordering': ('product', '-number'),
            },
        ),
        migrations.AddConstraint(
            model_name='impactassessment',
            constraint=models.UniqueConstraint(fields=('code', 'number'), name='impact_assessment_version_comes_once'),
        ),
        migrations.AddConstraint(
            model_name='impactassessment',
            constraint=models.UniqueConstraint(condition=models.Q(('stage__in', ['draft', 'waiting', 'returned'])), fields=('code',), name='impact_assessment_has_one_version_in_work'),
        ),
        migrations.AddConstraint(
            model_name='impactassessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stage__in', ['waiting', 'approved']), _negated=True), models.Q(models.Q(('body', ''), _negated=True), models.Q(('digest', ''), _negated=True), models.Q(('conclusion', ''), _negated=True), ('approval__isnull', False), ('review_on__isnull', False)), _connector='OR'), name='impact_assessment_put_up_has_text_and_approval'),
        ),
        migrations.AddConstraint(
            model_name='impactassessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at__isnull', False), ('stage', 'approved')), models.Q(models.Q(('stage', 'approved'), _negated=True), ('approved_at', None)), _connector='OR'), name='impact_assessment_approved_says_when'),
        ),
        migrations.AddConstraint(
            model_name='assessmentcondition',
            constraint=models.UniqueConstraint(fields=('assessment', 'number'), name='assessment_condition_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='assessmentcondition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None), ('note', '')), models.Q(('done_at__isnull', False), ('done_by__isnull', False), models.Q(('note', ''), _negated=True)), _connector='OR'), name='assessment_condition_done_says_when_by_whom_and_how'),
        ),
        migrations.AddConstraint(
            model_name='productbreach',
            constraint=models.UniqueConstraint(fields=('product', 'reason'), name='product_breach_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='productreview',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('product',), name='product_has_one_review_open'),
        ),
        migrations.AddConstraint(
            model_name='productreview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', False), ('reviewed_by__isnull', False), ('state', 'done'), models.Q(('note', ''), _negated=True)), models.Q(models.Q(('state', 'done'), _negated=True), ('note', ''), ('reviewed_at', None), ('reviewed_by', None)), _connector='OR'), name='product_review_done_says_who_when_and_what'),
        ),
        migrations.AddConstraint(
            model_name='productversion',
            constraint=models.UniqueConstraint(fields=('product', 'number'), name='product_version_comes_once'),
        ),
        migrations.AddConstraint(
            model_name='productversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('filed', True), ('filed_on__isnull', False), models.Q(('filing_no', ''), _negated=True)), models.Q(('filed', False), ('filed_on', None), ('filing_no', '')), _connector='OR'), name='product_filed_has_its_number'),
        ),
        migrations.AddConstraint(
            model_name='productversion',
            constraint=models.CheckConstraint(condition=models.Q(('sold_from', None), ('sold_until', None), ('sold_until__gte', models.F('sold_from')), _connector='OR'), name='product_sale_ends_after_it_begins'),
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
