"""What of a claim's handling goes with the claim, with one of its papers, or with whoever was paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from records.destruction.stores import Gone, Residue, register
from records.models import (
    Claim,
    ClaimClock,
    ClaimDecision,
    ClaimNeed,
    ClaimPaper,
    ClaimPayment,
    ClaimStep,
)

# Those that others point at come later.
_ROWS: Final[Sequence[Any]] = (
    *(ClaimPayment, ClaimDecision, ClaimPaper),
    *(ClaimNeed, ClaimClock, ClaimStep),
)


class _ClaimHandling:
    """Steps, papers, decisions, payments and clocks."""

    name = "claim-handling"
    label = _("理赔经办记录")

    def purge(self, gone: Gone) -> None:
        claims = _claims(gone)
        _papers(gone).delete()
        for model in _ROWS:
            model.objects.filter(claim__in=claims).delete()
        claims.update(occurred_on=None)
        paid = ClaimPayment.objects.filter(payee__in=[each.pk for each in gone.whole])
        paid.update(payee=None)

    def scan(self, gone: Gone) -> Iterator[Residue]:
        claims = _claims(gone).values("pk")
        for model in _ROWS:
            for row in model.objects.filter(claim__in=claims)[:20]:
                yield Residue(self.name, f"{model.__name__} {row.pk}")
        for row in _papers(gone)[:20]:
            yield Residue(self.name, f"ClaimPaper {row.pk}")
        for row in ClaimPayment.objects.filter(payee__in=[each.pk for each in gone.whole])[:20]:
            yield Residue(self.name, f"payee of {row.pk}")

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()


def _claims(gone: Gone) -> Any:
    return Claim.objects.filter(holding__in=gone.holdings.get("claim", []))


def _papers(gone: Gone) -> Any:
    return ClaimPaper.objects.filter(document__holding__in=gone.holdings.get("document", []))


def ready() -> None:
    register(_ClaimHandling())
