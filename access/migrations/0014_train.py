"""Courses, undertakings and who has them; rules of the highest levels ask for all of them."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import yaml
from django.db import migrations

# In force from before anything that is imported, as the first access rules are.
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
HERE = Path(__file__).resolve().parents[1] / "training"
TONGUES = ("zh", "en")
OFFICER = ["compliance_officer"]
# What somebody has learned or promised is written once.
KEEP = """
REVOKE UPDATE, DELETE ON access_attempt, access_signature FROM custodian_app;
"""
UNKEEP = """
GRANT UPDATE, DELETE ON access_attempt, access_signature TO custodian_app;
"""


def files(folder):
    for path in sorted((HERE / folder).glob("*.yaml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


def both(said, *names):
    return {f"{name}_{tongue}": said[name][tongue] for name in names for tongue in TONGUES}


def digest(said, *names):
    text = json.dumps({name: said[name] for name in names}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def seed(apps, schema_editor):
    seed_courses(apps)
    seed_undertakings(apps)
    ApprovalRule = apps.get_model("access", "ApprovalRule")
    for kind in ("course", "undertaking"):
        ApprovalRule.objects.create(
            kind=kind, requesters=OFFICER, approvers=OFFICER, excluded=["line"], since=SINCE
        )
    codes = [*apps.get_model("access", "Course").objects.values_list("code", flat=True),
             *apps.get_model("access", "Undertaking").objects.values_list("code", flat=True)]
    # The rules that the installation began with; what officers have changed since is theirs to change.
    rules = apps.get_model("access", "PolicyRule").objects.filter(max_level__gte=4, approval=None)
    rules.update(training=sorted(codes))
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def seed_courses(apps):
    Course, Lesson, Question = (
        apps.get_model("access", name) for name in ("Course", "Lesson", "Question")
    )
    for said in files("courses"):
        terms = {name: said[name] for name in ("code", "field", "roles", "pass_mark", "months", "law", "mark")}
        course = Course.objects.create(
            since=SINCE, digest=digest(said, "title", "lessons", "questions"), **both(said, "title"), **terms
        )
        for number, each in enumerate(said["lessons"], 1):
            Lesson.objects.create(course=course, number=number, **both(each, "title", "body"))
        for number, each in enumerate(said["questions"], 1):
            Question.objects.create(
                course=course, number=number, right=each["right"], **both(each, "text", "choices", "feedback")
            )


def seed_undertakings(apps):
    Undertaking = apps.get_model("access", "Undertaking")
    for said in files("undertakings"):
        terms = {name: said[name] for name in ("code", "roles", "law", "mark", "clause_version")}
        Undertaking.objects.create(
            since=SINCE, digest=digest(said, "title", "clause", "clause_version", "text"),
            **both(said, "title", "clause", "text"), **terms
        )


def unseed(apps, schema_editor):
    apps.get_model("access", "ApprovalRule").objects.filter(kind__in=["course", "undertaking"]).delete()


class Migration(migrations.Migration):
    dependencies = [("access", "0013_audit_looks")]

    operations = [
        migrations.RunPython(seed, unseed),
        migrations.RunSQL(KEEP, UNKEEP),
    ]
