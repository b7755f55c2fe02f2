"""Corrections: proposals, evidence, confirmations and former values, and the rule by which they are approved."""

from datetime import UTC, datetime, timedelta

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import functools
import records.references
import uuid
from django.conf import settings
from django.db import migrations, models


SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULE = {
    "kind": "correction", "requesters": ["service_desk", "compliance_officer"],
    "approvers": ["compliance_officer"], "excluded": ["line", "target", "target-line"],
}
# Whoever sees the customer reads; only the product itself writes, after it has decided on who acts.
BY_SUBJECT = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY {table}_read ON records_{table} FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = records_{table}.subject_id));
"""
# Not even the keyed hash of a code is for anybody's eyes.
BY_REACH = """
ALTER TABLE records_correctioncode ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_correctioncode FORCE ROW LEVEL SECURITY;
CREATE POLICY correctioncode_scope ON records_correctioncode USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
TABLES = (
    "correction", "correctionitem", "correctionevidence", "correctionconfirmation", "correctionstep",
    "correctionclock", "formervalue",
)
# Sealed bytes are not statistics.
QUIET = """
ALTER TABLE records_correction ALTER COLUMN note_sealed SET STATISTICS 0;
ALTER TABLE records_correction ALTER COLUMN refusal_sealed SET STATISTICS 0;
ALTER TABLE records_correctionitem ALTER COLUMN value_sealed SET STATISTICS 0;
ALTER TABLE records_formervalue ALTER COLUMN value_sealed SET STATISTICS 0;
"""
# As before, and the keys of corrections and former values are no import file's either.
FORGET = """
CREATE OR REPLACE FUNCTION records_forget_import_files(files bigint[]) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint; reach text := current_setting('custodian.reach', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true);
    DELETE FROM keys.data_key k USING records_importfile f
    WHERE f.id = ANY (files) AND f.removed_at IS NOT NULL AND k.holding = f.holding
      AND NOT EXISTS (SELECT FROM records_identity h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_finances h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_policy h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_claim h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_document h WHERE h.holding = k.holding){more};
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true);
    RETURN gone;
END $$;
"""
MORE = """
      AND NOT EXISTS (SELECT FROM records_correction h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_formervalue h WHERE h.holding = k.holding)"""
