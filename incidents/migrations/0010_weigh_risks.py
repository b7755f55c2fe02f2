"""The register of risks with its history, assessments, tests of controls, and audits that come again."""

import datetime

from django.db import migrations


KEEP = """
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_riskevent FOR EACH ROW EXECUTE FUNCTION incidents_keep();
CREATE FUNCTION incidents_keep_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.confirmed_at IS NOT NULL
        OR (NEW.id, NEW.ref, NEW.control, NEW.due_on, NEW.at, NEW.by_id, NEW.result, NEW.note, NEW.evidence, NEW.measured)
        IS DISTINCT FROM (OLD.id, OLD.ref, OLD.control, OLD.due_on, OLD.at, OLD.by_id, OLD.result, OLD.note, OLD.evidence, OLD.measured)
    THEN RAISE EXCEPTION 'what a test of a control found is kept as it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_controlcheck FOR EACH ROW EXECUTE FUNCTION incidents_keep_check();
CREATE FUNCTION incidents_keep_risk_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'signed'
        OR (NEW.kind, NEW.version, NEW.digest, NEW.book_id, NEW.unit_id, NEW.product_id, NEW.since, NEW.until, NEW.asked_at, NEW.numbers)
        IS DISTINCT FROM (OLD.kind, OLD.version, OLD.digest, OLD.book_id, OLD.unit_id, OLD.product_id, OLD.since, OLD.until, OLD.asked_at, OLD.numbers)
        OR NEW.state = 'signed' AND (NEW.answers, NEW.lines, NEW.score, NEW.result, NEW.summary)
        IS DISTINCT FROM (OLD.answers, OLD.lines, OLD.score, OLD.result, OLD.summary)
    THEN RAISE EXCEPTION 'what was counted or signed is kept as it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_riskassessment FOR EACH ROW EXECUTE FUNCTION incidents_keep_risk_assessment();
CREATE FUNCTION incidents_keep_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'reported' AND (OLD.rectified_filed_on IS NOT NULL
        OR (NEW.state, NEW.rule, NEW.about, NEW.due_on, NEW.auditor, NEW.done_on, NEW.conclusion, NEW.paper, NEW.paper_sha256, NEW.filed_on, NEW.filed_ref)
        IS DISTINCT FROM (OLD.state, OLD.rule, OLD.about, OLD.due_on, OLD.auditor, OLD.done_on, OLD.conclusion, OLD.paper, OLD.paper_sha256, OLD.filed_on, OLD.filed_ref))
    THEN RAISE EXCEPTION 'an audit that was reported is kept as it was';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_rows BEFORE UPDATE ON incidents_auditround FOR EACH ROW EXECUTE FUNCTION incidents_keep_round();
"""
LET_GO = """
DROP TRIGGER keep_rows ON incidents_auditround;
DROP FUNCTION incidents_keep_round();
DROP TRIGGER keep_rows ON incidents_riskassessment;
DROP FUNCTION incidents_keep_risk_assessment();
DROP TRIGGER keep_rows ON incidents_controlcheck;
DROP FUNCTION incidents_keep_check();
DROP TRIGGER keep_rows ON incidents_riskevent;
"""
WORKERS = ["compliance_officer", "security_officer"]
KINDS = ("risk-accept", "risk-assessment")


def seed(apps, schema_editor):
    """A new installation's own way of accepting risks and signing assessments: company default, not law."""
    for kind in KINDS:
        apps.get_model("access", "ApprovalRule").objects.create(
            kind=kind, requesters=WORKERS, approvers=[*WORKERS, "auditor"], excluded=["line"],
            since=datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC),
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=KINDS).delete()


class Migration(migrations.Migration):
    dependencies = [("incidents", "0009_suspect_fraud"), ("access", "0038_let_purposes_change"), ("records", "0027_name_the_consent_of_a_choice")]

    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        migrations.RunPython(seed, unseed),
    ]
