"""Keyed digests of what each row said, so that the same file twice changes nothing."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0002_scope_records"), ("access", "0003_seed_access_rules")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE records_customer ALTER COLUMN row_digest SET STATISTICS 0;"
            "ALTER TABLE records_policy ALTER COLUMN row_digest SET STATISTICS 0;"
            "ALTER TABLE records_claim ALTER COLUMN row_digest SET STATISTICS 0;",
            migrations.RunSQL.noop,
        ),
    ]
