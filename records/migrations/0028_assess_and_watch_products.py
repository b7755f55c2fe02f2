"""Impact assessments by four eyes, and what products are filed and sold under."""

import datetime

from django.db import migrations

# What was approved is neither changed nor, for three years after its time (PIPL art. 56), destroyed.
KEEP = """
CREATE FUNCTION records_keep_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.stage = 'approved' THEN
        IF TG_OP = 'UPDATE' THEN
            RAISE EXCEPTION 'an approved impact assessment stays as it was approved';
        ELSIF greatest(OLD.review_on, (OLD.approved_at AT TIME ZONE 'Asia/Shanghai')::date)
            > (now() AT TIME ZONE 'Asia/Shanghai')::date - interval '3 years' THEN
            RAISE EXCEPTION 'an impact assessment is kept for three years';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON records_impactassessment
    FOR EACH ROW EXECUTE FUNCTION records_keep_assessment();
CREATE FUNCTION records_keep_product() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a product was filed and sold under is kept as it was';
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE OR DELETE ON records_productversion
    FOR EACH ROW EXECUTE FUNCTION records_keep_product();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON records_productversion
    FOR EACH STATEMENT EXECUTE FUNCTION records_keep_product();
"""
LET_GO = """
DROP TRIGGER keep_all ON records_productversion;
DROP TRIGGER keep_rows ON records_productversion;
DROP FUNCTION records_keep_product();
DROP TRIGGER keep_rows ON records_impactassessment;
DROP FUNCTION records_keep_assessment();
"""
WORKERS = ["compliance_officer", "security_officer"]
KINDS = {"impact-assessment": WORKERS, "product-terms": ["compliance_officer"]}


def seed(apps, schema_editor):
    """A new installation's own way of approving them: this company's default, not law."""
    for kind, roles in KINDS.items():
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=roles, approvers=roles, excluded=["line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("records", "0027_name_the_consent_of_a_choice"), ("access", "0038_let_purposes_change")]

    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
