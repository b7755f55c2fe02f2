"""Rules of access and of approval change by four eyes; a rule can be tried against the past."""

from datetime import UTC, datetime

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


# A new installation's own way of approving: this company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
OFFICER = ["compliance_officer"]
# kind: who may ask, who may approve, who stands too near
SEED = {
    "case-scope": (OFFICER, OFFICER, ["line", "target", "target-line"]),
    "case-customer-key": (OFFICER, OFFICER, ["line"]),
    "policy-rule": (OFFICER, OFFICER, ["line"]),
    "approval-rule": (OFFICER, OFFICER, ["line"]),
    "quota": (OFFICER, OFFICER, ["line"]),
    "grant": (["agent", "claims_handler", "service_desk"], OFFICER, ["line", "target", "target-line"]),
}
# A new post begins when the role changes or somebody comes back; nobody approves on his first days.
COUNT_DAYS = """
CREATE FUNCTION access_user_begin_role() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.role_since = OLD.role_since THEN
    NEW.role_since := statement_timestamp();
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER access_user_begin_role BEFORE UPDATE ON access_user FOR EACH ROW
WHEN ((OLD.role, OLD.is_active) IS DISTINCT FROM (NEW.role, NEW.is_active))
EXECUTE FUNCTION access_user_begin_role();
"""
STOP_COUNTING = """
DROP TRIGGER access_user_begin_role ON access_user;
DROP FUNCTION access_user_begin_role();
"""


def seed(apps, schema_editor):
    ApprovalRule = apps.get_model("access", "ApprovalRule")
    Approval = apps.get_model("access", "Approval")
    for kind, (requesters, approvers, excluded) in SEED.items():
        rule = ApprovalRule.objects.create(
            kind=kind, requesters=requesters, approvers=approvers, excluded=excluded, since=SINCE
        )
        Approval.objects.filter(kind=kind).update(rule=rule)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0008_hand_the_log_over'),
    ]

    operations = [
        migrations.AddField(
            model_name='approval',
            name='mac',
            field=models.BinaryField(default=b''),
        ),
        migrations.AddField(
            model_name='policyrule',
            name='approval',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval'),
        ),
        migrations.AddField(
            model_name='policyrule',
            name='networks',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=43), blank=True, default=list, size=None, verbose_name='网段'),
        ),
        migrations.AddField(
            model_name='user',
            name='manager',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='直接上级'),
        ),
        migrations.AddField(
            model_name='user',
            name='role_since',
            field=models.DateTimeField(default=custodian.clock.now, editable=False, verbose_name='任现岗自'),
        ),
        migrations.CreateModel(
            name='ApprovalRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40, verbose_name='事项')),
                ('version', models.PositiveIntegerField(default=1, verbose_name='版本')),
                ('requesters', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None, verbose_name='可申请的岗位')),
                ('approvers', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None, verbose_name='可复核的岗位')),
                ('excluded', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=list, size=None, verbose_name='须回避')),
                ('needed', models.PositiveSmallIntegerField(default=1, verbose_name='需要几人复核')),
                ('step_up', models.BooleanField(default=True, verbose_name='须二次验证')),
                ('cooling_days', models.PositiveSmallIntegerField(default=3, verbose_name='任职满几天方可复核')),
                ('since', models.DateTimeField(default=custodian.clock.now, verbose_name='生效')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='失效')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
            ],
            options={
                'verbose_name': '复核规则',
                'verbose_name_plural': '复核规则',
                'ordering': ('kind', '-version'),
            },
        ),
        migrations.AddField(
            model_name='approval',
            name='rule',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approvalrule'),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='approval',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approvalrule'),
        ),
        migrations.RunSQL(COUNT_DAYS, STOP_COUNTING),
        migrations.CreateModel(
            name='RuleProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=12, verbose_name='规则')),
                ('base_version', models.PositiveIntegerField(null=True, verbose_name='所改版本')),
                ('ends', models.BooleanField(default=False, verbose_name='停用')),
                ('terms', models.JSONField()),
                ('since', models.DateTimeField(null=True, verbose_name='生效')),
                ('reason', models.CharField(max_length=200, verbose_name='理由')),
                ('status', models.CharField(choices=[('draft', '草案'), ('waiting', '待复核'), ('approved', '已批准'), ('returned', '已退回'), ('withdrawn', '已撤回')], default='draft', max_length=10, verbose_name='状态')),
                ('proposed_at', models.DateTimeField(default=custodian.clock.now, verbose_name='提出')),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
            ],
            options={
                'verbose_name': '规则修改',
                'verbose_name_plural': '规则修改',
                'ordering': ('-proposed_at',),
            },
        ),
        migrations.CreateModel(
            name='Replay',
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
                ('since', models.DateField(verbose_name='自')),
                ('until', models.DateField(verbose_name='至')),
                ('result', models.JSONField(null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='申请人')),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='replays', to='access.ruleproposal')),
            ],
            options={
                'verbose_name': '回放',
                'verbose_name_plural': '回放',
                'ordering': ('-created_at',),
            },
        ),
        migrations.CreateModel(
            name='ApprovalDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decided_at', models.DateTimeField(default=custodian.clock.now, verbose_name='复核时间')),
                ('approves', models.BooleanField()),
                ('digest', models.CharField(max_length=64)),
                ('approval', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='access.approval')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人')),
            ],
            options={
                'ordering': ('decided_at', 'pk'),
                'constraints': [models.UniqueConstraint(fields=('approval', 'decided_by'), name='approval_is_decided_once_by_each')],
            },
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.UniqueConstraint(fields=('kind', 'version'), name='approval_rule_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='approvalrule',
            constraint=models.CheckConstraint(condition=models.Q(('needed__gte', 1), ('needed__lte', 5)), name='approval_rule_needs_somebody'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('since__lte', models.F('until'))), name='replay_covers_a_period'),
        ),
    ]
