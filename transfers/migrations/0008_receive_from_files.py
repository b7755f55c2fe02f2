"""A book as files: the seller's paper list, what stands here, and who let it in; each change by two people."""

from datetime import UTC, datetime

from django.db import migrations


SINCE = datetime(2020, 1, 1, tzinfo=UTC)
KINDS = ("files-load", "files-release")
RULE = {
    "requesters": ["compliance_officer"], "approvers": ["compliance_officer", "security_officer"],
    "excluded": ["line", "target", "target-line"],
}
# What was entered from a paper is never rewritten. The key of the sums goes only with the transfer's end.
KEEP = """
REVOKE UPDATE, DELETE ON transfers_sellerlist FROM custodian_app;
REVOKE UPDATE, DELETE ON transfers_filesload FROM custodian_app;
ALTER TABLE transfers_sellerlist ALTER COLUMN sums_sealed SET STATISTICS 0;
ALTER TABLE transfers_arrivedsums ALTER COLUMN sums_sealed SET STATISTICS 0;
CREATE FUNCTION transfers_forget_lists(gone bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k USING transfers_transfer t
    WHERE t.id = gone AND t.status <> 'open' AND k.holding IN (
        SELECT holding FROM transfers_sellerlist WHERE transfer_id = gone
        UNION SELECT holding FROM transfers_arrivedsums WHERE transfer_id = gone);
$$;
REVOKE ALL ON FUNCTION transfers_forget_lists(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfers_forget_lists(bigint) TO custodian_app;
"""
CHANGE = """
DROP FUNCTION transfers_forget_lists(bigint);
GRANT UPDATE, DELETE ON transfers_sellerlist, transfers_filesload TO custodian_app;
"""


def seed(apps, schema_editor):
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(kind=kind, since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("transfers", "0006_hand_books_over"), ("access", "0036_let_books_move"), ("records", "0025_survey_files_and_keep_mappings")]

    operations = [
        migrations.RunSQL(KEEP, CHANGE),
        migrations.RunPython(seed, unseed),
    ]
