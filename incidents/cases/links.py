"""What a case is about: customers, operators, partners, transfers, exports and traces, each by its number."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.models import Export, Subject, User
from access.vocabulary import Channel
from custodian.errors import CustodianError
from incidents.cases import timeline
from incidents.cases.standing import held, require_work
from incidents.models import Incident, IncidentLink, LeakTrace, TimelineEntry
from records import references
from records.models import Customer
from transfers.models import Counterparty, Transfer

LABELS = timeline.THINGS


class NotFound(CustodianError):
    """Nothing in reach has this number."""

    code = "incident-link-not-found"
    message = _("没有这个编号，请核对")


class Known(CustodianError):
    """It stands there already."""

    code = "incident-link-known"
    status = 409
    message = _("已经关联过")


class InTheGroup(CustodianError):
    """Whom an incident is about does not work on it."""

    code = "incident-link-in-the-group"
    status = 409
    message = _("该人员在工作组里，请先让其退出")


class OwnsARemedy(CustodianError):
    """Whom an incident is about puts nothing of it right."""

    code = "incident-link-owns-a-remedy"
    status = 409
    message = _("该人员负责一项整改措施，请先另指定负责人")


def link(
    incident: Incident, thing: str, number: str, *, why: str = "", actor: Actor
) -> IncidentLink:
    """Raises `NotFound`, `Known`, `InTheGroup`, `OwnsARemedy`, …"""
    with held(incident) as row:
        require_work(row, actor)
        found = _found(thing, number.strip(), actor)
        if thing == "operator" and row.members.now().filter(user=found.pk).exists():
            raise InTheGroup
        if thing == "operator" and row.remedies.filter(state="open", owner=found.pk).exists():
            raise OwnsARemedy
        facts = {"incident": row.code, "link-kind": thing}
        gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=facts)
        said = {"why": why, "linked_by_id": actors.person(actor), thing: found}
        try:
            with transaction.atomic():
                made = IncidentLink.objects.create(incident=row, **said)
        except IntegrityError:
            raise Known from None
        what = TimelineEntry.What.LINK
        said = {"kind": thing, "name": name(made)}
        timeline.write(row, what, actor=actor, text=why, facts=said)
    return made


def _found(thing: str, number: str, actor: Actor) -> models.Model:
    """By the number that people know it by. Raises `NotFound`."""
    found: models.Model | None
    try:
        found = _ROWS[thing](number, actor)
    except (ValueError, ValidationError):
        found = None
    if found is None:
        raise NotFound
    return found


def _customer(number: str, actor: Actor) -> Subject | None:
    ref = references.read(number, kind="c")
    held = Customer.objects.visible_to(actor).filter(ref=ref).select_related("subject").first()
    return held.subject if held else None


def _by_pk(number: str, letter: str) -> int:
    """Of a code such as L-2026-001; raises ValueError."""
    head, _year, pk = number.upper().split("-")
    if head != letter:
        raise ValueError(number)
    return int(pk)


_ROWS: Final[dict[str, Any]] = {
    "customer": _customer,
    "operator": lambda number, _actor: User.objects.filter(staff_no=number.upper()).first(),
    "partner": lambda number, _actor: Counterparty.objects.filter(code=number.upper()).first(),
    "transfer": lambda number, _actor: Transfer.objects.filter(code=number.upper()).first(),
    "export": lambda number, actor: (
        Export.objects.visible_to(actor).filter(code=number.upper()).first()
    ),
    "trace": lambda number, _actor: LeakTrace.objects.filter(pk=_by_pk(number, "L")).first(),
}


def thing_of(row: IncidentLink) -> str:
    return next(each for each in LABELS if getattr(row, f"{each}_id") is not None)


def name(row: IncidentLink) -> str:
    """How people call it; of a customer her number, never her name."""
    if row.customer_id is not None:
        return str(
            Customer.objects.filter(subject=row.customer_id).values_list("ref", flat=True)[0]
        )
    return str(getattr(row, thing_of(row)))
