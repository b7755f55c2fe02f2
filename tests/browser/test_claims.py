"""A loss, from her telephone to the money, and a refusal from which she knows where to turn."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from access.models import User
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.access import people as staff
from tests.claims.house import contract
from tests.corrections.cast import photo
from tests.portal import people

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STORY = "下楼时踩空，左腕着地"
PHOTO = {"name": "IMG_0042.jpg", "mimeType": "image/jpeg"}


@pytest.fixture
def insured(office):
    """The agent's customer with a contract under which she is the insured, and a second handler."""
    customer = estate.customer(of=[office.agent])
    contract(customer)
    User.objects.filter(pk=office.handler.pk).update(role_since=clock.now().replace(year=2025))
    return customer


@pytest.fixture
def second():
    person = staff.person(Role.CLAIMS_HANDLER)
    User.objects.filter(pk=person.pk).update(role_since=clock.now().replace(year=2025))
    return person


def phone(visit, customer, language: str, **options) -> Page:
    visitor = visit(width=390, **options)
    browser = people.signed_in(Client(), customer)
    visitor.carry(settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value)
    visitor.carry("django_language", language)
    return visitor.page


def picture(**more) -> dict:
    return {**PHOTO, "buffer": photo(**more)}


def reports(page: Page) -> str:
    """One question a page, the photo last; the address of the claim."""
    page.goto("/portal/claims/")
    page.locator("a[href='/portal/claims/new/']").click()
    page.locator("input[name=kind][value=accident]").check()
    page.locator("button[value=next]").click()
    page.locator("input[name=occurred_on]").last.fill(clock.local().date().isoformat())
    page.locator("button[value=next]").click()
    page.locator("textarea[name=description]").fill(STORY)
    page.locator("button[value=next]").click()
    # What is no photo is said in words, and nothing of the answers is lost.
    page.locator("input[type=file]").set_input_files({**PHOTO, "buffer": b"GIF89a" + b"0" * 99})
    page.locator("button[value=file]").click()
    expect(page.locator(".error-summary")).to_be_visible()
    expect(page.locator("main")).to_contain_text(STORY)
    page.locator("input[type=file]").set_input_files(picture())
    page.locator("select[name=paper_kind]").select_option("medical")
    page.locator("button[value=file]").click()
    page.wait_for_url(re.compile("/portal/claims/k-"))
    return page.url.split("/")[-2]


def narrow(page: Page) -> bool:
    """Nothing stands out to the right of the telephone."""
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_a_photo_to_the_money_with_every_step_told(visit, office, insured, second, language):
    her = phone(visit, insured, language)
    ref = reports(her)
    assert narrow(her)
    desk = visit(office.handler).page
    desk.goto(f"/desk/claims/{ref}/")
    desk.get_by_role("button", name="接办").click()
    desk.get_by_role("link", name="通知补充材料").click()
    desk.get_by_role("checkbox", name="费用发票与清单").check()
    desk.get_by_label("说明").fill("住院发票原件拍照")
    desk.get_by_role("button", name="发出通知").click()
    expect(desk.get_by_text("暂停计时").first).to_be_visible()

    her.goto("/portal/")
    her.locator(f"main a[href='/portal/claims/{ref}/']").first.click()
    her.locator("a[href*='papers/new/?need=1']").click()
    expect(her.locator("main")).to_contain_text("住院发票原件拍照")
    assert narrow(her)
    her.locator("input[type=file]").set_input_files(picture())
    her.locator("form button.btn-primary").click()
    her.wait_for_url(re.compile(rf"/portal/claims/{ref}/$"))
    expect(her.locator("a[href*='papers/new/?need']")).to_have_count(0)

    desk.goto(f"/desk/claims/{ref}/")
    expect(desk.get_by_text("答复补充通知")).to_be_visible()
    decides(desk, ref, kind="approve", amount="60000")
    agrees(visit(second).page, office, second, ref)
    desk.goto(f"/desk/claims/{ref}/pay/")
    desk.get_by_role("radio").first.check()
    desk.get_by_label("付款凭证号").fill("FT-0042")
    desk.get_by_role("button", name="登记").click()

    her.goto(f"/portal/claims/{ref}/")
    assert narrow(her)
    her.locator("button[value=show]").click()
    expect(her.locator("main")).to_contain_text("60,000.00")
    expect(her.locator("main")).to_contain_text("按约定给付")
    assert her.locator("ol.ruled-list li").count() >= 8
    text = her.locator("main").inner_text()
    assert office.handler.name not in text
    assert second.name not in text


def test_a_refusal_tells_her_why_and_where_to_turn_without_script(visit, office, insured, second):
    her = phone(visit, insured, "zh-hans", java_script_enabled=False)
    ref = reports(her)
    desk = visit(office.handler).page
    desk.goto(f"/desk/claims/{ref}/")
    desk.get_by_role("button", name="接办").click()
    decides(desk, ref, kind="reject", ground="excluded")
    agrees(visit(second).page, office, second, ref)
    her.goto(f"/portal/claims/{ref}/")
    her.locator("button[value=show]").click()
    main = her.locator("main")
    for words in ("不予给付", "按约定给付", "投诉", "调解", "法院"):
        expect(main).to_contain_text(words)
    assert narrow(her)
    main.get_by_role("link", name="向我们投诉").click()
    her.wait_for_url(re.compile("/portal/requests/new/complaint/"))


def decides(page: Page, ref: str, *, kind: str, amount: str = "", ground: str = "") -> None:
    page.goto(f"/desk/claims/{ref}/decide/")
    page.locator(f"input[name=kind][value={kind}]").check()
    if amount:
        page.locator("input[name=amount]").fill(amount)
    if ground:
        page.locator("select[name=ground]").select_option(ground)
    page.locator("textarea[name=reasons]").fill("属于意外医疗责任，按约定给付")
    page.locator("main form button.btn-primary").click()
    expect(page.get_by_text("由另一人复核")).to_be_visible()


def agrees(page: Page, office, person: User, ref: str) -> None:
    """The second person reads first, with a code, and then says yes."""
    page.goto(f"/desk/claims/{ref}/")
    page.get_by_role("link", name="揭示后复核").click()
    code = page.locator("input[name=code]")
    if code.count():
        code.fill(office.code(person))
    page.get_by_role("button", name="记录并揭示").click()
    page.get_by_role("button", name="核对并批准").click()
    expect(page.get_by_text("已批准并生效")).to_be_visible()
