"""The demo's products: filed and sold by four eyes, one suspended for a month, one that was never filed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count
from django.db.models.functions import TruncMonth

from access import actors, approvals, purpose_versions, scopes
from access.actors import Actor
from access.law import purpose_overriding
from access.law.reading import today
from access.models import Approval, User
from custodian.demo.diary import Steps
from custodian.demo.insurer import products
from custodian.regimes.calendars import DAY
from records.models import Policy, Product
from records.products import changing, checking, reviewing
from records.products.selling import Suspension, Terms

OFFICER, SECOND = "C0217", "C0218"
SUSPENDED, HELD_NOW, NEVER_FILED = "QHM01", "QHC02", "QHG02"
FOR_EVER: Final = 9999
_LIST: Final = "产品备案清单，产品部"


class Products:
    def __init__(
        self, people: Mapping[str, User], begin: datetime, seal: Callable[[], None]
    ) -> None:
        self._first, self._second, self._seal = people[OFFICER], people[SECOND], seal
        self.steps: Steps = [
            (begin + 5 * DAY + timedelta(hours=14), self._early),
            (begin + 20 * DAY + timedelta(hours=11), self._reword),
            (begin + 22 * DAY + timedelta(hours=3), self._watch),
            (begin + 24 * DAY + timedelta(hours=15), self._review),
        ]

    def _early(self) -> None:
        """The list of the product department, put in and checked by two; and from then on watched."""
        reviewing.watch()
        for each in products.PRODUCTS:
            self._change(each.code, _listed(each), source=_LIST, reason="补登备案日和销售期")
            self._seal()

    def _reword(self) -> None:
        """What claims are processed for is said more exactly from tomorrow on."""
        with self._as(self._first) as actor:
            now = purpose_versions.register(today())["claims"]
            wanted = replace(
                now,
                says=f"{now.says}含医疗费用的核对。",
                says_en=f"{now.says_en} Medical bills are checked as well.",
            )
            asked = purpose_overriding.propose_purpose(
                "claims",
                wanted=wanted,
                since=today() + DAY,
                reason="按新的理赔流程写明",
                actor=actor,
            )
        self._yes(asked)
        self._seal()

    def _watch(self) -> None:
        reviewing.watch()

    def _review(self) -> None:
        """Most of the products, by one officer; the rest wait."""
        with self._as(self._first) as actor:
            for each in Product.objects.order_by("code"):
                found = reviewing.open_review(each)
                if found is not None and each.code not in (SUSPENDED, HELD_NOW, NEVER_FILED):
                    reviewing.review(
                        each,
                        note="条款与理赔流程不用改",
                        seen_as=reviewing.seen(found),
                        actor=actor,
                    )
        self._seal()

    def end(self) -> None:
        """What was found since, and what the night makes of it."""
        listed = {each.code: each for each in products.PRODUCTS}
        begins, ends = _month()
        held = Suspension(begins, ends, "条款表述被要求整改")
        terms = replace(_listed(listed[SUSPENDED]), suspensions=(held,))
        self._change(SUSPENDED, terms, source="产品整改通知，产品部", reason="补登暂停期间")
        now = Suspension(today() - 6 * DAY, None, "费率重新备案期间")
        terms = replace(_listed(listed[HELD_NOW]), suspensions=(now,))
        self._change(HELD_NOW, terms, source="产品停售通知，产品部", reason="登记暂停")
        self._change(
            NEVER_FILED, Terms(), source="备案平台查询记录", reason="平台查无此备案号，改为未备案"
        )
        self._seal()
        reviewing.watch()
        checking.check()
        self._seal()

    def _change(self, code: str, terms: Terms, *, source: str, reason: str) -> None:
        with self._as(self._first) as actor:
            product = Product.objects.get(code=code)
            asked = changing.propose(product, terms, source=source, reason=reason, actor=actor)
        self._yes(asked)

    def _yes(self, asked: Approval) -> None:
        with self._as(self._second) as other:
            approvals.approve(asked, seen=asked.digest, actor=other)

    @contextmanager
    def _as(self, person: User) -> Iterator[Actor]:
        actor = actors.staff(person, stepped_up=True)
        with scopes.acting(actor):
            yield actor


def _listed(product: products.Product) -> Terms:
    first = date(product.since, 1, 1)
    last = None if product.until == FOR_EVER else date(product.until, 12, 31)
    return Terms(
        filed=True, filed_on=first, filing_no=product.filing, sold_from=first, sold_until=last
    )


def _month() -> tuple[date, date]:
    """Of the last years the month in which the most of them were sold."""
    with scopes.acting(actors.system("demo")):
        rows = Policy.objects.filter(
            product__code=SUSPENDED, starts_on__gt=today() - 3 * 365 * DAY, starts_on__lt=today()
        )
        months = rows.annotate(month=TruncMonth("starts_on")).values("month").order_by("month")
        counted = [(each["n"], each["month"]) for each in months.annotate(n=Count("pk"))]
    first = max(counted)[1] if counted else today().replace(day=1)
    return first, (first + 32 * DAY).replace(day=1) - DAY
