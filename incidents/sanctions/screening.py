"""A candidate is looked up before he is hired, by the fingerprint of his ID number, on record each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, proposals, reasons
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.crypto.normalise import normalise_name
from custodian.errors import CustodianError
from incidents.models import FlagOverride, RehireFlag, Screening
from incidents.sanctions import flags, matching, overriding, people, rules
from incidents.sanctions.flags import Said

PURPOSE: Final = Purpose.COMPLIANCE.value
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


class TooManyScreenings(CustodianError):
    """So many in so short a time look like trying out numbers."""

    code = "screening-too-many"
    status = 429
    message = _("查询次数已到上限，请过一会儿再查；每次查询都有记录")


@dataclass(frozen=True, repr=False)
class Hit:
    """One entry about the candidate; it never prints itself."""

    flag: RehireFlag
    said: Said
    name_differs: bool
    hired: Sequence[FlagOverride]


def screen(number: str, name: str, position: str, *, actor: Actor) -> list[Hit]:
    """What is known, own and of the industry. Raises `BadNumber`, `TooManyScreenings`, `Refused`.

    Neither number nor name is kept: the entry has the answer alone.
    """
    sought = matching.digest(people.id_number(number))
    person = actors.person(actor)
    _require_pace(person, actor)
    rows, ref = _rows(sought), uuid4()
    # Before any lock is held: the entry commits on a connection of its own.
    facts = {"screening": str(ref), "found": len(rows)}
    gate.permit(actor, Action.REHIRE_SCREEN, purpose=PURPOSE, channel=Channel.ADMIN, facts=facts)
    with transaction.atomic():
        proposals.lock(Screening)
        _require_pace(person, actor)
        Screening.objects.create(
            ref=ref, by_id=person, position=Screening.Position(position), found=len(rows)
        )
    return [_hit(each, name) for each in rows]


def _rows(sought: bytes) -> list[RehireFlag]:
    rows = RehireFlag.objects.filter(digest=sought, state=flags.State.CURRENT)
    live = rows.filter(until__gte=clock.local().date())
    return list(live.select_related("batch").order_by("pk"))


def _hit(flag: RehireFlag, name: str) -> Hit:
    said = flags.said_of(flag)
    differs = bool(name.strip()) and normalise_name(name) != normalise_name(said.name)
    return Hit(flag, said, differs, overriding.standing(flag))


def _require_pace(person: int, actor: Actor) -> None:
    now, most = clock.now(), rules.book()
    own = Screening.objects.filter(by=person)
    hour = own.filter(at__gt=now - HOUR).count()
    if hour < most.hour and own.filter(at__gt=now - DAY).count() < most.day:
        return
    _on_record(actor)
    raise TooManyScreenings


def _on_record(actor: Actor) -> None:
    """The entry is written on a connection of its own, and so outlives what is rolled back."""
    try:
        gate.refuse(
            actor, Action.REHIRE_SCREEN, because="screening-too-often", channel=Channel.ADMIN.value
        )
    except gate.Refused:
        return


def ready() -> None:
    reasons.tell({"screening-too-often": TooManyScreenings.message})
