"""Row-level security: a person sees his own assignments, and only who reaches all rows makes them."""

from django.db import migrations

FORWARD = """
ALTER TABLE access_assignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_assignment FORCE ROW LEVEL SECURITY;
CREATE POLICY assignment_scope ON access_assignment USING (
    (SELECT NULLIF(current_setting('custodian.reach', true), '')) = 'all');
CREATE POLICY assignment_own ON access_assignment FOR SELECT USING (
    user_id = (SELECT NULLIF(current_setting('custodian.actor', true), ''))::bigint);
"""
BACKWARD = """
DROP POLICY assignment_own ON access_assignment;
DROP POLICY assignment_scope ON access_assignment;
ALTER TABLE access_assignment NO FORCE ROW LEVEL SECURITY;
ALTER TABLE access_assignment DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0005_find_subjects_of_entries")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
