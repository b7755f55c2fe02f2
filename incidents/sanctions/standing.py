"""What a matter allows as it stands: its stages as a table; the row is held while something is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove, Workflow
from incidents.cases.standing import ACTOR
from incidents.models import SanctionCase, SanctionEntry, SanctionMember
from incidents.sanctions import sealing

Stage = SanctionCase.Stage
What = SanctionEntry.What
Part = SanctionMember.Part
SANCTION: Final = Workflow(
    {
        "notify": (frozenset({Stage.INVESTIGATION.value}), Stage.NOTICED.value),
        "hear": (frozenset({Stage.NOTICED.value}), Stage.HEARD.value),
        "decide": (frozenset({Stage.HEARD.value}), Stage.DECIDED.value),
        "serve": (frozenset({Stage.DECIDED.value}), Stage.SERVED.value),
        "appeal": (frozenset({Stage.SERVED.value}), Stage.APPEALED.value),
        "settle": (frozenset({Stage.APPEALED.value}), Stage.SETTLED.value),
        "close": (frozenset({Stage.SERVED.value, Stage.SETTLED.value}), Stage.CLOSED.value),
    },
    field="stage",
)


class WrongStep(CustodianError):
    """The matter is at another stage; none is passed over and none is gone back to."""

    code = "sanction-wrong-step"
    status = 409
    message = _("责任追究不在这一阶段：各阶段依次办理，不能跳过，也不能退回")


class NotInTheGroup(CustodianError):
    """He left the group while his page stood open."""

    code = "sanction-not-in-the-group"
    status = 403
    message = _("您已不在这项责任追究的工作组里")


class NotTheLead(CustodianError):
    """Only whoever leads the group does this."""

    code = "sanction-not-the-lead"
    status = 403
    message = _("只有工作组负责人可以这样做")


@contextmanager
def held(matter: SanctionCase, *stages: str) -> Iterator[SanctionCase]:
    """The row, locked until the transaction ends, at one of these stages. Raises `WrongStep`."""
    with transaction.atomic():
        row = SanctionCase.objects.select_for_update(of=("self",)).filter(pk=matter.pk).first()
        if row is None:
            raise NotInTheGroup
        if stages and row.stage not in stages:
            raise WrongStep
        yield row


def part_of(matter: SanctionCase, actor: Actor) -> str:
    rows = SanctionMember.objects.filter(matter=matter, user=actor.id or 0, left_at=None)
    member = rows.first()
    return member.part if member else ""


def require_work(matter: SanctionCase, actor: Actor) -> None:
    """Raises `NotInTheGroup`."""
    if not part_of(matter, actor):
        raise NotInTheGroup


def require_lead(matter: SanctionCase, actor: Actor) -> None:
    """Raises `NotTheLead`."""
    if part_of(matter, actor) != Part.LEAD:
        raise NotTheLead


def move(matter: SanctionCase, name: str, changes: Mapping[str, Any] | None = None) -> None:
    """Raises `WrongStep`."""
    try:
        SANCTION.move(matter, name, changes)
    except IllegalMove:
        raise WrongStep from None


def authorise(
    matter: SanctionCase,
    action: Action,
    outcome: str,
    actor: Actor,
    *,
    channel: str = Channel.ADMIN.value,
    **facts: Any,
) -> None:
    """The entry names the matter and what was done, never whom it is about."""
    said = {"sanction": matter.code, "outcome": outcome, **facts}
    gate.authorise(actor, action, channel=channel, facts=said)


def write(
    matter: SanctionCase,
    what: str,
    *,
    actor: Actor | None,
    text: str = "",
    told: Mapping[str, Any] | None = None,
) -> SanctionEntry:
    """Put it down, in the transaction of the act itself; by the house, in whose scope every matter is."""
    row = SanctionEntry(
        matter=matter, what=What(what), at=clock.now(), facts=dict(told or {}),
        by_id=actor.id if actor else None,
    )  # fmt: skip
    if text.strip():
        row.text_sealed = sealing.seal(sealing.MATTER, matter.ref, f"entry/{row.ref}", text)
    with scopes.acting(house()):
        row.save(force_insert=True)
    return row


def house() -> Actor:
    return actors.system(ACTOR)


def text_of(matter: SanctionCase, row: SanctionEntry) -> str:
    if row.text_sealed is None:
        return ""
    return str(sealing.opened(sealing.MATTER, matter.ref, f"entry/{row.ref}", row.text_sealed))
