"""The demo's products: filed and sold by four eyes, one suspended for a month, one that was never filed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count
from django.db.models.functions import TruncMonth

from access import actors, approvals, scopes
from access.law.reading import today
from access.models import User
from custodian.demo.diary import Steps
from custodian.demo.insurer import products
from custodian.regimes.calendars import DAY
from records.models import Policy, Product
from records.products import changing, checking, reviewing
from records.products.selling import Suspension, Terms

OFFICER, SECOND = "C0217", "C0218"
SUSPENDED, NEVER_FILED = "QHM01", "QHG02"
FOR_EVER: Final = 9999
_LIST: Final = "产品备案清单，产品部"


class Products:
    def __init__(
        self, people: Mapping[str, User], begin: datetime, seal: Callable[[], None]
    ) -> None:
        self._first, self._second, self._seal = people[OFFICER], people[SECOND], seal
        self.steps: Steps = [(begin + 5 * DAY + timedelta(hours=14), self._early)]

    def _early(self) -> None:
        """The list of the product department, put in and checked by two; and from then on watched."""
        reviewing.watch()
        for each in products.PRODUCTS:
            self._change(each.code, _listed(each), source=_LIST, reason="补登备案日和销售期")
            self._seal()

    def end(self) -> None:
        """What was found since, and what the night makes of it."""
        listed = {each.code: each for each in products.PRODUCTS}
        begins, ends = _month()
        held = Suspension(begins, ends, "条款表述被要求整改")
        terms = replace(_listed(listed[SUSPENDED]), suspensions=(held,))
        self._change(SUSPENDED, terms, source="产品整改通知，产品部", reason="补登暂停期间")
        self._change(
            NEVER_FILED, Terms(), source="备案平台查询记录", reason="平台查无此备案号，改为未备案"
        )
        self._seal()
        reviewing.watch()
        checking.check()
        self._seal()

    def _change(self, code: str, terms: Terms, *, source: str, reason: str) -> None:
        actor = actors.staff(self._first, stepped_up=True)
        with scopes.acting(actor):
            product = Product.objects.get(code=code)
            asked = changing.propose(product, terms, source=source, reason=reason, actor=actor)
        other = actors.staff(self._second, stepped_up=True)
        with scopes.acting(other):
            approvals.approve(asked, seen=asked.digest, actor=other)


def _listed(product: products.Product) -> Terms:
    first = date(product.since, 1, 1)
    last = None if product.until == FOR_EVER else date(product.until, 12, 31)
    return Terms(
        filed=True, filed_on=first, filing_no=product.filing, sold_from=first, sold_until=last
    )


def _month() -> tuple[date, date]:
    """Of the last years the month in which the fewest of them were sold, and some."""
    with scopes.acting(actors.system("demo")):
        rows = Policy.objects.filter(
            product__code=SUSPENDED, starts_on__gt=today() - 3 * 365 * DAY, starts_on__lt=today()
        )
        months = rows.annotate(month=TruncMonth("starts_on")).values("month").order_by("month")
        counted = [(each["n"], each["month"]) for each in months.annotate(n=Count("pk"))]
    first = min(counted)[1] if counted else today().replace(day=1)
    return first, (first + 32 * DAY).replace(day=1) - DAY
