"""What the insurer publishes: texts with their versions, which nothing rewrites, and who was told of them."""

import datetime

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

OFFICER = ["compliance_officer"]
KINDS = ("notice", "notice-withdrawal")
# A version stays as it was approved, and so does the name under which it was published.
KEEP = """
CREATE FUNCTION records_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'records_publishedtext' AND TG_OP <> 'TRUNCATE' THEN
        PERFORM FROM records_textversion v WHERE v.text_id = OLD.id;
        IF NOT FOUND THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was published is kept as it was approved';
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON records_textversion
    FOR EACH ROW EXECUTE FUNCTION records_keep_published();
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON records_textwithdrawal
    FOR EACH ROW EXECUTE FUNCTION records_keep_published();
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON records_publishedtext
    FOR EACH ROW EXECUTE FUNCTION records_keep_published();
CREATE TRIGGER keep_rows BEFORE UPDATE ON records_noticeseen
    FOR EACH ROW EXECUTE FUNCTION records_keep_published();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON records_textversion
    FOR EACH STATEMENT EXECUTE FUNCTION records_keep_published();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON records_textwithdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION records_keep_published();
"""
LET_GO = """
DROP TRIGGER keep_all ON records_textwithdrawal;
DROP TRIGGER keep_all ON records_textversion;
DROP TRIGGER keep_rows ON records_noticeseen;
DROP TRIGGER keep_rows ON records_publishedtext;
DROP TRIGGER keep_rows ON records_textwithdrawal;
DROP TRIGGER keep_rows ON records_textversion;
DROP FUNCTION records_keep_published();
"""
# Hers, and of whoever reaches all rows.
SCOPE = """
ALTER TABLE records_noticeseen ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_noticeseen FORCE ROW LEVEL SECURITY;
CREATE POLICY noticeseen_scope ON records_noticeseen USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY noticeseen_own ON records_noticeseen FOR SELECT USING (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[]));
CREATE POLICY noticeseen_told ON records_noticeseen FOR INSERT WITH CHECK (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[]));
"""
UNSCOPE = """
DROP POLICY noticeseen_told ON records_noticeseen;
DROP POLICY noticeseen_own ON records_noticeseen;
DROP POLICY noticeseen_scope ON records_noticeseen;
ALTER TABLE records_noticeseen NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_noticeseen DISABLE ROW LEVEL SECURITY;
"""


def seed(apps, schema_editor):
    """A new installation's own way of approving what it publishes: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0028_heed_requests'),
        ('records', '0016_agree'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PublishedText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('processing', '个人信息处理规则'), ('children', '儿童个人信息处理规则'), ('tip', '风险提示'), ('article', '知识文章'), ('announcement', '公告')], max_length=12, verbose_name='种类')),
                ('slug', models.CharField(max_length=40, unique=True, verbose_name='网址名')),
                ('created_at', models.DateTimeField(default=custodian.clock.now, verbose_name='建立')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
            ],
            options={
                'verbose_name': '公开文本',
                'verbose_name_plural': '公开文本',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='TextDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField()),
                ('edited_at', models.DateTimeField(default=custodian.clock.now, verbose_name='改动')),
                ('approval', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('edited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('text', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='draft', to='records.publishedtext')),
            ],
            options={
                'verbose_name': '草稿',
                'verbose_name_plural': '草稿',
            },
        ),
        migrations.CreateModel(
            name='TextVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本')),
                ('content', models.JSONField()),
                ('digest', models.CharField(max_length=64, verbose_name='内容指纹')),
                ('since', models.DateField(verbose_name='生效日')),
                ('until', models.DateField(null=True, verbose_name='展示至')),
                ('places', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), default=list, size=None, verbose_name='展示位置')),
                ('published_at', models.DateTimeField(default=custodian.clock.now, verbose_name='发布')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('approved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('text', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='records.publishedtext')),
            ],
            options={
                'verbose_name': '文本版本',
                'verbose_name_plural': '文本版本',
                'ordering': ('text', '-number'),
            },
        ),
        migrations.CreateModel(
            name='NoticeSeen',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('capacity', models.CharField(max_length=12)),
                ('seen_at', models.DateTimeField(default=custodian.clock.now, verbose_name='看过')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject', verbose_name='客户')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.textversion')),
            ],
            options={
                'verbose_name': '规则的告知记录',
                'verbose_name_plural': '规则的告知记录',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='TextWithdrawal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='撤下日')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('withdrawn_at', models.DateTimeField(default=custodian.clock.now)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='withdrawal', to='records.textversion')),
            ],
            options={
                'verbose_name': '撤下',
                'verbose_name_plural': '撤下',
            },
        ),
        migrations.AddConstraint(
            model_name='textversion',
            constraint=models.UniqueConstraint(fields=('text', 'number'), name='text_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='textversion',
            constraint=models.CheckConstraint(condition=models.Q(('drafted_by', models.F('approved_by')), _negated=True), name='text_version_is_approved_by_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='textversion',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='text_version_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='noticeseen',
            constraint=models.UniqueConstraint(fields=('subject', 'version', 'capacity'), name='notice_is_seen_once'),
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
