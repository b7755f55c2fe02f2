"""Each fingerprint says which index root it was made with, so that roots can change."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0009_let_own_records_go'),
    ]

    operations = [
        migrations.AddField(
            model_name='blindindex',
            name='version',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
        migrations.AddField(
            model_name='stafftrace',
            name='version',
            field=models.PositiveSmallIntegerField(db_default=1, default=1),
        ),
    ]
