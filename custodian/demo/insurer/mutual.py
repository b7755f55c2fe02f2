"""The files of a small mutual that joins the insurer: two tables of an old program, with mistakes in them.

Columns, codes and product names are its own, so that somebody has to say what each of them means.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

from xlsxwriter import Workbook

from custodian.demo.insurer import places, products
from custodian.demo.insurer.numbers import Supply, wrong_check
from custodian.demo.insurer.parties import Party, Registry
from custodian.demo.insurer.tables import CREATED

NAME, NAME_EN = "稻香乡镇互助保险社", "Daoxiang Township Mutual"
NEXT, NEXT_EN = "石桥乡镇互助保险社", "Shiqiao Township Mutual"  # whose first file has just come
MEMBERS, CONTRACTS, LATER = "社员名册.xlsx", "互助合同.csv", "补交合同.csv"
SHEET: Final = "社员"
MEMBER_HEADS: Final = (
    "社员代号",
    "大名",
    "证号",
    "性别码",
    "联络号",
    "家住",
    "行当",
    "经办人",
    "老备注",
)
CONTRACT_HEADS: Final = ("合同流水", "社员代号", "品名", "何日起保", "每年交", "保多少", "状况")
# Its own products, and what they become here.
SELLS: Final = (("互助养老", products.PERSONAL[0]), ("田间意外", products.PERSONAL[5]))
WRONG: Final = 4  # the member whose number has a slip of the pen
KNOWN: Final = 2  # the member who is a customer here already
TESTS: Final = 2
_AGES: Final = (24, 70)
_NEVER: Final = "2019-02-31"


@dataclass(frozen=True)
class Contract:
    number: str
    member: str
    sold: int  # the place in `SELLS`
    starts: str
    premium: int
    cover: int
    state: str = "在保"

    @property
    def cells(self) -> list[str]:
        name, _product = SELLS[self.sold]
        money = (f"{self.premium}.00", f"{self.cover}.00")
        return [self.number, self.member, name, self.starts, *money, self.state]


@dataclass(frozen=True)
class Written:
    """`put_right` are the numbers as written and as they are; `sums` by product class, in fen."""

    files: list[Path]
    later: list[Path]
    put_right: tuple[str, str]
    counts: dict[str, int]
    sums: dict[str, tuple[int, int]]


def write_next(folder: Path, *, members: int, today: date) -> Path:
    """The members of the next mutual; nobody has said yet what its columns mean."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(NEXT)  # noqa: S311 - invented data, repeatable on purpose
    _workbook(folder / MEMBERS, _people(members, None, random, today))
    return folder / MEMBERS


def write(folder: Path, *, members: int, known: Party, today: date) -> Written:
    """`known` is somebody whom the insurer has already. The same arguments write the same content."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(NAME)  # noqa: S311 - invented data, repeatable on purpose
    people = _people(members, known, random, today)
    right = people[WRONG].id_number
    slip = wrong_check(right, random)
    sold = _sold(people, today)
    tests = [replace(sold[n], number=f"CS{n:05d}", state="测试") for n in range(TESTS)]
    bad = replace(sold[-1], starts=_NEVER)
    later = [sold[WRONG], sold[-1]]  # whose owner was set aside, and whose first day never was
    first = [each for each in sold if each not in later]
    _workbook(
        folder / MEMBERS,
        [replace(each, id_number=slip) if each.id_number == right else each for each in people],
    )
    _table(folder / CONTRACTS, [*first, bad, *tests])
    _table(folder / LATER, later)
    return Written(
        [folder / MEMBERS, folder / CONTRACTS], [folder / LATER], (slip, right),
        {"customers": members, "policies": len(sold), "claims": 0}, _sums(sold),
    )  # fmt: skip


def _people(count: int, known: Party | None, random: Random, today: date) -> list[Party]:
    registry = Registry(random=random, supply=Supply(random), today=today)
    people = []
    for number in range(count):
        drawn = registry.adult(random.choice(places.TAIZHOU), ages=_AGES)
        person = known if known is not None and number == KNOWN else drawn
        people.append(replace(person, key=f"DX{number + 1:05d}"))
    return people


def _sold(people: Sequence[Party], today: date) -> list[Contract]:
    found = []
    for number, party in enumerate(people):
        starts = today - timedelta(days=500 + number * 131 % 2400)
        cover = 10_000 + number * 3 % 7 * 5_000
        premium = 120 + number * 37 % 400
        found.append(
            Contract(
                f"DXH{number + 1:05d}", party.key, number % 2, starts.isoformat(), premium, cover
            )
        )
    return found


def _sums(sold: Iterable[Contract]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for each in sold:
        category = SELLS[each.sold][1].category
        premium, cover = found[category]
        found[category] = premium + 100 * each.premium, cover + 100 * each.cover
    return dict(found)


def _workbook(path: Path, people: Sequence[Party]) -> None:
    book = Workbook(str(path))
    book.set_properties({"created": CREATED})
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(0, 0, MEMBER_HEADS)
    for place, each in enumerate(people, 1):
        sex = "1" if each.sex == "男" else "2"
        trade = each.occupation if place % 3 else ""  # what nobody asked for in some village
        cells = (
            each.key,
            each.name,
            each.id_number,
            sex,
            each.mobile,
            each.address,
            trade,
            "老周",
            "",
        )
        for column, cell in enumerate(cells):
            sheet.write_string(place, column, cell)
    book.close()


def _table(path: Path, sold: Sequence[Contract]) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([CONTRACT_HEADS, *(each.cells for each in sold)])


MAPPING: Final = f"""
[[source]]
name = "{SHEET}"
kind = "customers"
[source.columns]
"customer.key" = "社员代号"
"identity.name" = "大名"
"identity.id_number" = "证号"
"identity.sex" = "性别码"
"identity.mobile" = "联络号"
"identity.address" = "家住"
"identity.occupation" = "行当"
[source.codes."identity.sex"]
"1" = "男"
"2" = "女"
[source.ignored]
"经办人" = "原机构的人员不随转"
"老备注" = "口头备注，与合同无关"
[source.levels]
"证号" = 3
"联络号" = 2
"家住" = 2

[[source]]
name = "互助合同"
kind = "policies"
[source.columns]
"policy.number" = "合同流水"
"policy.holder_key" = "社员代号"
"policy.product_code" = "品名"
"policy.starts_on" = "何日起保"
"policy.premium" = "每年交"
"policy.sum_insured" = "保多少"
"policy.status" = "状况"
[source.constants]
"policy.pay_frequency" = "年缴"
[source.codes."policy.product_code"]
"{SELLS[0][0]}" = "{SELLS[0][1].code}"
"{SELLS[1][0]}" = "{SELLS[1][1].code}"
[source.codes."policy.status"]
"在保" = "有效"
[[source.skip]]
column = "状况"
is = "equals"
value = "测试"
reason = "测试单，不是合同"
"""
