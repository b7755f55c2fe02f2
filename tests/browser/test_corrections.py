"""From the photo on her phone to the new value in its place, seen by her and by whoever checked it."""

from __future__ import annotations

import itertools

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from access import scopes
from custodian import outbox
from records.models import Correction
from tests import estate
from tests.browser.office import PLAIN
from tests.browser.test_portal import phone
from tests.corrections.cast import NEW_ADDRESS, Cast, photo
from tests.sign_in.people import code_in, deliver

pytestmark = [pytest.mark.browser, pytest.mark.slow]
_number = itertools.count(1)


@pytest.fixture(autouse=True)
def _fresh(tmp_path, monkeypatch):
    """Files and messages of this test alone."""
    monkeypatch.setattr(settings, "VAR", tmp_path / "var")
    monkeypatch.setattr(settings, "CUSTODIAN_OUTBOX", tmp_path / "outbox")
    monkeypatch.setattr(settings, "EMAIL_BACKEND", "custodian.outbox.MailBackend")


@pytest.fixture
def cast(office):
    """Another customer of the office's agent, with contacts of her own, which codes may go to."""
    number = next(_number)
    contacts = {
        "identity.mobile": f"1370013{number:04}", "identity.email": f"own{number}@example.com",
    }  # fmt: skip
    made = estate.customer({**estate.ZHANG, **contacts}, of=[office.agent])
    return Cast(agent=office.agent, officer=office.officer, customer=made)


class Her:
    """What `phone` asks of an office, with another customer in it."""

    def __init__(self, cast: Cast) -> None:
        self.own = cast.customer


def submit(page: Page) -> None:
    page.locator("main form button.btn-primary").first.click()


def newest(cast) -> Correction:
    with scopes.acting(estate.system()):
        return Correction.objects.filter(subject_id=cast.customer.pk).latest("pk")


def raised_on_her_phone(page: Page, tmp_path) -> None:
    page.goto("/portal/")
    page.goto("/portal/corrections/new/")
    page.locator("input[name=group][value=address]").check()
    submit(page)
    page.locator("input[name=address]").fill(NEW_ADDRESS)
    submit(page)
    paper = tmp_path / "户口簿.jpg"
    paper.write_bytes(photo())
    page.locator("input[type=file]").set_input_files(paper)
    submit(page)
    assert page.url.endswith("/check/")
    page.locator("main a.btn-primary").click()
    submit(page)
    # Her session is one of the two ways.
    assert page.url.endswith("/confirm/")


def confirmed_by_code(page: Page) -> None:
    page.locator("input[name=contact]").first.check()
    page.locator("button[value=send]").click()
    expect(page.locator("input[name=code]")).to_be_visible()
    deliver()
    page.locator("input[name=code]").fill(code_in(outbox.messages()[0].text))
    page.locator("button[value=code]").click()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("script", [True, False])
def test_from_the_photo_on_her_phone_to_the_value_in_its_place(
    visit, office, cast, tmp_path, language, script
):
    her = phone(visit, Her(cast), language, java_script_enabled=script)
    page = her.page
    raised_on_her_phone(page, tmp_path)
    assert her.too_wide("confirm", (390,)) == []
    confirmed_by_code(page)
    correction = newest(cast)
    assert page.url.endswith(f"/portal/corrections/{correction.ref}/")
    expect(page.locator("main")).to_contain_text(correction.ref)

    desk = visit(cast.desk, width=390)
    desk.carry("django_language", language)
    desk.page.goto("/desk/corrections/")
    desk.page.locator(f"main a[href*='{correction.ref}']").first.click()
    assert [value for value in PLAIN if value in desk.page.content()] == []
    assert NEW_ADDRESS not in desk.page.content()
    desk.page.locator("button[value=take]").click()
    desk.page.locator("button[value=pass]").click()
    assert desk.too_wide("detail", (390,)) == []
    cast.approve(correction)
    assert cast.apply(correction).status == "applied"

    page.goto(f"/portal/corrections/{correction.ref}/")
    expect(page.locator("main .tag-ok").first).to_be_visible()
    expect(page.locator("main")).to_contain_text(NEW_ADDRESS)
    page.goto("/portal/data/")
    page.locator(f"main a[href$='/portal/corrections/{correction.ref}/']").wait_for(
        state="attached"
    )
    desk.page.goto(f"/desk/corrections/{correction.ref}/")
    expect(desk.page.locator("main .tag-ok").first).to_be_visible()
    assert NEW_ADDRESS not in her.kept() + desk.kept()


def test_what_is_wrong_stands_at_its_field_on_a_narrow_screen(visit, office, cast):
    her = phone(visit, Her(cast))
    page = her.page
    page.goto("/portal/corrections/new/")
    submit(page)
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator("input[name=group][value=mobile]").check()
    submit(page)
    page.locator("input[name=mobile]").fill("12345")
    submit(page)
    expect(page.locator(".error-summary")).to_contain_text("手机号码应为 1 开头的 11 位数字")
    assert her.too_wide("wrong", (390, 320)) == []
    assert her.barriers("wrong") == []


def test_what_her_agent_raised_she_takes_back_on_her_phone(visit, office, cast):
    correction = cast.raised(cast.agent)
    page = phone(visit, Her(cast)).page
    page.goto("/portal/")
    page.locator(f"main a[href*='{correction.ref}']").first.click()
    expect(page.locator("main")).to_contain_text("不是您要改的，请撤回")
    page.goto(f"/portal/corrections/{correction.ref}/")
    page.get_by_role("button", name="撤回这件更正").click()
    expect(page.locator("main")).to_contain_text("已撤回")
    assert cast.now(correction).status == "withdrawn"
