"""The ledger of transfers as it is kept outside the database too: sheets are only added."""

from django.db import migrations

KEEP = "REVOKE UPDATE, DELETE ON transfers_ledgersheet FROM custodian_app;"
CHANGE = "GRANT UPDATE, DELETE ON transfers_ledgersheet TO custodian_app;"


class Migration(migrations.Migration):
    dependencies = [("transfers", "0008_receive_from_files")]

    operations = [
        migrations.RunSQL(KEEP, CHANGE),
    ]
