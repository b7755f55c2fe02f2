"""Exact search through blind indexes, inside the actor's scope.

Whoever is absent and whoever belongs to somebody else take the same statements and give the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from access import actors, break_glass, scopes
from access.actions import Action
from access.actors import Actor
from access.querylog import write
from access.vocabulary import Channel
from custodian import elements
from records import blind_indexes, listing
from records.blind_indexes import COMBINED, COMBINED_PARTS
from records.listing import Row
from records.models import BlindIndex, PolicyRole

LIMIT = 50


class Kind(StrEnum):
    """By what a person is looked for; the value is its name in forms and tokens."""

    BANK_ACCOUNT = "bank_account"
    EMAIL = "email"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    NAME = "name_and_birth_date"
    POLICY_NUMBER = "policy_number"

    @property
    def element(self) -> str:
        return _ELEMENTS[self]


_ELEMENTS = {
    Kind.BANK_ACCOUNT: "financial.bank_account",
    Kind.EMAIL: "identity.email",
    Kind.ID_NUMBER: "identity.id_number",
    Kind.MOBILE: "identity.mobile",
    Kind.NAME: COMBINED,
    Kind.POLICY_NUMBER: "policy.number",
}


@dataclass(frozen=True)
class Found:
    entry: int
    rows: list[Row]
    more: bool


def exact(kind: Kind, values: Sequence[str], *, purpose: str, channel: str, actor: Actor) -> Found:
    """Visible customers with exactly this value. One entry names the query's tag and whom it showed.

    While the person's break-glass window is open, whoever is found is lent to him until it ends.
    """
    window = break_glass.open_window(actor) if channel == Channel.DESK else None
    if window is not None:
        break_glass.lend(window, _anywhere(kind, values))
    holders = _holders(kind, values, actor)
    customers = listing.rows_of(actor).filter(pk__in=holders).order_by("pk")
    found = list(customers[: LIMIT + 1])
    shown = listing.show(
        found[:LIMIT],
        action=Action.CUSTOMER_SEARCH,
        purpose=purpose,
        channel=channel,
        actor=actor,
        query=write.query_tag(f"{kind.value}\x1f" + "\x1f".join(normalised(kind, values))),
    )
    return Found(shown.entry, shown.rows, len(found) > LIMIT)


def normalised(kind: Kind, values: Sequence[str]) -> list[str]:
    codes = COMBINED_PARTS if kind is Kind.NAME else (kind.element,)
    return [elements.get(code).normalise(value) for code, value in zip(codes, values, strict=True)]


def _anywhere(kind: Kind, values: Sequence[str]) -> set[int]:
    """The same wherever they are."""
    everywhere = actors.system("break-glass")
    with scopes.acting(everywhere):
        return _holders(kind, values, everywhere)


def _holders(kind: Kind, values: Sequence[str], actor: Actor) -> set[int]:
    digests = blind_indexes.of_query(kind.element, values)
    # Row-level security leaves only the digests of subjects within the actor's scope.
    hits = list(
        BlindIndex.objects.current()
        .filter(element=kind.element, digest__in=digests)
        .values_list("subject_id", "holding")[: LIMIT + 1]
    )
    holders = {subject for subject, _holding in hits}
    if kind is Kind.POLICY_NUMBER:
        roles = PolicyRole.objects.visible_to(actor)
        named = roles.filter(policy__holding__in=[holding for _subject, holding in hits])
        holders |= set(named.values_list("subject_id", flat=True))
    return holders
