"""Dates, phones, accounts, codes, sums and documents as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from records.identifiers import (
    Checked,
    DateOrder,
    IdType,
    check_account,
    check_amount,
    check_birth_date,
    check_date,
    check_document,
    check_email,
    check_id_type,
    check_landline,
    check_mobile,
    check_name,
    check_sex,
    check_uscc,
    check_valid_until,
    contradictions,
    facts_of,
    guess_id_type,
    known_problems,
)

TODAY = date(2026, 11, 22)


def codes(checked: Checked) -> list[str]:
    return [problem.code for problem in checked.problems]


@pytest.mark.parametrize(
    "written",
    [
        "2020-01-02", "2020/1/2", "20200102", "2020年1月2日", "二〇二〇年一月二日", "2020.1.2",
        "43832", "43832.0", "2020-01-02 00:00:00", "2020-01-02T08:30:00", "２０２０年１月２日",
        "二零二零年元月二日", " 2020-01-02 ", "2020年01月02日 10:30",
    ],
)  # fmt: skip
def test_the_usual_writings_are_one_day(written):
    assert check_date(written) == Checked("2020-01-02")


@pytest.mark.parametrize(
    ("written", "day"),
    [("二〇二〇年十月十日", "2020-10-10"), ("二〇二〇年十二月三十一日", "2020-12-31"),
     ("一九九九年十一月二十日", "1999-11-20")],
)  # fmt: skip
def test_tens_in_chinese_numerals_are_read(written, day):
    assert check_date(written).value == day


def test_a_day_and_a_month_that_could_be_swapped_are_refused_unless_the_order_is_said():
    assert codes(check_date("03/04/2020")) == ["date-ambiguous"]
    assert check_date("03/04/2020", order=DateOrder.DMY).value == "2020-04-03"
    assert check_date("03/04/2020", order=DateOrder.MDY).value == "2020-03-04"
    assert check_date("25/12/2020").value == "2020-12-25"


@pytest.mark.parametrize("written", ["2020-02-30", "20209916", "2020年13月1日", "0001-01-01"])
def test_days_that_never_were_are_impossible(written):
    assert codes(check_date(written)) == ["date-impossible"]


@pytest.mark.parametrize("written", ["199001", "12345678901", "去年", "20-1-2", "4383"])
def test_what_is_no_date_is_unreadable(written):
    assert check_date(written).value is None


def test_birth_dates_lie_in_a_human_life():
    assert codes(check_birth_date("2027-01-01", today=TODAY)) == ["birth-date-future"]
    assert codes(check_birth_date("1890-01-01", today=TODAY)) == ["birth-date-too-old"]
    assert codes(check_birth_date("1900-01-01", today=TODAY)) == ["birth-date-placeholder"]


@pytest.mark.parametrize(
    ("written", "until"),
    [("长期", "长期"), ("永久有效", "长期"), ("2010.01.01-2030.01.01", "2030-01-01"),
     ("2015-01-01至长期", "长期"), ("20100101-20300101", "2030-01-01"), ("2030-01-01", "2030-01-01")],
)  # fmt: skip
def test_validity_is_a_day_or_for_life(written, until):
    assert check_valid_until(written) == Checked(until)


@pytest.mark.parametrize(
    "written",
    ["13912345679", "+86 139-1234-5679", "0086 13912345679", "139 1234 5679", "８６13912345679"],
)
def test_mobiles_are_made_eleven_digits(written):
    assert check_mobile(written) == Checked("13912345679")


@pytest.mark.parametrize(
    ("written", "code"),
    [("13800000000", "phone-placeholder"), ("11111111111", "phone-placeholder"),
     ("12812345678", "mobile-shape"), ("1391234567", "mobile-shape"), ("010-12345678", "mobile-shape"),
     ("13912345679/13912345678", "phone-several"), ("+852 9123 4567", "phone-foreign"),
     ("1.39E+10", "digits-lost")],
)  # fmt: skip
def test_other_mobiles_say_why(written, code):
    assert codes(check_mobile(written)) == [code]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("010-12345678", "010-12345678"), ("(0755) 23456789", "0755-23456789"), ("02112345678", "021-12345678"),
     ("+86 21 62345678", "021-62345678"), ("400-800-8000", "400-800-8000"),
     ("0571-87654321转123", "0571-87654321-123")],
)  # fmt: skip
def test_landlines_keep_their_area(written, kept):
    assert check_landline(written) == Checked(kept)


def test_accounts_are_cards_by_luhn_or_passbooks_by_warning():
    assert check_account("4111 1111 1111 1111") == Checked("4111111111111111")
    assert codes(check_account("6222021234567890123")) == ["account-not-a-card"]
    assert check_account("6222021234567890123").ok
    assert codes(check_account("123456789")) == ["account-length"]
    assert not check_account("6222-ABCD").ok


@pytest.mark.parametrize(
    ("written", "sum_"),
    [("12.5万", "125000.00"), ("1,200,000.00", "1200000.00"), ("１００元", "100.00"), ("¥3,000", "3000.00"),
     ("人民币1000元整", "1000.00"), ("1.5亿", "150000000.00"), ("1234", "1234.00"), ("0.1", "0.10")],
)  # fmt: skip
def test_sums_of_money_are_plain_decimals(written, sum_):
    assert check_amount(written) == Checked(sum_)


@pytest.mark.parametrize("written", ["-5", "12,34", "五万", "1e9", "99999999999999999"])
def test_other_sums_are_refused(written):
    assert not check_amount(written).ok


def test_organisation_codes_stand_by_their_check_character():
    assert check_uscc("91350100M000100Y43") == Checked("91350100M000100Y43")
    assert codes(check_uscc("91350100M000100Y44")) == ["uscc-checksum"]
    assert codes(check_uscc("MA01ABCD-1")) == ["uscc-old-code"]


@pytest.mark.parametrize(
    ("id_type", "number", "ok"),
    [(IdType.PASSPORT, "E12345678", True), (IdType.PASSPORT, "护照", False),
     (IdType.HK_MACAU_PERMIT, "H12345678", True), (IdType.HK_MACAU_PERMIT, "A12345678", False),
     (IdType.TAIWAN_PERMIT, "12345678", True), (IdType.TAIWAN_PERMIT, "1234567", False),
     (IdType.FOREIGN_PERMANENT, "US110105491231", False), (IdType.FOREIGN_PERMANENT, "USA110000123456", True),
     (IdType.OTHER, "5304218", True), (IdType.OTHER, "---", False)],
)  # fmt: skip
def test_each_document_has_its_own_shape(id_type, number, ok):
    assert check_document(number, id_type=id_type).ok is ok


def test_documents_are_named_in_many_words_and_guessed_from_bare_numbers():
    assert check_id_type("身份证").value == "resident_id"
    assert check_id_type("台胞证").value == "taiwan_permit"
    assert guess_id_type("H12345678") is IdType.HK_MACAU_PERMIT
    assert guess_id_type("810000199001011234") is IdType.HMT_RESIDENCE


def test_words_for_sex_are_one_of_two_or_nothing():
    assert [check_sex(word).value for word in ("男", "Ｍ", "1", "女性", "2", "未知")] == [
        "male", "male", "male", "female", "female", None,
    ]  # fmt: skip


def test_addresses_of_mail_keep_their_local_part():
    assert check_email("Li.Na@Example.COM") == Checked("Li.Na@example.com")
    assert not check_email("a..b@c.com").ok
    assert not check_email("a@b").ok


def test_names_lose_gaps_between_han_but_keep_those_between_words():
    assert check_name("张　三").value == "张三"
    assert check_name("mary ann  lee").value == "mary ann lee"
    assert check_name("阿卜杜拉·买买提").value == "阿卜杜拉·买买提"
    assert not check_name("测试").ok
    assert not check_name("——").ok


def test_facts_about_one_person_are_held_against_each_other():
    facts = facts_of("11010519491231002X")
    found = contradictions(facts=facts, birth_date="1949-12-30", sex="male", age="30", today=TODAY)
    assert [p.code for p in found] == [
        "birth-date-against-id",
        "sex-against-id",
        "age-against-birth-date",
    ]


def test_every_problem_tells_in_chinese_what_to_do_without_room_for_a_value():
    for problem in known_problems():
        message = str(problem.message)
        assert "%" not in message
        assert "{" not in message
