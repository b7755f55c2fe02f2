"""Flags: whom others generally may not hire, until when and why; reviewed each year, gone at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import gate, proposals, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove, Workflow
from incidents.models import FlagBatch, RehireFlag, SanctionCase
from incidents.sanctions import matching, people, rules, sealing
from incidents.sanctions.standing import house

State = RehireFlag.State
FLAG: Final = Workflow(
    {
        "replaced": (frozenset({State.CURRENT.value}), State.REPLACED.value),
        "withdrawn": (frozenset({State.CURRENT.value}), State.WITHDRAWN.value),
        "expired": (frozenset({State.CURRENT.value}), State.EXPIRED.value),
    },
    field="state",
)


class FlagOver(CustodianError):
    """The flag has ended, or is not the version that was looked at."""

    code = "rehire-flag-over"
    status = 409
    message = _("这条限制已结束或已有新版，请刷新后再看")


class OwnFlag(CustodianError):
    """Nobody does anything about his own flag."""

    code = "rehire-flag-own"
    status = 409
    message = _("这条限制涉及您本人或您的上级、下级，请由另一人办理")


@dataclass(frozen=True, repr=False)
class Said:
    """What is known of the person. It never prints itself."""

    name: str
    id_number: str
    acts: list[str]
    decided_on: str
    insurer: str
    note: str = field(default="")


def set_by(matter: SanctionCase) -> RehireFlag:
    """By a decision, in its transaction; the matter's ID number is known since the findings were served."""
    whom = people.who(matter)
    barred = [each.code for each in rules.acts(matter.acts) if each.barred]
    today = clock.local().date()
    said = Said(
        whom.name, whom.id_number, barred, today.isoformat(), settings.CUSTODIAN_INSURER_NAME["zh"]
    )
    with scopes.acting(house()):
        return write(said, until=rules.term("flag").length.after(today), matter=matter)


def write(
    said: Said,
    *,
    until: date,
    matter: SanctionCase | None = None,
    batch: FlagBatch | None = None,
    replaces: RehireFlag | None = None,
) -> RehireFlag:
    """A new entry, or the next version of one; by the house."""
    ref = uuid4()
    if replaces is not None:
        end(replaces, "replaced")
    return RehireFlag.objects.create(
        ref=ref, code=replaces.code if replaces else _code(),
        version=replaces.version + 1 if replaces else 1,
        matter=matter, batch=batch, person=matter.person if matter else None,
        holding=sealing.holding_of(sealing.FLAG, ref),
        said_sealed=sealing.seal(sealing.FLAG, ref, "said", asdict(said)),
        digest=matching.digest(said.id_number), until=until,
        review_on=rules.term("review").length.after(clock.local().date()),
    )  # fmt: skip


def said_of(flag: RehireFlag) -> Said:
    """After a permit, or for the house."""
    if flag.said_sealed is None:
        raise FlagOver
    return Said(**sealing.opened(sealing.FLAG, flag.ref, "said", flag.said_sealed))


def end(flag: RehireFlag, move: str) -> None:
    """It goes on as a number and a date: what was sealed goes with its key. Raises `FlagOver`."""
    changes = {"ended_at": clock.now(), "said_sealed": None, "digest": None}
    with transaction.atomic(), scopes.acting(house()):
        try:
            FLAG.move(flag, move, changes)
        except IllegalMove:
            raise FlagOver from None
        sealing.forget(flag.ref)


def due() -> list[RehireFlag]:
    """Whose year has gone: somebody looks whether it still has to stand."""
    rows = RehireFlag.objects.filter(state=State.CURRENT, review_on__lte=clock.local().date())
    return list(rows.order_by("review_on", "pk"))


def keep(flag: RehireFlag, *, why: str, actor: Actor) -> None:
    """Reviewed, and it stands for another year; not by whom it is near. Raises `OwnFlag`, `FlagOver`."""
    require_far(flag, actor)
    today = clock.local().date()
    with transaction.atomic():
        facts = {"flag": flag.code, "outcome": "kept"}
        gate.authorise(actor, Action.REHIRE_MANAGE, channel=Channel.ADMIN, facts=facts, reason=why)
        rows = RehireFlag.objects.filter(pk=flag.pk, state=State.CURRENT)
        changes = {"reviewed_on": today, "review_on": rules.term("review").length.after(today)}
        if rows.update(**changes) != 1:
            raise FlagOver


def require_far(flag: RehireFlag, actor: Actor) -> None:
    if actor.id is not None and people.is_near(flag.person, actor.id):
        raise OwnFlag


def expire() -> int:
    """Every entry whose term is over; by the house, each night."""
    rows = RehireFlag.objects.filter(state=State.CURRENT, until__lt=clock.local().date())
    gone = 0
    for flag in rows.order_by("pk"):
        facts = {"flag": flag.code, "outcome": "expired"}
        with transaction.atomic():
            gate.authorise(house(), Action.REHIRE_EXPIRE, channel=Channel.TASK, facts=facts)
            end(flag, "expired")
        gone += 1
    return gone


def current(refs: Mapping[str, int]) -> Iterator[RehireFlag]:
    """Those of the references that stand in the version that is named. Raises `FlagOver`."""
    rows = RehireFlag.objects.filter(state=State.CURRENT, ref__in=[UUID(each) for each in refs])
    found = {str(each.ref): each for each in rows.order_by("pk")}
    for ref, version in refs.items():
        flag = found.get(ref)
        if flag is None or flag.version != version:
            raise FlagOver
        yield flag


def _code() -> str:
    proposals.lock(RehireFlag)
    year = f"R-{clock.local():%Y}-"
    number = RehireFlag.objects.filter(code__startswith=year, version=1).count() + 1
    return f"{year}{number:04}"
