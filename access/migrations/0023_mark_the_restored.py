"""A restored installation is marked, and while the mark stands nothing is written to its log."""

from django.db import migrations

WAIT = """
CREATE FUNCTION querylog.awaits_reconciliation() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = querylog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.access_installation
                   WHERE restored_at IS NOT NULL AND reconciled_at IS NULL)
$$;
REVOKE ALL ON FUNCTION querylog.awaits_reconciliation() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION querylog.awaits_reconciliation()
    TO custodian_app, custodian_log_writer, custodian_sequencer;

-- No entry, no look and no change: whatever forgot to ask whether it may serve ends here.
CREATE FUNCTION querylog.wait_for_reconciliation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('custodian.reconciling', true) IS DISTINCT FROM 'on'
       AND querylog.awaits_reconciliation() THEN
        RAISE EXCEPTION 'this database was restored and is not reconciled' USING ERRCODE = '55000';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER wait_for_reconciliation BEFORE INSERT ON querylog.entry
    FOR EACH STATEMENT EXECUTE FUNCTION querylog.wait_for_reconciliation();
CREATE TRIGGER wait_for_reconciliation BEFORE INSERT ON querylog.outbox
    FOR EACH STATEMENT EXECUTE FUNCTION querylog.wait_for_reconciliation();
"""
GO_ON = """
DROP TRIGGER wait_for_reconciliation ON querylog.outbox;
DROP TRIGGER wait_for_reconciliation ON querylog.entry;
DROP FUNCTION querylog.wait_for_reconciliation();
DROP FUNCTION querylog.awaits_reconciliation();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0021_rotate_keys")]

    operations = [
        migrations.RunSQL(WAIT, GO_ON),
    ]
