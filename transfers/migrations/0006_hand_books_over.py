"""Packages out and in, and the keys that open them: each goes when its row says that it is over."""

from datetime import UTC, datetime

from django.db import migrations


SCOPE = """
ALTER TABLE transfers_sentrecord ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfers_sentrecord FORCE ROW LEVEL SECURITY;
CREATE POLICY sentrecord_scope ON transfers_sentrecord USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
ALTER TABLE transfers_arrivedrecord ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfers_arrivedrecord FORCE ROW LEVEL SECURITY;
CREATE POLICY arrivedrecord_scope ON transfers_arrivedrecord USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
ALTER TABLE transfers_responsible ENABLE ROW LEVEL SECURITY;
ALTER TABLE transfers_responsible FORCE ROW LEVEL SECURITY;
CREATE POLICY responsible_scope ON transfers_responsible USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY responsible_read ON transfers_responsible FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = transfers_responsible.subject_id));
ALTER TABLE transfers_invitation ALTER COLUMN private_sealed SET STATISTICS 0;
ALTER TABLE transfers_handover ALTER COLUMN secret_sealed SET STATISTICS 0;
ALTER TABLE transfers_arrival ALTER COLUMN secret_sealed SET STATISTICS 0;
CREATE FUNCTION transfers_forget(gone uuid) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    DELETE FROM keys.data_key k WHERE k.holding = gone AND (
        EXISTS (SELECT 1 FROM transfers_invitation i WHERE i.holding = gone AND i.private_sealed IS NULL)
        OR EXISTS (SELECT 1 FROM transfers_handover h WHERE h.holding = gone AND h.secret_sealed IS NULL)
        OR EXISTS (SELECT 1 FROM transfers_arrival a WHERE a.holding = gone AND a.secret_sealed IS NULL));
$$;
REVOKE ALL ON FUNCTION transfers_forget(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION transfers_forget(uuid) TO custodian_app;
"""
UNSCOPE = """
DROP FUNCTION transfers_forget(uuid);
DROP POLICY arrivedrecord_scope ON transfers_arrivedrecord;
ALTER TABLE transfers_arrivedrecord DISABLE ROW LEVEL SECURITY;
DROP POLICY responsible_read ON transfers_responsible;
DROP POLICY responsible_scope ON transfers_responsible;
ALTER TABLE transfers_responsible DISABLE ROW LEVEL SECURITY;
DROP POLICY sentrecord_scope ON transfers_sentrecord;
ALTER TABLE transfers_sentrecord DISABLE ROW LEVEL SECURITY;
"""


SINCE = datetime(2020, 1, 1, tzinfo=UTC)
KINDS = ("hand-over", "book-load", "book-accept", "book-release")
RULE = {
    "requesters": ["compliance_officer"], "approvers": ["compliance_officer", "security_officer"],
    "excluded": ["line", "target", "target-line"],
}


def seed(apps, schema_editor):
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(kind=kind, since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("transfers", "0005_select_and_freeze"), ("access", "0036_let_books_move")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
