"""Corrections: proposals, evidence, confirmations and former values, and the rule by which they are approved."""

from datetime import UTC, datetime

from django.db import migrations


SINCE = datetime(2020, 1, 1, tzinfo=UTC)
RULE = {
    "kind": "correction", "requesters": ["service_desk", "compliance_officer"],
    "approvers": ["compliance_officer"], "excluded": ["line", "target", "target-line"],
}
# Whoever sees the customer reads; only the product itself writes, after it has decided on who acts.
BY_SUBJECT = """
ALTER TABLE records_{table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_{table} FORCE ROW LEVEL SECURITY;
CREATE POLICY {table}_scope ON records_{table} USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY {table}_read ON records_{table} FOR SELECT USING (
    EXISTS (SELECT 1 FROM access_subject s WHERE s.id = records_{table}.subject_id));
"""
# Not even the keyed hash of a code is for anybody's eyes.
BY_REACH = """
ALTER TABLE records_correctioncode ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_correctioncode FORCE ROW LEVEL SECURITY;
CREATE POLICY correctioncode_scope ON records_correctioncode USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
"""
TABLES = (
    "correction", "correctionitem", "correctionevidence", "correctionconfirmation", "correctionstep",
    "correctionclock", "formervalue",
)
# Sealed bytes are not statistics.
QUIET = """
ALTER TABLE records_correction ALTER COLUMN note_sealed SET STATISTICS 0;
ALTER TABLE records_correction ALTER COLUMN refusal_sealed SET STATISTICS 0;
ALTER TABLE records_correctionitem ALTER COLUMN value_sealed SET STATISTICS 0;
ALTER TABLE records_formervalue ALTER COLUMN value_sealed SET STATISTICS 0;
"""
# As before, and the keys of corrections and former values are no import file's either.
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
      AND NOT EXISTS (SELECT FROM records_document h WHERE h.holding = k.holding){more};
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true);
    RETURN gone;
END $$;
"""
MORE = """
      AND NOT EXISTS (SELECT FROM records_correction h WHERE h.holding = k.holding)
      AND NOT EXISTS (SELECT FROM records_formervalue h WHERE h.holding = k.holding)"""
SCOPE = "".join(
    [*(BY_SUBJECT.format(table=each) for each in TABLES), BY_REACH, QUIET, FORGET.replace("{more}", MORE)]
)
UNSCOPE = FORGET.replace("{more}", "") + "DROP POLICY correctioncode_scope ON records_correctioncode;" + "".join(
    f"DROP POLICY {each}_read ON records_{each}; DROP POLICY {each}_scope ON records_{each};" for each in TABLES
)


def seed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.create(since=SINCE, **RULE)


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=RULE["kind"]).delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0009_let_own_records_go"), ("access", "0026_tell_the_time")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
        migrations.RunPython(seed, unseed),
    ]
