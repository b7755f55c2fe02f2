"""A whole unit is cut from a case and given back; sealed files of closed cases can go with their keys."""

import datetime

import custodian.clock
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


TELLING = """
ALTER TABLE incidents_owntelling ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_owntelling FORCE ROW LEVEL SECURITY;
CREATE POLICY own_telling_house ON incidents_owntelling USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNTELLING = """
DROP POLICY own_telling_house ON incidents_owntelling;
ALTER TABLE incidents_owntelling NO FORCE ROW LEVEL SECURITY;
ALTER TABLE incidents_owntelling DISABLE ROW LEVEL SECURITY;
"""
SCOPE = """
ALTER TABLE incidents_unitcut ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_unitcut FORCE ROW LEVEL SECURITY;
CREATE POLICY incident_group ON incidents_unitcut USING (
    (SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM incidents_member m WHERE m.incident_id = incidents_unitcut.incident_id AND m.left_at IS NULL
        AND m.user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint));
"""
UNSCOPE = """
DROP POLICY incident_group ON incidents_unitcut;
ALTER TABLE incidents_unitcut NO FORCE ROW LEVEL SECURITY;
ALTER TABLE incidents_unitcut DISABLE ROW LEVEL SECURITY;
"""
# A key goes only once the case has been closed for half a year, whatever the application thinks.
FORGET = """
CREATE FUNCTION incidents_forget_file(gone uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE reach text := current_setting('custodian.reach', true);
DECLARE actor text := current_setting('custodian.actor', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true), set_config('custodian.actor', '', true);
    DELETE FROM keys.data_key k
    WHERE k.holding = gone AND substr(k.holding::text, 15, 1) = '5' AND (
        EXISTS (SELECT 1 FROM incidents_incidentevidence e JOIN incidents_incident i ON i.id = e.incident_id
            WHERE e.holding = gone AND i.status = 'closed' AND i.closed_at < now() - interval '6 months')
        OR EXISTS (SELECT 1 FROM incidents_affectedlist a JOIN incidents_incident i ON i.id = a.incident_id
            WHERE a.holding = gone AND i.status = 'closed' AND i.closed_at < now() - interval '6 months')
        OR EXISTS (SELECT 1 FROM incidents_fraudevidence e JOIN incidents_fraudcase c ON c.id = e.case_id
            WHERE e.holding = gone AND c.state IN ('dismissed', 'closed')
                AND coalesce(c.closed_at, c.triaged_at) < now() - interval '6 months'));
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true), set_config('custodian.actor', coalesce(actor, ''), true);
END $$;
REVOKE ALL ON FUNCTION incidents_forget_file(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents_forget_file(uuid) TO custodian_app;
"""
UNFORGET = "DROP FUNCTION incidents_forget_file(uuid);"
SHELVED = {
    "incidentevidence": "incident-evidence",
    "affectedlist": "affected-list",
    "fraudevidence": "fraud-evidence",
}
_NAMED = uuid.uuid5(uuid.NAMESPACE_URL, "custodian/holding")


def name_holdings(apps, schema_editor):
    """Of what lies on a shelf already; rows of evidence are otherwise only added, never changed."""
    with schema_editor.connection.cursor() as cursor:
        # Nothing is left pending when the tables are altered below.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, kind in SHELVED.items():
            keeps = table != "affectedlist"
            if keeps:
                cursor.execute(f"ALTER TABLE incidents_{table} DISABLE TRIGGER keep_rows")
            # Whoever owns the tables then sees every row of them.
            cursor.execute(f"ALTER TABLE incidents_{table} NO FORCE ROW LEVEL SECURITY")
            cursor.execute(f"SELECT id, ref FROM incidents_{table}")
            rows = [(uuid.uuid5(_NAMED, f"{kind}/{ref}"), pk) for pk, ref in cursor.fetchall()]
            cursor.executemany(f"UPDATE incidents_{table} SET holding = %s WHERE id = %s", rows)
            cursor.execute(f"ALTER TABLE incidents_{table} FORCE ROW LEVEL SECURITY")
            if keeps:
                cursor.execute(f"ALTER TABLE incidents_{table} ENABLE TRIGGER keep_rows")


WORKERS = ["compliance_officer", "security_officer"]
KINDS = ("incident-cut-unit", "incident-restore-unit")


def seed(apps, schema_editor):
    """A new installation's own way of approving it, as of cutting one person: company default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=WORKERS, approvers=[*WORKERS, "auditor"],
            excluded=["line", "target", "target-line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0039_keep_scorecards'),
        ('incidents', '0010_weigh_risks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='timelineentry',
            name='what',
            field=models.CharField(choices=[('opened', '立案'), ('alert', '并入告警'), ('facts', '时间认定'), ('joined', '加入工作组'), ('left', '退出工作组'), ('task', '任务'), ('note', '记录'), ('evidence', '证据归档'), ('link', '关联'), ('decision', '决定'), ('assessed', '评定'), ('reported', '办结时限'), ('cut', '停止访问'), ('restored', '恢复访问'), ('notice', '告知客户'), ('remedy', '整改措施'), ('reviewed', '事后复盘'), ('exercise', '演练'), ('handled', '处置结束'), ('reopened', '重新处置'), ('closed', '结案')], max_length=10, verbose_name='事项'),
        ),
        migrations.CreateModel(
            name='UnitCut',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cut_at', models.DateTimeField(default=custodian.clock.now, verbose_name='停止时间')),
                ('restored_at', models.DateTimeField(null=True, verbose_name='恢复时间')),
                ('incident', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unit_cuts', to='incidents.incident')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.unit', verbose_name='机构')),
            ],
            options={
                'verbose_name': '停止访问',
                'verbose_name_plural': '停止访问',
                'ordering': ('unit', 'pk'),
                'constraints': [models.CheckConstraint(condition=models.Q(('restored_at', None), ('restored_at__gte', models.F('cut_at')), _connector='OR'), name='unit_cut_is_restored_after_it_was_cut'), models.UniqueConstraint(condition=models.Q(('restored_at', None)), fields=('incident', 'person'), name='unit_cut_holds_a_person_once_in_a_case')],
            },
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.AddField(
            model_name='incidentevidence',
            name='holding',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='affectedlist',
            name='holding',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='fraudevidence',
            name='holding',
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.RunPython(name_holdings, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='incidentevidence',
            name='holding',
            field=models.UUIDField(editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='affectedlist',
            name='holding',
            field=models.UUIDField(editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='fraudevidence',
            name='holding',
            field=models.UUIDField(editable=False, unique=True),
        ),
        migrations.RunSQL(FORGET, UNFORGET),
        migrations.CreateModel(
            name='OwnTelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('thing', models.CharField(choices=[('remedy', '整改措施'), ('action', '整改措施'), ('letter', '函件')], max_length=6)),
                ('about', models.UUIDField(db_index=True)),
                ('noted_at', models.DateTimeField(default=custodian.clock.now)),
                ('mailed_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '告知本人',
                'verbose_name_plural': '告知本人',
                'ordering': ('pk',),
                'constraints': [models.CheckConstraint(condition=models.Q(('mailed_at', None), ('mailed_at__gte', models.F('noted_at')), _connector='OR'), name='own_telling_is_mailed_after_it_was_noted')],
            },
        ),
        migrations.RunSQL(TELLING, UNTELLING),
        migrations.RunPython(seed, unseed),
    ]
