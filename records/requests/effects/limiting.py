"""Restriction and objection: holdings that are stored only, purposes nothing is opened for, until lifted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from access.models import Objection, Restriction
from records.integrity import HOLDINGS
from records.models import CustomerRequest, Tombstone
from records.requests import kinds
from records.requests.effects import Outcome, register_effect, register_lift
from records.retention import reckoning

# What can be restricted: requests themselves are answered whatever else is stored only.
KINDS: Final = tuple(kind for kind in HOLDINGS if kind != "request")
Because, Kind = Restriction.Because, CustomerRequest.Kind


def restrict(request: CustomerRequest) -> Outcome:
    wanted = _wanted(request)
    _write(request.subject_id, wanted)
    return Outcome(told={"restricted": wanted})


def release(request: CustomerRequest) -> None:
    """What another restriction of hers still wants stays."""
    others = _granted(request, Kind.RESTRICTION)
    _write(request.subject_id, sorted({kind for each in others for kind in _wanted(each)}))


def object_to(request: CustomerRequest) -> Outcome:
    purpose = request.about
    if purpose not in kinds.OBJECTABLE:
        raise ValueError("nobody may object to this purpose")
    Objection.objects.get_or_create(subject_id=request.subject_id, purpose=purpose)
    return Outcome(told={"objected": purpose})


def agree_again(request: CustomerRequest) -> None:
    others = _granted(request, Kind.OBJECT)
    if not any(each.about == request.about for each in others):
        hers = Objection.objects.filter(subject=request.subject_id, purpose=request.about)
        hers.delete()


def _wanted(request: CustomerRequest) -> list[str]:
    asked = request.details.get("kinds") or KINDS
    return [kind for kind in KINDS if kind in asked]


def _granted(request: CustomerRequest, kind: str) -> list[CustomerRequest]:
    """The others of hers that stand."""
    rows = CustomerRequest.objects.filter(
        subject=request.subject_id, kind=kind, lifted_at=None,
        status__in=[CustomerRequest.Status.ANSWERED, CustomerRequest.Status.PARTLY],
    ).exclude(pk=request.pk)  # fmt: skip
    return list(rows)


def _write(subject: int, wanted: Iterable[str]) -> None:
    """Exactly the holdings of these kinds are restricted because she asks."""
    there = dict(_holdings(subject, wanted))
    asked = Restriction.objects.filter(subject=subject, because=Because.REQUEST)
    asked.exclude(holding__in=list(there)).delete()
    Restriction.objects.bulk_create(
        [
            Restriction(subject_id=subject, holding=holding, kind=kind, because=Because.REQUEST)
            for holding, kind in there.items()
        ],
        ignore_conflicts=True,
    )
    reckoning.mark([subject])


def _holdings(subject: int, wanted: Iterable[str]) -> Iterable[tuple[UUID, str]]:
    for kind in wanted:
        rows: Any = HOLDINGS[kind]._default_manager.filter(subject=subject)
        held = set(rows.values_list("holding", flat=True))
        gone = Tombstone.objects.filter(gone__in=held).values_list("gone", flat=True)
        yield from ((holding, kind) for holding in held - set(gone))


register_effect(Kind.RESTRICTION, restrict)
register_lift(Kind.RESTRICTION, release)
register_effect(Kind.OBJECT, object_to)
register_lift(Kind.OBJECT, agree_again)
