"""How long holdings are kept, batches of what is due, and what is left of them when they are destroyed."""

from datetime import UTC, datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULE = {
    "kind": "destruction", "requesters": ["compliance_officer"], "approvers": ["compliance_officer"],
    "excluded": ["line", "target", "target-line"],
}
BY_SUBJECT = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY {table}_read ON records_{table} FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = records_{table}.subject_id));
"""
BY_REACH = """
ALTER TABLE records_destructionitem ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_destructionitem FORCE ROW LEVEL SECURITY;
CREATE POLICY destructionitem_scope ON records_destructionitem USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
# A stone is set once; only the sheet that carries it outside is noted later.
STONES = """
REVOKE UPDATE, DELETE ON records_tombstone, records_tombstonesheet FROM custodian_app;
GRANT UPDATE (sheet) ON records_tombstone TO custodian_app;
CREATE FUNCTION records_forget_holdings(holdings uuid[]) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    DELETE FROM keys.data_key k USING records_tombstone t
    WHERE k.holding = ANY (holdings) AND t.gone = k.holding;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION records_forget_holdings(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_forget_holdings(uuid[]) TO custodian_app;
"""
TABLES = ("keeping", "retentionevent", "tombstone")
SCOPE = "".join([*(BY_SUBJECT.format(table=each) for each in TABLES), BY_REACH, STONES])
UNSCOPE = "DROP FUNCTION records_forget_holdings(uuid[]);" + "".join(
    f"DROP POLICY {each}_read ON records_{each}; DROP POLICY {each}_scope ON records_{each};" for each in TABLES
) + "DROP POLICY destructionitem_scope ON records_destructionitem;"


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=RULE["kind"]).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0019_restrict'),
        ('records', '0004_trace_staff'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KeepingRun',
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
                ('day', models.DateField(unique=True, verbose_name='日期')),
                ('after', models.BigIntegerField(default=0)),
                ('counts', models.JSONField(default=dict)),
                ('restricted', models.PositiveBigIntegerField(default=0)),
                ('released', models.PositiveBigIntegerField(default=0)),
                ('proposed_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '保存期限核算',
                'verbose_name_plural': '保存期限核算',
                'ordering': ('-day',),
            },
        ),
        migrations.CreateModel(
            name='TombstoneSheet',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('batch', models.CharField(max_length=16)),
                ('body', models.TextField()),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='DestructionBatch',
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
                ('code', models.CharField(max_length=16, unique=True, verbose_name='批次')),
                ('day', models.DateField(verbose_name='到期日')),
                ('stage', models.CharField(choices=[('proposed', '待提交'), ('waiting', '待复核'), ('approved', '已批准'), ('returned', '已退回'), ('stopped', '已停止'), ('done', '已销毁')], default='proposed', max_length=10, verbose_name='状态')),
                ('digest', models.CharField(blank=True, max_length=64)),
                ('approved_at', models.DateTimeField(null=True, verbose_name='批准')),
                ('certificate', models.BinaryField(default=b'')),
                ('signature', models.BinaryField(default=b'')),
                ('pages', models.JSONField(default=dict)),
                ('scan', models.JSONField(default=dict)),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('submitted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '销毁批次',
                'verbose_name_plural': '销毁批次',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='CertificatePage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('language', models.CharField(max_length=8)),
                ('body', models.BinaryField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='printed', to='records.destructionbatch')),
            ],
        ),
        migrations.CreateModel(
            name='DestructionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holding', models.UUIDField()),
                ('kind', models.CharField(max_length=12)),
                ('rule', models.CharField(max_length=40)),
                ('ended_on', models.DateField()),
                ('keep_until', models.DateField()),
                ('state', models.CharField(choices=[('planned', '待销毁'), ('excluded', '已排除'), ('held', '法律保留'), ('in_use', '不再到期'), ('stopped', '已停止'), ('destroyed', '已销毁')], default='planned', max_length=10)),
                ('because', models.CharField(blank=True, max_length=80)),
                ('decided_at', models.DateTimeField(null=True)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='records.destructionbatch')),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='records.book')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
        ),
        migrations.CreateModel(
            name='Keeping',
            fields=[
                ('holding', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=12)),
                ('state', models.CharField(choices=[('in_use', '使用中'), ('restricted', '限制处理'), ('undated', '日期不详'), ('due', '到期待销毁')], max_length=10, verbose_name='状态')),
                ('ended_on', models.DateField(null=True, verbose_name='目的结束')),
                ('keep_until', models.DateField(null=True, verbose_name='保存至')),
                ('rule', models.CharField(blank=True, max_length=40)),
                ('reckoned_at', models.DateTimeField(default=custodian.clock.now)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keepings', to='access.subject')),
            ],
        ),
        migrations.CreateModel(
            name='RetentionEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holding', models.UUIDField(null=True)),
                ('trigger', models.CharField(choices=[('contract_terminated', '合同终止'), ('transaction', '最后一笔交易'), ('consent_withdrawn', '撤回同意'), ('last_contact', '最后联系')], max_length=20, verbose_name='事件')),
                ('on', models.DateField(verbose_name='日期')),
                ('noted_at', models.DateTimeField(default=custodian.clock.now)),
                ('noted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='retention_events', to='access.subject')),
            ],
            options={
                'ordering': ('on', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='Tombstone',
            fields=[
                ('gone', models.UUIDField(primary_key=True, serialize=False)),
                ('kind', models.CharField(max_length=12)),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('sheet', models.PositiveIntegerField(null=True)),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='records.destructionbatch')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tombstones', to='access.subject')),
            ],
        ),
        migrations.AddConstraint(
            model_name='destructionbatch',
            constraint=models.UniqueConstraint(condition=models.Q(('stage', 'proposed')), fields=('stage',), name='destruction_batch_is_proposed_once'),
        ),
        migrations.AddConstraint(
            model_name='destructionbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stage', 'done'), _negated=True), models.Q(('certificate', b''), _negated=True), _connector='OR'), name='destruction_batch_is_certified_when_done'),
        ),
        migrations.AddConstraint(
            model_name='certificatepage',
            constraint=models.UniqueConstraint(fields=('batch', 'language'), name='certificate_page_is_once_in_a_language'),
        ),
        migrations.AddIndex(
            model_name='destructionitem',
            index=models.Index(fields=['batch', 'state', 'subject'], name='destruction_item_by_state'),
        ),
        migrations.AddIndex(
            model_name='destructionitem',
            index=models.Index(fields=['holding'], name='destruction_item_holding'),
        ),
        migrations.AddConstraint(
            model_name='destructionitem',
            constraint=models.UniqueConstraint(fields=('batch', 'holding'), name='destruction_item_is_once'),
        ),
        migrations.AddIndex(
            model_name='keeping',
            index=models.Index(fields=['keep_until'], name='keeping_by_day'),
        ),
        migrations.AddIndex(
            model_name='keeping',
            index=models.Index(fields=['subject'], name='keeping_of_subject'),
        ),
        migrations.AddIndex(
            model_name='retentionevent',
            index=models.Index(fields=['subject'], name='retention_event_of_subject'),
        ),
        migrations.AddIndex(
            model_name='tombstone',
            index=models.Index(fields=['sheet'], name='tombstone_by_sheet'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
