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


def test_she_takes_a_copy_home_once(visit, office):
    visitor = phone(visit, office)
    page = visitor.page
    page.goto("/portal/data/")
    page.get_by_role("link", name="索取副本").click()
    page.get_by_role("checkbox", name=re.compile("^PDF")).uncheck()
    page.get_by_role("checkbox", name=re.compile("^JSON")).check()
    page.get_by_role("button", name="准备副本").click()
    expect(page.get_by_text("正在准备").first).to_be_visible()
    with scopes.acting(estate.system()):
        waiting = DataCopy.objects.filter(subject=office.own.pk).latest("pk")
    copies.work(waiting.pk)
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("下载.*JSON")).click()
    assert download.value.suggested_filename == waiting.name
    assert MOBILE in json.dumps(json.loads(download.value.path().read_text()))
    page.goto("/portal/data/copy/")
    expect(page.get_by_text("已下载").first).to_be_visible()
    assert [value for value in PLAIN if value in visitor.kept()] == []
