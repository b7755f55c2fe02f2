"""Transfers go by routes: papers, acts of authorities, publications and clocks for each of their stages."""

import datetime

from django.db import migrations

OFFICER = ["compliance_officer"]
KINDS = (
    "transfer-open", "transfer-stage", "transfer-stop", "transfer-announcement", "transfer-sight",
    "data-room",
)
# What was filed, recorded and announced stays as it was.
KEEP = """
CREATE FUNCTION transfers_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was put on record of a transfer is kept as it was';
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON transfers_transferpaper
    FOR EACH ROW EXECUTE FUNCTION transfers_keep();
CREATE TRIGGER keep_rows BEFORE UPDATE ON transfers_transferact
    FOR EACH ROW EXECUTE FUNCTION transfers_keep();
CREATE TRIGGER keep_rows BEFORE UPDATE ON transfers_transferannouncement
    FOR EACH ROW EXECUTE FUNCTION transfers_keep();
"""
LET_GO = """
DROP TRIGGER keep_rows ON transfers_transferannouncement;
DROP TRIGGER keep_rows ON transfers_transferact;
DROP TRIGGER keep_rows ON transfers_transferpaper;
DROP FUNCTION transfers_keep();
"""
# The key of a data room goes with its file: what lies in a backup of files opens no more.
FORGET = """
CREATE FUNCTION transfers_forget_room(gone uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING transfers_dataroom r
    WHERE r.ref = gone AND r.removed_at IS NOT NULL AND k.holding = r.holding
      AND substr(k.holding::text, 15, 1) = '5';
$$;
REVOKE ALL ON FUNCTION transfers_forget_room(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfers_forget_room(uuid) TO custodian_app;
"""


def seed(apps, schema_editor):
    """A new installation's own way of approving a transfer: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("transfers", "0003_agree_with_partners"), ("access", "0030_let_bundles_go"), ("records", "0017_publish_texts")]

    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(FORGET, "DROP FUNCTION transfers_forget_room(uuid);"),
        migrations.RunPython(seed, unseed),
    ]
