"""A mapping made ready for one sheet: for each target its cells and its check, compiled once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from operator import itemgetter
from typing import Final, NamedTuple, cast

from django.utils.translation import gettext_lazy as _

from records.identifiers import (
    Checked,
    check_account,
    check_amount,
    check_birth_date,
    check_date,
    check_email,
    check_id_type,
    check_landline,
    check_mobile,
    check_name,
    check_sex,
    check_text,
    check_valid_until,
)
from records.identifiers.checked import Problem, hard
from records.importing import consent_words, words, work_words
from records.importing.drafts import Flaw
from records.importing.formula import unguard
from records.importing.mapping import ColumnRule, MappingInvalid, SourceMapping
from records.importing.shaping import Skip
from records.importing.targets import TARGETS, Check, belongs

ROW_WIDTH = hard("row-width", _("这一行的列数多于表头，请核对分隔符和引号"))

CheckValue = Callable[[str], Checked]

# Values of these come again and again; what was answered once is answered from memory.
_REPEATING: Final = frozenset(Check) - {
    Check.ACCOUNT,
    Check.CODE,
    Check.CONSENT_REFERENCE,
    Check.EMAIL,
    Check.ID_NUMBER,
    Check.LANDLINE,
    Check.MOBILE,
    Check.MOMENT,
    Check.NAME,
    Check.TEXT,
}
_MEMORY: Final = 8_192
_PLAIN: Final[dict[Check, CheckValue]] = {
    Check.ACCOUNT: check_account,
    Check.AGE: words.check_age,
    Check.AMOUNT: check_amount,
    Check.CLAIM_KIND: words.check_claim_kind,
    Check.CLAIM_STATUS: words.check_claim_status,
    Check.CODE: words.check_code,
    Check.CONSENT_CHANNEL: consent_words.check_channel,
    Check.CONSENT_PURPOSE: consent_words.check_purpose,
    Check.CONSENT_REFERENCE: consent_words.check_reference,
    Check.CONSENT_SAID: consent_words.check_said,
    Check.CUSTOMER_KIND: words.check_customer_kind,
    Check.EMAIL: check_email,
    Check.ID_NUMBER: check_text,  # checked by its type, once the whole row is known
    Check.ID_TYPE: check_id_type,
    Check.LANDLINE: check_landline,
    Check.MOBILE: check_mobile,
    Check.NAME: check_name,
    Check.PAY_FREQUENCY: words.check_pay_frequency,
    Check.POLICY_STATUS: words.check_policy_status,
    Check.SEX: check_sex,
    Check.TERM: words.check_term,
    Check.TEXT: check_text,
    Check.WORD: words.check_word,
    Check.WORK_KIND: work_words.check_kind,
    Check.WORK_OUTCOME: work_words.check_outcome,
}


class Field(NamedTuple):
    target: str
    indexes: tuple[int, ...]
    separator: str
    check: CheckValue


@dataclass(frozen=True, slots=True)
class Columns:
    """Elements and structural facts of a sheet, each ready to be taken from a row's cells."""

    width: int
    elements: tuple[Field, ...]
    facts: tuple[Field, ...]
    constant_elements: dict[str, str]
    constant_facts: dict[str, str]
    skips: tuple[tuple[int, Skip], ...] = ()

    def skipped(self, cells: Sequence[str]) -> Skip | None:
        """The first rule that leaves this row out."""
        for index, skip in self.skips:
            if skip.covers(cells[index] if index < len(cells) else ""):
                return skip
        return None


