"""The sheets of a run in order: customers, policies, claims, work, then consents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from records.importing import mapping as mappings
from records.importing import store
from records.importing.mapping import BookMapping, MappingInvalid, SourceMapping
from records.importing.readers import Row, Sheet, Source, open_source
from records.importing.rows import Plan
from records.importing.targets import Kind
from records.models import ImportFile, ImportRun

RELATIONS: Final = "relations"
_ORDER: Final = (
    Kind.CUSTOMERS, RELATIONS, Kind.MIXED, Kind.POLICIES, Kind.CLAIMS, Kind.WORK, Kind.CONSENTS,
)  # fmt: skip
_ROW_KINDS: Final = {
    Kind.CLAIMS: "claim",
    Kind.CONSENTS: "consent",
    Kind.CUSTOMERS: "customer",
    Kind.MIXED: "policy",
    Kind.POLICIES: "policy",
    Kind.WORK: "work",
}


@dataclass(frozen=True)
class Step:
    """One walk over one sheet. `number` counts the sheets of the run from 1, as they are listed."""

    walk: str
    number: int
    sheet: Sheet
    mapping: SourceMapping

    @property
    def row_kind(self) -> str:
        return _ROW_KINDS[self.mapping.kind]

    @property
    def counts(self) -> bool:
        """A second walk over customers, for who represents whom, counts no rows."""
        return self.walk != RELATIONS

    def plan(self, *, today: date) -> Plan:
        return Plan.of(self.mapping, self.sheet.headers, today=today)

    def rows_after(self, number: int) -> Iterator[Row]:
        return (row for row in self.sheet.rows if row.number > number)


def open_file(file: ImportFile, mapping: BookMapping | None) -> list[Sheet]:
    source = store.source_of(file)
    if mapping is not None:
        source = opened_as(source, mapping)
    return open_source(source)


def opened_as(source: Source, mapping: BookMapping) -> Source:
    """The source with the encoding and the delimiter that its mapping names."""
    said = mapping.for_file(source.name)
    if said is None:
        return source
    return replace(source, encoding=said.encoding, delimiter=said.delimiter)


def steps_of(run: ImportRun) -> list[Step]:
    """Raises `SourceRefused` for a file that cannot be read, `MappingInvalid` where nothing fits."""
    mapping = mappings.load(run.mapping["toml"])
    steps: list[Step] = []
    number = 0
    for file in run.files.order_by("pk"):
        name = store.name_of(file)
        for sheet in open_file(file, mapping):
            number += 1
            said = mapping.find(file=name, sheet=sheet.name)
            if said is not None:
                steps += _walks(number, sheet, said)
    if not steps:
        raise MappingInvalid("no source of the mapping covers a sheet of these files")
    return sorted(steps, key=lambda step: (_ORDER.index(step.walk), step.number))


def _walks(number: int, sheet: Sheet, said: SourceMapping) -> Sequence[Step]:
    step = Step(said.kind, number, sheet, said)
    if said.kind is Kind.CUSTOMERS and "guardian.key" in said.columns:
        return step, replace(step, walk=RELATIONS)
    return (step,)
