"""A batch as a page shows it: what would go or went, by kind, rule and book, and what is left out and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from records.destruction import batches, stores
from records.destruction.batches import Fate, Stage
from records.models import Book, DestructionBatch, LegalHold
from records.retention import telling

GOING: Final = frozenset({Fate.PLANNED, Fate.DESTROYED})
FATES: Final = dict(Fate.choices)
TONES: Final = {
    "proposed": "warn", "waiting": "warn", "approved": "info", "returned": "danger",
    "stopped": "danger", "done": "ok",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One kind, rule or book with its counts; `share` is of the largest row's total."""

    label: Any
    source: telling.Source | None
    counts: list[int]  # of the states that occur in the batch, in their order
    total: int
    share: float


@dataclass(frozen=True)
class Table:
    title: Any
    heads: list[Any]
    rows: list[Row]


def tables(batch: DestructionBatch) -> list[Table]:
    """Counts by kind, by rule with its law, and by book; each with a column for each state that occurs."""
    books = dict(Book.objects.values_list("code", "name"))
    return [
        _table(batch, "kind", _("按分类"), lambda code: telling.KINDS.get(code, code)),
        _table(batch, "rule", _("按规则"), None),
        _table(batch, "book__code", _("按账册"), lambda code: books.get(code, code)),
    ]


def _table(
    batch: DestructionBatch, by: str, title: Any, label: Callable[[str], Any] | None
) -> Table:
    counted = batches.counts(batch, by=by)
    states = [state for state in FATES if any(each == state for _name, each in counted)]
    names = list(dict.fromkeys(name for name, _state in counted))
    sums = {name: sum(n for (each, _s), n in counted.items() if each == name) for name in names}
    top = max(sums.values(), default=1)
    sources = {} if label else telling.of_codes(names)
    rows = [
        Row(
            label(name) if label else name,
            sources.get(name),
            [counted.get((name, state), 0) for state in states],
            sums[name],
            sums[name] / top,
        )
        for name in sorted(names, key=lambda each: -sums[each])
    ]
    return Table(title, [FATES[state] for state in states], rows)


def tally(batch: DestructionBatch) -> dict[str, Any]:
    """How many holdings of how many customers would go, went, or are left out."""
    items = batch.items.aggregate(
        planned=Count("pk", filter=Q(state=Fate.PLANNED)),
        customers=Count("subject", filter=Q(state=Fate.PLANNED), distinct=True),
        destroyed=Count("pk", filter=Q(state=Fate.DESTROYED)),
        excluded=Count("pk", filter=Q(state=Fate.EXCLUDED)),
        held=Count("pk", filter=Q(state=Fate.HELD)),
        stopped=Count("pk", filter=Q(state=Fate.STOPPED)),
    )
    return dict(items)


def state(batch: DestructionBatch, tally: Mapping[str, int]) -> tuple[Any, str]:
    """The batch's state in a word, with its tone: one that has ended is not always destroyed."""
    if batch.stage == Stage.DONE and not tally["destroyed"]:
        return _("没有销毁"), "warn"
    if batch.stage == Stage.DONE and tally["stopped"]:
        return _("销毁一部分后停止"), "warn"
    return batch.get_stage_display(), TONES[batch.stage]


def held(batch: DestructionBatch) -> list[tuple[str, UUID | None, int]]:
    """Each legal hold by its code and reference, with how many holdings of the batch it keeps."""
    rows = batch.items.filter(state=Fate.HELD).values_list("because").annotate(n=Count("pk"))
    found: Counter[str] = Counter()
    for because, n in rows:
        for code in because.split():
            found[code] += n
    refs = dict(LegalHold.objects.filter(code__in=found).values_list("code", "ref"))
    return [(code, refs.get(code), n) for code, n in sorted(found.items())]


def excluded(batch: DestructionBatch) -> list[tuple[str, int, int]]:
    """Each reason that an officer gave, with holdings and customers."""
    rows = batch.items.filter(state=Fate.EXCLUDED).values_list("because")
    return list(
        rows.annotate(n=Count("pk"), customers=Count("subject", distinct=True)).order_by("because")
    )


def certificate(batch: DestructionBatch) -> dict[str, Any] | None:
    """What the certificate says, for the page that offers it."""
    if not batch.certificate:
        return None
    said: Mapping[str, Any] = json.loads(bytes(batch.certificate))
    remains = said["customers-kept-in-part"]["holdings"]
    sources = telling.of_codes(row["rule"] for row in remains if row["rule"])
    return {
        "said": said,
        "approved_holdings": said["approved-holdings"],
        "whole": said["customers-destroyed"],
        "partly": said["customers-kept-in-part"]["customers"],
        "unreadable": said["unreadable-in-backups-from"],
        "approved": said["approved"],
        "left": [
            (FATES.get(row["state"], row["state"]), row["because"], row["holdings"])
            for row in said["left-out"]
        ],
        "remains": [
            (
                telling.KINDS.get(row["kind"], row["kind"]),
                sources.get(row["rule"]),
                telling.STATES.get(row["state"], row["state"]),
                row["holdings"],
            )
            for row in remains
        ],
        "scan": list(_scan(said["scan"]["looked"])),
        "residues": said["scan"]["residues"],
    }


def _scan(looked: Iterable[Mapping[str, Any]]) -> Iterable[tuple[Any, int, int, bool]]:
    labels = {each.name: each.label for each in stores.stores}
    for row in looked:
        yield labels.get(row["store"], row["store"]), row["for"], row["found"], row["reached"]
