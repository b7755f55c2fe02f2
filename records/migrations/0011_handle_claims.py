"""Claims are handled here: steps, papers, decisions, payments and clocks, and the terms of deciding alone."""

from datetime import UTC, datetime

from django.db import migrations

# A new installation's own terms and way of approving: this company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
LIMIT = "50000.00"
OFFICER = ["compliance_officer"]
RULES = {
    "claim-decision": (["claims_handler"], ["claims_handler", "compliance_officer"]),
    "claim-terms": (OFFICER, OFFICER),
}
BY_SUBJECT = "claimstep claimneed claimpaper claimdecision claimpayment claimclock".split()
SEALED = {
    "claimneed": "needed",
    "claimdecision": "decided_amount decision_reasons",
    "claimpayment": "paid_amount payment_reference",
}
# Whoever sees the customer sees how her claim stands. What happened once stays as it was written.
ENABLE = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'
    OR EXISTS (SELECT 1 FROM access_subject s WHERE s.id = records_{table}.subject_id));
"""
KEEP = "REVOKE UPDATE, TRUNCATE ON records_claimstep FROM custodian_app;"


def forward():
    for table in BY_SUBJECT:
        yield ENABLE.format(table=table)
    for table, columns in SEALED.items():
        for column in columns.split():
            yield f"ALTER TABLE records_{table} ALTER COLUMN {column}_sealed SET STATISTICS 0;"
    yield KEEP


def backward():
    for table in BY_SUBJECT:
        yield f"DROP POLICY {table}_scope ON records_{table};"
        yield f"ALTER TABLE records_{table} NO FORCE ROW LEVEL SECURITY;"
        yield f"ALTER TABLE records_{table} DISABLE ROW LEVEL SECURITY;"


def seed(apps, schema_editor):
    rules = apps.get_model("access", "ApprovalRule")
    for kind, (requesters, approvers) in RULES.items():
        rules.objects.create(
            kind=kind, requesters=requesters, approvers=approvers, excluded=["line"], since=SINCE
        )
    apps.get_model("records", "ClaimTerms").objects.create(limit=LIMIT, refusals=True, since=SINCE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=list(RULES)).delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0010_correct"), ("access", "0024_let_months_go")]

    operations = [
        migrations.RunSQL("\n".join(forward()), "\n".join(backward())),
        migrations.RunPython(seed, unseed),
    ]
