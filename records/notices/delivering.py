"""Reaching one customer outside the portal: by which contact, and that the message went.

The contact is hers alone as far as anybody knows, by the rules of sign-in codes: one that is doubted, that
staff use too, or that an agent wrote down, is not used. The machine opens it: one entry for a page of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from access import keystore, machine_reads
from access.actions import Action
from access.actors import Actor
from access.models import Restriction, Subject
from custodian import mail, texting
from records import vault
from records.models import Contact, Identity
from records.sign_in import contacts, entry_codes
from records.sign_in.contacts import Address

Write = Callable[[], tuple[str, str]]  # subject and text in the language that is active
LETTER: Final = "letter"
NONE: Final = "none"
RESTRICTED: Final = "restricted"


@dataclass(frozen=True)
class Way:
    """How somebody is reached: `mobile`, `email`, `letter`, `none`; `why` is a code of why no better way."""

    way: str
    why: str = ""


def way_to(subject: int) -> Way:
    """E-mail first, which holds a whole letter and in both languages; then the mobile, then paper.

    Whose identity is stored only is written to by no way: nothing of it is used (PIPL art. 47).
    """
    if stored_only([subject]):
        return Way(NONE, RESTRICTED)
    known = {each.contact: each for each in contacts.standings(subject)}
    for contact in (Contact.EMAIL, Contact.MOBILE):
        if known[contact].good:
            return Way(contact.value)
    doubts = [each.doubt for each in known.values() if each.doubt]
    why = doubts[0] if doubts else "no-contact"
    return paper(subject, why)


def stored_only(subjects: Collection[int]) -> set[int]:
    """Those of whom nothing may be opened, not for a letter either."""
    apart = Restriction.objects.filter(subject__in=subjects, kind="identity")
    whole = Subject.objects.filter(pk__in=subjects).exclude(status=Subject.Status.ACTIVE)
    return {*apart.values_list("subject_id", flat=True), *whole.values_list("pk", flat=True)}


def paper(subject: int, why: str) -> Way:
    """By letter to the address on file, unless that is doubted as well."""
    return (
        Way(NONE, "address-doubted") if entry_codes.address_doubted(subject) else Way(LETTER, why)
    )


def addresses(
    wanted: Mapping[int, str], *, action: Action, facts: Mapping[str, Any], actor: Actor
) -> dict[int, Address]:
    """The contacts in clear, by customer, of those that open; one entry for all of them.

    `wanted` has `mobile` or `email` by customer.
    """
    rows = {row.subject_id: row for row in Identity.objects.filter(subject__in=wanted)}
    if not rows:
        return {}
    sweep = machine_reads.read(
        action,
        subjects=list(rows),
        elements=_codes(wanted.values()),
        facts=facts,
        actor=actor,
    )
    keys = keystore.unlock({row.holding: row.subject_id for row in rows.values()})
    found = {}
    for subject, row in rows.items():
        contact = Contact(wanted[subject])
        if text := _opened(row, contact, keys, sweep):
            found[subject] = Address(contact, text)
    return found


def _codes(wanted: Collection[str]) -> list[str]:
    return sorted({f"identity.{each}" for each in wanted})


def _opened(
    row: Identity, contact: Contact, keys: Mapping[UUID, Any], sweep: machine_reads.Sweep
) -> str | None:
    blob = getattr(row, f"{contact.value}_sealed")
    if blob is None or row.holding not in keys:
        return None
    place, holding = f"identity.{contact.value}", row.holding
    held = {place: bytes(blob)}
    values = vault.examine(sweep, held, subject=row.subject_id, holding=holding, key=keys[holding])
    return next(iter(values))[1]


def send(address: Address, write: Write, short: str, *, reference: str) -> bool:
    """Whether it was taken: all of it by e-mail, `short` to a mobile. One reference twice is one message."""
    if not contacts.takes_messages(address):
        return False
    if address.contact is Contact.EMAIL:
        return mail.send(address.text, write)
    try:
        texting.send(address.text, short, reference=reference)
    except texting.NotSent:
        return False
    return True
