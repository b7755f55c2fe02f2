"""Entries lead to their subjects as well: how many customers a person has seen today."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0004_end_sessions_with_rights")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX subject_access_entry ON querylog.subject_access (entry_id)",
            "DROP INDEX querylog.subject_access_entry",
        ),
    ]
