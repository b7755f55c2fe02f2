"""Two numbers, one code, and in; every way in which that is refused looks the same from outside."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access import portal_sessions, scopes
from access.models import PortalLogin
from custodian import clock, outbox
from records.models import Entrance, SignInCode
from tests import estate
from tests.sign_in import people
from tests.sign_in.people import CODE, DOOR, Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def li():
    return people.customer()


def test_a_customer_comes_in_with_two_numbers_and_the_code_on_her_phone(li):
    browser = Browser()
    assert browser.get(DOOR).status_code == 200
    answer = browser.ask()
    assert (answer.status_code, answer.headers["Location"]) == (302, CODE)
    [message] = outbox.messages()
    assert message.to == people.MOBILE
    assert "登录" in message.text
    answer = browser.enter(people.code_in(message.text))
    assert answer.headers["Location"] == "/portal/"
    assert browser.is_in
    with scopes.acting(estate.system()):
        assert PortalLogin.objects.get().subject_id == li.pk
        came = Entrance.objects.get()
    assert (came.subject_id, came.proof, came.capacity) == (li.pk, "mobile", "self")


@pytest.mark.parametrize(
    ("policy", "number"),
    [
        ("  P2019 0418-000418 ", "３２０３１１ 19900307 " + people.ID_NUMBER[14:].lower()),
        ("p20190418000418", people.ID_NUMBER.replace("X", "×")),
    ],
)
def test_numbers_are_understood_as_people_type_them(li, policy, number):
    assert Browser().sign_in(policy_number=policy, id_number=number).status_code == 302


def test_codes_are_understood_as_people_type_them(li):
    browser = Browser()
    browser.ask()
    code = people.code_in(outbox.messages()[0].text)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in code)
    assert browser.enter(f" {wide[:3]} {wide[3:]} ").headers["Location"] == "/portal/"


def test_without_a_mobile_the_code_goes_by_mail():
    people.customer({"identity.mobile": ""})
    browser = Browser()
    assert browser.sign_in().status_code == 302
    [message] = outbox.messages()
    assert message.to == people.EMAIL
    assert people.code_in(message.text) not in message.subject
    assert browser.is_in


def test_an_insured_and_not_only_the_policyholder_comes_in_and_each_sees_herself(li):
    values = {
        "identity.id_number": people.resident("32031119880808003"),
        "identity.mobile": "13700137009",
        "identity.email": "",
    }
    wang = estate.customer({**people.LI, **values}, accounts=())
    people.policy(li, "P777", insured=wang)
    browser = Browser()
    browser.sign_in(policy_number="P777", id_number=values["identity.id_number"])
    assert browser.client.session[portal_sessions.SUBJECT] == wang.pk


def test_somebody_elses_policy_number_opens_nothing(li):
    zhao = estate.customer(
        {**people.LI, "identity.id_number": people.resident("32031119800101004")}
    )
    people.policy(zhao, "P888")
    browser = Browser()
    browser.ask(policy_number="P888")
    assert outbox.messages() == []
    assert people.notes() == ["nobody"]


def test_a_wrong_code_is_counted_and_the_sixth_try_comes_too_late(li):
    browser = Browser()
    browser.ask()
    right = people.code_in(outbox.messages()[0].text)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for left in (4, 3, 2, 1):
        answer = browser.enter(wrong)
        assert answer.status_code == 422
        assert f"还可以试 {left} 次" in answer.content.decode()
    assert browser.enter(wrong).status_code == 422
    assert "要一个新的代码" in browser.enter(right).content.decode()
    assert not browser.is_in


def test_a_code_is_good_once_for_ten_minutes_and_in_the_browser_that_asked(li):
    asked, other = Browser(), Browser("10.0.0.2")
    asked.ask()
    code = people.code_in(outbox.messages()[0].text)
    assert other.enter(code).headers["Location"] == DOOR  # it asked for none
    other.client.cookies.clear()
    other.ask(policy_number="P000")
    assert other.enter(code).status_code == 422
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert asked.enter(code).status_code == 422
    assert asked.enter(code).status_code == 302
    asked.client.post("/portal/sign-out/")
    assert asked.enter(code).headers["Location"] == DOOR
    with scopes.acting(estate.system()):
        assert SignInCode.objects.filter(used_at__isnull=False).count() == 1


def test_a_new_code_ends_the_one_before(li):
    browser = Browser()
    browser.ask()
    first = people.code_in(outbox.messages()[0].text)
    assert browser.post(people.AGAIN).status_code == 429
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert browser.post(people.AGAIN).status_code == 302
        people.deliver()
        second = people.code_in(outbox.messages()[0].text)
        if first != second:
            assert browser.enter(first).status_code == 422
        assert browser.enter(second).headers["Location"] == "/portal/"


def test_nothing_of_what_was_typed_comes_back_or_stands_in_an_address(li):
    browser = Browser()
    answer = browser.post(DOOR, policy_number="P1", id_number=people.ID_NUMBER[:-1] + "#")
    assert people.ID_NUMBER[:-1] not in answer.content.decode()
    answer = browser.post(f"{DOOR}?policy_number=P1", id_number=people.ID_NUMBER)
    assert answer.status_code == 400
    browser.ask()
    page = browser.get(CODE).content.decode()
    for value in (people.MOBILE, people.MOBILE[-4:], people.EMAIL, people.ID_NUMBER, people.POLICY):
        assert value not in page


def test_a_mistyped_number_is_told_at_once_and_asks_nobody():
    right = people.ID_NUMBER
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    answer = Browser().post(DOOR, policy_number="P1", id_number=wrong)
    assert answer.status_code == 422
    assert people.notes() == []


def test_whoever_is_destroyed_restricted_or_a_child_is_told_nothing(li):
    from access.models import Subject

    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=li.pk).update(status="destroyed")
    assert Browser().ask().headers["Location"] == CODE
    assert outbox.messages() == []
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=li.pk).update(status="restricted")
    # Restricted processing takes nobody's own rights away.
    assert Browser("10.0.0.3").sign_in().status_code == 302


def test_she_sees_her_visits_and_ends_all_sessions_at_once(li):
    phone, computer = Browser(), Browser("10.0.0.2")
    for each in (phone, computer):
        each.client.defaults["HTTP_USER_AGENT"] = "iPhone"
        each.sign_in()
    page = phone.get("/portal/sign-ins/").content.decode()
    assert page.count("手机代码") == 2
    answer = computer.post("/portal/sign-out/everywhere/")
    assert answer.headers["Clear-Site-Data"]
    assert not phone.is_in
    assert not computer.is_in


def test_a_session_can_be_kept_alive_and_not_beyond_its_end(li):
    browser = Browser()
    browser.sign_in()
    answer = browser.post("/portal/stay/")
    assert answer.status_code == 204
    assert int(answer.headers["X-Seconds-Left"]) > 800
    begin = clock.now()
    with clock.at(begin + timedelta(minutes=14)):
        assert browser.post("/portal/stay/").status_code == 204
    with clock.at(begin + timedelta(minutes=28)):
        assert browser.is_in
    with clock.at(begin + timedelta(hours=2, minutes=1)):
        assert not browser.is_in
