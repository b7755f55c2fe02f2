"""What customers ask for: requests with their words sealed, steps, messages, clocks and effects."""

import datetime

from django.db import migrations

# This company's default, not law: a second officer agrees to a complaint's last extension.
RULE = {
    "kind": "complaint-extension",
    "requesters": ["compliance_officer", "service_desk"],
    "approvers": ["compliance_officer"],
    "excluded": ["line"],
}
OWN = "subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[])"
# A complaint may be about the customer's own agent: whoever has her assigned sees none of it.
SCOPE = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
READ = "CREATE POLICY {table}_own ON records_{table} FOR SELECT USING ({condition});"
UNSCOPE = """
DROP POLICY IF EXISTS {table}_own ON records_{table};
DROP POLICY {table}_scope ON records_{table};
ALTER TABLE records_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_{table} DISABLE ROW LEVEL SECURITY;
"""
OF_REQUEST = "EXISTS (SELECT 1 FROM records_customerrequest r WHERE r.id = records_{table}.request_id)"
TABLES = {
    "customerrequest": OWN,
    "requestmessage": OWN,
    "requeststep": OF_REQUEST.format(table="requeststep"),
    "requestclock": OF_REQUEST.format(table="requestclock"),
    "requesteffect": "",
}
SEALED = {
    "customerrequest": ("text", "insurer", "answer", "refusal", "extension", "comment"),
    "requestmessage": ("message",),
}
# As before, and never the key of a request either.
FORGET = """
CREATE OR REPLACE FUNCTION records_forget_import_files(files bigint[]) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint; reach text := current_setting('custodian.reach', true);
BEGIN
    PERFORM set_config('custodian.reach', 'all', true);
    DELETE FROM keys.data_key k USING records_importfile f
    WHERE f.id = ANY (files) AND f.removed_at IS NOT NULL AND k.holding = f.holding
      AND NOT EXISTS (SELECT FROM records_identity h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_finances h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_policy h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_claim h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_correction h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_formervalue h WHERE h.holding = k.holding)
      {requests}AND NOT EXISTS (SELECT FROM records_document h WHERE h.holding = k.holding);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true);
    RETURN gone;
END $$;
"""
_REQUESTS = "AND NOT EXISTS (SELECT FROM records_customerrequest h WHERE h.holding = k.holding)\n      "


def forward():
    for table, condition in TABLES.items():
        yield SCOPE.format(table=table)
        if condition:
            yield READ.format(table=table, condition=condition)
    for table, columns in SEALED.items():
        for column in columns:
            yield f"ALTER TABLE records_{table} ALTER COLUMN {column}_sealed SET STATISTICS 0;"
    yield FORGET.format(requests=_REQUESTS)


def backward():
    yield FORGET.format(requests="")
    for table in TABLES:
        yield UNSCOPE.format(table=table)


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(
        since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), **RULE
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=RULE["kind"]).delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0014_copy_own_data"), ("access", "0028_heed_requests")]

    operations = [
        migrations.RunSQL("\n".join(forward()), "\n".join(backward())),
        migrations.RunPython(seed, unseed),
    ]
