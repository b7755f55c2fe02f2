"""Counts the policies of each product that should not have been sold, and raises one finding for each reason.

A machine read of clear columns: product, first day, intermediary and unit. Never a reason to turn a row away.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import ngettext

from access import actors, gate, scopes
from access.actions import Action
from access.events import finding_changed
from access.findings import raise_finding, settle
from access.models import Finding
from access.models.findings import TELLERS
from access.vocabulary import Channel
from custodian import clock
from records.models import Book, Policy, Product, ProductBreach, ProductVersion
from records.products.selling import Terms

KIND: Final = "product-sold"
ACTOR: Final = "products"
Reason = ProductBreach.Reason
SEVERITY: Final[Mapping[str, Finding.Severity]] = {
    Reason.NOT_FILED: Finding.Severity.HIGH,
    Reason.SUSPENDED: Finding.Severity.HIGH,
    Reason.EARLY: Finding.Severity.MEDIUM,
    Reason.LATE: Finding.Severity.MEDIUM,
}


@dataclass
class Tally:
    """Of one product and one reason."""

    count: int = 0
    first_on: date | None = None
    last_on: date | None = None
    by_unit: Counter[str] = field(default_factory=Counter)
    by_intermediary: Counter[str] = field(default_factory=Counter)

    def add(self, day: date | None, unit: str, intermediary: str, number: int) -> None:
        self.count += number
        self.by_unit[unit] += number
        self.by_intermediary[intermediary] += number
        if day is not None:
            self.first_on = min(self.first_on or day, day)
            self.last_on = max(self.last_on or day, day)


def check(products: Collection[int] | None = None) -> int:
    """Count anew, all of them unless told; how many findings were new."""
    with scopes.acting(actors.system(ACTOR)):
        rows = (
            Product.objects.all() if products is None else Product.objects.filter(pk__in=products)
        )
        return sum(_check(each) for each in rows.order_by("pk"))


def check_book(book: Book) -> int:
    """The products of a book that has just grown."""
    with scopes.acting(actors.system(ACTOR)):
        sold = Policy.objects.filter(book=book).order_by().values_list("product", flat=True)
        return check(list(sold.distinct()))


def terms_of(products: Iterable[Product]) -> dict[int, Terms]:
    """By product; one statement for all of them."""
    known = list(products)
    held: dict[int, Terms] = {}
    rows = ProductVersion.objects.filter(product__in=[each.pk for each in known])
    for row in rows.order_by("product", "number"):
        held[row.product_id] = Terms.of(row)
    written = {each.pk: Terms(filed=each.filed, filing_no=each.filing_no) for each in known}
    return {**written, **held}


def _check(product: Product) -> int:
    """One product in one transaction; two checks at once wait for each other."""
    with transaction.atomic():
        held = Product.objects.select_for_update().get(pk=product.pk)
        tallies = counted(held, terms_of([held])[held.pk])
        return sum(_keep(held, reason, tallies.get(reason)) for reason in Reason)


def counted(product: Product, terms: Terms) -> dict[Reason, Tally]:
    """By reason; the database sorts policies by day, unit and intermediary, so what is read is small."""
    found: dict[Reason, Tally] = {}
    rows = _breaking(terms, Policy.objects.filter(product=product)).values_list(
        "starts_on", "subject__unit__code", "intermediary__code"
    )
    for day, unit, intermediary, number in rows.annotate(n=Count("pk")).order_by().iterator():
        for reason in terms.reasons(day):
            tally = found.setdefault(reason, Tally())
            tally.add(day, unit or "", intermediary or "", number)
    return found


def _breaking(terms: Terms, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those with a reason at least; every policy of one that is not filed."""
    return rows.filter(breaking(terms)) if terms.filed else rows


def breaking(terms: Terms) -> Q:
    """The same as `Terms.reasons` for the database."""
    wrong = Q(pk__in=[])
    if terms.filed_on:
        wrong |= Q(starts_on__lt=terms.filed_on)
    if terms.sold_from:
        wrong |= Q(starts_on__lt=terms.sold_from)
    if terms.sold_until:
        wrong |= Q(starts_on__gt=terms.sold_until)
    for each in terms.suspensions:
        during = Q(starts_on__gte=each.since)
        wrong |= during & Q(starts_on__lte=each.until) if each.until else during
    return wrong


def _keep(product: Product, reason: Reason, tally: Tally | None) -> int:
    rows = ProductBreach.objects.select_for_update(of=("self",)).select_related("finding")
    row = rows.filter(product=product, reason=reason).first()
    if row is None and tally is None:
        return 0
    before = _said(row)
    row = row or ProductBreach(product=product, reason=reason, count=0)
    tally = tally or Tally()
    row.count, row.first_on, row.last_on = tally.count, tally.first_on, tally.last_on
    row.by_unit, row.by_intermediary = dict(tally.by_unit), dict(tally.by_intermediary)
    row.counted_at = clock.now()
    if before != _said(row):
        told = {"product": product.code, "outcome": reason.value, "count": row.count}
        gate.authorise(actors.system(ACTOR), Action.PRODUCT_CHECK, channel=Channel.TASK, facts=told)
    raised = _tell(row)
    row.save()
    return raised


def _said(row: ProductBreach | None) -> tuple[Any, ...]:
    if row is None:
        return (0, {}, {})
    return (row.count, row.by_unit, row.by_intermediary)


def _tell(row: ProductBreach) -> int:
    """One finding: it grows while open, is settled when nothing is left, and comes again only for more."""
    facts = {"product": row.product.code, "reason": str(row.reason), "count": row.count}
    finding, actor = row.finding, actors.system(ACTOR)
    open_one = finding if finding and finding.status == Finding.Status.OPEN else None
    if not row.count:
        if open_one is not None:
            settle(open_one, channel=Channel.TASK, actor=actor)
        row.told = 0
        return 0
    if open_one is not None:
        row.told = max(row.told, row.count)
        if open_one.facts != facts:
            Finding.objects.filter(pk=open_one.pk).update(facts=facts)
            open_one.refresh_from_db()
            finding_changed.send(sender=Finding, finding=open_one)
        return 0
    if row.count <= row.told:
        return 0
    row.finding = raise_finding(KIND, severity=SEVERITY[Reason(row.reason)], facts=facts)
    row.told = row.count
    return 1


def told(facts: Mapping[str, Any]) -> str:
    product = Product.objects.filter(code=facts["product"]).first()
    why = str(Reason(facts["reason"]).label)
    said = {
        "product": f"{product or ''} {facts['product']}".strip(),
        "why": why[:1].lower() + why[1:],
        "n": f"{facts['count']:,}",
    }
    text = ngettext(
        "险种 %(product)s：%(n)s 份保单%(why)s",
        "险种 %(product)s：%(n)s 份保单%(why)s",
        facts["count"],
    )
    return text % said


TELLERS[KIND] = told
