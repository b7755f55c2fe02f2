"""A customer at the door with her phone: two numbers, the code that comes, in; and out before it is late."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from access import scopes
from access.vocabulary import Role
from custodian import outbox
from records.models import Contact, SignInCode
from records.sign_in import flags
from tests import estate
from tests.records import desk_estate
from tests.sign_in import people

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NUMBER = "P20269900000007"


@pytest.fixture(scope="module")
def li(office):
    """A customer of the office's with a phone of her own."""
    made = estate.customer(people.LI, accounts=())
    terms = {**desk_estate.POLICY_VALUES, "policy.number": NUMBER}
    desk_estate.policy(made, values=terms)
    return made


@pytest.fixture(autouse=True)
def _fresh(li, tmp_path, monkeypatch):
    """A folder for messages, and no memory of who asked before."""
    monkeypatch.setattr(settings, "CUSTODIAN_OUTBOX", tmp_path / "outbox")
    with scopes.acting(estate.system()):
        SignInCode.objects.all().delete()


def ask(visit, language="zh-hans", **options):
    visitor = visit(width=390, **options)
    visitor.carry("django_language", language)
    page = visitor.page
    page.goto("/portal/")
    assert page.url.endswith(people.DOOR)
    page.locator("#id_policy_number").fill(" p2026 9900000007")
    page.locator("#id_id_number").fill(people.ID_NUMBER.lower())
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("#id_code")).to_be_visible()
    people.deliver()
    return visitor


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_she_comes_in_on_her_phone_and_leaves_nothing_behind(visit, language, script):
    visitor = ask(visit, language, java_script_enabled=script)
    page = visitor.page
    page.locator("#id_code").fill(people.code_in(outbox.messages()[0].text))
    page.locator("main button[type=submit]").first.click()
    expect(page.locator(".bottom-bar")).to_be_visible()
    if script:
        kept = visitor.kept()
        for value in (people.ID_NUMBER, people.MOBILE, NUMBER, people.POLICY):
            assert value not in kept


def test_no_page_of_the_door_has_a_barrier_or_scrolls_sideways(visit):
    visitor = ask(visit)
    page, found = visitor.page, visitor.barriers("code")
    page.locator("#id_code").fill("12")
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("#error-summary")).to_be_visible()
    found += visitor.barriers("wrong")
    page.goto(people.DOOR)
    page.locator("main button[type=submit]").first.click()
    found += visitor.barriers("empty")
    assert "\n".join(found) == ""
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_doubted_contact_gets_no_code_and_the_page_says_the_same(visit, li):
    desk = estate.user(Role.SERVICE_DESK)
    with estate.acting(desk) as actor:
        flags.put(li, Contact.MOBILE, why="staff", channel="desk", actor=actor)
    try:
        page = ask(visit).page
        expect(page.get_by_text("如果资料相符")).to_be_visible()
        expect(page.get_by_text("带本人证件到任一网点")).to_be_visible()
        assert outbox.messages() == []
    finally:
        with estate.acting(desk) as actor:
            flags.take_back(li, Contact.MOBILE, channel="desk", actor=actor)


def test_the_page_warns_two_minutes_before_the_end_and_lets_her_stay(visit):
    page = ask(visit).page
    page.locator("#id_code").fill(people.code_in(outbox.messages()[0].text))
    page.locator("main button[type=submit]").first.click()
    expect(page.locator(".bottom-bar")).to_be_visible()

    def near(route):
        answer = route.fetch()
        body = re.sub(r'data-session-end="\d+"', 'data-session-end="100"', answer.text())
        route.fulfill(response=answer, body=body)

    page.route("**/portal/sign-ins/", near)
    page.goto("/portal/sign-ins/")
    warning = page.locator("[data-warning]")
    expect(warning).to_be_visible()
    page.get_by_role("button", name="继续使用").click()
    expect(warning).to_be_hidden()


def test_she_signs_out_everywhere_by_keyboard(visit):
    page = ask(visit).page
    page.locator("#id_code").fill(people.code_in(outbox.messages()[0].text))
    page.keyboard.press("Enter")
    expect(page.locator(".bottom-bar")).to_be_visible()
    page.goto("/portal/sign-ins/")
    button = page.get_by_role("button", name="在所有设备退出")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已在所有设备退出。")).to_be_visible()
    page.goto("/portal/")
    assert page.url.endswith(people.DOOR)