SCOPE = "".join(
    [*(BY_SUBJECT.format(table=each) for each in TABLES), BY_REACH, QUIET, FORGET.replace("{more}", MORE)]
)
UNSCOPE = FORGET.replace("{more}", "") + "DROP POLICY correctioncode_scope ON records_correctioncode;" + "".join(
    f"DROP POLICY {each}_read ON records_{each}; DROP POLICY {each}_scope ON records_{each};" for each in TABLES
)


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=RULE["kind"]).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0026_tell_the_time'),
        ('records', '0009_let_own_records_go'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='added_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='document',
            name='channel',
            field=models.CharField(blank=True, max_length=12, verbose_name='渠道'),
        ),
        migrations.AddField(
            model_name='document',
            name='pages',
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='received_digest',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='received_size',
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='document',
            name='kind',
            field=models.CharField(choices=[('application', '投保单'), ('recording', '双录'), ('evidence', '证明材料'), ('proof', '身份与住址证明'), ('letter', '函件')], max_length=12, verbose_name='类别'),
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holding', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('epoch', models.PositiveIntegerField(default=0, editable=False)),
                ('state_mac', models.BinaryField(default=b'')),
                ('origins', models.JSONField(default=dict, editable=False)),
                ('ref', models.CharField(default=functools.partial(records.references.new, *('a',), **{}), max_length=16, unique=True)),
                ('group', models.CharField(max_length=20, verbose_name='更正项')),
                ('slot', models.PositiveSmallIntegerField(default=0)),
                ('kind', models.CharField(choices=[('correction', '更正'), ('completion', '补充')], default='correction', max_length=12, verbose_name='类型')),
                ('status', models.CharField(choices=[('draft', '草稿'), ('submitted', '已收到'), ('checking', '核对中'), ('confirming', '等待确认'), ('approving', '待复核'), ('approved', '已批准'), ('applied', '已更正'), ('refused', '不予更正'), ('withdrawn', '已撤回')], default='draft', max_length=12, verbose_name='状态')),
                ('channel', models.CharField(max_length=12, verbose_name='渠道')),
                ('capacity', models.CharField(blank=True, max_length=12)),
                ('created_at', models.DateTimeField(default=custodian.clock.now)),
                ('changed_at', models.DateTimeField(default=custodian.clock.now)),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='提出')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='办结')),
                ('refusal', models.CharField(blank=True, choices=[('evidence', '证明材料看不清或不足'), ('mismatch', '证明材料与要改的内容不一致'), ('unconfirmed', '没有在期限内得到您本人的确认'), ('not-yours', '无法确认是您本人或您授权的人提出'), ('right', '核对后，原来的内容没有错'), ('contract', '这一项属于保单内容，须办理保全变更')], max_length=12, verbose_name='不予更正的理由')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('note_sealed', models.BinaryField(null=True)),
                ('refusal_sealed', models.BinaryField(null=True)),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核对人')),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.workitem')),
                ('raised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject', verbose_name='客户')),
            ],
            options={
                'verbose_name': '更正',
                'verbose_name_plural': '更正',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='CorrectionCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(editable=False, unique=True)),
                ('contact', models.CharField(max_length=60)),
                ('sent_at', models.DateTimeField(default=custodian.clock.now)),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='records.correction')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
            ],
            options={
                'ordering': ('-sent_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='CorrectionConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('portal', '本人登录客户服务确认'), ('code', '一次性验证码'), ('branch', '本人到柜面，已核对证件'), ('letter', '本人签名的书面函件')], max_length=8, verbose_name='方式')),
                ('contact', models.CharField(blank=True, max_length=60)),
                ('at', models.DateTimeField(default=custodian.clock.now, verbose_name='时间')),
                ('digest', models.CharField(max_length=64)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='confirmations', to='records.correction')),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.document')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
            ],
            options={
                'ordering': ('at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='CorrectionEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='records.correction')),
                ('document', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.document')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='CorrectionItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('element', models.CharField(max_length=60)),
                ('holding', models.UUIDField()),
                ('slot', models.PositiveSmallIntegerField(default=0)),
                ('derived', models.BooleanField(default=False)),
                ('held', models.BooleanField(default=True)),
                ('value_sealed', models.BinaryField(null=True)),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='records.correction')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='CorrectionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20)),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('unit', models.CharField(blank=True, max_length=60)),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='records.correction')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
            ],
            options={
                'ordering': ('at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='CorrectionClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=24, verbose_name='时限')),
                ('started_at', models.DateTimeField(verbose_name='起算时间')),
                ('waited', models.DurationField(default=timedelta)),
                ('paused_at', models.DateTimeField(null=True)),
                ('extended', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('late_reason', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField(editable=False, verbose_name='到期时间')),
                ('near_at', models.DateTimeField(editable=False)),
                ('target_at', models.DateTimeField(editable=False, null=True)),
                ('provisional', models.BooleanField(default=False, editable=False)),
                ('correction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='records.correction')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
            ],
            options={
                'ordering': ('due_at', 'pk'),
                'indexes': [models.Index(fields=['stopped_at', 'due_at'], name='correction_clock_by_due')],
                'constraints': [models.UniqueConstraint(fields=('correction', 'rule'), name='correction_clock_runs_once_by_a_rule')],
            },
        ),
        migrations.CreateModel(
            name='FormerValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holding', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('epoch', models.PositiveIntegerField(default=0, editable=False)),
                ('state_mac', models.BinaryField(default=b'')),
                ('origins', models.JSONField(default=dict, editable=False)),
                ('element', models.CharField(max_length=60)),
                ('place_of', models.UUIDField()),
                ('slot', models.PositiveSmallIntegerField(default=0)),
                ('since', models.DateField(null=True)),
                ('until', models.DateTimeField(default=custodian.clock.now)),
                ('value_sealed', models.BinaryField(null=True)),
                ('correction', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='former_values', to='records.correction')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
            ],
            options={
                'verbose_name': '更正前的内容',
                'verbose_name_plural': '更正前的内容',
                'ordering': ('-until', '-pk'),
            },
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['subject', 'status'], name='correction_of_subject'),
        ),
        migrations.AddIndex(
            model_name='correction',
            index=models.Index(fields=['status', 'submitted_at'], name='correction_by_status'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('submitted', 'checking', 'confirming', 'approving', 'approved'))), fields=('subject', 'group', 'slot'), name='correction_is_under_way_once'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'draft'), ('submitted_at', None)), ('status', 'withdrawn'), models.Q(models.Q(('status', 'draft'), _negated=True), ('submitted_at__isnull', False)), _connector='OR'), name='correction_is_dated_when_handed_in'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('status__in', ('applied', 'refused', 'withdrawn'))), models.Q(models.Q(('status__in', ('applied', 'refused', 'withdrawn')), _negated=True), ('decided_at', None)), _connector='OR'), name='correction_is_dated_when_decided'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'refused'), models.Q(('refusal', ''), _negated=True)), models.Q(models.Q(('status', 'refused'), _negated=True), ('refusal', '')), _connector='OR'), name='correction_is_refused_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='correctionconfirmation',
            constraint=models.UniqueConstraint(fields=('correction', 'way', 'contact'), name='correction_is_confirmed_once_a_way'),
        ),
        migrations.AddConstraint(
            model_name='correctionconfirmation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', False), ('contact', ''), ('way__in', ('branch', 'letter'))), models.Q(('way__in', ('portal', 'code')), models.Q(('contact', ''), _negated=True)), _connector='OR'), name='correction_confirmation_names_its_contact'),
        ),
        migrations.AddConstraint(
            model_name='correctionevidence',
            constraint=models.UniqueConstraint(fields=('correction', 'number'), name='correction_evidence_number_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='correctionitem',
            constraint=models.UniqueConstraint(fields=('correction', 'number'), name='correction_item_number_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='correctionitem',
            constraint=models.UniqueConstraint(fields=('correction', 'element'), name='correction_item_is_once'),
        ),
        migrations.AddIndex(
            model_name='formervalue',
            index=models.Index(fields=['subject', 'element'], name='former_value_of_subject'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
