"""Files are surveyed before they are mapped, mappings are kept, and a run may bring a book on its way in."""

import custodian.clock
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models


KEEP = "REVOKE UPDATE, DELETE ON records_savedmapping FROM custodian_app;"
CHANGE = "GRANT UPDATE, DELETE ON records_savedmapping TO custodian_app;"


# What she said is hidden with her.
HIDE = """
CREATE POLICY consent_has_arrived ON records_consent AS RESTRICTIVE FOR SELECT USING (
    (SELECT NOT EXISTS (SELECT 1 FROM access_arriving))
    OR (SELECT NULLIF(current_setting('custodian.arrivals', true), '')) = 'on'
    OR NOT EXISTS (SELECT 1 FROM access_arriving a WHERE a.subject_id = records_consent.subject_id));
"""
SHOW = "DROP POLICY consent_has_arrived ON records_consent;"


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0036_let_books_move'),
        ('records', '0024_hide_what_arrives'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FileSurvey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('status', models.CharField(choices=[('queued', '排队'), ('running', '进行中'), ('paused', '已暂停'), ('failed', '失败，可续作'), ('done', '完成'), ('refused', '已拒收')], default='queued', max_length=16, verbose_name='状态')),
                ('total', models.PositiveBigIntegerField(null=True)),
                ('done', models.PositiveBigIntegerField(default=0)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('created_at', models.DateTimeField(default=custodian.clock.now, verbose_name='提交时间')),
                ('started_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('leased_by', models.UUIDField(null=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('sheets', models.JSONField(default=list)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SavedMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('version', models.PositiveSmallIntegerField(verbose_name='版本')),
                ('toml', models.TextField()),
                ('made_at', models.DateTimeField(default=custodian.clock.now, verbose_name='保存时间')),
            ],
            options={
                'verbose_name': '保存的对应关系',
                'verbose_name_plural': '保存的对应关系',
                'ordering': ('name', '-version'),
            },
        ),
        migrations.RemoveConstraint(
            model_name='importrun',
            name='import_run_accounts_for_every_row',
        ),
        migrations.AddField(
            model_name='importrun',
            name='arriving',
            field=models.UUIDField(db_index=True, null=True),
        ),
        migrations.AddField(
            model_name='importrun',
            name='skipped',
            field=models.PositiveBigIntegerField(default=0, verbose_name='按规则略过'),
        ),
        migrations.AddField(
            model_name='importrun',
            name='skips',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='importrun',
            name='sources',
            field=models.JSONField(default=dict),
        ),
        migrations.AddConstraint(
            model_name='importrun',
            constraint=models.CheckConstraint(condition=models.Q(('rows_in', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('kept'), '+', models.F('unchanged')), '+', models.F('quarantined')), '+', models.F('skipped')))), name='import_run_accounts_for_every_row'),
        ),
        migrations.AddField(
            model_name='filesurvey',
            name='file',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='survey', to='records.importfile'),
        ),
        migrations.AddField(
            model_name='savedmapping',
            name='made_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='savedmapping',
            constraint=models.UniqueConstraint(fields=('name', 'version'), name='mapping_has_a_version_once'),
        ),
        migrations.RunSQL(KEEP, CHANGE),
        migrations.RunSQL(HIDE, SHOW),
    ]
