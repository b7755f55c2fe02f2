"""What a fraud case allows as it stands, and the line that each act leaves in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from custodian.workflow import IllegalMove, Workflow
from incidents.fraud import sealing
from incidents.models import FraudCase, FraudEntry, FraudMember

ACTOR: Final = "fraud"  # the piece of the house that sees every case
State = FraudCase.State
FRAUD: Final = Workflow(
    {
        "take": (frozenset({State.SUSPECTED.value}), State.OPEN.value),
        "dismiss": (frozenset({State.SUSPECTED.value}), State.DISMISSED.value),
        "conclude": (frozenset({State.OPEN.value}), State.CONCLUDED.value),
        "close": (frozenset({State.CONCLUDED.value}), State.CLOSED.value),
    },
    field="state",
)


class WrongStep(CustodianError):
    """The case is not in the state in which this is done; no step is skipped, and none is done twice."""

    code = "fraud-wrong-step"
    status = 409
    message = _("疑点的状态已变，或还没有到这一步，请刷新后再看")


class NotAnInvestigator(CustodianError):
    """Only whoever investigates a case works on it."""

    code = "fraud-not-an-investigator"
    status = 403
    message = _("只有这件疑点的调查人员可以这样做")


class NotTheLead(CustodianError):
    """Who else investigates is for the one who took it up."""

    code = "fraud-not-the-lead"
    status = 403
    message = _("只有调查负责人可以这样做")


class SaysNothing(CustodianError):
    """Somebody will ask why."""

    code = "fraud-says-nothing"
    message = _("请写明理由")


@contextmanager
def held(case: FraudCase, *states: str) -> Iterator[FraudCase]:
    """The row, locked, in one of these states. Raises `WrongStep`, `NotVisible`."""
    with transaction.atomic():
        row = FraudCase.objects.select_for_update(of=("self",)).filter(pk=case.pk).first()
        if row is None:
            raise NotVisible
        if row.state not in states:
            raise WrongStep
        yield row


def move(case: FraudCase, name: str, changes: Mapping[str, Any]) -> None:
    """Raises `WrongStep`."""
    try:
        FRAUD.move(case, name, changes)
    except IllegalMove:
        raise WrongStep from None


def member_of(case: FraudCase, actor: Actor) -> FraudMember | None:
    found: FraudMember | None = (
        FraudMember.objects.now().filter(case=case, user=actor.id or 0).first()
    )
    return found


def require_member(case: FraudCase, actor: Actor) -> FraudMember:
    """Raises `NotAnInvestigator`."""
    member = member_of(case, actor)
    if member is None:
        raise NotAnInvestigator
    return member


def require_lead(case: FraudCase, actor: Actor) -> None:
    """Raises `NotAnInvestigator`, `NotTheLead`."""
    if not require_member(case, actor).leads:
        raise NotTheLead


def require_words(text: str) -> str:
    """Raises `SaysNothing`."""
    if not text.strip():
        raise SaysNothing
    return text.strip()


def authorise(
    case: FraudCase, action: Action, outcome: str, *, actor: Actor,
    channel: str = Channel.ADMIN.value, **facts: Any,
) -> None:  # fmt: skip
    said = {"fraud": case.code, "outcome": outcome, **facts}
    gate.authorise(actor, action, channel=channel, facts=said)


def write(
    case: FraudCase,
    what: FraudEntry.What,
    *,
    actor: Actor,
    text: str = "",
    told: Mapping[str, Any] | None = None,
) -> FraudEntry:
    """In the transaction of the act itself; what somebody wrote is sealed."""
    ref = uuid4()
    sealed = sealing.seal(case.ref, f"entry/{ref}", text) if text else None
    return FraudEntry.objects.create(
        ref=ref, case=case, what=what, at=clock.now(), by_id=actor.id, facts=dict(told or {}),
        text_sealed=sealed,
    )  # fmt: skip


def words_of(entry: FraudEntry) -> str:
    """For whoever may see the case; the caller has put the reading on record."""
    return sealing.opened(entry.case.ref, f"entry/{entry.ref}", entry.text_sealed)
