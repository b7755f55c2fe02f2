"""How much a hold by book or rule covers is counted beforehand: no page reads a whole book for it."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access import scopes
from custodian import clock
from records.legal_holds import counting, covering, selectors
from records.legal_holds.covering import Draft
from records.models import HoldCount, LegalHold
from records.tasks import count_holds
from tests import estate
from tests.records import holds
from tests.records.holds import House

pytestmark = pytest.mark.django_db(transaction=True)
LIST = reverse("admin:records_legalhold_changelist")


@pytest.fixture
def house() -> House:
    return House()


def page(hold: LegalHold) -> str:
    return reverse("admin:records_legalhold", args=[hold.ref])


def rule() -> Draft:
    with scopes.acting(estate.system()):
        return selectors.of_rule("customers", {"book": "QH"})


def read(house: House, *addresses: str) -> tuple[str, list[str]]:
    """What an officer is shown, and the statements that look through holdings."""
    client = estate.login(Client(), house.officers[1])
    with CaptureQueriesContext(connection) as asked:
        texts = [client.get(each).content.decode() for each in addresses]
    return "".join(texts), [each["sql"] for each in asked if "held_subject" in each["sql"]]


def counts() -> dict[int, tuple[int, int]]:
    with scopes.acting(estate.system()):
        rows = HoldCount.objects.filter(counted_at__isnull=False)
        return {row: (n, m) for row, n, m in rows.values_list("hold", "customers", "holdings")}


def test_no_page_reads_a_book_for_a_hold_that_was_counted(house: House) -> None:
    made = [house.place(each) for each in (holds.of_book(), rule())]
    count_holds()
    assert counts() == {made[0].pk: (1, 4), made[1].pk: (2, 8)}
    approval = reverse("admin:approval", args=[made[0].approval.ref])
    text, through = read(house, LIST, *map(page, made), approval)
    assert through == []
    assert "统计，每天一次" in text
    assert "1 名客户、4 份资料" in text


def test_the_same_as_counted_anew(house: House) -> None:
    made = [house.place(each) for each in (holds.of_book(), rule())]
    count_holds()
    with scopes.acting(estate.system()):
        anew = covering.extents(made)
        kept = counting.extents(made)
    assert {pk: (each.customers, each.holdings) for pk, each in anew.items()} == counts()
    assert {pk: (each.customers, each.holdings) for pk, each in kept.items()} == counts()


def test_named_holds_are_counted_for_the_page_in_one_statement(house: House) -> None:
    named = [
        house.place(Draft("customer", {"customers": [each.ref]}))
        for each in (house.zhang, house.wife, house.sun)
    ]
    house.place(holds.of_book())
    count_holds()
    assert counts().keys().isdisjoint({each.pk for each in named})
    _text, through = read(house, LIST)
    assert len(through) == 1


def test_one_that_nobody_has_counted_yet_says_so_and_is_soon(house: House) -> None:
    hold = house.place(holds.of_book())
    text, through = read(house, LIST)
    assert ("正在统计" in text, through) == (True, [])
    # Its own page, and whoever is to approve it, cannot wait.
    _text, through = read(house, page(hold))
    assert len(through) == 1
    count_holds()
    assert "正在统计" not in read(house, LIST)[0]


def test_it_is_counted_again_after_a_day_and_not_before(house: House) -> None:
    hold = house.place(holds.of_book())
    count_holds()
    estate.customer(book_=estate.book("LJ"))
    with clock.at(clock.now() + timedelta(hours=23)):
        assert counting.carry_out() == 0
    with clock.at(clock.now() + timedelta(hours=25)):
        assert counting.carry_out() == 1
    assert counts()[hold.pk][0] == 2


def test_what_has_ended_is_counted_no_more(house: House) -> None:
    house.release(house.open(holds.of_book()))
    assert counting.carry_out() == 0


def test_two_clocks_count_once_and_one_that_died_is_followed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.place(holds.of_book())
    real, done = covering.extents, list[int]()
    barrier = threading.Barrier(4)

    def slow(given: Any) -> Any:
        done.append(1)
        return real(given)

    monkeypatch.setattr(covering, "extents", slow)

    def ring() -> None:
        try:
            barrier.wait()
            counting.carry_out()
        finally:
            connection.close()

    threads = [threading.Thread(target=ring) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(done) == 1
    with scopes.acting(estate.system()):  # as if it had been killed while it counted
        HoldCount.objects.update(counted_at=None)
    assert counting.carry_out() == 0
    with clock.at(clock.now() + counting.LATE + timedelta(minutes=1)):
        assert counting.carry_out() == 1


def test_whoever_does_not_reach_every_row_sees_no_count(house: House) -> None:
    house.place(holds.of_book())
    count_holds()
    with estate.acting(estate.user("agent")):
        assert not HoldCount.objects.exists()
