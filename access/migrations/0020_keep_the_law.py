"""What this insurer says about the law: dated versions that nothing rewrites, and two kinds of approval."""

from datetime import UTC, datetime

from django.db import migrations

# A version keeps what it says; only its end may be set, or come earlier.
KEEP = """
CREATE FUNCTION access_keep_law() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'until' = to_jsonb(OLD) - 'until'
       AND NEW.until IS NOT NULL AND (OLD.until IS NULL OR NEW.until <= OLD.until) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of the law is kept as it was approved';
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_ruleoverride
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON access_confirmation
    FOR EACH ROW EXECUTE FUNCTION access_keep_law();
"""
LET_GO = """
DROP TRIGGER keep_rows ON access_confirmation;
DROP TRIGGER keep_rows ON access_ruleoverride;
DROP FUNCTION access_keep_law();
"""
OFFICER = ["compliance_officer"]
KINDS = ("law-override", "law-confirmation")


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
    dependencies = [("access", "0019_restrict")]

    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
