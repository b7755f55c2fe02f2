"""Who moves and why others stay, the freeze, and the letters to those who move with what they answer."""

import datetime

from django.db import migrations


# Who moves, who stays and why is for those who reach everybody: whoever is looked into must not read that she is.
BY_REACH = """
ALTER TABLE transfers_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfers_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON transfers_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
UNSCOPE = """
DROP POLICY {table}_scope ON transfers_{table};
ALTER TABLE transfers_{table} NO FORCE ROW LEVEL SECURITY;
ALTER TABLE transfers_{table} DISABLE ROW LEVEL SECURITY;
"""
# Her own letter and answers are read by whoever sees the customer.
READ = """
CREATE POLICY {table}_read ON transfers_{table} FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = transfers_{table}.subject_id));
"""
UNREAD = "DROP POLICY {table}_read ON transfers_{table};"
HIDDEN = ("chosen", "bar", "frozenline")
SHOWN = ("transfernotice", "transferanswer")
# The key of the sums goes only with the transfer's end. An answer is never edited.
KEYS = """
ALTER TABLE transfers_frozenline ALTER COLUMN sums_sealed SET STATISTICS 0;
CREATE FUNCTION transfers_forget_freeze(gone bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING transfers_freeze f, transfers_transfer t
    WHERE f.transfer_id = gone AND t.id = gone AND t.status <> 'open' AND k.holding = f.holding;
$$;
REVOKE ALL ON FUNCTION transfers_forget_freeze(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfers_forget_freeze(bigint) TO custodian_app;
REVOKE UPDATE, DELETE ON transfers_transferanswer FROM custodian_app;
"""
UNKEYS = "DROP FUNCTION transfers_forget_freeze(bigint);"
SCOPE = "".join(
    [
        *(BY_REACH.format(table=each) for each in (*HIDDEN, *SHOWN)),
        *(READ.format(table=each) for each in SHOWN),
        KEYS,
    ]
)
UNSCOPED = UNKEYS + "".join(
    [*(UNREAD.format(table=each) for each in SHOWN), *(UNSCOPE.format(table=each) for each in (*HIDDEN, *SHOWN))]
)
# A new installation's own way of approving, not law.
OFFICER = ["compliance_officer"]
KINDS = ("transfer-selection", "transfer-letters")


def seed(apps, schema_editor):
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("transfers", "0004_walk_routes"), ("access", "0030_let_bundles_go"), ("records", "0017_publish_texts")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPED),
        migrations.RunPython(seed, unseed),
    ]
