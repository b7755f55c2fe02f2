"""The lines of the reconciliation: what the seller froze, what came, what stands in the tables now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from access import actors, scopes
from access.models import Arriving, Restriction
from records.models import Claim, Consent, Customer, Document, Policy
from transfers.models import Arrival, ArrivedRecord, Difference, Transfer
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
# What does not go into tables of its own is compared between the papers alone.
_NOT_LOADED: Final = frozenset({"looks"})


@dataclass(frozen=True)
class Line:
    """One line; `loaded` None before anything is loaded. A tolerance there is not."""

    name: str
    sent: int
    came: int
    loaded: int | None

    @property
    def label(self) -> Any:
        return NAMES[self.name]

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


def lines(transfer: Transfer) -> list[Line]:
    """At the buyer, in the order of `NAMES`; the same whoever asks."""
    with scopes.acting(actors.system("receiver")):
        sent, came = _sent(transfer), _came(transfer)
    loaded = _loaded(transfer)
    return [
        Line(
            name,
            sent.get(name, 0),
            came.get(name, 0),
            None if loaded is None or name in _NOT_LOADED else loaded.get(name, 0),
        )
        for name in NAMES
    ]


def open_differences(transfer: Transfer) -> list[Difference]:
    rows = Difference.objects.filter(arrival__transfer=transfer, settled_at=None)
    return list(rows.select_related("arrival"))


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
    return int(load.counts.get(STAYED, 0)) if load else 0


def _loaded(transfer: Transfer) -> dict[str, int] | None:
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
            "documents": Document.objects.filter(subject__in=mine)
            .exclude(kind=Document.Kind.HISTORY)
            .count(),
        }
