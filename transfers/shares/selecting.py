"""Which customers a share is about: chosen within the scope of its agreement, and never beyond."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from operator import or_
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import ports
from access.actors import Actor
from access.models import Subject, Unit
from custodian.errors import CustodianError
from records.models import Customer, Policy
from transfers.agreements.terms import Terms

MOST: Final = 5_000  # customers of one share; a company default
MOST_NAMED: Final = 200


class OutsideAgreement(CustodianError):
    """What is asked for goes beyond what two people agreed to with the partner."""

    code = "share-outside-agreement"
    status = 422
    message = _("超出协议的范围，请在协议范围内选择，或先修改协议")


class TooMany(CustodianError):
    """More customers than one share may hold."""

    code = "share-too-large"
    status = 422
    message = _("一次最多提供 5,000 名客户，请缩小范围")


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Narrower than the agreement: by codes, or by customers' references as they were typed."""

    books: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()

    def written(self) -> dict[str, Any]:
        return {name: list(value) for name, value in asdict(self).items()}


def candidates_of(terms: Terms, choice: Choice, *, actor: Actor) -> list[int]:
    """The living customers within agreement, choice and the actor's reach, honey customers never.

    Raises `OutsideAgreement`, `TooMany`.
    """
    for name in ("books", "products"):
        allowed, wanted = set(getattr(terms, name)), set(getattr(choice, name))
        if allowed and wanted - allowed:
            raise OutsideAgreement
    rows = Subject.objects.visible_to(actor).filter(status=Subject.Status.ACTIVE, honey=False)
    for of in (terms, choice):
        rows = rows.filter(_within(of.books, of.products, of.units))
    if choice.customers:
        known = ports.customers().ordinals_of(choice.customers)
        rows = rows.filter(pk__in=list(known.values()))
    found = list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(found) > MOST:
        raise TooMany
    return found


def _within(books: Sequence[str], products: Sequence[str], units: Sequence[str]) -> Q:
    """By none of a kind: any. Of a product are its policyholders."""
    found = Q()
    if books:
        found &= Q(pk__in=Customer.objects.filter(book__code__in=books).values("pk"))
    if products:
        held = Policy.objects.filter(product__code__in=products)
        found &= Q(pk__in=held.values("subject"))
    if units:
        tree = [Q(unit__path__startswith=each.path) for each in Unit.objects.filter(code__in=units)]
        found &= reduce(or_, tree, Q(pk=None))
    return found
