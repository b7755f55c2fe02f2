"""Where this house protects more than the seller did: levels raised, by element. Less is never loaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from custodian import elements
from records.importing import mapping as mappings
from transfers.models import Arrival, Transfer
from transfers.receiving import files


@dataclass(frozen=True)
class Raised:
    code: str
    there: int
    here: int
    sensitive: bool  # here, and not there

    @property
    def label(self) -> str:
        return str(elements.get(self.code).label)


def raised(transfer: Transfer) -> list[Raised]:
    """By the seller's catalogue in the newest package, or by what was said of its columns."""
    said = _of_columns(transfer) if files.from_files(transfer) else _of_catalogue(transfer)
    found: dict[str, Raised] = {}
    for code, level, sensitive in said:
        if not elements.known(code):
            continue
        own = elements.get(code)
        newly = own.sensitive and not sensitive
        if own.level > level or newly:
            found[code] = Raised(code, level, own.level, newly)
    return [found[code] for code in sorted(found)]


def _of_catalogue(transfer: Transfer) -> Iterator[tuple[str, int, bool]]:
    rows = transfer.arrivals.filter(stage=Arrival.Stage.LAID_OUT).order_by("-number")
    newest = rows.first()
    catalogue: Any = (newest.manifest or {}).get("catalogue", ()) if newest else ()
    for each in catalogue:
        yield each["code"], each["level"], each["sensitive"]


def _of_columns(transfer: Transfer) -> Iterator[tuple[str, int, bool]]:
    """Of a column the seller says a level alone; what is sensitive here is no news of the seller's."""
    for run in files.runs_of(transfer).filter(dry_run=False).order_by("pk"):
        for source in mappings.load(run.mapping["toml"]).sources:
            for code, rule in source.columns.items():
                for header in rule.headers:
                    if header in source.levels:
                        yield code, source.levels[header], True
