"""The demo insurer's files are repeatable, valid where they should be, and wrong where they should be."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import date

import pytest
from stdnum import luhn
from stdnum.cn import uscc

from custodian.demo import insurer
from custodian.demo.insurer import Reason
from custodian.demo.insurer.book import CLAIMS, GROUP_TABLE, OLD_CUSTOMERS, POLICIES
from custodian.demo.insurer.faults import CLAIM_REASONS, CUSTOMER_REASONS, POLICY_REASONS
from custodian.demo.insurer.numbers import id_check
from tests.demo.conftest import CUSTOMERS, TODAY, Written
from tests.demo.reading import by_element, read

RESIDENTS = "客户资料.xlsx#个人客户"
ORGANISATIONS = "客户资料.xlsx#单位客户"


def good_customers(written: Written) -> list[dict[str, str]]:
    return [
        by_element(row, written.manifest.tables[table].columns)
        for table in written.holding("customers")
        for row in written.good(table)
    ]


def good_keys(written: Written) -> list[str]:
    return [customer["customer.key"] for customer in good_customers(written)]


def test_the_same_seed_writes_the_same_book(tmp_path):
    one = insurer.write(tmp_path / "one", customers=120, today=TODAY)
    two = insurer.write(tmp_path / "two", customers=120, today=TODAY)

    assert one == two
    for name in {table.partition("#")[0] for table in one.tables} - {
        "客户资料.xlsx",
        "保单-团险.xlsx",
    }:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    for name, table in one.tables.items():
        encoding = table.encoding
        assert read(tmp_path / "one", name, encoding) == read(tmp_path / "two", name, encoding)


def test_another_seed_writes_another_book(tmp_path):
    one = insurer.write(tmp_path / "one", customers=60, seed=1, today=TODAY)
    two = insurer.write(tmp_path / "two", customers=60, seed=2, today=TODAY)
    assert one.facts != two.facts


def test_the_manifest_counts_every_row_of_every_file(written):
    assert {name: len(rows) for name, rows in written.tables.items()} == {
        name: table.rows for name, table in written.manifest.tables.items()
    }


def test_the_manifest_lists_every_bad_row_under_its_reason(written):
    listed = Counter((row.table, str(row.reason)) for row in written.manifest.bad_rows)
    counted = {
        (name, reason): count
        for name, table in written.manifest.tables.items()
        for reason, count in table.bad.items()
    }
    assert listed == counted
    assert set(written.manifest.bad()) == {*CUSTOMER_REASONS, *POLICY_REASONS, *CLAIM_REASONS}


def test_the_manifest_survives_its_file(written):
    assert insurer.load(written.folder) == written.manifest


def test_as_many_customers_are_good_as_were_asked_for(written):
    keys = good_keys(written)
    assert len(keys) == len(set(keys)) == CUSTOMERS == written.manifest.good("customers")
    assert sum(written.manifest.kinds.values()) == CUSTOMERS


def test_good_residents_have_numbers_that_agree_with_birth_and_sex(written):
    rows = [row for row in written.good(RESIDENTS) if row["证件类型"] in {"居民身份证", "户口簿"}]
    assert len(rows) > 400
    for row in rows:
        number = str(row["证件号码"])
        assert number[17] == id_check(number[:17])
        assert number[6:14] == f"{row['出生日期']:%Y%m%d}"
        assert row["性别"] == ("男" if int(number[16]) % 2 else "女")


def test_old_customers_have_numbers_of_both_lengths_that_agree_with_sex(written):
    lengths: Counter[int] = Counter()
    for row in written.good(OLD_CUSTOMERS):
        number = unicodedata.normalize("NFKC", str(row["身份证号"])).upper()
        lengths[len(number)] += 1
        if len(number) == 18:
            assert number[17] == id_check(number[:17])
        order = int(number[16] if len(number) == 18 else number[14])
        assert row["性别"] == ("男" if order % 2 else "女")
    assert set(lengths) == {15, 18}


def test_no_two_good_residents_share_a_number(written):
    numbers = Counter(customer["identity.id_number"] for customer in good_customers(written))
    assert [number for number, count in numbers.items() if count > 1] == []


def test_organisations_and_bank_accounts_pass_their_checks(written):
    rows = written.good(ORGANISATIONS)
    assert rows
    assert all(uscc.is_valid(str(row["统一社会信用代码"])) for row in rows)
    accounts = [customer["financial.bank_account"] for customer in good_customers(written)]
    assert all(luhn.is_valid(account) for account in accounts if account)
    assert all(account.startswith("9990") for account in accounts if account)


def test_bad_customers_are_bad_in_the_way_the_manifest_says(written):
    for bad in written.manifest.bad_rows:
        table = written.manifest.tables[bad.table]
        if table.holds != "customers":
            continue
        row = by_element(written.tables[bad.table][bad.line - 2], table.columns)
        number, mobile = row["identity.id_number"], row["identity.mobile"]
        assert row["customer.key"] == bad.key
        match bad.reason:
            case Reason.CHECK_DIGIT:
                assert number[17] != id_check(number[:17])
            case Reason.BIRTH_IMPOSSIBLE:
                with pytest.raises(ValueError, match=r"day|month"):
                    date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
            case Reason.SEX_MISMATCH:
                assert row["identity.sex"] == ("女" if int(number[16]) % 2 else "男")
            case Reason.MOBILE_LETTERS | Reason.FORMULA_IN_NUMBER:
                assert not mobile.isdigit()
            case Reason.NAME_MISSING:
                assert not row["identity.name"].strip()
            case Reason.USCC_CHECK:
                assert not uscc.is_valid(number)
            case Reason.REPEATED_KEY:
                assert bad.key in good_keys(written)


def test_good_policies_join_good_customers(written):
    keys = set(good_keys(written))
    for row in written.good(POLICIES):
        assert row["投保人客户号"] in keys
        assert row["被保险人客户号"] in keys
        assert row["受益人客户号"] in keys | {""}
    assert {row["投保客户号"] for row in written.good(GROUP_TABLE)} <= keys


def test_good_claims_join_good_policies_and_their_insured(written):
    insured = {row["保单号"]: row["被保险人客户号"] for row in written.good(POLICIES)}
    rows = written.good(CLAIMS)
    assert rows
    assert all(insured[row["所属保单号"]] == row["出险人客户号"] for row in rows)


def test_policies_with_a_bad_holder_join_no_good_customer(written):
    keys = set(good_keys(written))
    reasons = {Reason.HOLDER_UNKNOWN, Reason.HOLDER_REFUSED}
    bad = [row for row in written.manifest.bad_rows if row.reason in reasons]
    rows = [written.tables[row.table][row.line - 2] for row in bad]
    assert rows
    assert keys.isdisjoint(row["投保人客户号"] for row in rows)


def test_policy_numbers_are_dealt_once(written):
    numbers = [row["保单号"] for row in written.tables[POLICIES]]
    assert len(numbers) == len(set(numbers))


def test_nobody_holds_a_policy_before_coming_of_age(written):
    born = {str(row["客户号"]): row["出生日期"] for row in written.good(RESIDENTS)}
    for row in written.good(POLICIES):
        holder = born.get(str(row["投保人客户号"]))
        if isinstance(holder, date):
            year, month, day = (int(part) for part in str(row["生效日期"]).split("/"))
            assert (date(year, month, day) - holder).days >= 6570
