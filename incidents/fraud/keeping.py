"""How long cases are kept, and what of a customer goes with her."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from incidents.fraud import sealing
from incidents.models import (
    FraudAsk,
    FraudCase,
    FraudEntry,
    FraudLink,
    FraudMember,
    FraudSignal,
    FraudSuppression,
    FraudTask,
)
from records.destruction import stores
from records.destruction.stores import Gone, Residue
from records.retention import own_records

MOST: Final = 20
_OF_A_CASE: Final = (
    FraudAsk,
    FraudEntry,
    FraudLink,
    FraudMember,
    FraudSignal,
    FraudSuppression,
    FraudTask,
)


class Cases(own_records.Rows):
    """With the key of what was written in it."""

    def part(self, gone: Sequence[int]) -> None:
        for ref in self.rows().filter(pk__in=gone).values_list("ref", flat=True):
            sealing.forget(ref)


def _over() -> QuerySet[FraudCase]:
    """Those whose evidence is still on its shelf rest on it, and wait."""
    return FraudCase.objects.filter(state__in=("dismissed", "closed"))


class _Signals:
    """What rules said of a customer goes with her, and with it that a case was about her."""

    name = "fraud-signals"
    label = _("欺诈疑点的信号与关联")

    def purge(self, gone: Gone) -> None:
        for rows in _of(gone):
            rows.delete()

    def scan(self, gone: Gone) -> Iterator[Residue]:
        for rows in _of(gone):
            for each in rows[:MOST]:
                yield Residue(self.name, f"{type(each).__name__} {each.pk}")

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()


def _of(gone: Gone) -> list[Any]:
    whole = [each.pk for each in gone.whole]
    return [
        FraudSignal.objects.filter(subject__in=whole),
        FraudSuppression.objects.filter(subject__in=whole),
        FraudLink.objects.filter(customer__in=whole),
    ]


def ready() -> None:
    stores.register(_Signals())
    own_records.register(
        Cases(
            "fraud-case",
            _("欺诈疑点"),
            "incident",
            _("删除记录，密钥一并销毁；证据还在的不删"),
            _over,
            Coalesce("closed_at", F("triaged_at")),
            along=tuple((model, "case") for model in _OF_A_CASE),
            everything=FraudCase.objects.all,
        )
    )
