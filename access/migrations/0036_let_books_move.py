"""A book on its way in: its subjects are there and nobody sees them; and looks for a portfolio transfer."""

from django.db import migrations


# Restrictive: whatever else lets somebody see a row, this must hold as well. While no book is on its way in,
# the first line answers for the whole statement.
HIDE = """
GRANT SELECT, INSERT, DELETE ON access_arriving TO custodian_app;
ALTER TABLE access_arriving ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_arriving FORCE ROW LEVEL SECURITY;
-- Whoever cannot see that somebody arrives would see her.
CREATE POLICY arriving_known ON access_arriving USING (true);
CREATE POLICY subject_has_arrived ON access_subject AS RESTRICTIVE FOR SELECT USING (
    (SELECT NOT EXISTS (SELECT 1 FROM access_arriving))
    OR (SELECT NULLIF(current_setting('custodian.arrivals', true), '')) = 'on'
    OR NOT EXISTS (SELECT 1 FROM access_arriving a WHERE a.subject_id = access_subject.id));
"""
SHOW = """
DROP POLICY subject_has_arrived ON access_subject;
DROP POLICY arriving_known ON access_arriving;
ALTER TABLE access_arriving DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0034_count_times")]

    operations = [
        migrations.RunSQL(HIDE, SHOW),
    ]
