"""Courses in their versions: new contents come with the product, other terms by four eyes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, Course, Lesson, Question
from access.training import files, standing
from access.training.words import months_words, role_words
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError

KIND = "course"
# What the house decides; the contents are the product's.
TERMS = ("pass_mark", "months", "roles")
_FIXED = ("code", "field", "title_zh", "title_en", "law", "mark")


class Unchanged(CustodianError):
    """The proposal says what the course says already."""

    code = "course-unchanged"
    message = _("与现行课程没有不同，请修改后再试")


class Pending(CustodianError):
    """Another change of the same course waits for its approval."""

    code = "course-pending"
    status = 409
    message = _("这门课程已有一项修改待复核")


def in_force(code: str) -> Course | None:
    course: Course | None = Course.objects.in_force().filter(code=code).first()
    return course


def terms_of(course: Course) -> dict[str, Any]:
    return {name: getattr(course, name) for name in TERMS}


def propose(terms: Mapping[str, Any], *, base: Course, reason: str, actor: Actor) -> Approval:
    """Ask for another pass mark, validity or other roles. Raises `Unchanged`, `Pending`."""
    if terms_of(base) == dict(terms):
        raise Unchanged
    payload = {
        "course": base.code,
        "base": base.version,
        "terms": dict(terms),
        "reason": reason,
    }
    return proposals.propose(
        KIND,
        payload,
        of="course",
        table=Course,
        pending=Pending,
        action=Action.TRAINING_PROPOSE,
        facts={"course": base.code},
        actor=actor,
    )


def waiting(code: str) -> Approval | None:
    return proposals.waiting(KIND, course=code)


def load(said: Mapping[str, Any], *, actor: Actor) -> Course | None:
    """A new version with the contents of a file, unless the newest one has them; logged.

    The terms of a course that is there already stay as the house has set them.
    """
    digest = files.digest_of_course(said)
    with transaction.atomic():
        base = Course.objects.select_for_update().filter(code=said["code"], until=None).first()
        if base is not None and base.digest == digest:
            return None
        now = clock.now()
        terms = terms_of(base) if base else {name: said[name] for name in TERMS}
        course = Course(
            code=said["code"],
            version=base.version + 1 if base else 1,
            field=said["field"],
            law=said["law"],
            mark=said["mark"],
            since=now,
            digest=digest,
            **files.both(said, "title"),
            **terms,
        )
        facts = {"course": course.code, "version": course.version, "digest": digest}
        gate.authorise(actor, Action.TRAINING_LOAD, channel=Channel.COMMAND, facts=facts)
        _supersede(base, course, now)
        _teach(course, said)
    return course


def _teach(course: Course, said: Mapping[str, Any]) -> None:
    Lesson.objects.bulk_create(
        Lesson(course=course, number=number, **files.both(each, "title", "body"))
        for number, each in enumerate(said["lessons"], 1)
    )
    Question.objects.bulk_create(
        Question(
            course=course,
            number=number,
            right=each["right"],
            **files.both(each, "text", "choices", "feedback"),
        )
        for number, each in enumerate(said["questions"], 1)
    )


def _supersede(base: Course | None, course: Course, now: datetime) -> None:
    if base is not None:
        Course.objects.filter(pk=base.pk).update(until=now)
    course.save()
    transaction.on_commit(standing.forget)


def _copy_contents(base: Course, course: Course) -> None:
    lessons, questions = list(base.lessons.all()), list(base.questions.all())
    for lesson in lessons:
        lesson.pk, lesson.course = None, course
    for question in questions:
        question.pk, question.course = None, course
    Lesson.objects.bulk_create(lessons)
    Question.objects.bulk_create(questions)


class _Kind:
    action = Action.TRAINING_APPROVE
    label = _("课程")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:training")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A course is about roles, and nobody in particular."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        terms = payload["terms"]
        base = Course.objects.get(code=payload["course"], version=payload["base"])
        said = [
            (_("及格线"), f"{base.pass_mark}%", f"{terms['pass_mark']}%"),
            (_("有效期"), months_words(base.months), months_words(terms["months"])),
            (_("适用岗位"), role_words(base.roles), role_words(terms["roles"])),
        ]
        rows: list[tuple[Any, Sequence[Any]]] = [(_("课程"), [base.title])]
        rows += [
            (label, [after if before == after else f"{before} → {after}"])
            for label, before, after in said
        ]
        return [*rows, (_("理由"), [payload["reason"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        payload, now = approval.payload, clock.now()
        base = Course.objects.select_for_update().get(
            code=payload["course"], version=payload["base"]
        )
        if base.until is not None:
            raise ContentChanged
        kept = {name: getattr(base, name) for name in (*_FIXED, "digest")}
        course = Course(
            version=base.version + 1, since=now, approval=approval, **kept, **payload["terms"]
        )
        _supersede(base, course, now)
        _copy_contents(base, course)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


approvals.register(KIND, _Kind())
