"""The checks that an import makes, on a record that came: what must be put right later.

A flaw in the seller's data keeps no customer out, because her contract moves whatever is wrong with it. It
is kept as a code, for the list of what is missing in the first hundred days.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from custodian import clock, elements
from records.identifiers import (
    Checked,
    IdType,
    check_account,
    check_birth_date,
    check_document,
    check_email,
    check_landline,
    check_mobile,
    check_name,
    contradictions,
    facts_of,
)
from records.importing.customer_rows import PERSON, missing
from transfers.packages.record import Record, Values

_SIMPLE: Final = {
    "identity.name": check_name,
    "identity.mobile": check_mobile,
    "identity.landline": check_landline,
    "identity.email": check_email,
}
_RESIDENT: Final = frozenset({IdType.RESIDENT_ID.value, IdType.HUKOU.value})
Problem = list[str]  # a code, and the element that shows it


class Checks:
    def __init__(self) -> None:
        self._today = clock.local().date()

    def of(self, record: Record) -> list[Problem]:
        """Codes with the element each is about, in one order; none of them holds a value."""
        found = [*self._unknown(record), *self._identity(record), *self._accounts(record)]
        found += [["missing", code] for code in missing(record.values, record.kind)]
        return sorted(map(list, {tuple(each) for each in found}))

    def _unknown(self, record: Record) -> Iterator[Problem]:
        for values in _all_values(record):
            for code in values:
                if not elements.known(code) or elements.get(code).never_shown:
                    yield ["unknown-element", code[:60]]

    def _identity(self, record: Record) -> Iterator[Problem]:
        values = record.values
        for code, check in _SIMPLE.items():
            if code in values:
                yield from _codes(check(values[code]), code)
        if "identity.birth_date" in values:
            checked = check_birth_date(values["identity.birth_date"], today=self._today)
            yield from _codes(checked, "identity.birth_date")
        if "identity.id_number" in values:
            yield from self._document(values, record.kind, self._today)

    def _document(self, values: Values, kind: str, today: date) -> Iterator[Problem]:
        named = values.get("identity.id_type", "")
        id_type = next((each for each in IdType if each.value == named), IdType.RESIDENT_ID)
        checked = check_document(values["identity.id_number"], id_type=id_type, today=today)
        yield from _codes(checked, "identity.id_number")
        if kind == PERSON and id_type.value in _RESIDENT and checked.value:
            said = facts_of(checked.value)
            found: Any = contradictions(
                facts=said,
                birth_date=values.get("identity.birth_date"),
                sex=values.get("identity.sex"),
                age=None,
                today=today,
            )
            yield from ([problem.code, "identity.id_number"] for problem in found)

    def _accounts(self, record: Record) -> Iterator[Problem]:
        for account in record.accounts:
            if "financial.bank_account" in account:
                checked = check_account(account["financial.bank_account"])
                yield from _codes(checked, "financial.bank_account")


def _all_values(record: Record) -> Iterator[Values]:
    yield record.values
    yield from record.accounts
    yield from (policy.values for policy in record.policies)
    yield from (claim.values for claim in record.claims)


def _codes(checked: Checked, code: str) -> Iterator[Problem]:
    for problem in checked.problems:
        yield [problem.code, code]
