"""Courses, undertakings and who has them; rules of the highest levels ask for all of them."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import yaml
from django.conf import settings
from django.db import migrations, models

# In force from before anything that is imported, as the first access rules are.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
HERE = Path(__file__).resolve().parents[1] / "training"
TONGUES = ("zh", "en")
OFFICER = ["compliance_officer"]
# What somebody has learned or promised is written once.
KEEP = """
REVOKE UPDATE, DELETE ON access_attempt, access_signature FROM custodian_app;
"""
UNKEEP = """
GRANT UPDATE, DELETE ON access_attempt, access_signature TO custodian_app;
"""


def files(folder):
    for path in sorted((HERE / folder).glob("*.yaml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


def both(said, *names):
    return {f"{name}_{tongue}": said[name][tongue] for name in names for tongue in TONGUES}


def digest(said, *names):
    text = json.dumps({name: said[name] for name in names}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def seed(apps, schema_editor):
    seed_courses(apps)
    seed_undertakings(apps)
    ApprovalRule = apps.get_model("access", "ApprovalRule")
    for kind in ("course", "undertaking"):
        ApprovalRule.objects.create(
            kind=kind, requesters=OFFICER, approvers=OFFICER, excluded=["line"], since=SINCE
        )
    codes = [*apps.get_model("access", "Course").objects.values_list("code", flat=True),
             *apps.get_model("access", "Undertaking").objects.values_list("code", flat=True)]
    # The rules that the installation began with; what officers have changed since is theirs to change.
    rules = apps.get_model("access", "PolicyRule").objects.filter(max_level__gte=4, approval=None)
    rules.update(training=sorted(codes))
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def seed_courses(apps):
    Course, Lesson, Question = (
        apps.get_model("access", name) for name in ("Course", "Lesson", "Question")
    )
    for said in files("courses"):
        terms = {name: said[name] for name in ("code", "field", "roles", "pass_mark", "months", "law", "mark")}
        course = Course.objects.create(
            since=SINCE, digest=digest(said, "title", "lessons", "questions"), **both(said, "title"), **terms
        )
        for number, each in enumerate(said["lessons"], 1):
            Lesson.objects.create(course=course, number=number, **both(each, "title", "body"))
        for number, each in enumerate(said["questions"], 1):
            Question.objects.create(
                course=course, number=number, right=each["right"], **both(each, "text", "choices", "feedback")
            )


def seed_undertakings(apps):
    Undertaking = apps.get_model("access", "Undertaking")
    for said in files("undertakings"):
        terms = {name: said[name] for name in ("code", "roles", "law", "mark", "clause_version")}
        Undertaking.objects.create(
            since=SINCE, digest=digest(said, "title", "clause", "clause_version", "text"),
            **both(said, "title", "clause", "text"), **terms
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=["course", "undertaking"]).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0013_audit_looks'),
    ]

    operations = [
        migrations.AddField(
            model_name='policyrule',
            name='training',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='须有效的培训与承诺'),
        ),
        migrations.CreateModel(
            name='Course',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, verbose_name='代码')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                ('title_zh', models.CharField(max_length=80, verbose_name='标题（中文）')),
                ('title_en', models.CharField(max_length=120, verbose_name='标题（英文）')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('agent', '代理人'), ('claims_handler', '理赔人员'), ('service_desk', '客服'), ('compliance_officer', '合规官'), ('security_officer', '安全官'), ('auditor', '审计'), ('regulator', '监管'), ('administrator', '系统管理员'), ('system', '系统作业')], max_length=24), blank=True, default=list, size=None, verbose_name='适用岗位')),
                ('law', models.CharField(blank=True, max_length=20, verbose_name='法规条款')),
                ('mark', models.CharField(blank=True, max_length=2)),
                ('since', models.DateTimeField(default=custodian.clock.now, verbose_name='生效')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='失效')),
                ('digest', models.CharField(max_length=64, verbose_name='内容指纹')),
                ('field', models.CharField(choices=[('law', '法律'), ('technique', '技术'), ('emergencies', '应急')], max_length=12, verbose_name='类别')),
                ('pass_mark', models.PositiveSmallIntegerField(default=80, verbose_name='及格线（%）')),
                ('months', models.PositiveSmallIntegerField(default=12, verbose_name='有效期（月）')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
            ],
            options={
                'verbose_name': '课程',
                'verbose_name_plural': '课程',
                'ordering': ('code', '-version'),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Attempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('answers', models.JSONField()),
                ('score', models.PositiveSmallIntegerField(verbose_name='得分（%）')),
                ('passed', models.BooleanField(verbose_name='通过')),
                ('taken_at', models.DateTimeField(default=custodian.clock.now, verbose_name='时间')),
                ('valid_until', models.DateTimeField(null=True, verbose_name='有效至')),
                ('mac', models.BinaryField(default=b'')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to=settings.AUTH_USER_MODEL)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='access.course')),
            ],
            options={
                'ordering': ('-taken_at',),
            },
        ),
        migrations.CreateModel(
            name='Lesson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('title_zh', models.CharField(max_length=80)),
                ('title_en', models.CharField(max_length=120)),
                ('body_zh', models.TextField()),
                ('body_en', models.TextField()),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lessons', to='access.course')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('text_zh', models.CharField(max_length=300)),
                ('text_en', models.CharField(max_length=400)),
                ('choices_zh', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None)),
                ('choices_en', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), size=None)),
                ('right', models.PositiveSmallIntegerField()),
                ('feedback_zh', models.CharField(max_length=300)),
                ('feedback_en', models.CharField(max_length=400)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='access.course')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40)),
                ('until', models.DateTimeField()),
                ('days', models.PositiveSmallIntegerField()),
                ('made_at', models.DateTimeField(default=custodian.clock.now)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-made_at',),
            },
        ),
        migrations.CreateModel(
            name='Undertaking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, verbose_name='代码')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                ('title_zh', models.CharField(max_length=80, verbose_name='标题（中文）')),
                ('title_en', models.CharField(max_length=120, verbose_name='标题（英文）')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('agent', '代理人'), ('claims_handler', '理赔人员'), ('service_desk', '客服'), ('compliance_officer', '合规官'), ('security_officer', '安全官'), ('auditor', '审计'), ('regulator', '监管'), ('administrator', '系统管理员'), ('system', '系统作业')], max_length=24), blank=True, default=list, size=None, verbose_name='适用岗位')),
                ('law', models.CharField(blank=True, max_length=20, verbose_name='法规条款')),
                ('mark', models.CharField(blank=True, max_length=2)),
                ('since', models.DateTimeField(default=custodian.clock.now, verbose_name='生效')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='失效')),
                ('digest', models.CharField(max_length=64, verbose_name='内容指纹')),
                ('clause_zh', models.CharField(max_length=80, verbose_name='合同条款（中文）')),
                ('clause_en', models.CharField(max_length=120, verbose_name='合同条款（英文）')),
                ('clause_version', models.CharField(max_length=20, verbose_name='条款版本')),
                ('text_zh', models.TextField(verbose_name='全文（中文）')),
                ('text_en', models.TextField(verbose_name='全文（英文）')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
            ],
            options={
                'verbose_name': '保密承诺',
                'verbose_name_plural': '保密承诺',
                'ordering': ('code', '-version'),
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Signature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('signed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='签署时间')),
                ('mac', models.BinaryField(default=b'')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to=settings.AUTH_USER_MODEL)),
                ('undertaking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signatures', to='access.undertaking')),
            ],
            options={
                'ordering': ('-signed_at',),
            },
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.UniqueConstraint(fields=('code', 'version'), name='course_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.CheckConstraint(condition=models.Q(('pass_mark__gte', 1), ('pass_mark__lte', 100)), name='course_pass_mark_is_a_share'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.CheckConstraint(condition=models.Q(('months__gte', 1), ('months__lte', 60)), name='course_holds_for_months'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.UniqueConstraint(fields=('user', 'course', 'number'), name='attempt_is_numbered_once'),
        ),
        migrations.AddConstraint(
            model_name='attempt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('passed', True), ('valid_until__isnull', False)), models.Q(('passed', False), ('valid_until', None)), _connector='OR'), name='attempt_is_valid_for_a_time_iff_passed'),
        ),
        migrations.AddConstraint(
            model_name='lesson',
            constraint=models.UniqueConstraint(fields=('course', 'number'), name='lesson_number_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.UniqueConstraint(fields=('course', 'number'), name='question_number_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('right__lt', models.F('choices_zh__len'))), name='question_has_a_right_choice'),
        ),
        migrations.AddConstraint(
            model_name='question',
            constraint=models.CheckConstraint(condition=models.Q(('choices_zh__len', models.F('choices_en__len'))), name='question_has_its_choices_in_both_languages'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('user', 'code', 'until', 'days'), name='reminder_is_given_once'),
        ),
        migrations.AddConstraint(
            model_name='undertaking',
            constraint=models.UniqueConstraint(fields=('code', 'version'), name='undertaking_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(fields=('user', 'undertaking'), name='undertaking_is_signed_once_by_each'),
        ),
        migrations.AddConstraint(
            model_name='course',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('code',), name='course_has_one_newest_version'),
        ),
        migrations.AddConstraint(
            model_name='undertaking',
            constraint=models.UniqueConstraint(condition=models.Q(('until', None)), fields=('code',), name='undertaking_has_one_newest_version'),
        ),
        migrations.RunPython(seed, unseed),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