def compile_columns(mapping: SourceMapping, headers: Sequence[str], *, today: date) -> Columns:
    checks = {code: check_of(code, mapping, today) for code in TARGETS}
    fields = [
        Field(code, _indexes(rule, headers), rule.separator, checks[code])
        for code, rule in mapping.columns.items()
        if belongs(code, mapping.kind)
    ]
    constants = {
        code: _constant(code, text, checks[code]) for code, text in mapping.constants.items()
    }
    return Columns(
        width=len(headers),
        elements=tuple(f for f in fields if TARGETS[f.target].element),
        facts=tuple(f for f in fields if not TARGETS[f.target].element),
        constant_elements={c: v for c, v in constants.items() if TARGETS[c].element},
        constant_facts={c: v for c, v in constants.items() if not TARGETS[c].element},
        skips=tuple((_index(skip.column, headers), skip) for skip in mapping.skips),
    )


def collect(
    fields: Sequence[Field],
    columns: Sequence[Sequence[str]],
    constants: dict[str, str],
    flaws: dict[int, list[Flaw]],
    *,
    count: int,
) -> list[dict[str, str]]:
    """The values of each row, column by column; what is wrong goes into `flaws` by place."""
    taken: list[list[str | None]] = []
    for field in fields:
        checked = list(map(field.check, _cells(field, columns)))
        if any(map(_problems, checked)):
            for place, (_found, problems) in enumerate(checked):
                flaws[place].extend([Flaw(field.target, problem) for problem in problems])
        taken.append(list(map(_value, checked)))

    if not taken:
        return [constants.copy() for _place in range(count)]
    targets = [field.target for field in fields]
    return [_row(targets, found, constants) for found in zip(*taken, strict=True)]


def _row(
    targets: Sequence[str], found: tuple[str | None, ...], constants: dict[str, str]
) -> dict[str, str]:
    values = {code: value for code, value in zip(targets, found, strict=True) if value}
    return {**constants, **values} if constants else values


_value: Final = cast("Callable[[Checked], str | None]", itemgetter(0))
_problems: Final = cast("Callable[[Checked], tuple[Problem, ...]]", itemgetter(1))


def _cells(field: Field, columns: Sequence[Sequence[str]]) -> Iterable[str]:
    first, *more = field.indexes
    if not more:
        return columns[first]
    several = zip(*[columns[index] for index in field.indexes], strict=True)
    return [field.separator.join(filter(None, map(str.strip, parts))) for parts in several]


def _of_cell(check: CheckValue, codes: Mapping[str, str]) -> CheckValue:
    """The check of a raw cell: what is empty, or stands for nothing, has no problem.

    What a code table knows is taken as it says; anything else is read as it stands.
    """

    def check_cell(cell: str) -> Checked:
        cell = cell.strip()
        cell = codes.get(cell, cell)
        if not cell:
            return _NOTHING
        checked = check(unguard(cell) if cell[0] == "'" else cell)
        return _NOTHING if checked[1] and cell in words.BLANKS else checked

    return check_cell


_NOTHING: Final = Checked(None)


def check_of(code: str, mapping: SourceMapping, today: date) -> CheckValue:
    kind = TARGETS[code].check
    order = mapping.date_order
    check: CheckValue
    if kind is Check.DATE:
        check = partial(check_date, order=order)
    elif kind is Check.BIRTH_DATE:
        check = partial(check_birth_date, today=today, order=order)
    elif kind is Check.MOMENT:
        check = partial(work_words.check_moment, order=order)
    elif kind is Check.VALID_UNTIL:
        check = partial(check_valid_until, order=order)
    else:
        check = _PLAIN[kind]
    cell_check = _of_cell(check, mapping.codes.get(code, {}))
    return lru_cache(_MEMORY)(cell_check) if kind in _REPEATING else cell_check


def _indexes(rule: ColumnRule, headers: Sequence[str]) -> tuple[int, ...]:
    return tuple(_index(header, headers) for header in rule.headers)


def _index(header: str, headers: Sequence[str]) -> int:
    if header not in headers:
        raise MappingInvalid(f"no column {header!r} in the sheet")
    return headers.index(header)


def _constant(code: str, text: str, check: CheckValue) -> str:
    value, problems = check(text)
    if value is None or any(problem.hard for problem in problems):
        raise MappingInvalid(f"the constant of {code} is not valid")
    return value
