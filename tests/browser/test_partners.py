"""A garage, from the register to the locked file, and the customer who reads that it got her number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from access import scopes
from access.models import User
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.access import people as staff
from tests.corrections.cast import photo
from tests.partners.test_shares import opened
from tests.portal import people
from tests.records import assessed
from transfers.models import Agreement, Share
from transfers.shares import jobs

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PAPER = {"name": "合同.jpg", "mimeType": "image/jpeg"}


@pytest.fixture
def officers(office):
    """Both long enough in place to approve."""
    second = staff.person(Role.COMPLIANCE_OFFICER)
    for each in (office.officer, second):
        User.objects.filter(pk=each.pk).update(role_since=clock.now().replace(year=2025))
    return office.officer, second


def step_up(page: Page, office, person) -> None:
    """The page that asks for the second factor, wherever it stands in the way."""
    if "/step-up/" in page.url:
        page.locator("input[name=code]").fill(office.code(person))
        page.locator("main form button[type=submit], main form button.btn-primary").first.click()


def approve(visit, office, person, place: str) -> None:
    page = visit(person).page
    page.goto(place)
    page.get_by_role("link", name="打开").first.click()
    approving = page.url
    page.get_by_role("button", name=re.compile("批准")).click()
    if "/step-up/" in page.url:
        step_up(page, office, person)
        page.goto(approving)
        page.get_by_role("button", name=re.compile("批准")).click()
    expect(page.get_by_text("已批准并生效")).to_be_visible()


def drafted(page: Page) -> str:
    page.goto("/admin/transfers/counterparty/")
    page.get_by_role("link", name="登记合作方").click()
    page.locator("select[name=kind]").select_option("garage")
    page.locator("input[name=name]").fill("连云汽车维修")
    page.locator("input[name=contact_phone]").fill("0518-8560 0120")
    page.locator("select[name=answers]").select_option(index=1)
    page.get_by_role("button", name="登记合作方").click()
    page.get_by_role("link", name="起草协议").click()
    page.locator("input[name=title]").fill("事故车维修")
    page.locator("input[name=part][value=entrusted]").check()
    page.locator("select[name=purpose]").select_option("claim")
    page.locator("input[name=why]").fill("定损与维修")
    page.locator("input[name=method]").fill("按案件取得")
    for code in ("identity.name", "identity.mobile"):
        page.locator(f"input[name=elements][value='{code}']").check()
    for each in page.locator("input[name=settled]").all():
        each.check()
    page.locator("input[name=tell_whom]").fill("安全值班 0516-8000 0110")
    page.locator("input[name=assessed_on]").fill(clock.local().date().isoformat())
    page.locator("input[name=assessed_by]").fill("周正")
    page.locator("select[name=assessed]").select_option("passed")
    page.get_by_role("button", name="存为草稿").click()
    expect(page.get_by_text("还不能提交：")).to_be_visible()
    return page.url


def test_from_the_register_to_the_locked_file_and_her_own_page(visit, office, officers, tmp_path):
    first, second = officers
    page = visit(first).page
    place = drafted(page)
    for kind in ("contract", "assessment"):
        page.locator("select[name=kind]").select_option(kind)
        page.locator("input[name=paper]").set_input_files({**PAPER, "buffer": photo()})
        page.get_by_role("button", name="归档", exact=True).click()
    agreement = Agreement.objects.latest("pk")
    expect(page.get_by_text("还没有个人信息保护影响评估").first).to_be_visible()
    assessed.approved("agreement", agreement.code, "entrust", first=first, second=second)
    page.goto(place)
    page.get_by_role("button", name="提交复核").click()
    approve(visit, office, second, place)

    page.goto(place)
    page.get_by_role("link", name="申请提供").click()
    step_up(page, office, first)
    if not page.url.endswith("/shares/new/"):
        page.goto(place)
        page.get_by_role("link", name="申请提供").click()
    for code in ("identity.name", "identity.mobile"):
        page.locator(f"input[name=elements][value='{code}']").check()
    page.locator("textarea[name=customers]").fill(office.own.ref)
    page.locator("input[name=reason]").fill("定损")
    page.get_by_role("button", name="提交复核").click()
    asked = page.url
    approve(visit, office, second, asked)
    with scopes.acting(estate.system()):
        share = Share.objects.get(agreement=Agreement.objects.latest("pk"))
    jobs.work(share.pk)

    page.goto(asked)
    page.get_by_role("button", name="加密并显示口令").click()
    secret = page.locator(".notice .mono").inner_text()
    with page.expect_download() as taken:
        page.get_by_role("button", name="取走文件").click()
    content = opened(Path(taken.value.path()).read_bytes(), secret).decode("utf-8-sig")
    assert estate.ZHANG["identity.mobile"] in content
    page.goto(asked)
    assert secret not in page.content()

    visitor = visit(width=390)
    browser = people.signed_in(Client(), office.own)
    visitor.carry(settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value)
    hers = visitor.page
    hers.goto("/portal/data/")
    recipients = hers.locator("#recipients")
    expect(recipients).to_contain_text("连云汽车维修")
    expect(recipients).to_contain_text("定损与维修")
    hers.goto("/portal/looks/")
    expect(hers.locator(".look").filter(has_text="连云汽车维修")).to_contain_text("得到了")
