"""Triage of a suspicion: somebody takes it up, or says why there is nothing in it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from access import actors
from access.actions import Action
from access.actors import Actor
from custodian import clock
from custodian.errors import CustodianError
from incidents.fraud.standing import State, authorise, held, move, require_words, write
from incidents.models import FraudCase, FraudEntry, FraudMember, FraudSuppression

TRIAGE: Final = Action.FRAUD_TRIAGE
LONGEST: Final = timedelta(days=366)
What = FraudEntry.What


class NotSoLong(CustodianError):
    """A rule is silent for a year at most, and from today on."""

    code = "fraud-suppression-day"
    message = _("暂停至少到今天，最长一年")


class NotItsRule(CustodianError):
    """The rule has said nothing in this case."""

    code = "fraud-suppression-rule"
    message = _("这件疑点里没有这条规则的信号")


def take_up(case: FraudCase, *, text: str, actor: Actor) -> None:
    """From here on its investigators alone see it. Raises `WrongStep`, `SaysNothing`."""
    with held(case, State.SUSPECTED) as row:
        words = require_words(text)
        person = actors.person(actor)
        authorise(row, TRIAGE, "taken", actor=actor)
        FraudMember.objects.create(case=row, user_id=person, leads=True, joined_by_id=person)
        move(row, "take", _triaged(person))
        write(row, What.TAKEN, actor=actor, text=words)


def dismiss(case: FraudCase, *, text: str, actor: Actor) -> None:
    """There is nothing in it, and why; its facts are not raised again. Raises `WrongStep`, `SaysNothing`."""
    with held(case, State.SUSPECTED) as row:
        words = require_words(text)
        authorise(row, TRIAGE, "dismissed", actor=actor)
        move(row, "dismiss", _triaged(actors.person(actor)))
        write(row, What.DISMISSED, actor=actor, text=words)


def suppress(case: FraudCase, rule: str, *, reason: str, until: date, actor: Actor) -> None:
    """The rule is silent about its customers until that day. Raises `NotSoLong`, `NotItsRule`."""
    with held(case, *(each.value for each in State)) as row:
        words, today = require_words(reason), clock.local().date()
        if not today <= until <= today + LONGEST:
            raise NotSoLong
        subjects = set(row.signals.filter(rule=rule).values_list("subject_id", flat=True))
        if not subjects:
            raise NotItsRule
        authorise(row, TRIAGE, "suppressed", actor=actor, **{"fraud-until": until.isoformat()})
        for subject in sorted(subjects):
            FraudSuppression.objects.create(
                rule=rule, subject_id=subject, case=row, reason=words, until=until,
                made_by_id=actors.person(actor),
            )  # fmt: skip
        told = {"rule": rule, "until": until.isoformat()}
        write(row, What.SUPPRESSED, actor=actor, text=words, told=told)


def _triaged(person: int) -> dict[str, object]:
    return {"triaged_at": clock.now(), "triaged_by_id": person}
