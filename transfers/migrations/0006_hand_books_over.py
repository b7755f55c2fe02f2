"""Packages out and in, and the keys that open them: each goes when its row says that it is over."""

from datetime import UTC, datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


SCOPE = """
ALTER TABLE transfers_sentrecord ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfers_sentrecord FORCE ROW LEVEL SECURITY;
CREATE POLICY sentrecord_scope ON transfers_sentrecord USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
ALTER TABLE transfers_arrivedrecord ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfers_arrivedrecord FORCE ROW LEVEL SECURITY;
CREATE POLICY arrivedrecord_scope ON transfers_arrivedrecord USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
ALTER TABLE transfers_responsible ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfers_responsible FORCE ROW LEVEL SECURITY;
CREATE POLICY responsible_scope ON transfers_responsible USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY responsible_read ON transfers_responsible FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = transfers_responsible.subject_id));
ALTER TABLE transfers_invitation ALTER COLUMN private_sealed SET STATISTICS 0;
ALTER TABLE transfers_handover ALTER COLUMN secret_sealed SET STATISTICS 0;
ALTER TABLE transfers_arrival ALTER COLUMN secret_sealed SET STATISTICS 0;
CREATE FUNCTION transfers_forget(gone uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k WHERE k.holding = gone AND (
        EXISTS (SELECT 1 FROM transfers_invitation i WHERE i.holding = gone AND i.private_sealed IS NULL)
        OR EXISTS (SELECT 1 FROM transfers_handover h WHERE h.holding = gone AND h.secret_sealed IS NULL)
        OR EXISTS (SELECT 1 FROM transfers_arrival a WHERE a.holding = gone AND a.secret_sealed IS NULL));
$$;
REVOKE ALL ON FUNCTION transfers_forget(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfers_forget(uuid) TO custodian_app;
"""
UNSCOPE = """
DROP FUNCTION transfers_forget(uuid);
DROP POLICY arrivedrecord_scope ON transfers_arrivedrecord;
ALTER TABLE transfers_arrivedrecord DISABLE ROW LEVEL SECURITY;
DROP POLICY responsible_read ON transfers_responsible;
DROP POLICY responsible_scope ON transfers_responsible;
ALTER TABLE transfers_responsible DISABLE ROW LEVEL SECURITY;
DROP POLICY sentrecord_scope ON transfers_sentrecord;
ALTER TABLE transfers_sentrecord DISABLE ROW LEVEL SECURITY;
"""


SINCE = datetime(2020, 1, 1, tzinfo=UTC)
KINDS = ("hand-over", "book-load", "book-accept", "book-release")
RULE = {
    "requesters": ["compliance_officer"], "approvers": ["compliance_officer", "security_officer"],
    "excluded": ["line", "target", "target-line"],
}


