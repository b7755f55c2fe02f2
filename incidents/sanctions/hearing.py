"""The person's side: what he says to the findings, and his appeal against the decision."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from access import actors, scopes, sign_ins
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel, Role
from custodian import clock
from custodian.errors import CustodianError
from incidents.models import SanctionAnswer, SanctionCase, SanctionPaper
from incidents.sanctions import sealing
from incidents.sanctions.serving import SaysNothing
from incidents.sanctions.standing import (
    Stage,
    What,
    authorise,
    held,
    house,
    move,
    require_lead,
    require_work,
    write,
)

Kind = SanctionAnswer.Kind
Heard = SanctionCase.Heard
# Which answer a letter allows.
ANSWERS: Final = {
    SanctionPaper.Kind.FINDINGS: (Kind.STATEMENT, Kind.WAIVER),
    SanctionPaper.Kind.DECISION: (Kind.APPEAL,),
}


class TooLate(CustodianError):
    """The time for it is over."""

    code = "sanction-too-late"
    status = 409
    message = _("期限已过")


class NotOver(CustodianError):
    """The time for an answer still runs, and he has not given it up."""

    code = "sanction-time-runs"
    status = 409
    message = _("期限还没有过，本人也没有放弃，现在不能继续")


class NotSaid(CustodianError):
    """Neither minutes nor a statement show that he was heard."""

    code = "sanction-not-heard"
    status = 409
    message = _("请写明申辩笔录，或先登记本人的书面陈述；放弃的，先登记本人的放弃")


def answer(paper: SanctionPaper, kind: str, text: str, *, actor: Actor) -> None:
    """By the person himself, on a letter served on him. Raises `TooLate`, `SaysNothing`, `WrongStep`."""
    with scopes.acting(house()):
        matter = SanctionCase.objects.get(pk=paper.matter_id)
    channel = sign_ins.channel_of(Role(actor.role)).value
    _take(matter, kind, text, channel=channel, action=Action.SANCTION_ANSWER, actor=actor)


def record(matter: SanctionCase, kind: str, text: str, *, actor: Actor) -> None:
    """What came on paper or was said, put down by a member. Raises the same, and `NotInTheGroup`."""
    require_work(matter, actor)
    channel = Channel.ADMIN.value
    _take(matter, kind, text, channel=channel, action=Action.SANCTION_WORK, actor=actor)


def hold(matter: SanctionCase, outcome: str, minutes: str, *, actor: Actor) -> None:
    """How the hearing ended. Raises `NotOver`, `NotSaid`, `WrongStep`, `NotTheLead`."""
    with held(matter, Stage.NOTICED) as row:
        require_lead(row, actor)
        _require(row, outcome, minutes)
        authorise(row, Action.SANCTION_LEAD, "heard", actor, decision=outcome)
        move(row, "hear", {"heard": Heard(outcome)})
        write(row, What.HEARD, actor=actor, text=minutes, told={"heard": outcome})


def text_of(matter: SanctionCase, row: SanctionAnswer) -> str:
    return str(sealing.opened(sealing.MATTER, matter.ref, f"answer/{row.ref}", row.text_sealed))


def _take(
    matter: SanctionCase, kind: str, text: str, *, channel: str, action: Action, actor: Actor
) -> None:
    appeals = kind == Kind.APPEAL
    if not text.strip() and kind != Kind.WAIVER:
        raise SaysNothing
    with scopes.acting(house()), held(matter, Stage.SERVED if appeals else Stage.NOTICED) as row:
        until = row.appeal_until if appeals else row.hearing_until
        if until is None or clock.local().date() > until:
            raise TooLate
        with scopes.acting(actor):
            authorise(row, action, "answered", actor, channel=channel, kind=kind)
        ref = uuid4()
        sealed = sealing.seal(sealing.MATTER, row.ref, f"answer/{ref}", text.strip())
        SanctionAnswer.objects.create(
            ref=ref, matter=row, person=row.person, kind=Kind(kind), text_sealed=sealed,
            by_id=actors.person(actor),
        )  # fmt: skip
        write(row, What.ANSWER, actor=actor, told={"answer": kind})
        if appeals:
            move(row, "appeal")
            write(row, What.APPEALED, actor=actor)


def _require(row: SanctionCase, outcome: str, minutes: str) -> None:
    answers = set(row.answers.values_list("kind", flat=True))
    over = row.hearing_until is not None and clock.local().date() > row.hearing_until
    if outcome == Heard.SILENT and (not over or answers):
        raise NotOver
    if outcome == Heard.WAIVED and Kind.WAIVER not in answers:
        raise NotSaid
    if outcome == Heard.HELD and not minutes.strip() and Kind.STATEMENT not in answers:
        raise NotSaid
