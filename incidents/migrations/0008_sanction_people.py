"""Sanctions: matters, letters, decisions and appeals; people who are generally not hired, and the industry's list."""

import datetime

from django.db import migrations

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
    dependencies = [("incidents", "0007_remedy_and_review"), ("access", "0038_let_purposes_change"), ("records", "0027_name_the_consent_of_a_choice")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(FORGET, UNFORGET),
        migrations.RunPython(seed, unseed),
    ]
