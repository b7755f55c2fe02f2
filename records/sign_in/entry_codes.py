"""Codes on paper, for whoever has no contact that a code may go to: over the counter, or by letter.

At the counter the service desk looks at a document and hands the code out. A letter goes to the address on
file, unless that is doubted, and only after a second person agreed. No agent has any part in either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian import clock
from custodian.errors import CustodianError
from records.blind_indexes import ADDRESS
from records.models import Customer, EntryCode, Identity
from records.sign_in import limits, marks
from records.sign_in.contacts import PROVEN
from records.sign_in.nearness import require_distance
from records.staff_traces import CROWD

LETTER: Final = "entry-letter"
_SHARED = """
SELECT EXISTS (SELECT 1 FROM records_blindindex b JOIN records_stafftrace t USING (element, digest)
               WHERE b.subject_id = %(subject)s AND b.element = %(element)s AND b.until IS NULL),
       (SELECT count(DISTINCT o.subject_id) FROM records_blindindex b
        JOIN records_blindindex o USING (element, digest)
        WHERE b.subject_id = %(subject)s AND b.element = %(element)s
          AND b.until IS NULL AND o.until IS NULL)
"""


class NotToPrint(CustodianError):
    """The letter is not approved, was printed before, or is too old."""

    code = "letter-not-to-print"
    status = 409
    message = _("这封信函还没有批准、已经打印过，或已过期")


def hand_out(customer: Customer, *, seen: str, channel: str, actor: Actor) -> str:
    """A code for the customer who stands here; shown once. One that was handed out before is over."""
    require_distance(customer, action=Action.ENTRY_CODE_ISSUE, channel=channel, actor=actor)
    secret = marks.new_printed_code()
    made = EntryCode(
        subject_id=customer.pk,
        proof=EntryCode.Proof.BRANCH,
        seen=EntryCode.Seen(seen),
        by_id=actors.person(actor),
        expires_at=clock.now() + limits.BRANCH_LASTS,
    )
    made.code_mac = marks.of_code(made.ref, secret)
    with transaction.atomic():
        _authorise(customer, Action.ENTRY_CODE_ISSUE, made, channel=channel, actor=actor)
        unused = EntryCode.objects.filter(subject=customer.pk, proof=made.proof, used_at=None)
        unused.filter(expires_at__gt=clock.now()).update(expires_at=clock.now())
        made.save()
    return secret


def ask_for_letter(customer: Customer, *, channel: str, actor: Actor) -> EntryCode:
    """Put a letter up for approval; raises `Refused` where the address on file is doubted."""
    require_distance(customer, action=Action.ENTRY_LETTER_ASK, channel=channel, actor=actor)
    if address_doubted(customer.pk):
        gate.refuse(actor, Action.ENTRY_LETTER_ASK, because="address-doubted", channel=channel)
    made = EntryCode(
        subject_id=customer.pk,
        proof=EntryCode.Proof.PAPER,
        seen=EntryCode.Seen.LETTER,
        by_id=actors.person(actor),
        expires_at=clock.now() + limits.LETTER_LASTS,
    )
    with transaction.atomic():
        _authorise(customer, Action.ENTRY_LETTER_ASK, made, channel=channel, actor=actor)
        made.approval = approvals.request(LETTER, _content(customer, made), actor=actor)
        made.save()
    return made


def print_letter(letter: EntryCode, customer: Customer, *, channel: str, actor: Actor) -> str:
    """The code of an approved letter, made now and shown once. Raises `NotToPrint`."""
    require_distance(customer, action=Action.ENTRY_CODE_ISSUE, channel=channel, actor=actor)
    secret = marks.new_printed_code()
    now = clock.now()
    with transaction.atomic():
        _authorise(customer, Action.ENTRY_CODE_ISSUE, letter, channel=channel, actor=actor)
        ready = EntryCode.objects.filter(
            pk=letter.pk, code_mac=b"", approval__status=Approval.Status.APPROVED
        ).filter(expires_at__gt=now, used_at=None)
        changes = {"code_mac": marks.of_code(letter.ref, secret)}
        if not ready.update(**changes, expires_at=now + limits.LETTER_LASTS):
            raise NotToPrint
    return secret


def letters_of(customer: Customer, *, actor: Actor) -> list[EntryCode]:
    """Those that wait for a yes, or to be printed."""
    found = EntryCode.objects.visible_to(actor).filter(subject=customer.pk, code_mac=b"")
    open_ones = found.filter(
        expires_at__gt=clock.now(), approval__status__in=("waiting", "approved")
    )
    return list(open_ones.select_related("approval"))


def address_doubted(subject: int) -> bool:
    identity = Identity.objects.filter(subject=subject).first()
    if identity is None or identity.address_sealed is None:
        return True
    if (identity.origins.get(ADDRESS) or [""])[0] not in PROVEN:
        return True
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, {"subject": subject, "element": ADDRESS})
        staff, holders = cursor.fetchone()
    return bool(staff or holders > CROWD)


def _authorise(
    customer: Customer, action: Action, code: EntryCode, *, channel: str, actor: Actor
) -> None:
    gate.authorise(
        actor,
        action,
        channel=channel,
        purpose="policy_service",
        subjects=gate.tagged(scopes.find([customer.pk])),
        facts={"entry-code": str(code.ref), "seen": str(code.seen)},
    )


def _content(customer: Customer, letter: EntryCode) -> dict[str, str]:
    return {"customer": customer.ref, "ref": str(letter.ref)}


class _Letter:
    action = Action.ENTRY_LETTER_APPROVE
    label = _("登录信函")

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        return [
            (_("客户编号"), [payload["customer"]]),
            (_("寄往"), [_("登记的通讯地址")]),
            (_("后果"), [_("信中的登录码可登录一次，看到并办理这位客户的事项")]),
        ]

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:records_customer_change", args=[payload["customer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """About a customer, who is nobody's colleague."""
        return frozenset()

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing but that it may be printed; the address is looked at once more."""
        letter = EntryCode.objects.get(approval=approval)
        if address_doubted(letter.subject_id):
            raise ContentChanged

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        EntryCode.objects.filter(approval=approval).update(expires_at=clock.now())


approvals.register(LETTER, _Letter())
