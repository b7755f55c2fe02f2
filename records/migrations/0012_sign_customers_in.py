"""How customers come in: codes, printed codes, doubted contacts, who may act for whom."""

from datetime import UTC, datetime

from django.db import migrations

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
    dependencies = [("records", "0011_handle_claims"), ("access", "0025_let_customers_in")]

    operations = [
        migrations.RunSQL(
            "".join(SCOPE.format(table=table) for table in TABLES) + OWN,
            UNOWN + "".join(UNSCOPE.format(table=table) for table in TABLES),
        ),
        migrations.RunPython(seed, unseed),
    ]
