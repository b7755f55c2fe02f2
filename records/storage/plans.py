"""What a scrub goes through: everything step by step, or blocks of each kind that nobody can foresee."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db.models import Max, Min

from access.models import Entry, Subject
from records.integrity import HOLDINGS
from records.models import BlindIndex, ImportFile
from records.storage import checks_files, checks_rows
from records.storage.checks_rows import Found
from records.storage.faults import Fault

BLOCK: Final = 50
# After whom a step begins, and how many it takes at most: None for all.
Step = tuple[str, Any, int | None]


def import_files(after: Any) -> Found:
    rows = list(
        ImportFile.objects.filter(pk__gt=int(after or 0), complete=True).order_by("pk")[
            : checks_rows.ROWS
        ]
    )
    wrong = [fault for row in rows if (fault := checks_files.import_file(row))]
    return (rows[-1].pk if rows else None), len(rows), wrong


def stray_files(after: Any) -> Found:
    found = [name for name in checks_files.names() if name > (after or "")][: checks_rows.ROWS]
    wrong: list[Fault] = list(checks_files.strays(found))
    return (found[-1] if found else None), len(found), wrong


# Between the tables: everything that no holding by itself can show.
BETWEEN: Final[Mapping[str, Callable[[Any], Found]]] = {
    "subjects": checks_rows.subjects,
    "keys": checks_rows.stray_keys,
    "indexes": checks_rows.stray_marks,
    "log": checks_rows.lost_rows,
    "import-files": import_files,
    "files": stray_files,
}


def full() -> list[Step]:
    return [(name, None, None) for name in (*HOLDINGS, *BETWEEN)]


def sample(size: int) -> list[Step]:
    """`size` holdings, of each kind in proportion, in blocks whose places are drawn by lot."""
    counts = {kind: model._default_manager.count() for kind, model in HOLDINGS.items()}
    everything = sum(counts.values())
    steps: list[Step] = []
    for kind, count in counts.items():
        share = min(count, -(-size * count // everything)) if everything else 0
        steps += _blocks(kind, share, count)
    return steps


def _blocks(kind: str, share: int, count: int) -> list[Step]:
    """A share of half and more is simply the whole kind."""
    if not share:
        return []
    if share * 2 >= count:
        return [(kind, None, None)]
    ends = HOLDINGS[kind]._default_manager.aggregate(least=Min("pk"), most=Max("pk"))
    span = ends["most"] - ends["least"] + 1
    places = sorted(secrets.randbelow(span) for _ in range(-(-share // BLOCK)))
    return [(kind, ends["least"] - 1 + place, BLOCK) for place in places]


def size_of(steps: list[Step]) -> int:
    """About how many things there are to check, for the bar."""
    return sum(_size(name) if limit is None else limit for name, _after, limit in steps)


def _size(name: str) -> int:
    if name in HOLDINGS:
        return int(HOLDINGS[name]._default_manager.count())
    if name == "indexes":
        return int(BlindIndex.objects.count())
    if name == "subjects":
        return int(Subject.objects.count())
    if name == "log":
        return int(Entry.objects.filter(act="change").count())
    return 0
