"""A customer on her phone: what is held about her, who looked, and a copy to take home."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from access import scopes
from access.vocabulary import Role
from custodian import clock
from records.models import DataCopy
from records.own_data import copies
from tests import estate
from tests.browser.office import MOBILE, MOBILE_SHOWN, PLAIN
from tests.portal import looking, people

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def phone(visit, office, language="zh-hans", **options):
    visitor = visit(width=390, **options)
    browser = people.signed_in(Client(), office.own)
    visitor.carry(settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value)
    visitor.carry("django_language", language)
    return visitor


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ["谁看过我的资料", "客服", "手机号码", "没有对应的事项"]),
        ("en", []),
    ],
)
def test_after_a_fraud_call_she_sees_who_opened_her_record_and_that_nothing_explains_it(
    visit, office, language, said
):
    """Story 4 of the design, as far as reading goes."""
    insider = estate.user(Role.SERVICE_DESK)
    with clock.at(clock.now() - timedelta(days=3)):
        looking.look(insider, office.own)
    page = phone(visit, office, language).page
    page.goto("/portal/")
    page.locator("a[href='/portal/looks/']").first.click()
    card = page.locator("article.look").filter(has_text=insider.staff_no).first
    expect(card).to_be_visible()
    expect(card.locator(".tag-warn")).to_be_visible()
    for words in said[2:]:
        expect(card).to_contain_text(words)
    assert insider.name not in page.content()


@pytest.mark.parametrize("script", [True, False])
def test_she_lights_one_value_and_hides_it_again(visit, office, script):
    page = phone(visit, office, java_script_enabled=script).page
    page.goto("/portal/data/")
    assert [value for value in PLAIN if value in page.locator("main").inner_text()] == []
    page.get_by_role("button", name=re.compile("显示.*手机号码")).click()
    expect(page.locator("main .lamp-value")).to_have_text(MOBILE_SHOWN)
    page.get_by_role("link", name="立即隐去").click()
    expect(page.locator("main .lamp-value")).to_have_count(0)
    assert MOBILE not in page.content()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_she_asks_for_a_copy_takes_it_home_once_and_rates_the_answer(visit, office, language):
    """From the asking to the answer of the request that it is, on a phone."""
    visitor = phone(visit, office, language)
    page = visitor.page
    page.goto("/portal/data/")
    page.locator("main a[href='/portal/data/copy/']").last.click()
    page.locator("input[name=format][value=pdf]").uncheck()
    page.locator("input[name=format][value=json]").check()
    page.locator("main form button.btn-primary").last.click()
    with scopes.acting(estate.system()):
        waiting = DataCopy.objects.select_related("request").latest("pk")
    asked = waiting.request
    expect(page.locator("#copies")).to_contain_text(asked.ref)
    expect(page.locator("#copies .tag-info").first).to_be_visible()
    copies.work(waiting.pk)
    page.goto("/portal/")
    page.locator("main a.btn-primary[href='/portal/data/copy/']").click()
    with page.expect_download() as download:
        page.locator(f"form[action$='{waiting.ref}/'] button").click()
    assert download.value.suggested_filename == waiting.name
    assert MOBILE in json.dumps(json.loads(download.value.path().read_text()))
    page.goto("/portal/data/copy/")
    page.locator(f"#copies a[href$='/{asked.ref}/']").first.click()
    expect(page.locator("h1 .tag-ok")).to_be_visible()
    expect(page.locator("#copies .tag-ok").first).to_be_visible()
    assert visitor.too_wide("copy", (390, 320)) == []
    assert visitor.barriers("copy") == []
    page.locator("input[name=score][value='5']").check()
    page.locator("button[value=rate]").click()
    expect(page.locator("#rate")).to_have_count(0)
    with scopes.acting(estate.system()):
        asked.refresh_from_db()
    assert (asked.status, asked.score) == ("answered", 5)
    assert [value for value in PLAIN if value in visitor.kept()] == []
