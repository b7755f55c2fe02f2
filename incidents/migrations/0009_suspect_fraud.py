"""Fraud suspicion: signals, cases seen by their investigators alone, and the register of shared fraud data."""

import datetime
from django.db import migrations


ME = "(SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint"
HOUSE = """(SELECT NULLIF(current_setting('custodian.actor', true), '')) IS NULL
    AND (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'"""
ROLE = "EXISTS (SELECT 1 FROM access_user u WHERE u.id = " + ME + " AND u.is_active AND u.role {of})"
OFFICER = ROLE.format(of="= 'compliance_officer'")
WATCHER = ROLE.format(of="IN ('compliance_officer', 'security_officer', 'auditor')")
# Triage by officers, an investigation by its investigators; whom it is about sees nothing of either.
CASE = f"""{HOUSE}
    OR NOT coalesce({ME} = ANY (kept_from), false) AND (
        state IN ('suspected', 'dismissed') AND {OFFICER}
        OR EXISTS (SELECT 1 FROM incidents_fraudmember m WHERE m.case_id = incidents_fraudcase.id
            AND m.left_at IS NULL AND m.user_id = {ME}))"""
# By the rule of the case, which holds in here as well.
OF_A_CASE = "EXISTS (SELECT 1 FROM incidents_fraudcase c WHERE c.id = {table}.{key})"
TABLES = {
    "fraudcase": CASE,
    **{
        name: f"{HOUSE} OR " + OF_A_CASE.format(table=f"incidents_{name}", key="case_id")
        for name in ("fraudsignal", "fraudsuppression", "fraudtask", "fraudentry", "fraudlink", "fraudevidence")
    },
    "fraudcustody": f"""{HOUSE}
    OR EXISTS (SELECT 1 FROM incidents_fraudevidence e WHERE e.id = incidents_fraudcustody.evidence_id)""",
    # The claims handler who is asked sees that one row.
    "fraudask": f"{HOUSE} OR handler_id = {ME} OR "
    + OF_A_CASE.format(table="incidents_fraudask", key="case_id"),
    "fraudshared": f"{HOUSE} OR {WATCHER}",
    "fraudsharedbad": f"{HOUSE} OR {WATCHER}",
    # Values and fingerprints that came from elsewhere are read by the house alone.
    "fraudsharedrow": HOUSE,
    "fraudsharedindex": HOUSE,
}
SCOPE = "\n".join(f"""
ALTER TABLE incidents_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY fraud_group ON incidents_{table} USING ({rule});
""" for table, rule in TABLES.items())
UNSCOPE = "\n".join(f"""
DROP POLICY fraud_group ON incidents_{table};
ALTER TABLE incidents_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE incidents_{table} DISABLE ROW LEVEL SECURITY;
""" for table in TABLES)
KEPT = ("fraudentry", "fraudevidence", "fraudcustody", "fraudsharedrow", "fraudsharedbad")
KEEP = "\n".join(f"""
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_{name} FOR EACH ROW EXECUTE FUNCTION incidents_keep();
""" for name in KEPT)
LET_GO = "\n".join(f"DROP TRIGGER keep_rows ON incidents_{name};" for name in KEPT)
# The key of a list that is over, or of what was written in a case that is kept no longer.
FORGET = """
CREATE FUNCTION incidents_forget_fraud(gone uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE reach text := current_setting('custodian.reach', true);
DECLARE actor text := current_setting('custodian.actor', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true), set_config('custodian.actor', '', true);
    DELETE FROM keys.data_key k
    WHERE k.holding = gone AND substr(k.holding::text, 15, 1) = '5' AND (
        EXISTS (SELECT 1 FROM incidents_fraudshared s WHERE s.holding = gone)
        OR EXISTS (SELECT 1 FROM incidents_fraudcase c WHERE c.holding = gone AND c.state IN ('dismissed', 'closed')));
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true), set_config('custodian.actor', coalesce(actor, ''), true);
END $$;
REVOKE ALL ON FUNCTION incidents_forget_fraud(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION incidents_forget_fraud(uuid) TO custodian_app;
"""
UNFORGET = "DROP FUNCTION incidents_forget_fraud(uuid);"
WORKERS = ["compliance_officer", "security_officer"]
KINDS = ("fraud-outcome", "fraud-close")


def seed(apps, schema_editor):
    """A new installation's own way of approving what is decided in a case: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=WORKERS, approvers=WORKERS, excluded=["line", "target", "target-line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("incidents", "0008_sanction_people"), ("access", "0038_let_purposes_change"), ("records", "0027_name_the_consent_of_a_choice"), ("transfers", "0009_keep_a_ledger_outside")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(FORGET, UNFORGET),
        migrations.RunPython(seed, unseed),
    ]
