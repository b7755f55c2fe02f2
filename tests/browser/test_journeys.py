"""What people come to do, done in a real browser: with the mouse, by keyboard, without script, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from access.models import Entry
from custodian import elements
from tests.browser.office import ACCOUNT_SHOWN, MOBILE_SHOWN, PLAIN
from tests.browser.test_portal import phone

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def reveal_mobile(page: Page) -> None:
    page.get_by_role("link", name=re.compile("^揭示.*手机号码")).click()
    page.get_by_role("button", name="记录并揭示").click()


def lit(page: Page):
    return page.locator("main .lamp-value")


def held(text: str) -> list[str]:
    return [value for value in PLAIN if value in text]


def newest() -> int:
    return Entry.objects.latest("id").pk


def test_an_agent_finds_reveals_hides_and_is_told_what_he_may_not_see(visit, office):
    agent = visit()
    agent.sign_in(office.agent)
    page = agent.open_own()
    assert held(page.content()) == []
    reveal_mobile(page)
    expect(lit(page)).to_have_text(MOBILE_SHOWN)
    expect(page.locator(".lamp-note")).to_contain_text("用途：回访")
    page.get_by_role("link", name="立即隐去").click()
    expect(lit(page)).to_have_count(0)
    assert held(page.content()) == []

    ask_for_account(page)
    expect(page.get_by_text("“回访”用途不含财务信息").first).to_be_visible()
    assert ACCOUNT_SHOWN not in page.content()

    answer = page.goto(f"/desk/customers/{office.foreign.ref}/")
    assert answer.status == 404


def ask_for_account(page: Page) -> None:
    page.goto(page.url.split("#")[0])
    page.get_by_role("link", name=re.compile("^揭示.*手机号码")).click()
    page.get_by_text("同时揭示其他信息项").click()
    label = str(elements.get("financial.bank_account").label)
    page.get_by_role("checkbox", name=label).check()
    page.get_by_role("button", name="记录并揭示").click()
    expect(page.get_by_text("为什么不允许").first).to_be_visible()


def test_the_officer_sees_both_the_look_and_the_refusal_at_once(visit, office):
    agent = visit(office.agent)
    page = agent.open_own()
    reveal_mobile(page)
    expect(lit(page)).to_have_count(1)
    ask_for_account(page)

    officer = visit(office.officer)
    log = officer.page
    log.goto("/admin/querylog/")
    rows = log.locator("table tbody tr").filter(has_text=office.agent.staff_no)
    expect(rows.filter(has_text="揭示").first).to_be_visible(timeout=1000)
    expect(rows.filter(has_text="拒绝").first).to_be_visible(timeout=1000)
    rows.filter(has_text="揭示").first.get_by_role("link").click()
    expect(log.locator("#entry")).to_contain_text(office.agent.staff_no)
    with log.expect_download() as download:
        log.get_by_role("button", name="导出 CSV").click()
    told = download.value.path().read_text(encoding="utf-8-sig")
    assert office.agent.staff_no in told
    assert held(told) == []
    assert held(log.content()) == []


def test_level_four_is_revealed_after_a_code_inside_the_dialog(visit, office):
    agent = visit(office.agent)
    page = agent.open_own()
    page.get_by_label("用途", exact=True).select_option("payment")
    page.get_by_role("button", name="更改用途").click()
    label = str(elements.get("financial.bank_account").label)
    page.get_by_role("link", name=re.compile(f"^揭示.*{label}")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("二次验证码").fill(office.code(office.agent))
    dialog.get_by_role("button", name="记录并揭示").click()
    expect(lit(page)).to_have_text(ACCOUNT_SHOWN)


def test_all_of_it_works_without_script(visit, office):
    agent = visit(java_script_enabled=False)
    agent.sign_in(office.agent)
    page = agent.open_own()
    reveal_mobile(page)
    expect(lit(page)).to_have_text(MOBILE_SHOWN)
    page.get_by_role("link", name="立即隐去").click()
    assert held(page.content()) == []
    ask_for_account(page)
    assert page.goto(f"/desk/customers/{office.foreign.ref}/").status == 404


def test_a_value_is_reached_by_keyboard_alone(visit, office):
    agent = visit(office.agent)
    page, keys = agent.page, agent.page.keyboard
    page.goto("/desk/")
    keys.press("Tab")
    expect(page.locator(":focus")).to_have_text("跳到正文")
    keys.press("Enter")
    tab_to(page, "input[name=value]")
    keys.type("13800138000")
    tab_to(page, "select[name=purpose]")
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("#results")).to_be_visible()
    tab_to(page, f"#results a.btn[href*='{office.own.ref}']")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="身份信息")).to_be_visible()
    tab_to(page, "a[href*='element=identity.mobile']")
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(page, "dialog button[type=submit], [role=dialog] button[type=submit]")
    keys.press("Enter")
    expect(lit(page)).to_have_text(MOBILE_SHOWN)


def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Tab until the focus is there; it must be seen, and nothing may lie over it."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    pytest.fail(f"{selector} is not reached by keyboard")


def test_nothing_in_clear_stays_behind_in_the_browser(visit, office):
    agent = visit(office.agent)
    page = agent.open_own()
    reveal_mobile(page)
    expect(lit(page)).to_have_text(MOBILE_SHOWN)
    assert held(agent.kept()) == []
    page.reload()
    expect(lit(page)).to_have_count(0)
    assert held(page.content()) == []
    page.goto("/desk/mine/")
    assert held(agent.kept()) == []
    page.go_back()
    assert "0013" not in page.locator("main").inner_text()


def test_a_manager_keeps_and_removes_by_keyboard_alone(visit, office):
    manager = visit(office.agent)
    page, keys = manager.page, manager.page.keyboard
    page.goto("/desk/")
    tab_to(page, "nav a[href='/accounts/recertification/']")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="韩明")).to_be_visible()
    tab_to(page, "input[type=radio]")
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    expect(page.get_by_role("radio", name="保留")).to_be_checked()
    tab_to(page, "button[value=save]")
    keys.press("Enter")
    expect(page.get_by_text("已决定 1 项。")).to_be_visible()
    expect(page.get_by_text("没有等您决定的权限。")).to_be_visible()


DESK = [
    "/desk/",
    "/desk/mine/",
    "/desk/register/",
    "/desk/grants/",
    "/desk/break-glass/",
    "/desk/work/",
    "/accounts/questions/",
    "/accounts/questions/{finding}/",
    "/accounts/remedies/",
    "/accounts/remedies/{remedy}/",
    "/accounts/letters/",
    "/accounts/letters/{letter}/",
    "/desk/exports/",
    "/desk/learning/",
    "/accounts/learning/careful-looks/",
    "/accounts/learning/careful-looks/questions/",
    "/accounts/learning/careful-looks/result/",
    "/accounts/undertakings/secrecy/",
    "{own}",
    "{reveal}",
    "{own}consents/",
    "{foreign}",
    "/accounts/settings/",
    "/accounts/recertification/",
    "/desk/claims/",
    "/desk/claims/{claim}/",
    "/desk/claims/{claim}/papers/new/",
    "{own}claims/new/",
    "/desk/corrections/",
    "/desk/corrections/{waiting}/",
    "/desk/corrections/{refused}/",
    "/desk/corrections/{agents_draft}/edit/",
    "{own}correct/",
    "/desk/relatives/",
    "/desk/requests/",
    "/desk/requests/{asked}/",
    "{own}requests/new/",
]
HANDLER = [
    "/desk/claims/", "/desk/claims/{claim}/", "/desk/claims/{claim}/ask/",
    "/desk/claims/{claim}/decide/", "/desk/claims/{claim}/pay/", "/desk/claims/{claim}/reveal/",
    "/desk/claims/{claim}/papers/new/?need=1", "/desk/claim-checks/",
]  # fmt: skip
PORTAL = [
    "/portal/", "/portal/data/", "/portal/data/copy/", "/portal/looks/", "/portal/sign-ins/",
    "/portal/claims/", "/portal/claims/new/", "/portal/claims/{claim}/",
    "/portal/claims/{claim}/papers/new/", "/portal/claims/{claim}/papers/new/?need=1",
    "/portal/corrections/new/", "/portal/corrections/{draft}/value/",
    "/portal/corrections/{draft}/evidence/", "/portal/corrections/{draft}/check/",
    "/portal/corrections/{draft}/confirm/", "/portal/corrections/{waiting}/confirm/",
    "/portal/corrections/{waiting}/", "/portal/corrections/{refused}/",
    "/portal/requests/", "/portal/requests/new/", "/portal/requests/new/question/",
    "/portal/requests/new/deletion/", "/portal/requests/new/fraud_call/", "/portal/requests/{asked}/",
    "/portal/consents/", "/portal/consents/marketing/yes/", "/portal/consents/health/no/",
    "/portal/rules/", "/rules/", "/rules/processing-1/", "/rules/changes/processing-2/", "/tips/",
    "/tips/fraud-calls/", "/notices/", "/notices/{announced}/", "/transfers/", "/transfers/{transfer}/",
    "/portal/incident/", "/incidents/",
]  # fmt: skip
OFFICE = [
    "/admin/", "/admin/querylog/", "/admin/querylog/{entry}/", "/admin/inventory/",
    "/admin/records/customer/", "/admin/records/customer/{ref}/change/", "/admin/access/policyrule/",
    "/admin/access/user/", "/admin/people/{person}/", "/admin/import/", "/admin/rules/R-010/",
    "/admin/rules/new/", "/admin/rules/R-010/change/", "/admin/approvals/rules/",
    "/admin/approvals/rules/grant/", "/admin/quotas/", "/admin/quotas/new/", "/admin/grants/",
    "/admin/break-glass/", "/admin/recertifications/", "/admin/recertifications/new/",
    "/admin/recertifications/{campaign}/", "/accounts/recertification/",
    "/admin/storage/", "/admin/storage/places/new/",
    "/admin/scorecard/", "/admin/audits/", "/admin/audits/rules/", "/admin/audits/rules/drip/", "/admin/findings/{finding}/",
    "/admin/units/{unit}/", "/desk/customers/{ref}/sign-in/",
    "/admin/exports/", "/admin/exports/new/", "/admin/exports/{export}/",
    "/admin/legal-holds/", "/admin/legal-holds/new/", "/admin/legal-holds/new/?scope=query",
    "/admin/merge-cases/", "/admin/merge-cases/{merge_case}/",
    "/admin/leak-tracing/", "/admin/leak-tracing/{trace}/", "/admin/leak-tracing/{trace}/pack/",
    "/admin/leak-tracing/layouts/", "/admin/leak-tracing/layouts/{list_layout}/",
    "/admin/incidents/alert/", "/admin/alert/{alert}/", "/admin/alert/new/", "/admin/incident/",
    "/admin/incident/{incident}/", "/admin/incident-affected/{affected}/",
    "/admin/incident/{incident}/reports/", "/admin/incident-report/{report}/",
    "/admin/incident/{incident}/referral/", "/admin/incident/{incident}/notices/",
    "/admin/incident-exercise/", "/admin/incident-exercise/{exercise}/", "/admin/incident-leads/",
    "/admin/incident-exercise/{exercise_ended}/", "/admin/incident/{exercise}/",
    "/admin/sanction/", "/admin/sanction/{sanction}/", "/admin/sanction-screening/",
    "/admin/sanction-list/", "/admin/sanction-list/{rehire_flag}/", "/admin/sanction-list/import/",
    "/admin/sanction-batch/{rehire_batch}/", "/admin/sanction-releases/",
    "/admin/fraud/", "/admin/fraud/rules/", "/admin/fraud/case/{fraud}/", "/admin/fraud/case/{fraud_waits}/",
    "/admin/fraud/case/{fraud}/referral/", "/admin/fraud/shared/", "/admin/fraud/shared/{fraud_shared}/",
    "/admin/risk/", "/admin/risk/new/", "/admin/risk/register/{risk}/", "/admin/risk/assessment/",
    "/admin/risk/assessment/{judged}/", "/admin/risk/control/", "/admin/risk/control/C-LOG-01/",
    "/admin/risk/calendar/", "/admin/risk/calendar/CN-NFRA-ANN/",
    "/admin/partners/new/", "/admin/partners/{partner}/", "/admin/partners/{partner}/edit/",
    "/admin/partners/{partner}/agreements/new/", "/admin/agreements/{agreement}/",
    "/admin/agreements/{agreement}/edit/", "/admin/shares/{share}/", "/admin/partner-corrections/",
    "/admin/partners/{partner}/corrections/",
    "/admin/training/", "/admin/training/courses/careful-looks/",
    "/admin/training/undertakings/secrecy/", "/accounts/learning/",
    "/admin/law/", "/admin/law/CN-INS-87/", "/admin/law/CN-TRF-6/confirm/", "/admin/law/rules/new/",
    "/admin/law/rules/cn-identity/", "/admin/law/rules/cn-log/change/",
    "/admin/law/clocks/", "/admin/law/clocks/CN-COMPL-15D/", "/admin/law/clocks/CN-RIGHTS-30D/change/",
    "/admin/law/counts/", "/admin/law/counts/CN-TRF-PAPERS/",
    "/admin/law/purposes/", "/admin/law/purposes/health/", "/admin/law/purposes/marketing/change/",
    "/admin/transfers/board/", "/admin/transfers/new/", "/admin/transfer/{transfer}/",
    "/admin/transfer/{transfer}/?view=buyer", "/admin/transfer/{transfer}/papers/",
    "/admin/transfer/{transfer}/record/", "/admin/transfer/{transfer}/published/",
    "/admin/transfer/{transfer}/announcement/", "/admin/transfer/{transfer}/rooms/",
    "/admin/transfer/{transfer}/hand-over/", "/admin/transfer/{transfer}/legacy/",
    "/admin/transfer/{transfer}/selection/",
    "/admin/transfer/{transfer}/freeze/", "/admin/transfer/{transfer}/letters/",
    "/admin/transfer/{incoming}/", "/admin/transfer/{incoming}/hand-over/",
    "/admin/transfer/{incoming}/letters/", "/admin/transfer/{incoming}/first-hundred-days/",
    "/desk/transferred/", "/desk/transferred/?by=name",
    "/admin/law/calendar/", "/admin/law/calendar/2026/", "/admin/law/calendar/2027/enter/",
    "/admin/retention/", "/admin/retention/records/", "/admin/retention/events/{ref}/",
    "/admin/retention/notes/{note}/", "/admin/destruction/",
    "/admin/destruction/{batch}/",
    "/admin/keys/", "/admin/consents/",
    "/admin/look-delays/", "/admin/look-delays/new/{entry}/",
    "/admin/claims/", "/admin/claims/analysis/", "/admin/claims/terms/", "/admin/claims/terms/house/",
    "/admin/corrections/", "/admin/corrections/{waiting}/", "/admin/corrections/{refused}/",
    "/admin/requests/", "/admin/requests/numbers/", "/admin/requests/{asked}/",
    "/admin/notices/", "/admin/notices/?show=advice", "/admin/notices/new/processing/",
    "/admin/notices/new/tip/", "/admin/notices/{text}/", "/admin/notices/{text}/edit/",
    "/admin/notices/{text}/preview/", "/admin/notices/{text}/2/",
    "/admin/products/", "/admin/products/WL01/", "/admin/products/WL01/change/",
    "/admin/assessment/", "/admin/assessment/new/", "/admin/assessment/{assessment}/",
]  # fmt: skip


def places(office, person) -> list[str]:
    own = f"/desk/customers/{office.own.ref}/"
    named = {
        "own": own,
        "reveal": f"{own}reveal/?element=identity.mobile",
        "foreign": f"/desk/customers/{office.foreign.ref}/",
        "entry": newest(),
        "ref": office.own.ref,
        "person": office.agent.ref,
        "campaign": office.campaign.ref,
        "finding": office.finding.ref,
        "unit": office.agent.unit.code,
        "export": office.export.ref,
        "batch": office.batch.code,
        "note": office.note.ref,
        "claim": office.claim.ref,
        "asked": office.asked.ref,
        **office.corrections,
        **office.partners,
        "merge_case": office.merge_case.ref,
        "trace": office.trace.ref,
        "list_layout": office.layout.ref,
        **office.incident,
        "text": office.rules.ref,
        "announced": office.announced,
        "transfer": office.transfer.code,
        "incoming": office.incoming,
    }
    pages = {None: PORTAL, office.officer: OFFICE, office.handler: HANDLER}.get(person, DESK)
    return [each.format(**named) for each in pages]


# The longer words are English; what fits in them fits in Chinese but on the narrowest page.
WIDTHS = {"zh-hans": (390,), "en": (390, 1024, 1440)}


@pytest.mark.parametrize("who", ["agent", "handler", "officer", "customer"])
def test_every_page_fits_its_screen_and_has_no_barrier(visit, office, who):
    """Each page in both languages; barriers turn by turn in one: the structure is the same in both.

    In the dark the first page of each speaks for the others: every pair of colours has its own test.
    """
    person = getattr(office, who, None)
    visitor = visit(person) if person else phone(visit, office)
    wrong = []
    if who == "agent":
        visitor.find()
        wrong += visitor.barriers("found")
    for language, widths in WIDTHS.items():
        visitor.carry("django_language", language)
        for number, place in enumerate(places(office, person)):
            visitor.page.goto(place)
            wrong += visitor.too_wide(place, widths)
            if list(WIDTHS)[number % 2] == language:
                wrong += visitor.barriers(place, ("light", "dark") if number == 0 else ("light",))
    assert "\n".join(wrong) == ""


def test_a_lit_page_and_the_ways_in_have_no_barrier(visit, office):
    stranger = visit()
    found = []
    for place in (
        "/",
        "/accounts/login/",
        "/accounts/password/forgotten/",
        "/portal/sign-in/",
        "/portal/relative/",
    ):
        stranger.page.goto(place)
        found += stranger.barriers(place)
    agent = visit(office.agent)
    page = agent.open_own()
    page.get_by_role("link", name=re.compile("^揭示.*手机号码")).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found += agent.barriers("dialog")
    page.get_by_role("button", name="记录并揭示").click()
    expect(lit(page)).to_have_text(MOBILE_SHOWN)
    found += agent.barriers("lit")
    assert "\n".join(found) == ""
