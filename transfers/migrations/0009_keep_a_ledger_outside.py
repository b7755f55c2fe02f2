"""The ledger of transfers as it is kept outside the database too: sheets are only added."""

import custodian.clock
from django.db import migrations, models

KEEP = "REVOKE UPDATE, DELETE ON transfers_ledgersheet FROM custodian_app;"
CHANGE = "GRANT UPDATE, DELETE ON transfers_ledgersheet TO custodian_app;"


class Migration(migrations.Migration):

    dependencies = [
        ('transfers', '0008_receive_from_files'),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerSheet',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=custodian.clock.now)),
                ('what', models.CharField(choices=[('opened', 'Opened'), ('settled', 'Settled'), ('carried-out', 'Carried Out'), ('stopped', 'Stopped')], max_length=12)),
                ('transfer', models.UUIDField()),
                ('release', models.CharField(blank=True, max_length=64)),
                ('body', models.TextField()),
                ('sha256', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ('number',),
                'constraints': [models.UniqueConstraint(fields=('transfer', 'what', 'release'), name='ledger_has_an_act_once')],
            },
        ),
        migrations.RunSQL(KEEP, CHANGE),
    ]
