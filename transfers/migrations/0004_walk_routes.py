"""Transfers go by routes: papers, acts of authorities, publications and clocks for each of their stages."""

import datetime

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

OFFICER = ["compliance_officer"]
KINDS = (
    "transfer-open", "transfer-stage", "transfer-stop", "transfer-announcement", "transfer-sight",
    "data-room",
)
# What was filed, recorded and announced stays as it was.
KEEP = """
CREATE FUNCTION transfers_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was put on record of a transfer is kept as it was';
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON transfers_transferpaper
    FOR EACH ROW EXECUTE FUNCTION transfers_keep();
CREATE TRIGGER keep_rows BEFORE UPDATE ON transfers_transferact
    FOR EACH ROW EXECUTE FUNCTION transfers_keep();
CREATE TRIGGER keep_rows BEFORE UPDATE ON transfers_transferannouncement
    FOR EACH ROW EXECUTE FUNCTION transfers_keep();
"""
LET_GO = """
DROP TRIGGER keep_rows ON transfers_transferannouncement;
DROP TRIGGER keep_rows ON transfers_transferact;
DROP TRIGGER keep_rows ON transfers_transferpaper;
DROP FUNCTION transfers_keep();
"""
# The key of a data room goes with its file: what lies in a backup of files opens no more.
FORGET = """
CREATE FUNCTION transfers_forget_room(gone uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING transfers_dataroom r
    WHERE r.ref = gone AND r.removed_at IS NOT NULL AND k.holding = r.holding
      AND substr(k.holding::text, 15, 1) = '5';
$$;
REVOKE ALL ON FUNCTION transfers_forget_room(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfers_forget_room(uuid) TO custodian_app;
"""


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
        ('records', '0019_number_papers_and_pack_copies'),
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
        migrations.CreateModel(
            name='DataRoom',
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
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('recipient', models.CharField(max_length=60, verbose_name='接收人')),
                ('samples', models.PositiveSmallIntegerField(verbose_name='样本数')),
                ('days', models.PositiveSmallIntegerField(verbose_name='有效天数')),
                ('language', models.CharField(default='zh-hans', max_length=8)),
                ('approved_at', models.DateTimeField(null=True, verbose_name='批准')),
                ('counted_on', models.DateField(null=True, verbose_name='统计日')),
                ('tables', models.JSONField(null=True)),
                ('drawn', models.JSONField(default=list)),
                ('entry', models.BigIntegerField(null=True)),
                ('mark', models.CharField(blank=True, max_length=16, verbose_name='指纹')),
                ('holding', models.UUIDField(editable=False, unique=True)),
                ('length', models.BigIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('downloads', models.PositiveSmallIntegerField(default=0, verbose_name='下载次数')),
                ('taken_at', models.DateTimeField(null=True, verbose_name='最近下载')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='有效至')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='销毁')),
                ('removed', models.CharField(blank=True, choices=[('expired', '已到期'), ('recalled', '已收回'), ('closed', '转让已结束'), ('destroyed', '其中有客户的资料已销毁')], max_length=10)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.book')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rooms', to='transfers.transfer')),
            ],
            options={
                'verbose_name': '尽调资料',
                'verbose_name_plural': '尽调资料',
                'ordering': ('pk',),
                'constraints': [models.UniqueConstraint(fields=('transfer', 'number'), name='data_room_number_is_unique'), models.CheckConstraint(condition=models.Q(('approved_at__isnull', False), ('status__in', ('queued', 'refused')), _connector='OR'), name='data_room_is_made_when_approved'), models.CheckConstraint(condition=models.Q(models.Q(('removed', ''), ('removed_at', None)), models.Q(('removed_at__isnull', False), models.Q(('removed', ''), _negated=True)), _connector='OR'), name='data_room_removal_says_why')],
            },
        ),
        migrations.CreateModel(
            name='TransferAnnouncement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本')),
                ('content', models.JSONField()),
                ('answer_by', models.DateField(null=True, verbose_name='答复期限')),
                ('published_at', models.DateTimeField(default=custodian.clock.now, verbose_name='发布')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='announcements', to='transfers.transfer')),
            ],
            options={
                'verbose_name': '转让公告',
                'verbose_name_plural': '转让公告',
                'ordering': ('transfer', '-number'),
                'constraints': [models.UniqueConstraint(fields=('transfer', 'number'), name='transfer_announcement_version_is_unique')],
            },
        ),
        migrations.CreateModel(
            name='TransferSight',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(default=custodian.clock.now)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.case', verbose_name='案件')),
                ('transfer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sights', to='transfers.transfer')),
            ],
            options={
                'verbose_name': '监管可见的转让',
                'verbose_name_plural': '监管可见的转让',
                'constraints': [models.UniqueConstraint(fields=('transfer', 'case'), name='transfer_is_seen_once_by_a_case')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(FORGET, "DROP FUNCTION transfers_forget_room(uuid);"),
        migrations.RunPython(seed, unseed),
    ]
