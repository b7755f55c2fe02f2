"""Scrubs and what the log's hashes of states stand for; the register of storage places and its four eyes."""

from datetime import UTC, datetime

import custodian.clock
import django.db.models.deletion
import records.models.storage
import uuid
from django.conf import settings
from django.db import migrations, models


# This company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULE = {
    "kind": "media-disposal",
    "requesters": ["compliance_officer", "security_officer"],
    "approvers": ["compliance_officer", "security_officer"],
    "excluded": ["line"],
}
# The installation's own places: the system looks at them every night, a person once a quarter.
PLACES = {
    "database": "database",
    "exports": "exports",
    "imports": "imports",
    "evidence": "evidence",
    "backups": "backups",
}
# Whoever changes a customer keeps a list; only who reaches all rows reads it, and nobody changes it.
# Whoever reads a customer must be told that a holding is withheld; who it is of stands elsewhere.
SCOPE = """
ALTER TABLE records_heldstates ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_heldstates FORCE ROW LEVEL SECURITY;
CREATE POLICY heldstates_scope ON records_heldstates FOR SELECT USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY heldstates_kept ON records_heldstates FOR INSERT WITH CHECK (true);
REVOKE UPDATE, DELETE, TRUNCATE ON records_heldstates FROM custodian_app;
ALTER TABLE records_heldstates ALTER COLUMN body SET STORAGE EXTERNAL;
ALTER TABLE records_withheld ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_withheld FORCE ROW LEVEL SECURITY;
CREATE POLICY withheld_scope ON records_withheld USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY withheld_read ON records_withheld FOR SELECT USING (true);
"""
UNSCOPE = """
DROP POLICY withheld_read ON records_withheld;
DROP POLICY withheld_scope ON records_withheld;
ALTER TABLE records_withheld NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_withheld DISABLE ROW LEVEL SECURITY;
DROP POLICY heldstates_kept ON records_heldstates;
DROP POLICY heldstates_scope ON records_heldstates;
ALTER TABLE records_heldstates NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_heldstates DISABLE ROW LEVEL SECURITY;
"""


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(since=SINCE, **RULE)
    places = apps.get_model("records", "StoragePlace")
    places.objects.bulk_create([places(code=code, kind=kind) for code, kind in PLACES.items()])


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind="media-disposal").delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0019_restrict'),
        ('records', '0007_version_fingerprints'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HeldStates',
            fields=[
                ('digest', models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ('body', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='StoragePlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(blank=True, max_length=20)),
                ('kind', models.CharField(choices=[('database', '数据库'), ('backups', '备份'), ('exports', '导出文件'), ('imports', '导入文件与客户文件'), ('evidence', '取证材料'), ('device', '设备'), ('medium', '介质')], max_length=10, verbose_name='类别')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='名称')),
                ('location', models.CharField(blank=True, max_length=200, verbose_name='位置')),
                ('holds', models.CharField(blank=True, max_length=200, verbose_name='存放内容')),
                ('since', models.DateField(default=records.models.storage.today, verbose_name='启用日')),
                ('interval_days', models.PositiveSmallIntegerField(default=90, verbose_name='每几天检查一次')),
                ('disposed_at', models.DateTimeField(null=True, verbose_name='销毁时间')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='责任人')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit', verbose_name='责任机构')),
            ],
            options={
                'verbose_name': '存储位置',
                'verbose_name_plural': '存储位置',
                'ordering': ('disposed_at', 'id'),
            },
        ),
        migrations.CreateModel(
            name='Maintenance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('done_on', models.DateField(default=records.models.storage.today, verbose_name='日期')),
                ('what', models.CharField(max_length=200, verbose_name='做了什么')),
                ('recorded_at', models.DateTimeField(default=custodian.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='记录人')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='maintenance', to='records.storageplace')),
            ],
            options={
                'ordering': ('-done_on', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Inspection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField(default=custodian.clock.now, verbose_name='检查时间')),
                ('result', models.CharField(choices=[('ok', '正常'), ('fault', '有异常')], max_length=8, verbose_name='结果')),
                ('looked_at', models.CharField(blank=True, max_length=200, verbose_name='查看了什么')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('looks', models.JSONField(default=list)),
                ('next_due', models.DateField(verbose_name='下次检查')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='检查人')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inspections', to='records.storageplace')),
            ],
            options={
                'ordering': ('-at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='Disposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('method', models.CharField(choices=[('shred', '粉碎'), ('degauss', '消磁'), ('overwrite', '覆写'), ('incinerate', '焚毁'), ('crypto-erase', '密钥销毁')], max_length=12, verbose_name='销毁方式')),
                ('done_on', models.DateField(verbose_name='销毁日期')),
                ('certificate', models.CharField(blank=True, max_length=80, verbose_name='证书编号')),
                ('proof_sha256', models.CharField(blank=True, max_length=64, verbose_name='证明文件的摘要')),
                ('decided_at', models.DateTimeField(null=True)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('witness', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='见证人')),
                ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='disposals', to='records.storageplace')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='ScrubRun',
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
                ('kind', models.CharField(choices=[('sample', '抽查'), ('full', '全查')], max_length=8, verbose_name='检查范围')),
                ('period', models.DateField(null=True)),
                ('sample_size', models.PositiveIntegerField(null=True)),
                ('plan', models.JSONField(default=list)),
                ('cursor', models.JSONField(default=dict)),
                ('counts', models.JSONField(default=dict)),
                ('unlogged', models.PositiveBigIntegerField(default=0)),
                ('values_checked', models.PositiveBigIntegerField(default=0, verbose_name='打开的值')),
                ('faults', models.PositiveIntegerField(default=0, verbose_name='异常')),
                ('seconds', models.FloatField(default=0.0)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提交人')),
            ],
            options={
                'verbose_name': '密封值检查',
                'verbose_name_plural': '密封值检查',
                'ordering': ('-pk',),
                'constraints': [models.UniqueConstraint(fields=('kind', 'period'), name='scrub_is_once_in_a_period')],
            },
        ),
        migrations.AddConstraint(
            model_name='storageplace',
            constraint=models.UniqueConstraint(condition=models.Q(('code', ''), _negated=True), fields=('code',), name='storage_place_code_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='storageplace',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code', ''), _negated=True), models.Q(('name', ''), _negated=True), _connector='OR'), name='storage_place_has_a_name'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('certificate', ''), _negated=True), models.Q(('proof_sha256', ''), _negated=True), _connector='OR'), name='disposal_has_proof'),
        ),
        migrations.AddConstraint(
            model_name='disposal',
            constraint=models.CheckConstraint(condition=models.Q(('witness', None), models.Q(('witness', models.F('proposed_by')), _negated=True), _connector='OR'), name='disposal_is_witnessed_by_somebody_else'),
        ),
        migrations.CreateModel(
            name='Withheld',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holding', models.UUIDField(unique=True)),
                ('since', models.DateTimeField(default=custodian.clock.now)),
                ('finding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.finding')),
            ],
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
