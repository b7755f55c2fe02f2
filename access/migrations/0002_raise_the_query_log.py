"""The query log, the keys, the app's rights and the subjects' scope."""

from django.db import migrations

from access.migrations._querylog import everything

RIGHTS = """
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO custodian_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO custodian_app;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO custodian_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO custodian_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO custodian_app;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_tables")]

    operations = [
        migrations.RunSQL(RIGHTS, migrations.RunSQL.noop),
        migrations.RunSQL(
            everything(),
            "DROP POLICY subject_scope ON access_subject; DROP SCHEMA querylog CASCADE; DROP SCHEMA keys CASCADE;",
        ),
    ]
