"""How customers come in: codes, printed codes, doubted contacts, who may act for whom."""

from datetime import UTC, datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# This company's defaults, not law. Whoever wants one of these acts is not the one who agrees to it.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULES = [
    ("representative", ["service_desk"], ["compliance_officer"]),
    ("entry-letter", ["service_desk"], ["compliance_officer"]),
]
# Codes are nobody's to read but the system's and of those who reach every customer; of her own visits a
# customer reads the list.
SCOPE = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNSCOPE = """
DROP POLICY {table}_scope ON records_{table};
ALTER TABLE records_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_{table} DISABLE ROW LEVEL SECURITY;
"""
TABLES = ["signincode", "entrycode", "contactflag", "entrance", "representation"]
OWN = """
CREATE POLICY entrance_own ON records_entrance FOR SELECT USING (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[]));
ALTER TABLE records_signincode ALTER COLUMN code_sealed SET STATISTICS 0;
ALTER TABLE records_signincode ALTER COLUMN code_mac SET STATISTICS 0;
ALTER TABLE records_entrycode ALTER COLUMN code_mac SET STATISTICS 0;
"""
UNOWN = "DROP POLICY entrance_own ON records_entrance;"


def seed(apps, schema_editor):
    rules = apps.get_model("access", "ApprovalRule").objects
    for kind, requesters, approvers in RULES:
        rules.create(
            kind=kind, requesters=requesters, approvers=approvers, excluded=["line"], since=SINCE
        )


def unseed(apps, schema_editor):
    kinds = [kind for kind, _requesters, _approvers in RULES]
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=kinds).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0025_let_customers_in'),
        ('records', '0011_handle_claims'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='EntryCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('proof', models.CharField(choices=[('branch', '柜面核验'), ('paper', '信函')], max_length=6)),
                ('seen', models.CharField(choices=[('resident_id', '居民身份证'), ('household', '户口簿'), ('passport', '护照'), ('permit', '港澳台居民居住证或通行证'), ('letter', '书面申请')], max_length=12, verbose_name='核验的证件')),
                ('made_at', models.DateTimeField(default=custodian.clock.now)),
                ('code_mac', models.BinaryField(default=b'', max_length=32)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
            options={
                'ordering': ('-made_at',),
            },
        ),
        migrations.CreateModel(
            name='ContactFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.CharField(choices=[('mobile', '手机号码'), ('email', '电子邮箱')], max_length=6, verbose_name='联系方式')),
                ('why', models.CharField(choices=[('not_hers', '客户说不是本人的'), ('staff', '属于代理人或员工'), ('wrong', '号码有误或已换人'), ('suspected', '疑似被冒用')], max_length=10, verbose_name='原因')),
                ('since', models.DateTimeField(default=custodian.clock.now)),
                ('until', models.DateTimeField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
            options={
                'ordering': ('-since',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('subject', 'contact'), name='contact_is_flagged_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Entrance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('proof', models.CharField(max_length=8)),
                ('capacity', models.CharField(default='self', max_length=12)),
                ('device', models.CharField(blank=True, max_length=10)),
                ('known_by', models.BinaryField(default=b'', max_length=16)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
            options={
                'ordering': ('-at',),
                'indexes': [models.Index(fields=['subject', 'at'], name='entrance_subject')],
            },
        ),
        migrations.CreateModel(
            name='Representation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('guardian', '监护人'), ('heir', '继承人'), ('authorised', '授权代表')], max_length=12, verbose_name='身份')),
                ('relation', models.CharField(blank=True, max_length=20, verbose_name='关系')),
                ('until', models.DateField(null=True, verbose_name='至')),
                ('asked_at', models.DateTimeField(default=custodian.clock.now)),
                ('status', models.CharField(choices=[('waiting', '待复核'), ('made', '已登记'), ('returned', '已退回')], default='waiting', max_length=8)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('evidence', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.document')),
                ('representative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
                ('row', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='records.representative')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='access.subject')),
            ],
            options={
                'ordering': ('-asked_at',),
                'constraints': [models.CheckConstraint(condition=models.Q(('subject', models.F('representative')), _negated=True), name='nobody_is_put_up_to_represent_himself')],
            },
        ),
        migrations.CreateModel(
            name='SignInCode',
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
                ('purpose', models.CharField(choices=[('sign_in', '登录'), ('contact', '更改联系方式')], default='sign_in', max_length=8)),
                ('wanted', models.CharField(blank=True, choices=[('mobile', '手机号码'), ('email', '电子邮箱')], max_length=6)),
                ('language', models.CharField(default='zh-hans', max_length=8)),
                ('person', models.BinaryField(default=b'', max_length=16)),
                ('address', models.BinaryField(default=b'', max_length=16)),
                ('browser', models.BinaryField(default=b'', max_length=16)),
                ('known_by', models.BinaryField(default=b'', max_length=16)),
                ('code_mac', models.BinaryField(max_length=32)),
                ('code_sealed', models.BinaryField(null=True)),
                ('expires_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('turns', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('sent_to', models.CharField(blank=True, choices=[('mobile', '手机号码'), ('email', '电子邮箱')], max_length=6)),
                ('used_at', models.DateTimeField(null=True)),
                ('subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.subject')),
            ],
            options={
                'indexes': [models.Index(fields=['browser', 'created_at'], name='sign_in_code_browser'), models.Index(fields=['address', 'created_at'], name='sign_in_code_address'), models.Index(fields=['subject', 'created_at'], name='sign_in_code_subject')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('sent_at', None), ('sent_to', '')), models.Q(('sent_at__isnull', False), models.Q(('sent_to', ''), _negated=True)), _connector='OR'), name='sign_in_code_says_where_it_was_sent'), models.CheckConstraint(condition=models.Q(('used_at', None), ('sent_at__isnull', False), _connector='OR'), name='sign_in_code_is_used_only_when_sent')],
            },
        ),
        migrations.RunSQL(
            "".join(SCOPE.format(table=table) for table in TABLES) + OWN,
            UNOWN + "".join(UNSCOPE.format(table=table) for table in TABLES),
        ),
        migrations.RunPython(seed, unseed),
    ]
