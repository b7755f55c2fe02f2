"""Rows become drafts: checked, completed from what they hold, refused where they cannot stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import hard
from records.importing.claim_rows import draft_claim
from records.importing.customer_rows import draft_customer
from records.importing.drafts import Draft, Flaw, Outcome, Rejected
from records.importing.mapping import SourceMapping
from records.importing.plan import ROW_WIDTH, Columns, collect, compile_columns
from records.importing.policy_rows import draft_policy
from records.importing.readers.sheets import Row
from records.importing.targets import Kind

ROW_EMPTY = hard("row-empty", _("这一行没有已对应的内容，请核对对应关系"))

_KIND_OF_ROW: Final = {
    Kind.CLAIMS: "claim",
    Kind.CUSTOMERS: "customer",
    Kind.MIXED: "policy",
    Kind.POLICIES: "policy",
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
        return map(self.read_row, rows)

    def read_row(self, row: Row) -> Outcome:
        """All drafts of a row, or its rejection: a row is never kept in part."""
        columns, cells = self.columns, row.cells
        flaws: list[Flaw] = []
        if len(cells) != columns.width:
            if any(cells[columns.width :]):
                return self._reject(row, [Flaw(None, ROW_WIDTH)])
            cells = (cells + ("",) * columns.width)[: columns.width]

        values = columns.constant_elements.copy()
        facts = columns.constant_facts.copy()
        collect(columns.elements, cells, values, flaws)
        collect(columns.facts, cells, facts, flaws)
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
        own = {code: v for code, v in values.items() if not code.startswith(("policy.", "claim."))}
        bought = {code: v for code, v in values.items() if code.startswith("policy.")}
        holder = draft_customer(number, own, facts, flaws, mapping=mapping, today=self.today)
        facts = {**facts, "policy.holder_key": holder.key}
        policy = draft_policy(number, bought, facts, flaws, mapping=mapping, today=self.today)
        return (holder, policy)

    def _reject(self, row: Row, flaws: list[Flaw]) -> Rejected:
        # The counted reason is a hard one; what is missing altogether comes before what is wrong.
        ordered = sorted(flaws, key=lambda flaw: (not flaw.problem.hard, flaw.target is not None))
        return Rejected(self.mapping.name, _KIND_OF_ROW[self.mapping.kind], row, tuple(ordered))
