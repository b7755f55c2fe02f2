"""Somebody new at the desk: shut out, told why, taught, signed, and let in; in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from access.models import Course
from access.training import standing
from custodian import elements
from tests import estate
from tests.access import people
from tests.browser.office import ACCOUNT_SHOWN

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def newcomer(office):
    person = people.person(trained=False)
    person.own = estate.customer(of=[person])
    return person


def open_account(page: Page, customer) -> None:
    page.goto(f"/desk/customers/{customer.ref}/")
    if page.get_by_label("用途", exact=True).count():
        page.get_by_label("用途", exact=True).select_option("payment")
        page.get_by_role("button", name=re.compile("更改用途|打开|继续|查看")).first.click()


def test_a_newcomer_learns_signs_and_is_let_in(visit, office, newcomer):
    visitor = visit(newcomer)
    page = visitor.page
    open_account(page, newcomer.own)
    expect(page.get_by_text("《安全地使用客户信息》未完成或已失效").first).to_be_visible()
    found = visitor.barriers("shut")
    page.get_by_role("link", name="去我的学习").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的学习")
    expect(page.locator(".notice")).to_contain_text("有 4 项未完成或已失效")
    found += visitor.barriers("gaps")
    for course in Course.objects.in_force():
        pass_course(page, course)
    page.goto("/accounts/undertakings/secrecy/")
    found += visitor.barriers("to sign")
    page.get_by_label("我已逐条阅读，愿意遵守").check()
    page.get_by_label("二次验证码").fill(office.code(newcomer))
    page.get_by_role("button", name="签署承诺").click()
    expect(page.get_by_text("您已签署")).to_be_visible()
    standing.forget()
    open_account(page, newcomer.own)
    label = str(elements.get("financial.bank_account").label)
    page.get_by_role("link", name=re.compile(f"^揭示.*{label}")).click()
    page.get_by_role("dialog").get_by_role("button", name="记录并揭示").click()
    expect(page.locator("main .lamp-value")).to_have_text(ACCOUNT_SHOWN)
    assert found == []


def pass_course(page: Page, course: Course) -> None:
    """Through the lessons by their buttons, then the right choice of each question."""
    page.goto(f"/accounts/learning/{course.code}/")
    for _ in range(course.lessons.count() - 1):
        page.get_by_role("link", name="下一页").click()
    page.get_by_role("link", name=re.compile(r"^答 \d+ 道题")).click()
    for each in course.questions.all():
        group = page.get_by_role("group", name=re.compile(re.escape(each.text_zh)))
        group.get_by_text(each.choices_zh[each.right], exact=True).click()
    page.get_by_role("button", name="交卷").click()
    expect(page.locator(".notice-ok")).to_contain_text("通过")


def test_a_failed_sheet_explains_itself_and_works_without_script(visit, newcomer):
    visitor = visit(newcomer, java_script_enabled=False, width=390)
    page = visitor.page
    page.goto("/accounts/learning/when-it-leaks/questions/")
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_text("有 6 处需要修改")).to_be_visible()
    for group in page.locator("form.sheet fieldset").all():
        group.get_by_role("radio").first.check()
    page.get_by_role("button", name="交卷").click()
    expect(page.get_by_role("heading", name="逐题解释")).to_be_visible()
