"""What customers ask for: requests with their words sealed, steps, messages, clocks and effects."""

import datetime
import functools

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import records.references
import uuid
from django.conf import settings
from django.db import migrations, models

# This company's default, not law: a second officer agrees to a complaint's last extension.
RULE = {
    "kind": "complaint-extension",
    "requesters": ["compliance_officer", "service_desk"],
    "approvers": ["compliance_officer"],
    "excluded": ["line"],
}
OWN = "subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[])"
# A complaint may be about the customer's own agent: whoever has her assigned sees none of it.
SCOPE = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
READ = "CREATE POLICY {table}_own ON records_{table} FOR SELECT USING ({condition});"
UNSCOPE = """
DROP POLICY IF EXISTS {table}_own ON records_{table};
DROP POLICY {table}_scope ON records_{table};
ALTER TABLE records_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_{table} DISABLE ROW LEVEL SECURITY;
"""
OF_REQUEST = "EXISTS (SELECT 1 FROM records_customerrequest r WHERE r.id = records_{table}.request_id)"
TABLES = {
    "customerrequest": OWN,
    "requestmessage": OWN,
    "requeststep": OF_REQUEST.format(table="requeststep"),
    "requestclock": OF_REQUEST.format(table="requestclock"),
    "requesteffect": "",
}
SEALED = {
    "customerrequest": ("text", "insurer", "answer", "refusal", "extension", "comment"),
    "requestmessage": ("message",),
}
# As before, and never the key of a request either.
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
      AND NOT EXISTS (SELECT FROM records_correction h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_formervalue h WHERE h.holding = k.holding)
      {requests}AND NOT EXISTS (SELECT FROM records_document h WHERE h.holding = k.holding);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true);
    RETURN gone;
