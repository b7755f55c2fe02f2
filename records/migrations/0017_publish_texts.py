"""What the insurer publishes: texts with their versions, which nothing rewrites, and who was told of them."""

import datetime

from django.db import migrations

OFFICER = ["compliance_officer"]
KINDS = ("notice", "notice-withdrawal")
# A version stays as it was approved, and so does the name under which it was published.
KEEP = """
CREATE FUNCTION records_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'records_publishedtext' AND TG_OP <> 'TRUNCATE' THEN
        PERFORM FROM records_textversion v WHERE v.text_id = OLD.id;
        IF NOT FOUND THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
    END IF;
    RAISE EXCEPTION 'what was published is kept as it was approved';
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON records_textversion
    FOR EACH ROW EXECUTE FUNCTION records_keep_published();
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON records_textwithdrawal
    FOR EACH ROW EXECUTE FUNCTION records_keep_published();
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON records_publishedtext
    FOR EACH ROW EXECUTE FUNCTION records_keep_published();
CREATE TRIGGER keep_rows BEFORE UPDATE ON records_noticeseen
    FOR EACH ROW EXECUTE FUNCTION records_keep_published();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON records_textversion
    FOR EACH STATEMENT EXECUTE FUNCTION records_keep_published();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON records_textwithdrawal
    FOR EACH STATEMENT EXECUTE FUNCTION records_keep_published();
"""
LET_GO = """
DROP TRIGGER keep_all ON records_textwithdrawal;
DROP TRIGGER keep_all ON records_textversion;
DROP TRIGGER keep_rows ON records_noticeseen;
DROP TRIGGER keep_rows ON records_publishedtext;
DROP TRIGGER keep_rows ON records_textwithdrawal;
DROP TRIGGER keep_rows ON records_textversion;
DROP FUNCTION records_keep_published();
"""
# Hers, and of whoever reaches all rows.
SCOPE = """
ALTER TABLE records_noticeseen ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_noticeseen FORCE ROW LEVEL SECURITY;
CREATE POLICY noticeseen_scope ON records_noticeseen USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY noticeseen_own ON records_noticeseen FOR SELECT USING (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[]));
CREATE POLICY noticeseen_told ON records_noticeseen FOR INSERT WITH CHECK (
    subject_id = ANY ((SELECT NULLIF(current_setting('custodian.subjects', true), ''))::bigint[]));
"""
UNSCOPE = """
DROP POLICY noticeseen_told ON records_noticeseen;
DROP POLICY noticeseen_own ON records_noticeseen;
DROP POLICY noticeseen_scope ON records_noticeseen;
ALTER TABLE records_noticeseen NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_noticeseen DISABLE ROW LEVEL SECURITY;
"""


def seed(apps, schema_editor):
    """A new installation's own way of approving what it publishes: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0016_agree"), ("access", "0028_heed_requests")]

    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
