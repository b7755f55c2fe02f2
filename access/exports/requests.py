"""Asking for an export: what exactly would leave is frozen, and somebody else says yes to just that.

The set of customers is fixed when it is asked for. Later it only shrinks: whoever is out of the requester's
reach by then, restricted or destroyed is left out; one more customer, and nothing leaves at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, keystore, ports
from access.actions import Action
from access.actors import Actor
from access.exports import builders
from access.exports.fingerprint import set_digest
from access.exports.shelf import SHELF
from access.models import Assignment, Export, Subject, Unit, User
from access.vocabulary import Reach
from custodian.errors import CustodianError

KIND, BUILDER = "export", "customers"
MOST = 5_000  # customers in one export; a company default
MOST_NAMED = 200
By = Export.By


class TooMany(CustodianError):
    """More customers than one export may hold."""

    code = "export-too-large"
    message = _("一次最多导出 5,000 名客户，请缩小范围")


class Nobody(CustodianError):
    """The selection is empty; of customers who are written out this is not told."""

    code = "export-of-none"
    message = _("其中没有可导出的客户，请另选")


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """A person of the house, or in words somebody outside."""

    person: User | None = None
    name: str = ""
    office: str = ""
    purpose: str = ""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Which customers: all of one's own, those of a unit, or those that are written out."""

    by: str
    unit: Unit | None = None
    customers: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Terms:
    elements: Sequence[str]
    purpose: str
    reason: str
    selection: Selection
    recipient: Recipient
    format: str = "csv"
    language: str = "zh-hans"


def request(terms: Terms, *, channel: str, actor: Actor) -> Export:
    """Ask for a file; raises `TooMany`, `Nobody`, `Refused`, and `StepUpNeeded`: bulk always needs one."""
    person = actors.person(actor)
    _require(terms, channel=channel, actor=actor)
    candidates = candidates_of(terms.selection, actor=actor)
    if len(candidates) > MOST:
        raise TooMany
    if not candidates and terms.selection.by != By.LIST:
        raise Nobody
    ref = uuid4()
    to = terms.recipient
    export = Export(
        ref=ref,
        holding=keystore.named_holding(SHELF.holding(ref)),
        requested_by_id=person,
        recipient=to.person,
        outside_name=to.name,
        outside_office=to.office,
        outside_purpose=to.purpose,
        purpose=terms.purpose,
        reason=terms.reason,
        elements=[code for code in builders.of(BUILDER).elements if code in terms.elements],
        by=terms.selection.by,
        unit=terms.selection.unit.code if terms.selection.unit else "",
        customers=sorted(set(terms.selection.customers)),
        format=terms.format,
        language=terms.language,
        channel=channel,
        address=actor.address,
        candidates=candidates,
    )
    payload = content(export, actor.ref)
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.EXPORT_REQUEST,
            channel=channel,
            purpose=terms.purpose,
            facts={
                "export": export.code,
                "digest": approvals.digest_of(KIND, payload),
                "elements": export.elements,
                "subjects": len(candidates),
            },
            reason=terms.reason,
        )
        export.approval = approvals.request(KIND, payload, actor=actor)
        export.save()
    return export


def withdraw(export: Export, *, channel: str, actor: Actor) -> None:
    """Take back what waits, which only whoever asked may; raises `Refused`, `IllegalMove`."""
    if export.requested_by_id != actors.person(actor):
        gate.refuse(actor, Action.EXPORT_REQUEST, because="not-yours", channel=channel)
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.EXPORT_REQUEST,
            channel=channel,
            facts={"export": export.code, "withdrawn": 1},
        )
        approvals.void(export.approval)


def candidates_of(selection: Selection, *, actor: Actor) -> list[int]:
    """The living customers of the selection within the actor's own reach now; honey customers never.

    Of those that are written out it is not told which exist and which belong to others.
    """
    rows = Subject.objects.visible_to(actor).filter(status=Subject.Status.ACTIVE, honey=False)
    if selection.by == By.OWN:
        own = Assignment.objects.current().filter(user_id=actor.id or 0, purpose="")
        rows = rows.filter(pk__in=own.values("subject_id"))
    elif selection.by == By.UNIT and selection.unit is not None:
        rows = rows.filter(unit__in=Unit.objects.under(selection.unit))
    else:
        named = ports.customers().ordinals_of(selection.customers).values()
        rows = rows.filter(pk__in=list(named))
    return list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def nearness_of(by: str, *, actor: Actor) -> Reach:
    """How near the farthest customer of such a selection can be."""
    if by == By.OWN:
        return Reach.OWN
    return Reach.CASE if actor.reach is Reach.OWN else actor.reach


def refused_elements(
    codes: Sequence[str], *, purpose: str, by: str, channel: str, actor: Actor
) -> dict[str, str]:
    """Of these elements those that the rules do not give for this purpose, each with the reason code."""
    decisions = gate.foresee_all(
        actor,
        codes=codes,
        purpose=purpose,
        channel=channel,
        nearness=nearness_of(by, actor=actor),
    )
    return {code: each.because[0] for code, each in decisions.items() if not each.allowed}


def _require(terms: Terms, *, channel: str, actor: Actor) -> None:
    """Role, a fresh second factor and every element's rule, before anything is written down."""
    if not gate.may(actor, Action.EXPORT_REQUEST):
        gate.refuse(actor, Action.EXPORT_REQUEST, because="role-not-covered", channel=channel)
    if not actor.stepped_up:
        gate.refuse(actor, Action.EXPORT_REQUEST, because="step-up-not-covered", channel=channel)
    offered = set(builders.of(BUILDER).elements)
    because = ["class-not-covered"] if not set(terms.elements) <= offered else []
    because += refused_elements(
        [code for code in terms.elements if code in offered],
        purpose=terms.purpose,
        by=terms.selection.by,
        channel=channel,
        actor=actor,
    ).values()
    if because:
        gate.refuse(actor, Action.EXPORT_REQUEST, because=because[0], channel=channel)


def content(export: Export, person: UUID) -> dict[str, Any]:
    """All that is approved; the customers by their number and the hash of their set."""
    return {
        "export": export.code,
        "person": str(person),
        "recipient": str(export.recipient.ref) if export.recipient else "",
        "outside": [export.outside_name, export.outside_office, export.outside_purpose],
        "purpose": export.purpose,
        "reason": export.reason,
        "elements": list(export.elements),
        "by": export.by,
        "unit": export.unit,
        "customers": list(export.customers),
        "count": len(export.candidates),
        "set": set_digest(export.candidates),
        "format": export.format,
    }


def is_as_approved(export: Export) -> bool:
    """Whether what would leave is what was approved, and the approval is as the product left it."""
    approval = export.approval
    return (
        approval.status == approvals.Status.APPROVED
        and approval.digest == approvals.digest_of(KIND, content(export, export.requested_by.ref))
        and approvals.is_as_left(approval)
    )


def altered() -> Iterator[Export]:
    """Approved exports that would leave, or left, as something else than was approved."""
    rows = Export.objects.filter(approved_at__isnull=False).select_related(
        "approval", "requested_by", "recipient"
    )
    for export in rows.iterator(chunk_size=100):
        beyond = set(export.included or ()) - set(export.candidates)
        if beyond or not is_as_approved(export):
            yield export
