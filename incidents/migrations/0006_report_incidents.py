"""Reports of incidents to authorities: versions that are frozen when approved, and filed once."""

import datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# As the tables of a case before it: a person sees what his working groups are about.
TABLE = "incidents_incidentreport"
SCOPE = f"""
ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_group ON {TABLE} USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM incidents_member m WHERE m.incident_id = {TABLE}.incident_id AND m.left_at IS NULL
        AND m.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint));
"""
UNSCOPE = f"""
DROP POLICY incident_group ON {TABLE};
ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY;
"""
# What two people have approved is filed as it is, and what was filed stays as it was.
KEEP = f"""
CREATE FUNCTION incidents_keep_report() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.stage = 'filed' OR OLD.stage = 'approved' AND (
        NEW.stage NOT IN ('approved', 'filed')
        OR (NEW.id, NEW.ref, NEW.incident_id, NEW.rule, NEW.number, NEW.words, NEW.answers, NEW.body, NEW.digest,
            NEW.approval_id, NEW.begun_at, NEW.begun_by_id)
        IS DISTINCT FROM (OLD.id, OLD.ref, OLD.incident_id, OLD.rule, OLD.number, OLD.words, OLD.answers, OLD.body,
            OLD.digest, OLD.approval_id, OLD.begun_at, OLD.begun_by_id))
    THEN RAISE EXCEPTION 'a report that was approved is kept as it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION incidents_keep_report();
"""
LET_GO = f"""
DROP TRIGGER keep_rows ON {TABLE};
DROP FUNCTION incidents_keep_report();
"""
WORKERS = ["compliance_officer", "security_officer"]
KIND = "incident-report"


def seed(apps, schema_editor):
    """A new installation's own way of approving reports: this company's default, not law."""
    apps.get_model("access", "ApprovalRule").objects.create(
        kind=KIND, requesters=WORKERS, approvers=[*WORKERS, "auditor"],
        excluded=["line", "target", "target-line"],
        since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0038_let_purposes_change'),
        ('incidents', '0005_tell_customers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='IncidentReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('rule', models.CharField(max_length=24, verbose_name='时限')),
                ('number', models.PositiveSmallIntegerField(verbose_name='版本')),
                ('stage', models.CharField(choices=[('draft', '草稿'), ('waiting', '待复核'), ('returned', '已退回'), ('approved', '已复核，待报送'), ('filed', '已报送')], default='draft', max_length=8, verbose_name='状态')),
                ('words', models.JSONField(default=dict)),
                ('answers', models.JSONField(default=dict)),
                ('body', models.TextField(blank=True)),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='指纹')),
                ('begun_at', models.DateTimeField(default=custodian.clock.now, verbose_name='起草时间')),
                ('filed_at', models.DateTimeField(null=True, verbose_name='报送时间')),
                ('noted_at', models.DateTimeField(null=True, verbose_name='登记时间')),
                ('channel', models.CharField(blank=True, max_length=100, verbose_name='报送渠道')),
                ('reference', models.CharField(blank=True, max_length=100, verbose_name='报送编号')),
                ('met', models.CharField(blank=True, choices=[('clock', '随报送办结'), ('by_hand', '此前已手工办结'), ('earlier', '此前版本已办结，本版为补正'), ('together', '同一时限还要求告知个人，告知后在事件页办结'), ('none', '没有在计时的时限')], max_length=8)),
                ('approval', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('begun_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='起草人')),
                ('clock', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.incidentclock')),
                ('filed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='incidents.incident')),
            ],
            options={
                'verbose_name': '监管报告',
                'verbose_name_plural': '监管报告',
                'ordering': ('rule', 'number'),
                'constraints': [models.UniqueConstraint(fields=('incident', 'rule', 'number'), name='report_version_comes_once'), models.UniqueConstraint(condition=models.Q(('stage__in', ['draft', 'waiting', 'returned'])), fields=('incident', 'rule'), name='report_has_one_version_in_work'), models.CheckConstraint(condition=models.Q(models.Q(('stage__in', ['waiting', 'approved', 'filed']), _negated=True), models.Q(models.Q(('body', ''), _negated=True), models.Q(('digest', ''), _negated=True), ('approval__isnull', False)), _connector='OR'), name='report_put_up_has_content_and_approval'), models.CheckConstraint(condition=models.Q(models.Q(('filed_at__isnull', False), ('noted_at__isnull', False), ('stage', 'filed'), ('filed_by__isnull', False), models.Q(('channel', ''), _negated=True), models.Q(('met', ''), _negated=True)), models.Q(models.Q(('stage', 'filed'), _negated=True), ('filed_at', None), ('filed_by', None), ('met', ''), ('noted_at', None)), _connector='OR'), name='report_filed_says_when_how_and_by_whom')],
            },
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
