"""Files as an insurer without this system hands them over: an xlsx, a csv in GB18030, odd names, bad rows."""

from __future__ import annotations

import csv
from pathlib import Path

from xlsxwriter import Workbook

CUSTOMERS, BAD_CUSTOMERS = 30, 2
POLICIES, BAD_POLICIES, TESTS = 40, 2, 3
CUSTOMER_HEADS = ("旧系统代号", "户主大名", "证号", "联络号", "男女", "业务员备注", "经办工号")
POLICY_HEADS = ("合同流水", "户主代号", "品种", "何日起", "每年交", "保多少", "状况")
SEXES = ("1", "2")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident(number: int, *, sound: bool = True) -> str:
    """An ID number of a woman (even) or a man (odd), with its check digit or a wrong one."""
    digits = f"310104{1960 + number % 30}0315{100 + number:03}"
    digit = "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]
    if not sound:
        digit = "1" if digit != "1" else "2"
    return digits + digit


def customer(number: int, *, sound: bool = True) -> list[str]:
    sex = SEXES[0] if number % 2 else SEXES[1]
    name = f"李{chr(0x4E00 + number)}"
    return [
        f"HX{number:05}", name, resident(number, sound=sound), f"139{number:08}", sex,
        "老客户", "A0001",
    ]  # fmt: skip


def policy(
    number: int, *, holder: str = "", day: str = "2015-03-01", state: str = "有效"
) -> list[str]:
    return [
        f"HT{number:06}", holder or f"HX{number % CUSTOMERS:05}", "老产品A" if number % 2 else "老产品B",
        day, f"{1000 + number}.00", f"{100000 + number}.00", state,
    ]  # fmt: skip


def write_customers(path: Path, rows: list[list[str]]) -> Path:
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet("名单")
        for place, row in enumerate([list(CUSTOMER_HEADS), *rows]):
            sheet.write_row(place, 0, row)
    return path


def write_policies(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([list(POLICY_HEADS), *rows])
    return path


def book(folder: Path) -> list[Path]:
    """Two files with bad rows among the good: wrong check digits, an unknown holder, an impossible day, tests."""
    people = [customer(n) for n in range(CUSTOMERS)]
    people += [customer(n, sound=False) for n in range(CUSTOMERS, CUSTOMERS + BAD_CUSTOMERS)]
    sold = [policy(n) for n in range(POLICIES)]
    sold += [policy(900, holder="HX77777"), policy(901, day="2015-02-31")]
    sold += [policy(800 + n, state="测试") for n in range(TESTS)]
    return [
        write_customers(folder / "客户名单.xlsx", people),
        write_policies(folder / "合同.csv", sold),
    ]


def mended(folder: Path) -> list[Path]:
    """The same rows put right by the seller, under other names of the files."""
    people = [customer(n) for n in range(CUSTOMERS, CUSTOMERS + BAD_CUSTOMERS)]
    sold = [policy(900, holder="HX00001"), policy(901)]
    return [
        write_customers(folder / "补充客户.xlsx", people),
        write_policies(folder / "补充合同.csv", sold),
    ]


def premium() -> dict[str, int]:
    """By old product, in fen, of everything that is sound in the end."""
    numbers = [*range(POLICIES), 900, 901]
    return {
        name: sum(100 * (1000 + n) for n in numbers if n % 2 == odd)
        for name, odd in (("A", 1), ("B", 0))
    }


def cover() -> dict[str, int]:
    numbers = [*range(POLICIES), 900, 901]
    return {
        name: sum(100 * (100000 + n) for n in numbers if n % 2 == odd)
        for name, odd in (("A", 1), ("B", 0))
    }


MAPPING = """
[[source]]
name = "名单"
kind = "customers"
[source.columns]
"customer.key" = "旧系统代号"
"identity.name" = "户主大名"
"identity.id_number" = "证号"
"identity.mobile" = "联络号"
"identity.sex" = "男女"
[source.codes."identity.sex"]
"1" = "男"
"2" = "女"
[source.ignored]
"业务员备注" = "口头备注，与合同无关"
"经办工号" = "原公司的人员不随转"
[source.levels]
"证号" = 3

[[source]]
name = "合同"
kind = "policies"
[source.columns]
"policy.number" = "合同流水"
"policy.holder_key" = "户主代号"
"policy.product_code" = "品种"
"policy.starts_on" = "何日起"
"policy.premium" = "每年交"
"policy.sum_insured" = "保多少"
"policy.status" = "状况"
[source.constants]
"policy.pay_frequency" = "年交"
[source.codes."policy.product_code"]
"老产品A" = "NEW-A"
"老产品B" = "NEW-B"
[[source.skip]]
column = "状况"
is = "equals"
value = "测试"
reason = "测试单，不是合同"
"""
