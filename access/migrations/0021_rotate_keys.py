"""Keys change while the house is open: rotations as rows, and what the database lets them do."""

from django.db import migrations

from access.migrations import _rotation


class Migration(migrations.Migration):
    dependencies = [("access", "0020_keep_the_law")]

    operations = [
        migrations.RunSQL(_rotation.ROTATION, _rotation.UNDO),
    ]
