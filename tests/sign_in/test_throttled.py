"""Guessing and flooding slow whoever does it; the customer whom it is about comes in all the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access import scopes
from custodian import clock, outbox
from records.models import SignInCode
from records.sign_in import limits
from tests import estate
from tests.sign_in import people
from tests.sign_in.people import DOOR, Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def li():
    return people.customer()


def test_one_browser_waits_a_minute_and_is_told_in_seconds(li):
    browser = Browser()
    browser.ask()
    answer = browser.ask()
    assert answer.status_code == 429
    assert "秒后再试" in answer.content.decode()
    with clock.at(clock.now() + limits.PAUSE + timedelta(seconds=1)):
        assert browser.ask().status_code == 302


def test_the_wait_says_nothing_about_the_person(li):
    answers = [Browser().ask(id_number=number) for number in (people.ID_NUMBER, "E12345678")]
    waits = [Browser(address).ask(id_number=number) for address, number in
             (("10.0.0.1", people.ID_NUMBER), ("10.0.0.1", "E12345678"))]  # fmt: skip
    assert [each.status_code for each in (*answers, *waits)] == [302] * 4


def test_an_attacker_at_one_address_is_slowed_and_the_customer_elsewhere_is_not(li):
    for _ in range(limits.OF_PERSON_THERE):
        assert Browser("10.6.6.6").ask().status_code == 302
    assert Browser("10.6.6.6").ask().status_code == 429
    assert Browser("10.0.0.1").sign_in().headers["Location"] == "/portal/"


def test_an_address_that_guesses_at_many_people_is_slowed(li):
    for number in range(limits.OF_ADDRESS):
        Browser("10.6.6.6").ask(id_number=f"E{number:08}")
    assert Browser("10.6.6.6").ask(id_number="E99999999").status_code == 429
    assert Browser("10.6.6.7").ask(id_number="E99999999").status_code == 302


def test_an_address_that_tries_many_codes_is_slowed(li):
    for number in range(limits.WRONG_THERE // 5):
        browser = Browser("10.6.6.6")
        browser.ask(id_number=f"E{number:08}")
        for _ in range(5):
            browser.enter("000000")
    assert Browser("10.6.6.6").ask(id_number="E99999999").status_code == 429


def test_neighbours_in_one_ipv6_network_are_one_address():
    for number in range(limits.OF_PERSON_THERE):
        assert Browser(f"2001:db8::{number + 1}").ask().status_code == 302
    assert Browser("2001:db8::99").ask().status_code == 429
    assert Browser("2001:db8:0:1::1").ask().status_code == 302


def test_a_flood_from_everywhere_uses_up_the_strangers_share_and_not_hers(li):
    known = Browser("10.0.0.1")
    known.sign_in()
    known.client.post("/portal/sign-out/")
    for number in range(limits.AN_HOUR + 3):
        assert Browser(f"10.6.6.{number}").ask().status_code == 302
    sent = [each for each in people.notes() if each == "sent"]
    assert len(sent) == limits.AN_HOUR  # her own first visit was a stranger's too
    assert people.notes()[-1] == "too-many"
    with clock.at(clock.now() + timedelta(minutes=2)):
        assert known.sign_in().headers["Location"] == "/portal/"


def test_a_stolen_mark_opens_nothing_without_a_code(li):
    browser = Browser()
    browser.sign_in()
    thief = Browser("10.6.6.6")
    thief.client.cookies["custodian-known"] = browser.client.cookies["custodian-known"].value
    assert thief.get("/portal/").status_code == 302
    thief.ask()
    assert thief.enter("000000").status_code in {422, 302}
    assert not thief.is_in


def test_the_mark_is_nobodys_name(li):
    browser = Browser()
    browser.sign_in()
    cookie = browser.client.cookies["custodian-known"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert len(cookie.value) == 22
    with scopes.acting(estate.system()):
        marks = [bytes(each) for each in SignInCode.objects.values_list("known_by", flat=True)]
    assert cookie.value.encode() not in b"".join(marks)


def test_many_tries_at_once_are_no_more_than_five(li):
    browser = Browser()
    browser.ask()
    with scopes.acting(estate.system()):
        SignInCode.objects.update(tries=5)
    assert browser.enter(people.code_in(outbox.messages()[0].text)).status_code == 422
    assert not browser.is_in


def test_every_refusal_is_on_record_without_a_value(li, entries_since):
    browser = Browser()
    browser.ask()
    browser.ask()
    browser.enter("000000")
    failed = [each for each in entries_since() if each.act == "login.failed"]
    assert [(each.outcome, each.staff_no) for each in failed] == [("denied", "SYS-PORTAL")] * 2
    said = " ".join(each.leaf for each in entries_since())
    assert people.ID_NUMBER not in said
    assert people.POLICY not in said


def test_control_characters_are_no_second_line(li, entries_since):
    """A14."""
    for value in ("P1\r\nX: y", "P1\x00", "P1\u2028x", "\u202eP1", "x" * 100_000):
        assert Browser("10.7.7.7").post(DOOR, policy_number=value, id_number=value).status_code in {
            302, 400, 422, 429,
        }  # fmt: skip
    assert all("\n" not in each.leaf for each in entries_since())
