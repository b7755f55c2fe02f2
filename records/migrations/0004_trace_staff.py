"""Fingerprints of the staff's own values, so that audits see who looks at kin."""

from django.db import migrations


SCOPE = """
ALTER TABLE records_stafftrace ENABLE ROW LEVEL SECURITY;
ALTER TABLE records_stafftrace FORCE ROW LEVEL SECURITY;
CREATE POLICY stafftrace_scope ON records_stafftrace USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
ALTER TABLE records_stafftrace ALTER COLUMN digest SET STATISTICS 0;
"""
UNSCOPE = """
DROP POLICY stafftrace_scope ON records_stafftrace;
ALTER TABLE records_stafftrace NO FORCE ROW LEVEL SECURITY;
ALTER TABLE records_stafftrace DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0003_tell_rows_apart")]

    operations = [
        migrations.RunSQL(SCOPE, UNSCOPE),
    ]
