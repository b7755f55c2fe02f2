"""Resident identity numbers: what is refused, what is only warned about."""

from __future__ import annotations

from datetime import date

import pytest

from records.identifiers import (
    FEMALE,
    MALE,
    check_residence_permit,
    check_resident_id,
    facts_of,
    to_eighteen,
)
from records.identifiers.resident import check_character


def number(area: str = "110105", born: str = "19491231", order: str = "002") -> str:
    body = area + born + order
    return body + check_character(body)


def codes(value: str) -> list[str]:
    return [problem.code for problem in check_resident_id(value).problems]


def test_the_example_of_the_standard_is_accepted():
    assert check_resident_id("11010519491231002X").value == "11010519491231002X"
    assert codes("11010519491231002X") == []


def test_full_width_digits_spaces_and_a_small_x_are_made_even():
    assert check_resident_id("１１０１０５ 19491231 002ｘ").value == "11010519491231002X"


@pytest.mark.parametrize("position", range(18))
def test_any_single_changed_character_is_refused(position):
    right = number(order="114")
    changed = "7" if right[position] != "7" else "3"
    wrong = right[:position] + changed + right[position + 1 :]
    assert check_resident_id(wrong).value is None


def test_a_day_that_does_not_exist_is_refused_although_the_checksum_is_right():
    assert codes(number(born="20230229")) == ["resident-id-birth-date"]


def test_a_birth_after_today_is_refused():
    found = check_resident_id(number(born="20270101"), today=date(2026, 11, 22))
    assert [p.code for p in found.problems] == ["resident-id-birth-date"]


@pytest.mark.parametrize("area", ["441900", "460300", "442000"])
def test_cities_without_counties_are_known(area):
    assert codes(number(area=area)) == []


def test_an_unknown_area_is_only_a_warning():
    found = check_resident_id(number(area="999999"))
    assert found.ok
    assert [p.code for p in found.problems] == ["resident-id-area"]


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_residence_permits_have_areas_of_their_own(area):
    assert check_residence_permit(number(area=area)).problems == ()
    assert codes(number(area=area)) == ["resident-id-residence-permit"]


def test_fifteen_digits_are_accepted_with_a_warning_and_can_be_converted():
    found = check_resident_id("110105491231002")
    assert found.ok
    assert [p.code for p in found.problems] == ["resident-id-fifteen"]
    assert to_eighteen("110105491231002") == "11010519491231002X"


def test_sex_and_birth_date_are_read_from_the_number():
    assert facts_of(number(order="113")).sex == MALE
    assert facts_of(number(order="002")).sex == FEMALE
    assert facts_of("110105491231002").birth_date == "1949-12-31"


@pytest.mark.parametrize("value", ["110105194912310000", "1.10105E+17"])
def test_digits_that_a_spreadsheet_lost_have_their_own_reason(value):
    assert codes(value) == ["digits-lost"]


def test_nothing_printed_shows_the_number():
    found = check_resident_id("11010519491231002X")
    assert "1949" not in repr(found) + repr(facts_of("11010519491231002X"))
    assert "1949" not in str(check_resident_id("110105194912310021").problems)
