"""Transfers go by routes: papers, acts of authorities, publications and clocks for each of their stages."""

import datetime

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

OFFICER = ["compliance_officer"]
KINDS = ("transfer-open", "transfer-stage", "transfer-stop")


def seed(apps, schema_editor):
    """A new installation's own way of approving a transfer: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0030_let_bundles_go'),
        ('transfers', '0002_open_portfolio_transfers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('medium', models.CharField(choices=[('paper', '报纸'), ('gazette', '公报'), ('website', '网站')], max_length=8, verbose_name='媒体')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('day', models.DateField(verbose_name='刊登日')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('side', models.CharField(blank=True, max_length=8)),
                ('recorded_at', models.DateTimeField(default=custodian.clock.now, verbose_name='登记时间')),
            ],
            options={
                'verbose_name': '公告刊登',
                'verbose_name_plural': '公告刊登',
                'ordering': ('day', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='TransferAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stage', models.CharField(choices=[('board', '董事会文件'), ('data_room', '尽调资料室'), ('approval', '监管批准'), ('notice', '告知与同意'), ('freeze', '选定与冻结'), ('package', '打包交付'), ('receive', '接收'), ('reconcile', '对账'), ('go_live', '受让方启用'), ('end', '限制与销毁')], max_length=10, verbose_name='阶段')),
                ('gate', models.CharField(max_length=40, verbose_name='条件')),
                ('day', models.DateField(verbose_name='日期')),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='文号')),
                ('granted', models.BooleanField(default=True, verbose_name='准予')),
                ('recorded_at', models.DateTimeField(default=custodian.clock.now, verbose_name='登记时间')),
            ],
            options={
                'verbose_name': '批准与起算',
                'verbose_name_plural': '批准与起算',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='TransferClock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=24, verbose_name='时限')),
                ('started_at', models.DateTimeField(verbose_name='起算时间')),
                ('waited', models.DurationField(default=datetime.timedelta)),
                ('paused_at', models.DateTimeField(null=True)),
                ('extended', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('late_reason', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField(editable=False, verbose_name='到期时间')),
                ('near_at', models.DateTimeField(editable=False)),
                ('target_at', models.DateTimeField(editable=False, null=True)),
                ('provisional', models.BooleanField(default=False, editable=False)),
                ('stage', models.CharField(choices=[('board', '董事会文件'), ('data_room', '尽调资料室'), ('approval', '监管批准'), ('notice', '告知与同意'), ('freeze', '选定与冻结'), ('package', '打包交付'), ('receive', '接收'), ('reconcile', '对账'), ('go_live', '受让方启用'), ('end', '限制与销毁')], max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='TransferPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('stage', models.CharField(choices=[('board', '董事会文件'), ('data_room', '尽调资料室'), ('approval', '监管批准'), ('notice', '告知与同意'), ('freeze', '选定与冻结'), ('package', '打包交付'), ('receive', '接收'), ('reconcile', '对账'), ('go_live', '受让方启用'), ('end', '限制与销毁')], max_length=10, verbose_name='阶段')),
                ('code', models.CharField(max_length=40, verbose_name='文件')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('media_type', models.CharField(max_length=40)),
                ('length', models.PositiveIntegerField(verbose_name='大小')),
                ('sha256', models.CharField(max_length=64, verbose_name='指纹')),
                ('filed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='归档时间')),
            ],
            options={
                'verbose_name': '转让文件',
                'verbose_name_plural': '转让文件',
                'ordering': ('pk',),
            },
        ),
        migrations.AddField(
            model_name='transfer',
            name='important_data',
            field=models.BooleanField(default=False, verbose_name='含重要数据'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='opening',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='stopping',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval'),
        ),
        migrations.AddField(
            model_name='transferstage',
            name='approval',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval'),
        ),
        migrations.AddConstraint(
            model_name='transferstage',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'now')), fields=('transfer',), name='transfer_is_at_one_stage'),
        ),
        migrations.AddField(
            model_name='publication',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='publication',
            name='transfer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='transfers.transfer'),
        ),
        migrations.AddField(
            model_name='transferact',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transferact',
            name='transfer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='transfers.transfer'),
        ),
        migrations.AddField(
            model_name='transferclock',
            name='transfer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='transfers.transfer'),
        ),
        migrations.AddField(
            model_name='transferpaper',
            name='filed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='归档人'),
        ),
        migrations.AddField(
            model_name='transferpaper',
            name='transfer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='transfers.transfer'),
        ),
        migrations.AddField(
            model_name='transferact',
            name='paper',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='transfers.transferpaper', verbose_name='凭证'),
        ),
        migrations.AddField(
            model_name='publication',
            name='paper',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='transfers.transferpaper', verbose_name='凭证'),
        ),
        migrations.AddConstraint(
            model_name='transferclock',
            constraint=models.UniqueConstraint(fields=('transfer', 'rule'), name='transfer_clock_is_once_for_each_rule'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.UniqueConstraint(fields=('transfer', 'medium', 'name', 'day'), name='publication_counts_once'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('day')), _connector='OR'), name='publication_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='publication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('medium', 'website'), ('side__in', ['seller', 'buyer'])), models.Q(models.Q(('medium', 'website'), _negated=True), ('side', '')), _connector='OR'), name='publication_on_a_website_says_whose'),
        ),
        migrations.RunPython(seed, unseed),
    ]
