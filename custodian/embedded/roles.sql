-- The database roles of Custodian and what they may do before the first migration.
-- Run as superuser inside the database, after every restore and upgrade; running it again changes
-- nothing. Passwords are set elsewhere: ALTER ROLE custodian_app PASSWORD '...'.

DO $$
DECLARE
  role text;
BEGIN
  FOREACH role IN ARRAY ARRAY[
    'custodian_app', 'custodian_owner', 'custodian_log_writer', 'custodian_sequencer',
    'custodian_auditor', 'custodian_backup']
  LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
      EXECUTE format('CREATE ROLE %I', role);
    END IF;
    EXECUTE format(
      'ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role);
    -- An error message would otherwise carry the row it complains about into the server log.
    EXECUTE format('ALTER ROLE %I SET log_error_verbosity = terse', role);
    EXECUTE format('ALTER ROLE %I SET log_min_error_statement = panic', role);
    EXECUTE format('ALTER ROLE %I SET log_parameter_max_length_on_error = 0', role);
    EXECUTE format('ALTER ROLE %I SET timezone = %L', role, 'UTC');
  END LOOP;
  -- A dump without this would miss every row behind row-level security.
  ALTER ROLE custodian_backup BYPASSRLS;
  GRANT pg_read_all_data TO custodian_backup;
END $$;

DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format(
    'GRANT CONNECT ON DATABASE %I TO custodian_app, custodian_owner, custodian_log_writer,
     custodian_sequencer, custodian_auditor, custodian_backup', current_database());
END $$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

-- Whoever holds the log's fence stalls every governed read, so only those who work with it may.
DO $$
DECLARE
  lock regprocedure;
BEGIN
  FOR lock IN
    SELECT oid::regprocedure FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^pg_(try_)?advisory_'
  LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', lock);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO custodian_owner, custodian_sequencer', lock);
  END LOOP;
END $$;
GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock_shared(bigint) TO custodian_log_writer;
GRANT EXECUTE ON FUNCTION pg_advisory_xact_lock_shared(int, int) TO custodian_log_writer;

-- What the owner makes in `public` is the app's to read and write; other schemas stay closed until
-- a migration grants something there. A new function is nobody's until granted.
ALTER DEFAULT PRIVILEGES FOR ROLE custodian_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO custodian_app;
ALTER DEFAULT PRIVILEGES FOR ROLE custodian_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO custodian_app;
ALTER DEFAULT PRIVILEGES FOR ROLE custodian_owner
  REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
