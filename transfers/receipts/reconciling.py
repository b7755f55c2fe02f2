"""The lines of the reconciliation: what the seller froze, what came, what stands in the tables now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from access import actors, scopes
from access.models import Arriving, Restriction
from records.models import Claim, Consent, Customer, Document, MergeCase, Policy
from transfers.models import Arrival, ArrivedRecord, Difference, Transfer
from transfers.receiving import files
from transfers.receiving.comparing import CLOSED
from transfers.receiving.placing import STAYED

NAMES: Final[Mapping[str, Any]] = {
    "customers": _("客户"),
    "policies": _("保单"),
    "in_force": _("其中有效"),
    "claims": _("赔案"),
    "open_claims": _("其中未结"),
    "consents": _("同意记录"),
    "restrictions": _("限制处理"),
    "documents": _("文件"),
    "looks": _("查询记录"),
}
MONEY: Final[Mapping[str, Any]] = {"premium": _("保费"), "cover": _("保额")}
# What does not go into tables of its own is compared between the papers alone.
_NOT_LOADED: Final = frozenset({"looks"})


@dataclass(frozen=True)
class Line:
    """One line; `loaded` None before anything is loaded. A tolerance there is not."""

    name: str
    sent: int
    came: int
    loaded: int | None
    few: bool = False  # money of so few policies that it is not shown

    @property
    def label(self) -> Any:
        return label(self.name)

    @property
    def money(self) -> bool:
        """In fen, of a class of products."""
        return "/" in self.name

    @property
    def yuan(self) -> list[str]:
        """Sent, came, loaded and the difference, as money is written."""
        numbers = [self.sent, self.came, self.loaded or 0, self.difference]
        return [f"{Decimal(each) / 100:,.2f}" for each in numbers]

    @property
    def within(self) -> bool:
        return self.name in {"in_force", "open_claims"}

    @property
    def difference(self) -> int:
        got = self.came if self.loaded is None else self.loaded
        return got - self.sent

    @property
    def zero(self) -> bool:
        return self.sent == self.came and self.loaded in {None, self.sent}


def label(name: str) -> Any:
    part, slash, cls = name.partition("/")
    return f"{MONEY[part]} · {cls or '—'}" if slash else NAMES[name]


def counts(transfer: Transfer) -> list[Line]:
    """The lines without those of money."""
    return [line for line in lines(transfer) if not line.money]


def lines(transfer: Transfer) -> list[Line]:
    """At the buyer, in the order of `NAMES`; the same whoever asks."""
    for count in others:
        found = count(transfer)
        if found is not None:
            return found
    with scopes.acting(actors.system("receiver")):
        sent, came = _sent(transfer), _came(transfer)
    stands = loaded(transfer)
    return [
        Line(
            name,
            sent.get(name, 0),
            came.get(name, 0),
            None if stands is None or name in _NOT_LOADED else stands.get(name, 0),
        )
        for name in NAMES
    ]


# Where no package says what was sent, somebody else counts; None for a transfer that is not theirs.
others: Final[list[Callable[[Transfer], list[Line] | None]]] = []


def open_differences(transfer: Transfer) -> list[Difference]:
    rows = Difference.objects.filter(arrival__transfer=transfer, settled_at=None)
    return list(rows.select_related("arrival"))


def pairs(transfer: Transfer) -> int:
    """Of those who came, and of customers who were here already, who may be the same person."""
    if transfer.book is None:
        return 0
    with scopes.acting(actors.system("receiver")), scopes.arrivals():
        return int(MergeCase.objects.filter(source=transfer.book.code).count())


def _sent(transfer: Transfer) -> dict[str, int]:
    """What the newest manifest says of the whole transfer."""
    newest = transfer.arrivals.filter(stage=Arrival.Stage.LAID_OUT).order_by("-number").first()
    totals = (newest.manifest or {}).get("totals", {}) if newest else {}
    return {name: int(totals[name]) for name in NAMES if name in totals}


def _came(transfer: Transfer) -> dict[str, int]:
    found = dict.fromkeys(NAMES, 0)
    rows = ArrivedRecord.objects.filter(transfer=transfer, current=True)
    for counts in rows.values_list("counts", flat=True).iterator(chunk_size=2_000):
        found["customers"] += 1
        for name in NAMES:
            if name != "customers":
                found[name] += counts.get(name, 0)
    return found


def _stayed(transfer: Transfer) -> int:
    """Consents that are counted and not taken over."""
    load = transfer.loads.first()
    if load is not None:
        return int(load.counts.get(STAYED, 0))
    runs = files.runs_of(transfer).filter(dry_run=False)
    return sum(int(said.get(STAYED, 0)) for said in runs.values_list("warnings", flat=True))


def _lists(transfer: Transfer) -> int:
    """Lists of looks, which the seller did not count: each is one file more of who had any."""
    rows = ArrivedRecord.objects.filter(transfer=transfer, current=True)
    return rows.filter(counts__looks__gt=0).count()


def loaded(transfer: Transfer) -> dict[str, int] | None:
    """Counted from the tables, by whoever sees what has not been let live yet."""
    with scopes.acting(actors.system("receiver")), scopes.arrivals():
        mine = Arriving.objects.filter(arrival=transfer.ref).values("subject")
        if transfer.book is None or not mine.exists():
            return None
        policies = Policy.objects.filter(subject__in=mine).aggregate(
            policies=Count("pk"), in_force=Count("pk", filter=Q(status=Policy.Status.IN_FORCE))
        )
        claims = Claim.objects.filter(subject__in=mine).aggregate(
            claims=Count("pk"), open_claims=Count("pk", filter=~Q(status__in=CLOSED))
        )
        return {
            "customers": Customer.objects.filter(pk__in=mine).count(),
            **policies,
            **claims,
            "consents": Consent.objects.filter(subject__in=mine).count() + _stayed(transfer),
            "restrictions": Restriction.objects.filter(subject__in=mine).count(),
            "documents": Document.objects.filter(subject__in=mine).count() - _lists(transfer),
        }
