"""A call that knows everything, and a wish to be forgotten: from her phone to the officer's answer and back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from access import scopes
from access.models import Finding
from access.vocabulary import Role
from custodian import clock
from incidents.models import Alert
from records.models import CustomerRequest, Policy
from records.requests import looks
from tests import estate
from tests.browser.office import PLAIN
from tests.browser.test_portal import phone
from tests.portal import looking
from tests.records import desk_estate
from tests.requests.office import done

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CALL = "对方自称客服，知道我买的险种和手机号，要我退保重买"
ANSWER = "那次查看没有对应的工作，我们已约谈本人并立案核查，结果会再告诉您。"


class Her:
    """What `phone` asks of an office, with another customer in it."""

    def __init__(self, customer) -> None:
        self.own = customer


def submit(page: Page) -> None:
    page.locator("main form button.btn-primary").first.click()


def newest(customer, kind) -> CustomerRequest:
    with scopes.acting(estate.system()):
        return CustomerRequest.objects.filter(subject=customer.pk, kind=kind).latest("pk")


def answered(visit, office, asked, text, outcome="answered") -> None:
    """By the officer, on its page."""
    officer = visit(office.officer)
    page = officer.page
    page.goto(f"/admin/requests/{asked.ref}/")
    page.locator("button[value=take]").click()
    page.locator(f"#answer input[name=outcome][value={outcome}]").check()
    page.locator("#answer textarea[name=text]").fill(text)
    page.locator("button[value=answer]").click()
    expect(page.locator("main")).to_contain_text(text)
    done(asked)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_after_a_fraud_call_she_learns_who_looked_asks_about_it_and_is_answered(
    visit, office, language
):
    """Story 4 of the design from its beginning to its end."""
    customer = estate.customer(of=[office.agent])
    desk_estate.policy(customer)
    insider = estate.user(Role.SERVICE_DESK, name="孙伟")
    with clock.at(clock.now() - timedelta(days=2)):
        looking.look(insider, customer)
    her = phone(visit, Her(customer), language)
    page = her.page
    page.goto("/portal/requests/new/")
    page.locator("main a[href$='/portal/requests/new/fraud_call/']").click()
    page.locator("textarea[name=text]").fill(CALL)
    submit(page)
    call = newest(customer, "fraud_call")
    assert page.url.endswith(f"/portal/requests/{call.ref}/")
    card = page.locator("article.look").filter(has_text=insider.staff_no).first
    expect(card).to_be_visible()
    assert insider.name not in page.content()
    assert her.too_wide("call", (390, 320)) == []
    assert her.barriers("call") == []

    # The house knows at once: somebody has to look into it.
    with scopes.acting(estate.system()):
        finding = Finding.objects.filter(kind=looks.FRAUD).latest("pk")
        assert Alert.objects.filter(finding=finding, status="new").exists()

    card.locator("a[href*='look_question']").click()
    page.locator("textarea[name=text]").fill("那天我没有办过业务")
    submit(page)
    asked = newest(customer, "look_question")
    answered(visit, office, asked, ANSWER)
    page.goto("/portal/requests/")
    page.locator(f"main a[href*='{asked.ref}']").first.click()
    expect(page.locator("main")).to_contain_text(ANSWER)
    expect(page.locator("#rate")).to_be_visible()
    assert her.too_wide("answer", (390, 320)) == []
    assert [value for value in [*PLAIN, CALL, ANSWER] if value in her.kept()] == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_what_the_law_keeps_is_restricted_and_she_is_told_why_and_until_when(
    visit, office, language
):
    customer = estate.customer(of=[office.agent])
    policy = desk_estate.policy(customer)
    ended = clock.local().date() - timedelta(days=400)
    with scopes.acting(estate.system()):
        Policy.objects.filter(pk=policy.pk).update(
            status="terminated", starts_on=date(2015, 1, 1), ends_on=ended
        )
    her = phone(visit, Her(customer), language)
    page = her.page
    page.goto("/portal/requests/new/deletion/")
    page.locator("textarea[name=text]").fill("保单早就满期了，请删除我的资料")
    submit(page)
    asked = newest(customer, "deletion")
    answered(visit, office, asked, "法律要求保存的先只存不用。", outcome="partly")
    with scopes.acting(estate.system()):
        asked.refresh_from_db()
        customer.subject.refresh_from_db()
    assert (asked.status, customer.subject.status) == ("partly", "restricted")
    page.goto(f"/portal/requests/{asked.ref}/")
    main = page.locator("main")
    expect(main).to_contain_text("法律要求保存的先只存不用。")
    # Thing by thing: what stays, by which rule and until when; and what she can do about it.
    assert main.locator(".provenance, [data-clause], .mark").count() > 0
    if language == "zh-hans":
        expect(main).to_contain_text("不同意的话，您还可以")
        expect(main).to_contain_text(f"{ended.year + 10}年")
    assert her.too_wide("deletion", (390, 320)) == []
    assert her.barriers("deletion") == []
    page.goto("/portal/data/")
    expect(page.locator("main .notice-warn").first).to_be_visible()