def seed(apps, schema_editor):
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(kind=kind, since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0036_let_books_move'),
        ('transfers', '0005_select_and_freeze'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Arrival',
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
                ('package', models.UUIDField(unique=True, verbose_name='一次性编号')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('content', models.CharField(choices=[('book', '整册'), ('delta', '变动'), ('again', '补发')], max_length=8, verbose_name='内容')),
                ('stage', models.CharField(choices=[('quarantine', '隔离'), ('laid_out', '已核验'), ('refused', '已拒收')], default='quarantine', max_length=12, verbose_name='状态')),
                ('header', models.JSONField()),
                ('size', models.PositiveBigIntegerField(verbose_name='大小')),
                ('root', models.CharField(max_length=64)),
                ('signature', models.BinaryField()),
                ('holding', models.UUIDField(null=True, unique=True)),
                ('secret_sealed', models.BinaryField(null=True)),
                ('cursor', models.JSONField(default=dict)),
                ('manifest', models.JSONField(null=True)),
                ('records_root', models.CharField(blank=True, max_length=64)),
                ('removed_at', models.DateTimeField(null=True)),
                ('came_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='transfers.transfer')),
            ],
            options={
                'verbose_name': '收到的移交包',
                'verbose_name_plural': '收到的移交包',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('lost', '清单上有，移交包中没有'), ('unlisted', '移交包中有，清单上没有'), ('count', '数量不符'), ('amount', '金额不符'), ('level', '分级会降低'), ('unknown', '本公司的信息目录没有这一项'), ('nobody', '所指的客户不在移交包中')], max_length=8, verbose_name='差异')),
                ('ref', models.CharField(blank=True, max_length=16, verbose_name='编号')),
                ('part', models.CharField(blank=True, max_length=60)),
                ('sent', models.BigIntegerField(null=True)),
                ('got', models.BigIntegerField(null=True)),
                ('found_at', models.DateTimeField(default=custodian.clock.now)),
                ('settled_at', models.DateTimeField(null=True)),
                ('arrival', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='differences', to='transfers.arrival')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Ending',
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
                ('after', models.BigIntegerField(default=0)),
                ('transfer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ending', to='transfers.transfer')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('key', models.CharField(max_length=16, verbose_name='密钥编号')),
                ('public', models.BinaryField()),
                ('made_at', models.DateTimeField(default=custodian.clock.now, verbose_name='生成')),
                ('valid_until', models.DateTimeField(verbose_name='有效至')),
                ('holding', models.UUIDField(null=True, unique=True)),
                ('private_sealed', models.BinaryField(null=True)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='销毁')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='transfers.transfer')),
            ],
            options={
                'verbose_name': '接收邀请',
                'verbose_name_plural': '接收邀请',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='HandOver',
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
                ('package', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='一次性编号')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('content', models.CharField(choices=[('book', '整册'), ('delta', '变动'), ('again', '补发')], max_length=8, verbose_name='内容')),
                ('frozen_at', models.DateTimeField()),
                ('valid_until', models.DateTimeField(verbose_name='有效至')),
                ('only', models.JSONField(null=True)),
                ('holding', models.UUIDField(null=True, unique=True)),
                ('secret_sealed', models.BinaryField(null=True)),
                ('checkpoint', models.JSONField(null=True)),
                ('after', models.BigIntegerField(default=0)),
                ('size', models.PositiveBigIntegerField(null=True, verbose_name='大小')),
                ('root', models.CharField(blank=True, max_length=64)),
                ('signature', models.BinaryField(default=b'')),
                ('manifest', models.JSONField(null=True)),
                ('removed_at', models.DateTimeField(null=True)),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hand_overs', to='transfers.transfer')),
                ('invitation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='hand_overs', to='transfers.invitation')),
            ],
            options={
                'verbose_name': '移交包',
                'verbose_name_plural': '移交包',
                'ordering': ('-pk',),
            },
        ),
        migrations.AddField(
            model_name='arrival',
            name='invitation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='transfers.invitation'),
        ),
        migrations.CreateModel(
            name='Load',
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
                ('cursor', models.JSONField(default=dict)),
                ('counts', models.JSONField(default=dict)),
                ('live_at', models.DateTimeField(null=True)),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loads', to='transfers.transfer')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.unit', verbose_name='承接机构')),
            ],
            options={
                'verbose_name': '载入',
                'verbose_name_plural': '载入',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='Receipt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('acceptance', models.BinaryField()),
                ('accepted_at', models.DateTimeField(verbose_name='接收方确认')),
                ('release', models.BinaryField(default=b'')),
                ('released_at', models.DateTimeField(null=True, verbose_name='转出方确认')),
                ('live_at', models.DateTimeField(null=True, verbose_name='交接时点')),
                ('ended_at', models.DateTimeField(null=True)),
                ('acceptance_approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('release_approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('transfer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='receipt', to='transfers.transfer')),
            ],
            options={
                'verbose_name': '交接回执',
                'verbose_name_plural': '交接回执',
            },
        ),
        migrations.CreateModel(
            name='Responsible',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responsible', to='access.subject')),
                ('before', models.CharField(max_length=20)),
                ('after', models.CharField(max_length=20)),
                ('since', models.DateTimeField()),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responsibilities', to='transfers.transfer')),
            ],
        ),
        migrations.CreateModel(
            name='SentRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveBigIntegerField()),
                ('leaf', models.BinaryField(max_length=32)),
                ('looked', models.PositiveIntegerField(default=0)),
                ('hand_over', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='transfers.handover')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
        ),
        migrations.CreateModel(
            name='ArrivedRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(max_length=16, verbose_name='原客户编号')),
                ('place', models.PositiveBigIntegerField()),
                ('leaf', models.BinaryField(max_length=32)),
                ('counts', models.JSONField(default=dict)),
                ('problems', models.JSONField(default=list)),
                ('current', models.BooleanField(default=True)),
                ('listed', models.BooleanField(default=False)),
                ('arrival', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='transfers.arrival')),
                ('subject', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='transfers.transfer')),
            ],
            options={
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('arrival', 'place'), name='arrived_in_its_place'), models.UniqueConstraint(condition=models.Q(('current', True)), fields=('transfer', 'ref'), name='arrived_counts_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.UniqueConstraint(fields=('transfer', 'key'), name='invitation_is_read_once'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('private_sealed', None), _connector='OR'), name='invitation_that_ended_has_no_private_half'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(fields=('transfer', 'number'), name='hand_over_numbers_are_counted'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'done'), _negated=True), ('secret_sealed', None), _connector='OR'), name='hand_over_that_is_made_has_no_secret'),
        ),
        migrations.AddConstraint(
            model_name='arrival',
            constraint=models.UniqueConstraint(fields=('transfer', 'number'), name='arrival_numbers_are_counted'),
        ),
        migrations.AddConstraint(
            model_name='receipt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('live_at', None), ('release', b''), ('released_at', None)), models.Q(models.Q(('release', b''), _negated=True), ('live_at__isnull', False), ('released_at__isnull', False)), _connector='OR'), name='receipt_is_released_from_a_moment_on'),
        ),
        migrations.AddConstraint(
            model_name='responsible',
            constraint=models.CheckConstraint(condition=models.Q(('before', models.F('after')), _negated=True), name='responsibility_passes_to_another'),
        ),
        migrations.AddConstraint(
            model_name='responsible',
            constraint=models.UniqueConstraint(fields=('subject', 'transfer'), name='responsibility_passes_once_in_a_transfer'),
        ),
        migrations.AddConstraint(
            model_name='sentrecord',
            constraint=models.UniqueConstraint(fields=('hand_over', 'subject'), name='sent_once_in_a_package'),
        ),
        migrations.AddConstraint(
            model_name='sentrecord',
            constraint=models.UniqueConstraint(fields=('hand_over', 'place'), name='sent_record_has_its_place'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
