"""How often something is done: a number of the pack's that this company may set, by four eyes."""

from datetime import UTC, datetime

from django.db import migrations

# A version keeps what it says; only its end may be set, or come earlier.
KEEP = """
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_countoverride
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
"""
LET_GO = "DROP TRIGGER keep_rows ON access_countoverride;"
OFFICER = ["compliance_officer"]
KIND = "law-count"


def seed(apps, schema_editor):
    """A new installation's own way of approving them: this company's default, not law."""
    apps.get_model("access", "ApprovalRule").objects.create(
        kind=KIND, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
        since=datetime(2020, 1, 1, tzinfo=UTC),
    )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind=KIND).delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0030_let_bundles_go")]

    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
