"""The buyer tells who arrived, and keeps what it counted of the book and what has to be put right."""

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('transfers', '0006_hand_books_over'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='stocktake',
            name='more',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='letterbatch',
            name='reply_by',
            field=models.DateField(null=True, verbose_name='答复期限'),
        ),
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('what', models.CharField(choices=[('missing', '缺项'), ('flaw', '错项'), ('level', '分级'), ('archive', '档案'), ('other', '其他')], max_length=8, verbose_name='类别')),
                ('code', models.CharField(blank=True, max_length=60)),
                ('says', models.CharField(max_length=200, verbose_name='要做什么')),
                ('count', models.PositiveBigIntegerField(default=0, verbose_name='涉及人数')),
                ('due_on', models.DateField(verbose_name='期限')),
                ('state', models.CharField(choices=[('open', '办理中'), ('done', '已办结'), ('dropped', '不再办理')], default='open', max_length=8, verbose_name='状态')),
                ('opened_at', models.DateTimeField(default=custodian.clock.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='办理结果')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='负责人')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remedies', to='transfers.transfer')),
            ],
            options={
                'verbose_name': '整改事项',
                'verbose_name_plural': '整改事项',
                'ordering': ('due_on', 'pk'),
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open'), models.Q(('code', ''), _negated=True)), fields=('transfer', 'what', 'code'), name='remedy_is_under_way_once'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('reason', ''), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('ended_at__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='remedy_that_ended_says_when_and_why')],
            },
        ),
    ]
