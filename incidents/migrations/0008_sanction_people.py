"""Sanctions: matters, letters, decisions and appeals; people who are generally not hired, and the industry's list."""

import datetime

import custodian.clock
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

HOUSE = """(SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'"""
ME = "(SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint"
# A person sees a matter while he is in its group; of the group he sees his own rows, so that none asks the other.
GROUP = HOUSE + """
    OR EXISTS (SELECT 1 FROM incidents_sanctionmember m WHERE m.matter_id = {table}.{column} AND m.left_at IS NULL
        AND m.user_id = """ + ME + ")"
# Whom it is about sees what was served on him and what he said himself; of flags nobody sees his own.
SERVED = GROUP + """
    OR ({table}.person_id = """ + ME + " AND {table}.served_on IS NOT NULL)"
HIS = GROUP + """
    OR {table}.person_id = """ + ME
OFFICERS = HOUSE + """
    OR EXISTS (SELECT 1 FROM access_user u WHERE u.id = """ + ME + """ AND u.is_active
        AND u.role IN ('compliance_officer', 'auditor', 'security_officer'))"""
NOT_HIS = "(" + OFFICERS + """)
    AND ({table}.person_id IS NULL OR {table}.person_id IS DISTINCT FROM """ + ME + ")"
TABLES = {
    "incidents_sanctioncase": (GROUP, "id"),
    "incidents_sanctionmember": (HOUSE + "\n    OR {table}.user_id = " + ME, ""),
    "incidents_sanctionentry": (GROUP, "matter_id"),
    "incidents_sanctionpaper": (SERVED, "matter_id"),
    "incidents_sanctionanswer": (HIS, "matter_id"),
    "incidents_sanctionsupervisor": (GROUP, "matter_id"),
    "incidents_sanctionruling": (GROUP, "matter_id"),
    "incidents_rehireflag": (NOT_HIS, ""),
    "incidents_flagbatch": (OFFICERS, ""),
    "incidents_flagaside": (OFFICERS, ""),
    "incidents_flagoverride": (OFFICERS, ""),
    "incidents_flagrelease": (OFFICERS, ""),
    "incidents_screening": (OFFICERS, ""),
}
SCOPE = "\n".join(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY sanction_group ON {table} USING ({rule.format(table=table, column=column)});
""" for table, (rule, column) in TABLES.items())
UNSCOPE = "\n".join(f"""
DROP POLICY sanction_group ON {table};
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
""" for table in TABLES)
# What was put down, said and looked up stays; of a letter only its service is noted, of a ruling that it is in force.
KEPT = ("sanctionentry", "sanctionanswer", "screening")
CONTENT = {
    "sanctionpaper": "matter_id, kind, person_id, body_sealed, sha256, issued_at, issued_by_id",
    "sanctionruling": "matter_id, instance, outcome, measures, text_sealed, proposed_by_id, approval_id",
    "sanctioncase": "ref, code, holding, incident_id, person_id, intermediary_id, kind, summary_sealed",
    "flagoverride": "flag_id, kind, reason_sealed, approval_id, asked_by_id",
    "flagrelease": "kind, \"to\", reason, recipient_key, flags, approval_id, asked_by_id",
}
KEEP = "\n".join(f"""
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_{name} FOR EACH ROW EXECUTE FUNCTION incidents_keep();
""" for name in KEPT) + "\n".join(f"""
CREATE TRIGGER keep_content BEFORE UPDATE OF {columns} ON incidents_{name} FOR EACH ROW
    EXECUTE FUNCTION incidents_keep();
""" for name, columns in CONTENT.items())
LET_GO = "\n".join(f"DROP TRIGGER keep_rows ON incidents_{name};" for name in KEPT) + "\n".join(
    f"DROP TRIGGER keep_content ON incidents_{name};" for name in CONTENT)
# A key goes only once what it sealed is over.
FORGET = """
CREATE FUNCTION incidents_forget_sanction(gone uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE reach text := current_setting('custodian.reach', true); actor text := current_setting('custodian.actor', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true), set_config('custodian.actor', '', true);
    DELETE FROM keys.data_key k USING incidents_sanctioncase c
    WHERE c.ref = gone AND c.stage = 'closed' AND k.holding = c.holding AND substr(k.holding::text, 15, 1) = '5';
    DELETE FROM keys.data_key k USING incidents_rehireflag f
    WHERE f.ref = gone AND f.state <> 'current' AND k.holding = f.holding AND substr(k.holding::text, 15, 1) = '5';
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true), set_config('custodian.actor', coalesce(actor, ''), true);
END $$;
REVOKE ALL ON FUNCTION incidents_forget_sanction(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents_forget_sanction(uuid) TO custodian_app;
"""
UNFORGET = "DROP FUNCTION incidents_forget_sanction(uuid);"
WORKERS = ["compliance_officer", "security_officer"]
KINDS = {
    "sanction-decide": (WORKERS, [*WORKERS, "auditor"]),
    "sanction-appeal": (WORKERS, [*WORKERS, "auditor"]),
    "rehire-override": (["compliance_officer"], WORKERS),
    "rehire-release": (["compliance_officer"], WORKERS),
}


def seed(apps, schema_editor):
    """A new installation's own way of deciding: this company's default, not law."""
    for kind, (requesters, approvers) in KINDS.items():
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=requesters, approvers=approvers,
            excluded=["line", "target", "target-line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0038_let_purposes_change'),
        ('incidents', '0007_remedy_and_review'),
        ('records', '0027_name_the_consent_of_a_choice'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FlagBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('origin', models.CharField(max_length=80, verbose_name='来源')),
                ('received_on', models.DateField(verbose_name='收到日期')),
                ('rows', models.PositiveIntegerField(default=0)),
                ('kept', models.PositiveIntegerField(default=0)),
                ('aside', models.PositiveIntegerField(default=0)),
                ('same', models.PositiveIntegerField(default=0)),
                ('made_at', models.DateTimeField(default=custodian.clock.now)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='FlagAside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('number', models.PositiveIntegerField()),
                ('reasons', models.JSONField()),
                ('row_sealed', models.BinaryField(null=True)),
                ('expires_on', models.DateField()),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='set_aside', to='incidents.flagbatch')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='FlagRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('list', '报送行业协会的名单'), ('enquiry', '答复同业查询')], max_length=7)),
                ('to', models.CharField(max_length=80, verbose_name='接收方')),
                ('reason', models.CharField(max_length=200, verbose_name='依据')),
                ('recipient_key', models.BinaryField(null=True)),
                ('flags', models.JSONField()),
                ('asked_at', models.DateTimeField(default=custodian.clock.now)),
                ('approved_at', models.DateTimeField(null=True)),
                ('taken_at', models.DateTimeField(null=True)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='RehireFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=16, verbose_name='编号')),
                ('version', models.PositiveSmallIntegerField(default=1, verbose_name='版本')),
                ('holding', models.UUIDField(editable=False, unique=True)),
                ('said_sealed', models.BinaryField(null=True)),
                ('digest', models.BinaryField(null=True)),
                ('until', models.DateField(verbose_name='有效期至')),
                ('review_on', models.DateField(verbose_name='下次复查')),
                ('reviewed_on', models.DateField(null=True)),
                ('state', models.CharField(choices=[('current', '有效'), ('replaced', '已由新版代替'), ('withdrawn', '已撤回'), ('expired', '已到期')], default='current', max_length=9, verbose_name='状态')),
                ('made_at', models.DateTimeField(default=custodian.clock.now)),
                ('ended_at', models.DateTimeField(null=True)),
                ('batch', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='incidents.flagbatch')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '聘用限制',
                'verbose_name_plural': '聘用限制',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='FlagOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('hire', '例外聘用'), ('lift', '解除限制')], max_length=4)),
                ('reason_sealed', models.BinaryField()),
                ('in_force_at', models.DateTimeField(null=True)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('flag', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='incidents.rehireflag')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='SanctionCase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='编号')),
                ('holding', models.UUIDField(editable=False, unique=True)),
                ('kind', models.CharField(choices=[('employee', '本公司员工'), ('agent', '本公司代理人'), ('outside', '中介机构人员')], max_length=8, verbose_name='人员类别')),
                ('acts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None, verbose_name='行为')),
                ('stage', models.CharField(choices=[('investigation', '调查'), ('noticed', '告知与申辩'), ('heard', '审议决定'), ('decided', '决定送达'), ('served', '申诉期'), ('appealed', '申诉审理'), ('settled', '申诉答复'), ('closed', '已结案')], default='investigation', max_length=13, verbose_name='阶段')),
                ('who_sealed', models.BinaryField()),
                ('summary_sealed', models.BinaryField()),
                ('findings_sealed', models.BinaryField(null=True)),
                ('opened_at', models.DateTimeField(default=custodian.clock.now, verbose_name='立案时间')),
                ('heard', models.CharField(blank=True, choices=[('held', '已申辩'), ('waived', '放弃申辩'), ('silent', '逾期未答复')], max_length=6, verbose_name='申辩')),
                ('hearing_until', models.DateField(null=True, verbose_name='申辩期限')),
                ('appeal_until', models.DateField(null=True, verbose_name='申诉期限')),
                ('closed_at', models.DateTimeField(null=True, verbose_name='结案时间')),
                ('incident', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.incident')),
                ('intermediary', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.intermediary')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='立案人')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '责任追究',
                'verbose_name_plural': '责任追究',
                'ordering': ('-pk',),
            },
        ),
        migrations.CreateModel(
            name='SanctionAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('statement', '陈述与申辩'), ('waiver', '放弃申辩'), ('appeal', '申诉')], max_length=9)),
                ('text_sealed', models.BinaryField()),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='incidents.sanctioncase')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.AddField(
            model_name='rehireflag',
            name='matter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='flags', to='incidents.sanctioncase'),
        ),
        migrations.CreateModel(
            name='SanctionEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('opened', '立案'), ('joined', '加入工作组'), ('left', '退出工作组'), ('note', '调查记录'), ('evidence', '证据索引'), ('acts', '行为认定'), ('identity', '补登证件号码'), ('supervisor', '管理责任认定'), ('issued', '函件制作'), ('served', '函件送达'), ('answer', '本人答复'), ('heard', '申辩'), ('proposed', '提交复核'), ('withdrawn', '撤回提交'), ('decided', '决定'), ('effect', '决定执行'), ('appealed', '申诉'), ('settled', '申诉决定'), ('closed', '结案')], max_length=10)),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('facts', models.JSONField(default=dict)),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('text_sealed', models.BinaryField(null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='incidents.sanctioncase')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='SanctionMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('part', models.CharField(choices=[('lead', '负责人'), ('member', '成员')], max_length=8, verbose_name='角色')),
                ('joined_at', models.DateTimeField(default=custodian.clock.now, verbose_name='加入')),
                ('left_at', models.DateTimeField(null=True, verbose_name='退出')),
                ('joined_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='incidents.sanctioncase')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='人员')),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='SanctionPaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('findings', '调查结果告知书'), ('decision', '处理决定书'), ('appeal', '申诉答复书'), ('referral', '移送函')], max_length=8)),
                ('body_sealed', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('issued_at', models.DateTimeField(default=custodian.clock.now)),
                ('served_on', models.DateField(null=True, verbose_name='送达日期')),
                ('served_how', models.CharField(blank=True, choices=[('in_hand', '当面送达'), ('post', '邮寄送达'), ('own_page', '在本人页面送达'), ('authority', '送交机关')], max_length=9, verbose_name='送达方式')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='incidents.sanctioncase')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='SanctionRuling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('instance', models.CharField(choices=[('first', '处理决定'), ('appeal', '申诉决定')], max_length=6)),
                ('outcome', models.CharField(blank=True, choices=[('upheld', '维持'), ('changed', '变更'), ('revoked', '撤销')], max_length=7)),
                ('measures', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None)),
                ('text_sealed', models.BinaryField()),
                ('proposed_at', models.DateTimeField(default=custodian.clock.now)),
                ('in_force_at', models.DateTimeField(null=True)),
                ('approval', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='access.approval')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rulings', to='incidents.sanctioncase')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='SanctionSupervisor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verdict', models.CharField(choices=[('released', '没有管理责任'), ('reminded', '提醒谈话'), ('matter', '另行立案追究')], max_length=8, verbose_name='认定')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reason_sealed', models.BinaryField()),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('matter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supervisors', to='incidents.sanctioncase')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Screening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField(default=custodian.clock.now, verbose_name='时间')),
                ('position', models.CharField(choices=[('employee', '劳动合同岗位'), ('agent', '代理人'), ('outside', '中介机构人员')], max_length=8, verbose_name='拟任岗位')),
                ('found', models.PositiveSmallIntegerField(verbose_name='命中')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='查询人')),
            ],
            options={
                'ordering': ('-pk',),
            },
        ),
        migrations.AddConstraint(
            model_name='flagbatch',
            constraint=models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(models.F('kept'), '+', models.F('aside')))), name='flag_batch_keeps_or_sets_aside_every_row'),
        ),
        migrations.AddConstraint(
            model_name='flagrelease',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sha256', ''), ('taken_at', None)), models.Q(('approved_at__isnull', False), ('taken_at__isnull', False), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='flag_release_is_taken_after_its_approval'),
        ),
        migrations.AddConstraint(
            model_name='sanctioncase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('intermediary__isnull', False), ('kind', 'outside'), ('person', None)), models.Q(('intermediary', None), ('kind__in', ('employee', 'agent')), ('person__isnull', False)), _connector='OR'), name='sanction_is_against_one_of_the_house_or_of_an_intermediary'),
        ),
        migrations.AddConstraint(
            model_name='sanctioncase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('heard', ''), ('hearing_until', None), ('stage', 'investigation')), models.Q(('heard', ''), ('hearing_until__isnull', False), ('stage', 'noticed')), models.Q(models.Q(('stage__in', ('investigation', 'noticed')), _negated=True), ('hearing_until__isnull', False), models.Q(('heard', ''), _negated=True)), _connector='OR'), name='sanction_gives_time_for_a_hearing_before_it_goes_on'),
        ),
        migrations.AddConstraint(
            model_name='sanctioncase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('appeal_until', None), ('stage__in', ('investigation', 'noticed', 'heard', 'decided'))), models.Q(('appeal_until__isnull', False), ('stage__in', ('served', 'appealed', 'settled', 'closed'))), _connector='OR'), name='sanction_gives_time_for_an_appeal_before_it_is_closed'),
        ),
        migrations.AddConstraint(
            model_name='sanctioncase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('stage', 'closed')), models.Q(models.Q(('stage', 'closed'), _negated=True), ('closed_at', None)), _connector='OR'), name='sanction_that_is_closed_says_when'),
        ),
        migrations.AddIndex(
            model_name='rehireflag',
            index=models.Index(fields=['digest'], name='rehire_flag_digest'),
        ),
        migrations.AddConstraint(
            model_name='rehireflag',
            constraint=models.UniqueConstraint(fields=('code', 'version'), name='flag_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='rehireflag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('batch__isnull', False), ('matter', None)), models.Q(('batch', None), ('matter__isnull', False)), _connector='OR'), name='flag_comes_from_a_decision_or_from_the_industry'),
        ),
        migrations.AddConstraint(
            model_name='rehireflag',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('digest__isnull', False), ('ended_at', None), ('said_sealed__isnull', False), ('state', 'current')), models.Q(models.Q(('state', 'current'), _negated=True), ('digest', None), ('ended_at__isnull', False), ('said_sealed', None)), _connector='OR'), name='flag_that_ended_keeps_nothing_of_the_person'),
        ),
        migrations.AddConstraint(
            model_name='sanctionmember',
            constraint=models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('matter', 'user'), name='sanction_has_a_person_once'),
        ),
        migrations.AddConstraint(
            model_name='sanctionpaper',
            constraint=models.UniqueConstraint(fields=('matter', 'kind'), name='sanction_has_one_letter_of_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='sanctionpaper',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('served_how', ''), ('served_on', None)), models.Q(('served_on__isnull', False), models.Q(('served_how', ''), _negated=True)), _connector='OR'), name='sanction_letter_that_was_served_says_how'),
        ),
        migrations.AddConstraint(
            model_name='sanctionruling',
            constraint=models.UniqueConstraint(condition=models.Q(('in_force_at__isnull', False)), fields=('matter', 'instance'), name='sanction_is_decided_once_in_each_instance'),
        ),
        migrations.AddConstraint(
            model_name='sanctionruling',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_by', None), ('in_force_at', None)), models.Q(('decided_by__isnull', False), ('in_force_at__isnull', False), models.Q(('decided_by', models.F('proposed_by')), _negated=True)), _connector='OR'), name='sanction_is_decided_by_two'),
        ),
        migrations.AddConstraint(
            model_name='sanctionsupervisor',
            constraint=models.UniqueConstraint(fields=('matter', 'user'), name='sanction_judges_a_supervisor_once'),
        ),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(FORGET, UNFORGET),
        migrations.RunPython(seed, unseed),
    ]
