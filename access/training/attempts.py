"""Taking a course: the questions in another order each time, scored here, as often as one likes."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from random import Random

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.models import Attempt, Course, Question
from access.training import evidence, standing
from custodian import clock
from custodian.errors import CustodianError


class Answered(CustodianError):
    """The same sheet was handed in before."""

    code = "attempt-answered"
    status = 409
    message = _("这份答卷已经交过，请看结果或再做一次")


def next_number(course: Course, person: int) -> int:
    """Under which number the next attempt will stand."""
    mine = Attempt.objects.filter(course=course, user_id=person)
    return (mine.aggregate(last=Max("number"))["last"] or 0) + 1


def sheet(course: Course, *, person: int, number: int) -> list[tuple[Question, list[int]]]:
    """The questions in the order of this attempt, each with its choices' places in an order of their own."""
    seed = hashlib.sha256(f"{course.pk} {person} {number}".encode()).hexdigest()
    random = Random(seed)  # noqa: S311  an order, and no secret
    questions = list(course.questions.all())
    random.shuffle(questions)
    return [
        (each, random.sample(range(len(each.choices_zh)), len(each.choices_zh)))
        for each in questions
    ]


def take(
    course: Course, answers: Mapping[int, int], *, number: int, channel: str, actor: Actor
) -> Attempt:
    """Score one attempt of the person himself; raises `Answered` when its number is taken."""
    person = actors.person(actor)
    questions = list(course.questions.all())
    right = sum(answers.get(each.number) == each.right for each in questions)
    score = 100 * right // len(questions)
    now, passed = clock.now(), score >= course.pass_mark
    until = after_months(now, course.months) if passed else None
    try:
        with transaction.atomic():
            gate.authorise(
                actor,
                Action.TRAINING_TAKE,
                channel=channel,
                facts={
                    "course": course.code,
                    "version": course.version,
                    "score": score,
                    "passed": int(passed),
                },
            )
            attempt = Attempt.objects.create(
                user_id=person,
                course=course,
                number=number,
                answers={str(each.number): answers.get(each.number) for each in questions},
                score=score,
                passed=passed,
                taken_at=now,
                valid_until=until,
                mac=evidence.of_attempt(
                    user=person, course=course.pk, number=number, score=score, until=until
                ),
            )
            transaction.on_commit(partial(standing.forget, person))
    except IntegrityError:
        raise Answered from None
    return attempt


def after_months(moment: datetime, months: int) -> datetime:
    """The end of the day so many months later, by the office's calendar."""
    local = clock.local(moment)
    years, month = divmod(local.month - 1 + months, 12)
    year, month = local.year + years, month + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(
        year=year, month=month, day=day, hour=23, minute=59, second=59, microsecond=0
    )
