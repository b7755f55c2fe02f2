"""Claims on the portal's first page and among everything that a customer has asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.actors import Actor
from custodian import clock
from records import portal_home
from records.claim_handling import clocks, progress
from records.claim_handling.lifecycle import OPEN
from records.claim_handling.steps import Code
from records.models import Claim, ClaimClock, ClaimStep, Customer
from records.requests import listing
from records.requests.listing import Listed, Promise

SHOWN: Final = 50
_PROMISES: Final = {
    clocks.DECISION: Promise.DECIDE,
    clocks.PAYMENT: Promise.PAY,
    clocks.ADVANCE: Promise.ADVANCE,
    clocks.NOTICE: Promise.LETTER,
}


def listed(actor: Actor, customer: int) -> Iterable[Listed]:
    """Each claim about her, with what the law gives for the step that is next."""
    rows = Claim.objects.visible_to(actor).filter(subject_id=customer)
    found = list(rows.select_related("policy__product").order_by("-pk")[:SHOWN])
    due, agreed = _due(found), _agreed(found)
    for each in found:
        first = due.get(each.pk)
        asks = each.status == Claim.Status.APPROVED and each.pk not in agreed
        yield Listed(
            each.ref,
            _("理赔：%(product)s · %(kind)s")
            % {"product": each.policy.product, "kind": each.get_kind_display()},
            each.get_status_display(),
            _since(each),
            first.due_at if first else None,
            reverse("portal:claim", args=[each.ref]),
            progress.tone(each),
            open=each.status in OPEN,
            waits=asks or each.status == Claim.Status.WAITING,
            waits_for=_("等您同意数额") if asks else _("等您补充材料"),
            promise=_PROMISES[first.rule] if first else Promise.ANSWER,
        )


def _since(claim: Claim) -> datetime:
    """When it was reported; a book tells the day at most."""
    if claim.filed_at is not None:
        return claim.filed_at
    if claim.reported_on is None:
        return claim.created_at
    return datetime.combine(claim.reported_on, time(), clock.OFFICE)


def _due(claims: Sequence[Claim]) -> dict[int, ClaimClock]:
    """By claim the law's clock that ends first; the house's own are not hers."""
    ticking = ClaimClock.objects.ticking().filter(claim__in=claims).exclude(rule=clocks.PAPERS)
    rows = ticking.order_by("claim_id", "due_at").distinct("claim_id")
    return {each.claim_id: each for each in rows}


def _agreed(claims: Sequence[Claim]) -> set[int]:
    """Those whose amount she has agreed to, or of which a book does not tell it."""
    steps = ClaimStep.objects.filter(claim__in=claims)
    imported = steps.filter(code=Code.APPROVED, imported=True)
    said = steps.filter(code=Code.AGREED)
    return {*said.values_list("claim_id", flat=True), *imported.values_list("claim_id", flat=True)}


def hint(actor: Actor, customer: Customer) -> Any:
    """For the first page: how many are open, and whether one of them waits for her."""
    rows = Claim.objects.visible_to(actor).filter(subject_id=customer.pk)
    if rows.filter(status=Claim.Status.WAITING).exists():
        return _("有一件等您补充材料")
    count = rows.filter(status__in=("reported", "examining", "approved")).count()
    return _("%(n)s 件在办") % {"n": count} if count else _("报案，或看办到哪一步")


def ready() -> None:
    listing.register_source(listed)
    portal_home.register_way(40, pgettext_lazy("列表", "理赔"), "portal:claims", hint)
