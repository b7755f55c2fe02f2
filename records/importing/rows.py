"""Rows become drafts: checked, completed from what they hold, refused where they cannot stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import hard
from records.importing.claim_rows import draft_claim
from records.importing.consent_rows import draft_consent
from records.importing.customer_rows import draft_customer
from records.importing.drafts import Draft, Flaw, Outcome, Rejected, Skipped
from records.importing.mapping import SourceMapping
from records.importing.plan import ROW_WIDTH, Columns, collect, compile_columns
from records.importing.policy_rows import draft_policy
from records.importing.readers.sheets import Row
from records.importing.targets import Kind
from records.importing.work_rows import draft_work

ROW_EMPTY = hard("row-empty", _("这一行没有已对应的内容，请核对对应关系"))

_BATCH: Final = 64  # small enough that the collector finds nothing to carry on
_KIND_OF_ROW: Final = {
    Kind.CLAIMS: "claim",
    Kind.CONSENTS: "consent",
    Kind.CUSTOMERS: "customer",
    Kind.MIXED: "policy",
    Kind.POLICIES: "policy",
    Kind.WORK: "work",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one sheet are turned into drafts; `today` decides what lies in the future."""

    mapping: SourceMapping
    columns: Columns
    today: date

    @classmethod
    def of(cls, mapping: SourceMapping, headers: Sequence[str], *, today: date) -> Plan:
        return cls(mapping, compile_columns(mapping, headers, today=today), today)

    def read(self, rows: Iterable[Row]) -> Iterator[Outcome]:
        """One outcome for each row, in order; rows are taken in batches, column by column."""
        waiting = iter(rows)
        while batch := list(islice(waiting, _BATCH)):
            yield from self._read_batch(batch)

    def read_row(self, row: Row) -> Outcome:
        """All drafts of a row, or its rejection: a row is never kept in part."""
        return next(iter(self._read_batch([row])))

    def _read_batch(self, batch: list[Row]) -> Iterator[Outcome]:
        columns, count = self.columns, len(batch)
        flaws: dict[int, list[Flaw]] = defaultdict(list)
        cells = list(zip(*[self._fitted(row.cells) for row in batch], strict=True))
        values = collect(columns.elements, cells, columns.constant_elements, flaws, count=count)
        facts = collect(columns.facts, cells, columns.constant_facts, flaws, count=count)
        for place, row in enumerate(batch):
            yield self._outcome(row, values[place], facts[place], flaws[place])

    def _fitted(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        width = self.columns.width
        return cells if len(cells) == width else (cells + ("",) * width)[:width]

    def _outcome(
        self, row: Row, values: dict[str, str], facts: dict[str, str], flaws: list[Flaw]
    ) -> Outcome:
        if skip := self.columns.skipped(row.cells):
            return Skipped(skip.reason)
        if len(row.cells) > self.columns.width and any(row.cells[self.columns.width :]):
            return self._reject(row, [Flaw(None, ROW_WIDTH)])
        if not values and not facts:
            return self._reject(row, [Flaw(None, ROW_EMPTY), *flaws])
        drafts = self._drafts(row.number, values, facts, flaws)
        for flaw in flaws:
            if flaw.problem.hard:
                return self._reject(row, flaws)
        return drafts

    def _drafts(
        self, number: int, values: dict[str, str], facts: dict[str, str], flaws: list[Flaw]
    ) -> tuple[Draft, ...]:
        kind, mapping = self.mapping.kind, self.mapping
        if kind is Kind.CUSTOMERS:
            return (
                draft_customer(number, values, facts, flaws, mapping=mapping, today=self.today),
            )
        if kind is Kind.POLICIES:
            return (draft_policy(number, values, facts, flaws, mapping=mapping, today=self.today),)
        if kind is Kind.CLAIMS:
            return (draft_claim(number, values, facts, flaws, mapping=mapping),)
        if kind is Kind.WORK:
            return (draft_work(number, facts, flaws, mapping=mapping),)
        if kind is Kind.CONSENTS:
            return (draft_consent(number, facts, flaws, mapping=mapping),)
        return self._mixed(number, values, facts, flaws)

    def _mixed(
        self, number: int, values: dict[str, str], facts: dict[str, str], flaws: list[Flaw]
    ) -> tuple[Draft, ...]:
        """The customer of a mixed row holds its policy, and its claim is on that policy."""
        mapping, today = self.mapping, self.today
        by_family: dict[str, dict[str, str]] = {"policy": {}, "claim": {}, "own": {}}
        for code, value in values.items():
            by_family.get(code.partition(".")[0], by_family["own"])[code] = value
        holder = draft_customer(
            number, by_family["own"], facts, flaws, mapping=mapping, today=today
        )
        facts = {**facts, "policy.holder_key": holder.key}
        policy = draft_policy(
            number, by_family["policy"], facts, flaws, mapping=mapping, today=today
        )
        if not by_family["claim"] and "claim.key" not in facts:
            return (holder, policy)
        facts["claim.policy_key"] = policy.key
        return (
            holder,
            policy,
            draft_claim(number, by_family["claim"], facts, flaws, mapping=mapping),
        )

    def _reject(self, row: Row, flaws: list[Flaw]) -> Rejected:
        # The counted reason is a hard one; what is missing comes before what is wrong.
        ordered = sorted(flaws, key=lambda flaw: (not flaw.problem.hard, flaw.target is not None))
        return Rejected(self.mapping.name, _KIND_OF_ROW[self.mapping.kind], row, tuple(ordered))
