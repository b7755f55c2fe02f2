"""Choices that stand already say from which consent they follow, and of which day the word is."""

from django.db import migrations

# The register of the time: what a purpose of a look, or an element under it, was asked for by.
NAME = """
SELECT set_config('custodian.reach', 'all', true);
UPDATE access_choice c SET consent = w.purpose, said_on = (w.at AT TIME ZONE 'Asia/Shanghai')::date
FROM (
    SELECT DISTINCT ON (subject_id, purpose) subject_id, purpose, at
    FROM records_consent ORDER BY subject_id, purpose, id DESC
) w
WHERE c.consent = '' AND w.subject_id = c.subject_id AND w.purpose = CASE
    WHEN c.purpose = 'sharing' THEN 'partners'
    WHEN c.purpose IN ('marketing', 'survey') THEN c.purpose
    WHEN c.element = 'financial.bank_account' THEN 'account'
    WHEN c.element = 'financial.income' THEN 'income'
    WHEN c.element = '' THEN 'child'
    ELSE 'health' END;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0026_find_one_person_twice"), ("access", "0038_let_purposes_change")]

    operations = [
        migrations.RunSQL(NAME, migrations.RunSQL.noop),
    ]
