"""Which contact on file a code may go to: hers alone, as far as anybody knows, and no agent's.

Only fingerprints are compared; the contact itself is opened for the one message, by an entry of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import connection

from access import keystore, machine_reads
from access.actions import Action
from access.actors import Actor
from access.models import User
from records import blind_indexes, vault
from records.identifiers import check_mobile
from records.models import Contact, Identity

# How a contact must have come into the file. At the desk or by an agent's program it may be the agent's own;
# what another insurer doubted comes as doubted.
PROVEN: Final = frozenset({"import", "correction", "transfer"})
# A trace is her own where she is that member of staff herself.
ANOTHERS: Final = """NOT EXISTS (
            SELECT 1 FROM records_stafftrace own JOIN records_blindindex i
              ON i.element = own.element AND i.digest = own.digest AND i.until IS NULL
            WHERE own.user_id = t.user_id AND own.element = 'identity.id_number'
              AND i.subject_id = {subject})"""
# Of another household: neither in a policy with her nor acting for her, or she for them.
_STANDING = f"""
WITH mine AS (
  SELECT DISTINCT element, digest FROM records_blindindex
  WHERE subject_id = %(subject)s AND element = %(element)s AND until IS NULL
), holders AS (
  SELECT DISTINCT b.subject_id AS id FROM records_blindindex b JOIN mine USING (element, digest)
  WHERE b.until IS NULL AND b.subject_id <> %(subject)s
), strangers AS (
  SELECT h.id FROM holders h
  WHERE NOT EXISTS (SELECT 1 FROM records_policyrole a JOIN records_policyrole b USING (policy_id)
                    WHERE a.subject_id = %(subject)s AND b.subject_id = h.id)
    AND NOT EXISTS (SELECT 1 FROM records_representative r
                    WHERE (r.subject_id, r.representative_id) IN
                          ((%(subject)s, h.id), (h.id, %(subject)s)))
)
SELECT
  EXISTS (SELECT 1 FROM records_contactflag f WHERE f.contact = %(contact)s AND f.until IS NULL
          AND (f.subject_id = %(subject)s OR f.subject_id IN (SELECT id FROM holders))),
  EXISTS (SELECT 1 FROM records_stafftrace t JOIN mine USING (element, digest)
          WHERE {ANOTHERS.format(subject="%(subject)s")}),
  (SELECT count(*) FROM strangers),
  EXISTS (SELECT 1 FROM strangers h
          JOIN access_assignment a ON a.subject_id = h.id
          JOIN access_assignment b ON b.user_id = a.user_id AND b.subject_id = %(subject)s)
"""  # noqa: S608  the pieces are ours


@dataclass(frozen=True)
class Standing:
    """`doubt` is a code; empty: a code may go there. `absent`: there is no such contact on file."""

    contact: Contact
    doubt: str = ""
    absent: bool = False

    @property
    def good(self) -> bool:
        return not self.doubt and not self.absent


@dataclass(frozen=True, repr=False)
class Address:
    """Where one message goes. It never prints itself."""

    contact: Contact
    text: str


def standings(subject: int) -> list[Standing]:
    """Of mobile and e-mail, in the order in which they are tried."""
    identity = Identity.objects.filter(subject=subject).first()
    return [_standing(subject, contact, identity) for contact in Contact]


def best(subject: int, wanted: str = "") -> Standing:
    """The contact for a code. A mobile that is doubted is no reason to try what the same hand wrote down."""
    found = {each.contact: each for each in standings(subject)}
    if wanted:
        return found[Contact(wanted)]
    mobile, email = found[Contact.MOBILE], found[Contact.EMAIL]
    return email if mobile.absent else mobile


def opened(subject: int, contact: Contact, *, actor: Actor) -> Address | None:
    """The contact in clear for the message; one entry, no list of looks: nobody is shown it."""
    element = f"identity.{contact.value}"
    identity = Identity.objects.filter(subject=subject).first()
    blob = getattr(identity, f"{contact.value}_sealed", None)
    if identity is None or blob is None:
        return None
    sweep = machine_reads.read(
        Action.PORTAL_CODE_SEND, subjects=[subject], elements=[element], actor=actor
    )
    holding = identity.holding
    keys = keystore.unlock({holding: subject})
    if holding not in keys:
        return None
    values = vault.examine(
        sweep, {element: bytes(blob)}, subject=subject, holding=holding, key=keys[holding]
    )
    text = next(iter(values))[1]
    return Address(contact, text) if text else None


def _standing(subject: int, contact: Contact, identity: Any) -> Standing:
    if identity is None or getattr(identity, f"{contact.value}_sealed") is None:
        return Standing(contact, absent=True)
    element = f"identity.{contact.value}"
    if (identity.origins.get(element) or [""])[0] not in PROVEN:
        return Standing(contact, "unproven")
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"subject": subject, "element": element, "contact": contact.value}
        cursor.execute(_STANDING, values)
        flagged, staff, strangers, one_agent = cursor.fetchone()
    for code, true in (
        ("flagged", flagged),
        ("staff", staff or _is_work_address(subject, contact)),
        ("one-agent", strangers and one_agent),
        ("shared", strangers > settings.CUSTODIAN_SHARED_CONTACT),
    ):
        if true:
            return Standing(contact, code)
    return Standing(contact)


def _is_work_address(subject: int, contact: Contact) -> bool:
    """The mail addresses that the house itself writes to its staff at."""
    if contact is not Contact.EMAIL:
        return False
    return _has(subject, "identity.email", work_addresses())


def work_addresses() -> list[bytes]:
    """Their fingerprints."""
    known = User.objects.exclude(email="").values_list("email", flat=True)
    return [digest for each in known for digest in blind_indexes.digests("identity.email", each)]


def _has(subject: int, element: str, digests: Sequence[bytes]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM records_blindindex WHERE subject_id = %s"
            " AND element = %s AND until IS NULL AND digest = ANY (%s))",
            [subject, element, list(digests)],
        )
        return bool(cursor.fetchone()[0])


def takes_messages(address: Address) -> bool:
    """A landline in the wrong box is no number for a short message."""
    return address.contact is Contact.EMAIL or check_mobile(address.text).value is not None
