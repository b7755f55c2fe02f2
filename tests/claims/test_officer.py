"""The officer's pages: what is near or late stands first, and a delay is told louder the longer it lasts."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from access.models import Entry, Finding
from custodian import clock
from records.claim_handling import examining, watching
from records.claim_handling.examining import Needed
from records.models import Claim
from tests import estate
from tests.claims.house import MORNING, STORY, House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    with clock.at(MORNING):
        yield House()


def page(house: House, address: str) -> str:
    client = estate.login(Client(headers={"accept-language": "zh-hans"}), house.officer)
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def refs(text: str) -> list[str]:
    """Claims in the order in which the page names them, each once."""
    return list(dict.fromkeys(re.findall(r"k-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}", text)))


def three(house: House) -> tuple[Claim, Claim, Claim]:
    """One that is late on the thirty-first day, one that is near, and one that waits for papers."""
    late = house.taken()
    house.do(examining.complete, late)
    waits = house.taken()
    house.do(examining.ask_for, waits, [Needed("medical")])
    with house.on(5):
        near = house.taken()
        house.do(examining.complete, near)
    return late, near, waits


def test_the_page_of_claims_shows_what_is_due_first_on_top(house):
    late, near, waits = three(house)
    with house.on(31):
        everything = page(house, "/admin/claims/")
        assert refs(everything) == [late.ref, near.ref, waits.ref]
        assert refs(page(house, "/admin/claims/?show=late")) == [late.ref]
        assert refs(page(house, "/admin/claims/?show=near")) == [near.ref]
    assert STORY not in everything
    with house.on(1):
        assert refs(page(house, "/admin/claims/?show=late")) == []


def test_the_morning_page_names_them_and_counts_the_late_ones(house):
    late, near, waits = three(house)
    with house.on(31):
        morning = page(house, "/admin/")
    assert "1 件赔案已超过时限" in morning
    assert refs(morning)[:2] == [late.ref, near.ref]
    assert waits.ref not in morning


def test_a_delay_goes_from_a_word_to_an_alarm_and_names_whose_it_is(house):
    late, near, waits = three(house)
    told = []
    for day in (20, 24, 31, 36, 90):
        with house.on(day):
            watching.carry_out()
            rows = Finding.objects.filter(kind=watching.KIND).order_by("facts__claim")
            told.append({each.facts["claim"]: each.severity for each in rows})
            assert all(each.operator == house.handler for each in rows)
    assert waits.ref not in told[-1]
    assert [each.get(late.ref) for each in told] == [None, "low", "high", "high", "high"]
    assert [each.get(near.ref) for each in told] == [None, None, "low", "high", "high"]


def test_when_it_is_decided_the_alarm_is_over_and_stays_on_record(house):
    late, _near, _waits = three(house)
    with house.on(31):
        watching.carry_out()
        house.propose(house.again(late))
        assert refs(page(house, "/admin/claims/?show=late")) == []
        assert Finding.objects.filter(facts__claim=late.ref).count() == 1
    assert not house.clocks(late)["CN-CLAIM-30D"].on_time
    assert Entry.objects.filter(outcome="denied").count() == 0
