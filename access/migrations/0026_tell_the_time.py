"""Other times than the packs', and years of the calendar: dated versions by four eyes that nothing rewrites."""

from datetime import UTC, datetime

from django.db import migrations

KEEP = """
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_clockoverride
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_calendaryear
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
"""
LET_GO = """
DROP TRIGGER keep_rows ON access_calendaryear;
DROP TRIGGER keep_rows ON access_clockoverride;
"""
OFFICER = ["compliance_officer"]
KINDS = ("law-clock", "law-calendar")


def seed(apps, schema_editor):
    """A new installation's own way of approving them: this company's default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=OFFICER, approvers=OFFICER, excluded=["line"],
            since=datetime(2020, 1, 1, tzinfo=UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0025_let_customers_in")]

    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
