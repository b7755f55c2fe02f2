"""The log becomes a tree: every entry has an index without gaps, and every size a signed root."""

from django.db import migrations

from access.migrations._tree import UNDO, everything


class Migration(migrations.Migration):
    dependencies = [("access", "0006_scope_assignments")]

    operations = [
        migrations.RunSQL(everything(), UNDO),
    ]
