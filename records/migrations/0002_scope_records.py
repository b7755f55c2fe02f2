"""Row-level security: whatever hangs on a subject is seen by whoever sees the subject."""

from django.db import migrations

# Keys and sealed bytes are not statistics either.
BY_SUBJECT = "customer identity finances account representative policyrole claim document blindindex".split()
SEALED = {
    "identity": "name sex birth_date nationality occupation id_type id_number id_valid_until mobile landline"
    " email address workplace legal_representative",
    "finances": "income",
    "account": "bank_name bank_account",
    "policy": "number sum_insured premium beneficiaries health_declaration query_password",
    "claim": "number description diagnosis amount",
    "document": "name",
    "quarantinedrow": "row",
    "importfile": "name",
}

ENABLE = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all' OR {condition});
"""
SUBJECT = "EXISTS (SELECT 1 FROM access_subject s WHERE s.id = records_{table}.subject_id)"
POLICY = "EXISTS (SELECT 1 FROM records_policyrole r WHERE r.policy_id = records_policy.id)"


def forward():
    for table in BY_SUBJECT:
        yield ENABLE.format(table=table, condition=SUBJECT.format(table=table))
    yield ENABLE.format(table="policy", condition=POLICY)
    for table, columns in SEALED.items():
        for column in columns.split():
            yield f"ALTER TABLE records_{table} ALTER COLUMN {column}_sealed SET STATISTICS 0;"
    yield "ALTER TABLE records_blindindex ALTER COLUMN digest SET STATISTICS 0;"
    yield "ALTER TABLE records_customer ALTER COLUMN source_digest SET STATISTICS 0;"


def backward():
    for table in [*BY_SUBJECT, "policy"]:
        yield f"DROP POLICY {table}_scope ON records_{table};"
        yield f"ALTER TABLE records_{table} DISABLE ROW LEVEL SECURITY;"


class Migration(migrations.Migration):
    dependencies = [("records", "0001_tables"), ("access", "0003_seed_access_rules")]

    operations = [
        migrations.RunSQL("\n".join(forward()), "\n".join(backward())),
    ]
