"""Numbers, dates and references as UX §7 writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from custodian import clock
from custodian.site import formats

MONDAY = datetime(2026, 11, 23, 0, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("style", "chinese", "english"),
    [
        ("long", "2026年11月23日", "23 November 2026"),
        ("weekday", "2026年11月23日 星期一", "Monday 23 November"),
        ("table", "11-23", "23 Nov 2026"),
        ("iso", "2026-11-23", "23 Nov 2026"),
        ("time", "08:40", "08:40"),
        ("seconds", "2026-11-23 08:40:00", "2026-11-23 08:40:00"),
    ],
)
def test_a_date_is_written_as_its_readers_write_it(style: str, chinese: str, english: str) -> None:
    with clock.at(MONDAY):
        with translation.override("zh-hans"):
            assert formats.zh_date(MONDAY, style) == chinese
        with translation.override("en"):
            assert formats.zh_date(MONDAY, style) == english


def test_another_year_keeps_its_number_in_tables() -> None:
    with clock.at(MONDAY), translation.override("zh-hans"):
        assert formats.zh_date(date(2025, 3, 8), "table") == "2025-03-08"


def test_a_missing_date_is_a_dash() -> None:
    assert formats.zh_date(None) == "—"


@pytest.mark.parametrize(
    ("value", "text"), [(1204316, "1,204,316"), (-3, "−3"), (0, "0"), ("n/a", "n/a")]
)
def test_thousands_are_set_apart(value: object, text: str) -> None:
    assert formats.thousands(value) == text


def test_a_log_index_wears_its_sign() -> None:
    assert formats.log_index(8412871) == "#8,412,871"


def test_a_hash_is_read_in_fours_with_head_and_tail() -> None:
    assert formats.hash_groups("5b1e77c091f20000c40a", 3) == "5b1e 77c0 91f2 … c40a"
    assert formats.hash_groups(bytes.fromhex("7f3a91c204be")) == "7f3a 91c2 04be"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("c-7K2M41PD9QX", "c-7K2M-41PD-9QX"),
        ("7K2M41PD9QX", "7K2M-41PD-9QX"),
        ("c-7K2M-41PD-9QX", "c-7K2M-41PD-9QX"),
        ("I-2026-014", "I-2026-014"),
    ],
)
def test_a_reference_is_grouped_once(value: str, text: str) -> None:
    assert formats.ref(value) == text


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        ("13800138000", "mobile", "138 0013 8000"),
        ("320311198604180024", "identity.id_number", "320311 19860418 0024"),
        ("6222020000001234567", "financial.bank_account", "6222 0200 0000 1234 567"),
        ("江苏省徐州市", "address", "江苏省徐州市"),
        ("123", "mobile", "123"),
        ("1234567.50", "claim.paid_amount", "1,234,567.50"),
        ("980.00", "policy.premium", "980.00"),
        ("年入约十万", "financial.income", "年入约十万"),
    ],
)
def test_digits_are_grouped_by_the_kind_of_number(value: str, kind: str, text: str) -> None:
    assert formats.grouped(value, kind) == text
