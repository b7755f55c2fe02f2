"""The log becomes a tree: every entry has an index without gaps, and every size a signed root."""

from django.db import migrations, models

from access.migrations._tree import UNDO, everything


class Migration(migrations.Migration):
    dependencies = [("access", "0006_scope_assignments")]

    operations = [
        migrations.RunSQL(everything(), UNDO),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.BinaryField()),
                ('note', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('announced_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'querylog"."checkpoint',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('pk', models.CompositePrimaryKey('size', 'witness', blank=True, editable=False, primary_key=True, serialize=False)),
                ('size', models.BigIntegerField()),
                ('witness', models.TextField()),
                ('line', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'querylog"."cosignature',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Hourly',
            fields=[
                ('pk', models.CompositePrimaryKey('hour', 'actor', 'unit', 'act', 'purpose', 'outcome', 'channel', blank=True, editable=False, primary_key=True, serialize=False)),
                ('hour', models.DateTimeField()),
                ('actor', models.UUIDField()),
                ('unit', models.TextField()),
                ('act', models.TextField()),
                ('purpose', models.TextField()),
                ('outcome', models.TextField()),
                ('channel', models.TextField()),
                ('count', models.BigIntegerField()),
                ('shown', models.BigIntegerField()),
            ],
            options={
                'db_table': 'querylog"."hourly',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='RollRow',
            fields=[
                ('upto', models.BigIntegerField(primary_key=True, serialize=False)),
                ('leaf', models.BigIntegerField()),
                ('people', models.IntegerField()),
                ('root', models.BinaryField()),
                ('taken_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'querylog"."roll',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Tree',
            fields=[
                ('one', models.BooleanField(default=True, primary_key=True, serialize=False)),
                ('size', models.BigIntegerField()),
                ('announced', models.BigIntegerField()),
                ('announced_at', models.DateTimeField(null=True)),
                ('min_index', models.BigIntegerField()),
                ('keys', models.TextField()),
                ('codes', models.TextField()),
            ],
            options={
                'db_table': 'querylog"."tree',
                'managed': False,
            },
        ),
    ]
