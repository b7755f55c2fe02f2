"""Import files go after their run, and the house's own records after their time."""


from django.db import migrations

# The key of an import file that was removed goes with it, and never the key of a customer's holding,
# whatever a row says. Row-level security must not hide one from the question.
FORGET = """
CREATE FUNCTION records_forget_import_files(files bigint[]) RETURNS bigint LANGUAGE plpgsql
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
      AND NOT EXISTS (SELECT FROM records_document h WHERE h.holding = k.holding);
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('custodian.reach', coalesce(reach, ''), true);
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION records_forget_import_files(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION records_forget_import_files(bigint[]) TO custodian_app;
"""
UNFORGET = "DROP FUNCTION records_forget_import_files(bigint[]);"


class Migration(migrations.Migration):
    dependencies = [("records", "0008_keep_storage"), ("access", "0024_let_months_go")]

    operations = [
        migrations.RunSQL(FORGET, UNFORGET),
    ]
