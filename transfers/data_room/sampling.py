"""A few customers of a book as masks: nobody who stands out, none who said no, each look on record."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from django.db.models import Count

from access import gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from access.vocabulary import Channel, Purpose
from custodian.keys import keyring
from records import vault
from records.models import Customer, Identity, Policy
from transfers.data_room.counting import customers_of, policies_of
from transfers.data_room.small_cells import LEAST
from transfers.models import DataRoom

ELEMENTS: Final = (
    "identity.name", "identity.birth_date", "identity.id_number", "identity.mobile", "policy.number",
)  # fmt: skip


@dataclass
class Sample:
    """One customer: masks by element, and of one policy what is no secret."""

    product: str
    status: str
    year: int | None
    masks: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Samples:
    entry: int | None
    subjects: Sequence[int]
    rows: Sequence[Sample]


def draw(room: DataRoom, *, actor: Actor) -> Samples:
    """The same customers for everybody who asks about the book: two rooms show no more than one."""
    chosen = _chosen(room)
    if not chosen:
        return Samples(None, (), ())
    permit = gate.permit(
        actor,
        Action.DATA_ROOM_SAMPLE,
        purpose=Purpose.SYSTEM.value,
        channel=Channel.TASK,
        subjects=list(chosen),
        elements=ELEMENTS,
        holdings=_holdings(chosen),
        masked=True,
        facts={"data-room": room.code},
    )
    rows = {subject: _row(policy) for subject, policy in chosen.items()}
    for listed in vault.listed(permit):
        rows[listed.subject].masks[listed.element] = str(listed.masked)
    return Samples(permit.entry, list(chosen), list(rows.values()))


def _chosen(room: DataRoom) -> dict[int, Policy]:
    """By chance that is always the same, of those who can be shown; each with her oldest policy."""
    order = sorted(_eligible(room))
    seed = hmac.digest(
        keyring().secret("data-room-sample"), str(room.book.code).encode(), hashlib.sha256
    )
    Random(seed).shuffle(order)  # noqa: S311  of a secret seed, and no secret itself
    found = scopes.find(order[: 4 * room.samples])
    willing = [each for each in order if each in found and _is_willing(found[each])]
    policies = policies_of(room.book).select_related("product").order_by("-pk")
    by_holder = {each.subject_id: each for each in policies.filter(subject__in=willing)}
    named = [each for each in willing if each in by_holder][: room.samples]
    return {each: by_holder[each] for each in named}


def _eligible(room: DataRoom) -> list[int]:
    """Adults who are persons, neither restricted nor on the list of those whom people look up, and who hold
    a product that at least `LEAST` others of the book hold.
    """  # fmt: skip
    common = _common_products(room)
    holders = policies_of(room.book).filter(product__in=common).values("subject")
    rows = customers_of(room.book).filter(
        subject__in=holders,
        kind=Customer.Kind.PERSON,
        minor_until=None,
        subject__status=Subject.Status.ACTIVE,
        subject__vip=False,
        subject__restrictions=None,
    )
    return list(rows.values_list("pk", flat=True))


def _common_products(room: DataRoom) -> list[int]:
    counted = policies_of(room.book).order_by().values_list("product")
    found = counted.annotate(n=Count("subject", distinct=True)).filter(n__gte=LEAST)
    return [product for product, _n in found]


def _is_willing(found: Any) -> bool:
    no = any(each.purpose == Purpose.SHARING and not each.agreed for each in found.chosen)
    return not no and Purpose.SHARING not in found.objected


def _holdings(chosen: dict[int, Policy]) -> list[Any]:
    held = list(Identity.objects.filter(subject__in=chosen).values_list("holding", flat=True))
    return [*held, *(each.holding for each in chosen.values())]


def _row(policy: Policy) -> Sample:
    year = policy.starts_on.year if policy.starts_on else None
    return Sample(str(policy.product), str(policy.get_status_display()), year)
