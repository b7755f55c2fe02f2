"""The log in other hands: verifications, cases of supervising offices with their bundles, monitoring."""

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# A guest of a case reads its own row and its own bundles; who reaches all rows makes and reads them all.
SCOPE = '''
ALTER TABLE access_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_case FORCE ROW LEVEL SECURITY;
CREATE POLICY case_scope ON access_case USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY case_guest ON access_case FOR SELECT USING (EXISTS (
    SELECT 1 FROM access_case_guests g WHERE g.case_id = access_case.id
    AND g.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint));
CREATE POLICY case_held ON access_case FOR UPDATE USING (EXISTS (
    SELECT 1 FROM access_case_guests g WHERE g.case_id = access_case.id
    AND g.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint))
    WITH CHECK (false);
ALTER TABLE access_bundle ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_bundle FORCE ROW LEVEL SECURITY;
CREATE POLICY bundle_scope ON access_bundle USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR recipient_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
'''
UNSCOPE = '''
DROP POLICY bundle_scope ON access_bundle;
ALTER TABLE access_bundle NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_bundle DISABLE ROW LEVEL SECURITY;
DROP POLICY case_held ON access_case;
DROP POLICY case_guest ON access_case;
DROP POLICY case_scope ON access_case;
ALTER TABLE access_case NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_case DISABLE ROW LEVEL SECURITY;
'''


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0007_grow_the_tree'),
    ]

    operations = [
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('full', '全量核验'), ('incremental', '增量核验')], max_length=12, verbose_name='核验')),
                ('started_at', models.DateTimeField(default=custodian.clock.now, verbose_name='开始时间')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('since', models.BigIntegerField(default=0)),
                ('until', models.BigIntegerField(default=0, verbose_name='核验至')),
                ('ok', models.BooleanField(null=True)),
                ('first_bad', models.BigIntegerField(null=True)),
                ('because', models.CharField(blank=True, max_length=60)),
                ('sessions', models.JSONField(default=dict)),
                ('resume', models.BigIntegerField(default=0)),
                ('missing', models.BigIntegerField(default=0)),
            ],
            options={
                'verbose_name': '日志核验',
                'verbose_name_plural': '日志核验',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('first_bad__isnull', False), ('ok', False)), models.Q(('first_bad', None), ('ok', True)), models.Q(('first_bad', None), ('ok', None)), _connector='OR'), name='verification_names_its_fault')],
            },
        ),
        migrations.AddField(
            model_name='finding',
            name='facts',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='finding',
            name='summary',
            field=models.CharField(blank=True, max_length=300, verbose_name='说明'),
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=40, verbose_name='事项')),
                ('payload', models.JSONField()),
                ('digest', models.CharField(max_length=64, verbose_name='内容指纹')),
                ('status', models.CharField(choices=[('waiting', '待复核'), ('approved', '已批准'), ('returned', '已退回'), ('void', '已作废')], default='waiting', max_length=8, verbose_name='状态')),
                ('requested_at', models.DateTimeField(default=custodian.clock.now, verbose_name='申请时间')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='复核时间')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
            ],
            options={
                'verbose_name': '授权与审批',
                'verbose_name_plural': '授权与审批',
                'ordering': ('-requested_at',),
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.CharField(max_length=16, unique=True, verbose_name='案件')),
                ('title', models.CharField(max_length=120, verbose_name='事由')),
                ('office', models.CharField(max_length=80, verbose_name='监管机构')),
                ('letter', models.CharField(blank=True, max_length=60, verbose_name='函号')),
                ('status', models.CharField(choices=[('waiting', '待复核'), ('open', '开放'), ('closed', '已结束'), ('returned', '已退回')], default='waiting', max_length=8, verbose_name='状态')),
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(verbose_name='至')),
                ('everything', models.BooleanField(default=False, verbose_name='时段内全部条目')),
                ('operators', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                ('customers', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                ('units', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, default=list, size=None)),
                ('called', models.JSONField(default=dict)),
                ('key_customers', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
                ('access_until', models.DateTimeField(verbose_name='访问至')),
                ('opened_at', models.DateTimeField(default=custodian.clock.now, verbose_name='开立')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='结束')),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('guests', models.ManyToManyField(related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='案件人员')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='开立人')),
            ],
            options={
                'verbose_name': '案件',
                'verbose_name_plural': '监管案件',
                'ordering': ('-opened_at',),
            },
        ),
        migrations.CreateModel(
            name='Bundle',
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
                ('number', models.PositiveIntegerField()),
                ('criteria', models.JSONField()),
                ('language', models.CharField(default='zh-hans', max_length=8)),
                ('size', models.BigIntegerField(null=True)),
                ('entries', models.BigIntegerField(null=True)),
                ('length', models.BigIntegerField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('verdict', models.JSONField(default=dict)),
                ('downloads', models.PositiveIntegerField(default=0)),
                ('expires_at', models.DateTimeField(null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='接收人')),
                ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bundles', to='access.case', verbose_name='案件')),
            ],
            options={
                'ordering': ('-created_at',),
            },
        ),
        migrations.CreateModel(
            name='Handout',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('size', models.BigIntegerField()),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-size',),
            },
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='approval_is_by_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('status', 'waiting')), ('status', 'void'), models.Q(('decided_at__isnull', False), ('status__in', ('approved', 'returned'))), _connector='OR'), name='approval_is_dated_when_decided'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('since__lte', models.F('until'))), name='case_covers_a_period'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('key_customers__contained_by', models.F('customers'))), name='case_gives_keys_of_its_own_customers_only'),
        ),
        migrations.AddConstraint(
            model_name='bundle',
            constraint=models.UniqueConstraint(fields=('case', 'number'), name='bundle_number_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='handout',
            constraint=models.UniqueConstraint(fields=('user', 'size'), name='handout_is_noted_once'),
        ),
        migrations.CreateModel(
            name='Feed',
            fields=[
                ('name', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('next_index', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
