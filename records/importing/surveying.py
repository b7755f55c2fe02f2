"""What the columns of a file seem to be: read once by a job, in memory; shares are kept, and no value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Final

from access import actors, gate, scopes
from access.actions import Action
from access.vocabulary import Channel
from custodian import clock
from custodian.jobs import JOB, wake
from custodian.workflow import IllegalMove
from records.identifiers import (
    Checked,
    check_amount,
    check_date,
    check_document,
    check_email,
    check_mobile,
    guess_id_type,
)
from records.importing import store
from records.importing.mapping import SourceMapping
from records.importing.plan import CheckValue, check_of
from records.importing.readers import Sheet, SourceRefused, open_source
from records.importing.recognise import ColumnGuess, mapping_of, recognise
from records.importing.targets import TARGETS, Check
from records.models import FileSurvey, ImportFile

MOST_ROWS: Final = 200_000
BATCH: Final = 500
MOST_DISTINCT: Final = 100_000  # counted apart; beyond it a column is taken as all different
_SHARE: Final = 0.8
# Shapes that a column may have without a word of what it is about.
SHAPES: Final[tuple[tuple[str, CheckValue], ...]] = (
    ("mobile", check_mobile),
    ("email", check_email),
    ("date", check_date),
    ("money", check_amount),
)


@dataclass
class _Column:
    """`seen` holds the machine's own hashes of this process, and goes with it."""

    guess: ColumnGuess
    check: CheckValue | None
    filled: int = 0
    fits: int = 0
    seen: set[int] = field(default_factory=set, repr=False)
    shapes: dict[str, int] = field(default_factory=dict)

    def take(self, cell: str) -> None:
        cell = cell.strip()
        if not cell:
            return
        self.filled += 1
        if len(self.seen) < MOST_DISTINCT:
            self.seen.add(hash(cell))
        if self.check is not None:
            checked = self.check(cell)
            self.fits += checked.value is not None and not any(p.hard for p in checked.problems)
        elif self.filled <= BATCH:
            for name, check in SHAPES:
                self.shapes[name] = self.shapes.get(name, 0) + (check(cell).value is not None)

    def told(self, rows: int) -> dict[str, Any]:
        among = min(self.filled, BATCH)
        shape = next(
            (n for n, _c in SHAPES if among and self.shapes.get(n, 0) >= _SHARE * among), ""
        )
        return {
            "header": self.guess.header,
            "target": self.guess.target or "",
            "confidence": round(self.guess.confidence, 2),
            "filled": _share(self.filled, rows),
            "distinct": _share(len(self.seen), min(self.filled, MOST_DISTINCT)),
            "fits": _share(self.fits, self.filled) if self.check is not None else None,
            "shape": shape,
        }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def begin(files: Sequence[ImportFile]) -> list[FileSurvey]:
    """A queued survey for each of them."""
    from records.tasks import survey_file  # tasks know this piece

    made = [FileSurvey.objects.create(file=file) for file in files]
    for each in made:
        wake(survey_file, each.pk)
    return made


def work(pk: int, *, channel: str = Channel.TASK) -> FileSurvey:
    """Read the file once. Raises `IllegalMove` when somebody else is at it; a bad file refuses the survey."""
    with scopes.acting(actors.system("importer")) as actor:
        survey: FileSurvey = FileSurvey.objects.select_related("file").get(pk=pk)
        lease = survey.claim()
        try:
            assert actor is not None  # noqa: S101  it was just named
            gate.permit(
                actor,
                Action.BOOK_IMPORT,
                purpose="import",
                channel=channel,
                facts={"files": bytes(survey.file.digest).hex(), "view": "survey"},
            )
            sheets = [
                of_sheet(each, file=store.name_of(survey.file))
                for each in open_source(store.source_of(survey.file))
            ]
            survey.keep(lease, sheets=sheets)
            JOB.move(survey, "finish", _over())
        except SourceRefused as refused:
            JOB.move(survey, "refuse", {"note": refused.code, **_over()})
        except IllegalMove:
            raise
        except Exception as error:
            JOB.move(survey, "fail", {"note": type(error).__name__, **_over()})
            raise
    return survey


def _over() -> dict[str, Any]:
    return {"finished_at": clock.now(), "leased_by": None}


def of_sheet(sheet: Sheet, *, file: str) -> dict[str, Any]:
    """Kind of the rows and what each column seems to be, with its shares."""
    guesses = recognise(sheet)
    mapping = mapping_of(sheet, guesses, file=file)
    today = clock.local().date()
    columns = [_Column(each, _check(each, mapping, today)) for each in guesses]
    rows = 0
    for row in islice(sheet.rows, MOST_ROWS):
        rows += 1
        for place, column in enumerate(columns):
            column.take(row.cells[place] if place < len(row.cells) else "")
    return {
        "sheet": sheet.name,
        "kind": mapping.kind.value,
        "rows": rows,
        "whole": rows < MOST_ROWS,
        "columns": [each.told(rows) for each in columns],
    }


def _check(guess: ColumnGuess, mapping: SourceMapping, today: date) -> CheckValue | None:
    if not guess.target:
        return None
    if TARGETS[guess.target].check is not Check.ID_NUMBER:
        return check_of(guess.target, mapping, today)

    def document(cell: str) -> Checked:
        """In a row the type of the document is known; here it is told from the number."""
        value, problems = check_document(cell, id_type=guess_id_type(cell), today=today)
        return Checked(value, problems)

    return document
