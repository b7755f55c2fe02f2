"""Columns recognised: checksums of the content first, then the header, then the content's shape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from records.identifiers import (
    check_date,
    check_email,
    check_id_type,
    check_mobile,
    check_resident_id,
    check_sex,
    check_uscc,
    luhn,
)
from records.importing.mapping import ColumnRule, SourceMapping
from records.importing.readers.sheets import Sheet
from records.importing.targets import APART, TARGETS, Check, Kind, belongs

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SAMPLE_ROWS: Final = 200
CHECKSUM: Final = _("内容通过校验位核对")
CHECKSUM_OVER_HEADER: Final = _("内容通过校验位核对，与表头不同")
HEADER: Final = _("表头一致")
HEADER_ALONE: Final = _("表头一致，但没有内容可核对")
HEADER_DOUBTED: Final = _("表头一致，但多数内容不符，请核对")
HEADER_PART: Final = _("表头相近")
SHAPE: Final = _("内容的样式相符，请核对")
NOTHING: Final = _("没有认出，请指定或不导入")
TAKEN: Final = _("已有更相符的列")

_SHARE: Final = 0.8
_NOISE: Final = re.compile(r"[\s\-_*:：.()（）\[\]【】/#]+")
_REMARK: Final = re.compile(r"[(（\[【].*?[)）\]】]")
_ROLES: Final = ("投保人", "被保险人", "被保人", "受益人", "监护人")
_CARD: Final = re.compile(r"^(?:3|4|5|62|9558)\d{12,18}$", re.ASCII)
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱"
)
_PLACE: Final = re.compile(r"[省市区县镇乡村路街道号室]")

_POINTERS: Final[dict[Kind, dict[str, str]]] = {
    Kind.POLICIES: {
        "customer.key": "policy.holder_key",
        "identity.id_number": "policy.holder_id_number",
    },
    Kind.CLAIMS: {
        "customer.key": "claim.customer_key",
        "identity.id_number": "claim.customer_key",
        "policy.number": "claim.policy_key",
        "policy.status": "claim.status",
    },
    Kind.CONSENTS: {
        "customer.key": "consent.customer_key",
        "identity.id_number": "consent.customer_key",
    },
    Kind.WORK: {
        "agent.staff_no": "work.staff_no",
        "customer.key": "work.customer_key",
        "identity.id_number": "work.customer_key",
        "unit.code": "work.unit",
    },
}

Predicate = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """Where a column seems to belong; a person confirms. `confidence` runs from 0 to 1."""

    index: int
    header: str
    target: str | None
    confidence: float
    because: StrOrPromise


def recognise(sheet: Sheet) -> list[ColumnGuess]:
    rows = [row.cells for row in islice(sheet.rows, SAMPLE_ROWS)]
    guesses = [
        _guess(index, header, [c[index].strip() for c in rows if index < len(c)])
        for index, header in enumerate(sheet.headers)
    ]
    return _one_each(_by_kind(guesses))


def recognise_sheet_kind(guesses: Iterable[ColumnGuess]) -> Kind:
    targets = {guess.target for guess in guesses if guess.target}
    claim = any(target.startswith("claim.") for target in targets)
    policy = any(
        target.startswith("policy.") for target in targets - {"policy.number", "policy.key"}
    )
    customer = "identity.name" in targets
    if {"work.number", "work.kind"} <= targets:
        return Kind.WORK
    if {"consent.purpose", "consent.said"} <= targets:
        return Kind.CONSENTS
    if claim and not customer:
        return Kind.CLAIMS
    if policy:
        return Kind.MIXED if customer else Kind.POLICIES
    return Kind.CUSTOMERS


def mapping_of(sheet: Sheet, guesses: Sequence[ColumnGuess], *, file: str) -> SourceMapping:
    """The mapping that the guesses amount to, ready to be confirmed or written as TOML."""
    kind = recognise_sheet_kind(guesses)
    columns = {
        guess.target: ColumnRule((guess.header,))
        for guess in guesses
        if guess.target and belongs(guess.target, kind)
    }
    return SourceMapping(
        name=f"{file}/{sheet.name}" if file != sheet.name else file,
        kind=kind,
        file=file.replace("[", "[[]"),
        sheet=sheet.name.replace("[", "[[]"),
        columns=columns,
    )


def _guess(index: int, header: str, cells: list[str]) -> ColumnGuess:
    filled = [cell for cell in cells if cell]
    named, exact = _target_by_header(header)
    proved = _target_by_checksum(filled)
    if proved:
        if named and _compatible(named, proved):
            return ColumnGuess(index, header, named, 0.99, CHECKSUM)
        because = CHECKSUM_OVER_HEADER if named else CHECKSUM
        return ColumnGuess(index, header, proved, 0.9, because)
    if named:
        share = _agreement(named, filled)
        if share is None:
            return ColumnGuess(index, header, named, 0.7 if exact else 0.5, HEADER_ALONE)
        if share < 1 - _SHARE:
            return ColumnGuess(index, header, named, 0.4, HEADER_DOUBTED)
        because = HEADER if exact else HEADER_PART
        return ColumnGuess(index, header, named, 0.95 if exact else 0.75, because)
    shaped, confidence = _target_by_shape(filled)
    return ColumnGuess(index, header, shaped, confidence, SHAPE if shaped else NOTHING)


def _one_each(guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    best: dict[str, ColumnGuess] = {}
    for guess in guesses:
        held = best.get(guess.target or "")
        if held is None or guess.confidence > held.confidence:
            best[guess.target or ""] = guess
    return [
        guess
        if guess.target is None or best[guess.target] is guess
        else ColumnGuess(guess.index, guess.header, None, 0.0, TAKEN)
        for guess in guesses
    ]


def _by_kind(guesses: list[ColumnGuess]) -> list[ColumnGuess]:
    """What names a customer in a sheet of policies, or a policy in one of claims, is a pointer."""
    kind = recognise_sheet_kind(guesses)
    pointers = _POINTERS.get(kind, {})
    taken = {guess.target for guess in guesses}
    pointed = [
        ColumnGuess(g.index, g.header, pointers[g.target], g.confidence, g.because)
        if g.target in pointers and pointers[g.target] not in taken
        else g
        for g in guesses
    ]
    return [g if _in_place(g, kind) else _nowhere(g) for g in pointed]


def _in_place(guess: ColumnGuess, kind: Kind) -> bool:
    """Words such as "result" or "created at" mean work in a sheet of work, and there nothing else."""
    return guess.target is None or guess.target.partition(".")[0] in _families(kind)


@cache
def _families(kind: Kind) -> frozenset[str]:
    if kind in APART:
        return frozenset({APART[kind]})
    every = {code.partition(".")[0] for code in TARGETS}
    return frozenset(every - set(APART.values()))


def _nowhere(guess: ColumnGuess) -> ColumnGuess:
    return ColumnGuess(guess.index, guess.header, None, 0.0, NOTHING)


def _target_by_header(header: str) -> tuple[str | None, bool]:
    name = _plain(header)
    table = _headers()
    for candidate in (name, _plain(_REMARK.sub("", header))):
        if candidate in table:
            return table[candidate], True
    for role in _ROLES:
        if name.startswith(role):
            return None, False  # somebody else's detail must not become the customer's own
    longest = max((h for h in table if len(h) > 2 and h in name), key=len, default=None)
    return (table[longest], False) if longest and len(longest) * 2 >= len(name) else (None, False)


def _plain(header: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", header)).lower()


@cache
def _headers() -> dict[str, str]:
    return {_plain(h): target.code for target in TARGETS.values() for h in target.headers}


def _target_by_checksum(filled: list[str]) -> str | None:
    if _share(filled, _is_resident) >= _SHARE or _share(filled, _is_uscc) >= _SHARE:
        return "identity.id_number"
    if _share(filled, lambda cell: _is_resident(cell) or _is_uscc(cell)) >= _SHARE:
        return "identity.id_number"
    return "financial.bank_account" if _share(filled, _is_card) >= _SHARE else None


def _compatible(named: str, proved: str) -> bool:
    """A header may say whose number it is, or that the number serves as a key."""
    target = TARGETS[named]
    return target.check in (TARGETS[proved].check, Check.CODE)


def _target_by_shape(filled: list[str]) -> tuple[str | None, float]:
    for target, predicate, confidence in _SHAPES:
        if _share(filled, predicate) >= _SHARE:
            return target, confidence
    return None, 0.0


def _agreement(target: str, filled: list[str]) -> float | None:
    predicate = _BY_CHECK.get(TARGETS[target].check)
    if not filled:
        return None
    return _share(filled, predicate) if predicate else 1.0


def _share(filled: list[str], predicate: Predicate) -> float:
    return sum(map(predicate, filled)) / len(filled) if filled else 0.0


def _is_resident(cell: str) -> bool:
    return len(cell) >= 18 and check_resident_id(cell).ok


def _is_uscc(cell: str) -> bool:
    return len(cell) == 18 and check_uscc(cell).ok


def _is_card(cell: str) -> bool:
    number = cell.replace(" ", "")
    return _CARD.match(number) is not None and luhn(number)


def _is_han_name(cell: str) -> bool:
    return 2 <= len(cell) <= 4 and cell[0] in _SURNAMES and cell.isalpha()


def _is_date(cell: str) -> bool:
    return check_date(cell).ok or any(p.code == "date-ambiguous" for p in check_date(cell).problems)


def _is_amount(cell: str) -> bool:
    return any(character.isdigit() for character in cell)


_SHAPES: Final[tuple[tuple[str, Predicate, float], ...]] = (
    ("identity.mobile", lambda cell: check_mobile(cell).ok, 0.8),
    ("identity.email", lambda cell: check_email(cell).ok, 0.8),
    ("identity.sex", lambda cell: cell in {"男", "女"}, 0.8),
    ("identity.id_type", lambda cell: len(cell) > 1 and check_id_type(cell).value is not None, 0.7),
    ("identity.name", _is_han_name, 0.6),
    ("identity.address", lambda cell: len(cell) > 6 and len(_PLACE.findall(cell)) > 1, 0.5),
)
_BY_CHECK: Final[dict[Check, Predicate]] = {
    Check.AMOUNT: _is_amount,
    Check.BIRTH_DATE: _is_date,
    Check.DATE: _is_date,
    Check.MOMENT: _is_date,
    Check.EMAIL: lambda cell: "@" in cell,
    Check.MOBILE: lambda cell: sum(map(str.isdigit, cell)) >= 7,
    Check.SEX: lambda cell: check_sex(cell).value is not None,
}
