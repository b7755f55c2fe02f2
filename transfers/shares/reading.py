"""Reads for a partner: through the one gate, in its name, and each delivery noted before it leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor, ShareScope
from access.exports.building import against
from records import vault
from records.vault import Plain
from transfers.models import Share
from transfers.shares import holding


@dataclass
class Given:
    """What may leave now: values in clear, the entry about them, and how many were left out and why."""

    entry: int = 0
    plains: list[Plain] = field(default_factory=list)
    omitted: Counter[str] = field(default_factory=Counter)

    @property
    def subjects(self) -> set[int]:
        return {each.subject for each in self.plains}


def partner_of(share: Share, *, subjects: Sequence[int] = (), address: str = "") -> Actor:
    """The counterparty as whoever is given something of these subjects under this share."""
    party = share.agreement.counterparty
    scope = ShareScope(
        code=share.code, elements=frozenset(share.elements), purpose=share.purpose
    )  # fmt: skip
    return actors.partner(
        party.ref, party.code, scope, subjects=tuple(subjects), address=address
    )  # fmt: skip


def able(share: Share, subjects: Sequence[int]) -> tuple[list[int], Counter[str]]:
    """Those of the subjects of whom something may be given now, and why not of the others."""
    chosen = set(share.candidates)
    with scopes.acting(partner_of(share, subjects=[s for s in subjects if s in chosen])):
        found = scopes.find([s for s in subjects if s in chosen])
    why = {
        each: against(found.get(each), purpose=share.purpose, elements=share.elements)
        for each in subjects
    }
    return [s for s in subjects if not why[s]], Counter(each for each in why.values() if each)


def give(
    share: Share, subjects: Sequence[int], *, channel: str, address: str = ""
) -> Given:  # fmt: skip
    """Open the share's elements of these subjects for its partner. Raises what `gate.permit` raises.

    The caller has seen to it that the share is open.
    """
    wanted, omitted = able(share, subjects)
    if not wanted:
        return Given(omitted=omitted)
    actor = partner_of(share, subjects=wanted, address=address)
    with scopes.acting(actor):
        permit = gate.permit(
            actor,
            Action.SHARE_READ,
            purpose=share.purpose,
            channel=channel,
            subjects=wanted,
            elements=share.elements,
            facts={"share": share.code},
        )
        plains = vault.reveal(permit)
    with scopes.acting(actors.system("sharer")), transaction.atomic():
        holding.note(share, wanted, plains, entry=permit.entry)
    return Given(permit.entry, plains, omitted)
