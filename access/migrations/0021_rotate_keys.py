"""Keys change while the house is open: rotations as rows, and what the database lets them do."""

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from access.migrations import _rotation


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0024_let_months_go'),
    ]

    operations = [
        migrations.CreateModel(
            name='RetiredKek',
            fields=[
                ('kek', models.IntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('destroyed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'keys"."retired',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='KeyRotation',
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
                ('kind', models.CharField(choices=[('kek', '密钥加密密钥'), ('index', '盲索引密钥')], max_length=8, verbose_name='密钥')),
                ('why', models.CharField(choices=[('schedule', '按期'), ('command', '命令行'), ('page', '密钥页')], max_length=8, verbose_name='由来')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='理由')),
                ('version', models.PositiveIntegerField(null=True)),
                ('prepared_at', models.DateTimeField(null=True)),
                ('place', models.JSONField(default=dict)),
                ('skipped', models.PositiveBigIntegerField(default=0)),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
            ],
            options={
                'verbose_name': '密钥轮换',
                'verbose_name_plural': '密钥轮换',
                'ordering': ('-pk',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['done', 'refused']), _negated=True), fields=('kind',), name='one_rotation_of_a_kind_at_a_time')],
            },
        ),
        migrations.RunSQL(_rotation.ROTATION, _rotation.UNDO),
    ]
