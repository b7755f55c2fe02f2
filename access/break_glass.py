"""Break-glass: in an emergency somebody finds a customer out of reach, and answers for it afterwards.

Opening needs a fresh second factor and a reason, and an officer hears of it at once. Inside the window an
exact search lends those it finds, until the window ends. Each window owes a review by somebody else; one
that is overdue takes the power away until it is made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, NoReturn

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import actors, findings, gate, reporting, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Assignment, BreakGlass, Finding, Subject, User
from access.models.findings import TELLERS
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.errors import CustodianError

KIND = "break-glass"
MINUTES = (15, 30, 60)
REVIEW_WITHIN = timedelta(days=3)
MOST = 10  # customers of one window; a search that would bring more brings none
Verdict = BreakGlass.Verdict


class Reviewed(CustodianError):
    """Somebody has reviewed it already."""

    code = "break-glass-reviewed"
    status = 409
    message = _("已有人复盘，请重新打开")


def open_window(actor: Actor) -> BreakGlass | None:
    """The person's own window that is open now."""
    if actor.id is None or actor.token is not None:
        return None
    return BreakGlass.objects.open().filter(user_id=actor.id).first()


def begin(*, purpose: str, reason: str, minutes: int, actor: Actor) -> BreakGlass:
    """Open a window for oneself; raises `Refused`, `StepUpNeeded`."""
    person = actors.person(actor)
    if not actor.stepped_up:
        _refuse(actor, "step-up-not-covered")
    if BreakGlass.objects.overdue().filter(user_id=person).exists():
        _refuse(actor, "review-overdue")
    now = clock.now()
    with transaction.atomic():
        # One after the other, so that two requests at once do not open two.
        operator = User.objects.select_for_update(no_key=True).get(pk=person)
        if open_window(actor) is not None:
            opened = None
        else:
            opened = BreakGlass.objects.create(
                user=operator,
                purpose=purpose,
                reason=reason,
                opened_at=now,
                until=now + timedelta(minutes=minutes),
                due_at=now + REVIEW_WITHIN,
            )
            gate.authorise(
                actor,
                Action.BREAK_GLASS_OPEN,
                channel=Channel.DESK,
                purpose=purpose,
                facts={"window": str(opened.ref)},
                reason=reason,
            )
            _tell(opened, operator)
    if opened is None:
        _refuse(actor, "window-open")
    return opened


def close(window: BreakGlass, *, actor: Actor) -> None:
    """End it before its time: what it lent is out of reach from the next statement on."""
    now = clock.now()
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.BREAK_GLASS_OPEN,
            channel=Channel.DESK,
            facts={"window": str(window.ref), "back": 1},
        )
        with scopes.acting(actors.system("break-glass")):
            BreakGlass.objects.open().filter(pk=window.pk).update(closed_at=now)
            window.assignments.filter(until__gt=now).update(until=now)


def lend(window: BreakGlass, subjects: Collection[int]) -> None:
    """Bring these into reach until the window ends, as long as there is room for all of them."""
    with scopes.acting(actors.system("break-glass")), transaction.atomic():
        held = BreakGlass.objects.select_for_update().get(pk=window.pk)
        known = set(held.assignments.values_list("subject_id", flat=True))
        living = Subject.objects.filter(pk__in=set(subjects) - known)
        fresh = list(living.exclude(status=Subject.Status.DESTROYED).values_list("pk", flat=True))
        if len(known) + len(fresh) > MOST:
            return
        Assignment.objects.bulk_create(
            Assignment(
                subject_id=ordinal, user_id=held.user_id, since=clock.now(), until=held.until,
                window=held, purpose=held.purpose,
            )
            for ordinal in fresh
        )  # fmt: skip


def review(window: BreakGlass, *, verdict: str, note: str, actor: Actor) -> None:
    """Say whether it was justified; raises `Refused`, `StepUpNeeded`, `Reviewed`."""
    person = actors.person(actor)
    if because := against(window, actor):
        gate.refuse(actor, Action.BREAK_GLASS_REVIEW, because=because, channel=Channel.ADMIN)
    if not actor.stepped_up:
        gate.refuse(
            actor, Action.BREAK_GLASS_REVIEW, because="step-up-not-covered", channel=Channel.ADMIN
        )
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.BREAK_GLASS_REVIEW,
            channel=Channel.ADMIN,
            facts={"window": str(window.ref), "verdict": verdict},
            reason=note,
        )
        changes = {
            "verdict": verdict, "note": note, "reviewed_by_id": person, "reviewed_at": clock.now(),
        }  # fmt: skip
        if not BreakGlass.objects.owed().filter(pk=window.pk).update(**changes):
            raise Reviewed


def against(window: BreakGlass, actor: Actor) -> str:
    """Why this person may not review it, as a reason code; empty if he may."""
    if window.user_id == actor.id:
        return "own-request"
    if window.closed_at is None and window.until > clock.now():
        return "window-running"
    return "reporting-line" if reporting.related(actor.id or 0, window.user_id) else ""


def told(facts: Mapping[str, Any]) -> str:
    """What the finding of a window says."""
    purposes = dict(Purpose.choices)
    return gettext("紧急访问开启：%(minutes)s 分钟，用途%(purpose)s；%(due)s 前须复盘") % {
        "minutes": facts["minutes"],
        "purpose": purposes.get(facts["purpose"], facts["purpose"]),
        "due": facts["due"],
    }


def _tell(window: BreakGlass, operator: User) -> None:
    minutes = int((window.until - window.opened_at).total_seconds() // 60)
    findings.raise_finding(
        KIND,
        severity=Finding.Severity.HIGH,
        facts={
            "window": str(window.ref),
            "minutes": minutes,
            "purpose": window.purpose,
            "due": f"{clock.local(window.due_at):%Y-%m-%d %H:%M}",
        },
        operator=operator,
    )


def _refuse(actor: Actor, because: str) -> NoReturn:
    gate.refuse(actor, Action.BREAK_GLASS_OPEN, because=because, channel=Channel.DESK)


TELLERS[KIND] = told
