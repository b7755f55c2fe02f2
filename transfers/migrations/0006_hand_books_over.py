"""Packages out and in, and the keys that open them: each goes when its row says that it is over."""

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
DROP POLICY sentrecord_scope ON transfers_sentrecord;
ALTER TABLE transfers_sentrecord DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0036_let_books_move'),
        ('transfers', '0002_open_portfolio_transfers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ('invitation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='arrivals', to='transfers.invitation')),
            ],
            options={
                'verbose_name': '收到的移交包',
                'verbose_name_plural': '收到的移交包',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='SentRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.PositiveBigIntegerField()),
                ('leaf', models.BinaryField(max_length=32)),
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
            model_name='sentrecord',
            constraint=models.UniqueConstraint(fields=('hand_over', 'subject'), name='sent_once_in_a_package'),
        ),
        migrations.AddConstraint(
            model_name='sentrecord',
            constraint=models.UniqueConstraint(fields=('hand_over', 'place'), name='sent_record_has_its_place'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