END $$;
"""
_REQUESTS = "AND NOT EXISTS (SELECT FROM records_customerrequest h WHERE h.holding = k.holding)\n      "


def forward():
    for table, condition in TABLES.items():
        yield SCOPE.format(table=table)
        if condition:
            yield READ.format(table=table, condition=condition)
    for table, columns in SEALED.items():
        for column in columns:
            yield f"ALTER TABLE records_{table} ALTER COLUMN {column}_sealed SET STATISTICS 0;"
    yield FORGET.format(requests=_REQUESTS)


def backward():
    yield FORGET.format(requests="")
    for table in TABLES:
        yield UNSCOPE.format(table=table)


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(
        since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), **RULE
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=RULE["kind"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0028_heed_requests"),
        ("records", "0014_copy_own_data"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomerRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holding', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('epoch', models.PositiveIntegerField(default=0, editable=False)),
                ('state_mac', models.BinaryField(default=b'')),
                ('origins', models.JSONField(default=dict, editable=False)),
                ('ref', models.CharField(default=functools.partial(records.references.new, *('r',), **{}), max_length=16, unique=True, verbose_name='申请编号')),
                ('kind', models.CharField(choices=[('access', '查阅'), ('copy', '复制'), ('correction', '更正'), ('completion', '补充'), ('deletion', '删除'), ('restriction', '限制处理'), ('withdraw_consent', '撤回同意'), ('object', '异议'), ('portability', '转移'), ('complaint', '投诉'), ('question', '咨询'), ('look_question', '对一次查看的疑问'), ('feedback', '意见建议'), ('fraud_call', '诈骗来电')], max_length=18, verbose_name='事项')),
                ('status', models.CharField(choices=[('received', '已收到'), ('accepted', '已受理'), ('working', '办理中'), ('answered', '已答复'), ('partly', '部分办理'), ('refused', '不予办理'), ('withdrawn', '已撤回')], default='received', max_length=10, verbose_name='状态')),
                ('came_by', models.CharField(choices=[('portal', '客户服务'), ('counter', '网点'), ('letter', '信函'), ('phone', '电话'), ('email', '电子邮件')], max_length=8, verbose_name='来源')),
                ('asked_by', models.CharField(choices=[('herself', '本人'), ('representative', '代表人')], default='herself', max_length=16, verbose_name='申请人')),
                ('about', models.CharField(blank=True, max_length=40)),
                ('details', models.JSONField(default=dict)),
                ('received_at', models.DateTimeField(default=custodian.clock.now, verbose_name='收到')),
                ('form', models.UUIDField(null=True)),
                ('proof', models.CharField(blank=True, choices=[('signed_in', '登录客户服务'), ('in_person', '当面核对证件原件'), ('call_back', '回拨预留电话并核对'), ('signature', '核对来信签名与证件复印件'), ('authorised', '核对授权文件与双方证件')], max_length=12, verbose_name='身份核验')),
                ('proven_at', models.DateTimeField(null=True, verbose_name='核验时间')),
                ('triage', models.BooleanField(default=False)),
                ('office', models.CharField(choices=[('service', '客服'), ('compliance', '合规')], max_length=12, verbose_name='办理部门')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='办结')),
                ('outcome', models.JSONField(default=dict)),
                ('lifted_at', models.DateTimeField(null=True)),
                ('score', models.PositiveSmallIntegerField(null=True, verbose_name='满意度')),
                ('rated_at', models.DateTimeField(null=True)),
                ('text_sealed', models.BinaryField(null=True)),
                ('insurer_sealed', models.BinaryField(null=True)),
                ('answer_sealed', models.BinaryField(null=True)),
                ('refusal_sealed', models.BinaryField(null=True)),
                ('extension_sealed', models.BinaryField(null=True)),
                ('comment_sealed', models.BinaryField(null=True)),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('finding', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.finding')),
                ('handler', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经办人')),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.workitem')),
                ('proven_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='access.subject')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
            ],
            options={
                'verbose_name': '客户申请',
                'verbose_name_plural': '客户申请',
                'ordering': ('-received_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='RequestClock',
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
                ('told', models.CharField(blank=True, max_length=4)),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='clock', to='records.customerrequest')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RequestEffect',
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
                ('code', models.CharField(max_length=18)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='effects', to='records.customerrequest')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='RequestMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slot', models.PositiveSmallIntegerField()),
                ('author', models.CharField(choices=[('customer', '您'), ('insurer', '本公司')], max_length=8)),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('message_sealed', models.BinaryField(null=True)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='records.customerrequest')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
            ],
            options={
                'ordering': ('slot',),
            },
        ),
        migrations.CreateModel(
            name='RequestStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(choices=[('received', '收到申请'), ('proven', '核验身份'), ('accepted', '受理'), ('working', '开始办理'), ('asked', '请您补充说明'), ('said', '收到您的补充'), ('moved_on', '转合规部门办理'), ('extended', '延长期限'), ('done', '已按决定办理'), ('answered', '答复'), ('partly', '部分办理'), ('refused', '不予办理'), ('withdrawn', '您已撤回'), ('lifted', '已解除'), ('rated', '收到您的评价')], max_length=10)),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='records.customerrequest')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit')),
            ],
            options={
                'ordering': ('at', 'pk'),
            },
        ),
        migrations.AddIndex(
            model_name='customerrequest',
            index=models.Index(fields=['subject', 'received_at'], name='request_of_subject'),
        ),
        migrations.AddIndex(
            model_name='customerrequest',
            index=models.Index(fields=['status', 'received_at'], name='request_by_status'),
        ),
        migrations.AddConstraint(
            model_name='customerrequest',
            constraint=models.UniqueConstraint(condition=models.Q(('proven_at__isnull', False), ('status__in', ('received', 'accepted', 'working')), models.Q(('kind__in', ('complaint', 'question', 'feedback', 'fraud_call')), _negated=True)), fields=('subject', 'kind', 'about'), name='request_of_a_right_is_open_once'),
        ),
        migrations.AddConstraint(
            model_name='customerrequest',
            constraint=models.UniqueConstraint(fields=('subject', 'form'), name='request_form_is_sent_once'),
        ),
        migrations.AddConstraint(
            model_name='customerrequest',
            constraint=models.CheckConstraint(condition=models.Q(('proven_at__isnull', False), ('status__in', ('received', 'refused', 'withdrawn')), _connector='OR'), name='request_is_proven_before_it_is_accepted'),
        ),
        migrations.AddConstraint(
            model_name='customerrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proof', ''), ('proven_at', None)), models.Q(('proven_at__isnull', False), models.Q(('proof', ''), _negated=True)), _connector='OR'), name='request_proof_is_dated'),
        ),
        migrations.AddConstraint(
            model_name='customerrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('status__in', ('received', 'accepted', 'working'))), models.Q(('closed_at__isnull', False), ('status__in', ('answered', 'partly', 'refused', 'withdrawn'))), _connector='OR'), name='request_is_closed_when_it_has_ended'),
        ),
        migrations.AddConstraint(
            model_name='customerrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rated_at', None), ('score', None)), models.Q(('closed_at__isnull', False), ('rated_at__isnull', False), ('score__gte', 1), ('score__lte', 5)), _connector='OR'), name='request_is_rated_from_one_to_five_after_its_end'),
        ),
        migrations.AddConstraint(
            model_name='requesteffect',
            constraint=models.UniqueConstraint(fields=('request', 'code'), name='request_effect_is_once'),
        ),
        migrations.AddConstraint(
            model_name='requestmessage',
            constraint=models.UniqueConstraint(fields=('request', 'slot'), name='request_message_slot_is_unique'),
        ),
        migrations.RunSQL("\n".join(forward()), "\n".join(backward())),
        migrations.RunPython(seed, unseed),
    ]
