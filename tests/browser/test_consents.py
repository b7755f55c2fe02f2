"""On her phone she takes a consent back: the agent is refused with the reason until she agrees again."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.office import MOBILE_SHOWN
from tests.browser.test_portal import phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def says(page, button, confirm):
    """One step from the list, and one page that says what follows."""
    page.goto("/portal/")
    page.get_by_role("link", name=re.compile("我的同意")).click()
    page.locator("#marketing").get_by_role("link", name=re.compile(f"^{button}")).click()
    page.get_by_role("button", name=confirm).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我的同意")


def asks_for_marketing(agent, office):
    page = agent.page
    page.goto(f"/desk/customers/{office.own.ref}/reveal/?element=identity.mobile")
    page.get_by_role("radio", name=re.compile("营销")).check()
    page.get_by_role("button", name="记录并揭示").click()
    return page


def test_what_she_withdraws_is_shut_and_what_she_gives_is_open(visit, office):
    her, agent = phone(visit, office), visit(office.agent)
    agent.open_own()
    refused = asks_for_marketing(agent, office)
    expect(refused.get_by_text("客户没有同意将资料用于此用途")).to_be_visible()

    says(her.page, "同意", "确认同意")
    expect(her.page.locator("#marketing .tag")).to_have_text("已同意")
    opened = asks_for_marketing(agent, office)
    expect(opened.locator("main .lamp-value").first).to_have_text(MOBILE_SHOWN)

    says(her.page, "撤回", "确认撤回")
    expect(her.page.locator("#marketing .tag")).to_have_text("已撤回")
    refused = asks_for_marketing(agent, office)
    expect(refused.get_by_text("客户已撤回或拒绝此用途所依据的同意")).to_be_visible()
    expect(refused.get_by_text("所缺的同意：介绍其他产品")).to_be_visible()

    says(her.page, "同意", "确认同意")
    opened = asks_for_marketing(agent, office)
    expect(opened.locator("main .lamp-value").first).to_have_text(MOBILE_SHOWN)
