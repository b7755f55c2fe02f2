"""Files are surveyed before they are mapped, mappings are kept, and a run may bring a book on its way in."""

from django.db import migrations


KEEP = "REVOKE UPDATE, DELETE ON records_savedmapping FROM custodian_app;"
CHANGE = "GRANT UPDATE, DELETE ON records_savedmapping TO custodian_app;"


# What she said is hidden with her.
HIDE = """
CREATE POLICY consent_has_arrived ON records_consent AS RESTRICTIVE FOR SELECT USING (
    (SELECT NOT EXISTS (SELECT 1 FROM access_arriving))
    OR (SELECT NULLIF(current_setting('custodian.arrivals', true), '')) = 'on'
    OR NOT EXISTS (SELECT 1 FROM access_arriving a WHERE a.subject_id = records_consent.subject_id));
"""
SHOW = "DROP POLICY consent_has_arrived ON records_consent;"


class Migration(migrations.Migration):
    dependencies = [("records", "0024_hide_what_arrives"), ("access", "0036_let_books_move")]

    operations = [
        migrations.RunSQL(KEEP, CHANGE),
        migrations.RunSQL(HIDE, SHOW),
    ]
