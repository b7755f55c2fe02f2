"""Counterparties with their keys, agreements with what each may receive, and what was given to whom."""

from datetime import UTC, datetime

import transfers.models.counterparties
import transfers.models.shares
from django.db import migrations

# This company's defaults, not law.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULES = [
    {
        "kind": "partner-identity",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer", "security_officer"],
        "excluded": ["line"],
    },
    {
        "kind": "partner-agreement",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer"],
        "excluded": ["line"],
    },
    {
        "kind": "partner-share",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer", "security_officer"],
        "excluded": ["line"],
    },
    {
        "kind": "partner-receipt",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer", "security_officer"],
        "excluded": ["line"],
    },
    {
        "kind": "partner-agreement-end",
        "requesters": ["compliance_officer"],
        "approvers": ["compliance_officer", "security_officer"],
        "excluded": ["line"],
    },
]
# Copies, and what partners must be told of them, are a customer's: whoever sees her sees them, and nobody but the
# house writes them. Shares name customers by ordinal: only who reaches all rows sees them. The key of a file that
# was removed goes with it, and only that one.
ALL = "(SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all'"
SCOPE = "".join(
    f"""
ALTER TABLE transfers_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfers_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON transfers_{table} USING ({ALL});
"""
    for table in ("share", "sharedcopy", "telling")
) + """
CREATE POLICY sharedcopy_read ON transfers_sharedcopy FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = transfers_sharedcopy.subject_id));
CREATE POLICY telling_read ON transfers_telling FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = transfers_telling.subject_id));
CREATE FUNCTION transfers_forget_share(gone uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING transfers_share s
    WHERE s.ref = gone AND s.removed_at IS NOT NULL AND k.holding = s.holding;
$$;
REVOKE ALL ON FUNCTION transfers_forget_share(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfers_forget_share(uuid) TO custodian_app;
"""
UNSCOPE = """
DROP FUNCTION transfers_forget_share(uuid);
DROP POLICY telling_read ON transfers_telling;
DROP POLICY sharedcopy_read ON transfers_sharedcopy;
""" + "".join(
    f"""
DROP POLICY {table}_scope ON transfers_{table};
ALTER TABLE transfers_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE transfers_{table} DISABLE ROW LEVEL SECURITY;
"""
    for table in ("share", "sharedcopy", "telling")
)


def number(apps, schema_editor):
    for each in apps.get_model("transfers", "Counterparty").objects.filter(code=None):
        each.code = transfers.models.counterparties.new_code()
        each.save(update_fields=["code"])


def seed(apps, schema_editor):
    rules = apps.get_model("access", "ApprovalRule")
    rules.objects.bulk_create([rules(since=SINCE, **each) for each in RULES])


def unseed(apps, schema_editor):
    kinds = [each["kind"] for each in RULES]
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=kinds).delete()


class Migration(migrations.Migration):
    dependencies = [("transfers", "0001_tables"), ("access", "0030_let_bundles_go")]

    operations = [
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.RunPython(seed, unseed),
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
