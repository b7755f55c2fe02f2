"""Three leaks, as the officer meets them at the screen: who sold the list, whose it is, and who must be told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from access.models import User
from custodian import clock
from incidents.affected import jobs as affected
from incidents.models import AffectedList, LeakTrace
from incidents.tracing import jobs as tracing
from records.importing import store
from tests import estate
from tests.browser.test_partners import approve
from tests.partners.house import House
from tests.sequencer.trees import Place
from tests.tracing.insurer import Insurer, mobile
from transfers.shares.selecting import Choice

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def insurer(office: Any, tmp_path_factory: pytest.TempPathFactory) -> Insurer:
    """480 customers; the insider saw 30 numbers, his colleague forty others and ten of the same."""
    world = Insurer()
    User.objects.filter(pk__in=[office.officer.pk, office.second.pk]).update(
        role_since=clock.now().replace(year=2025)
    )
    world.look(world.insider, range(100, 130))
    world.look(world.colleague, range(120, 160))
    Place.make(tmp_path_factory.mktemp("log") / "log").seal()
    return world


@pytest.fixture
def own_store(settings: Any, tmp_path: Any) -> None:
    settings.VAR = tmp_path / "var"


def opened(page: Page, kind: str, title: str) -> str:
    page.goto("/admin/incident/")
    page.locator("select[name=kind]").select_option(kind)
    page.locator("input[name=title]").fill(title)
    page.get_by_role("button", name="立案").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    return page.url


def upload(page: Page, rows: Iterable[str], **case: str) -> LeakTrace:
    page.goto("/admin/leak-tracing/")
    content = "\n".join(["姓名,电话", *rows]).encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "名单.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.locator("input[name=label]").fill("网上出售的名单")
    page.locator("input[name=reason]").fill("警方移交")
    if case:
        page.locator("select[name=incident]").select_option(**case)
    page.get_by_role("button", name=re.compile("溯源")).click()
    expect(page).to_have_url(re.compile(r"/leak-tracing/[0-9a-f-]{36}/"))
    return tracing.work(LeakTrace.objects.latest("pk").pk)


def test_given_the_list_that_was_sold_the_page_names_who_and_he_is_out_at_once(
    visit: Any, office: Any, insurer: Insurer, own_store: None
) -> None:
    page = visit(office.officer).page
    case = opened(page, "insider", "徐州名单在网上出售")
    code = case.rstrip("/").rsplit("/", 1)[1]
    upload(page, [f"某,{mobile(each)}" for each in range(100, 130)], value=code)
    page.reload()
    first = page.locator("table").first.locator("tbody tr").first
    expect(first).to_contain_text(insurer.insider.name)
    expect(first).to_contain_text("强")
    expect(page.get_by_text("30 ÷ 30 = 100.0%").first).to_be_visible()
    assert mobile(103) not in page.content()

    thief = visit(insurer.insider).page
    assert thief.goto("/admin/").ok
    page.goto(case)
    expect(page.locator("#affected")).to_contain_text("30 名客户")
    act(page, "links", "关联", thing="operator", number=insurer.insider.staff_no)
    act(page, "group", "加入一人", person=str(office.second.ref), part="member")
    page.goto(case)
    summary = page.locator("#next summary", has_text="停止访问")
    summary.click()
    form = page.locator("#next form", has=page.locator("input[name=act][value=cut]"))
    form.get_by_label(re.compile(insurer.insider.staff_no)).check()
    form.locator("input[name=text]").fill("名单由他看过的客户组成")
    form.get_by_role("button").click()
    step_up_and_again(page, office)
    assert thief.goto("/admin/").ok, "nobody is shut out before the second person has said yes"
    approve(visit, office, office.second, case)
    thief.goto("/admin/")
    expect(thief).to_have_url(re.compile("/accounts/login/"))


def act(page: Page, panel: str, label: str, **said: str) -> None:
    place = page.locator(f"#{panel}")
    place.locator("summary", has_text=label).last.click()
    form = place.locator("details[open] form").last
    for name, value in said.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    form.get_by_role("button").last.click()


def step_up_and_again(page: Page, office: Any) -> None:
    if "/step-up/" in page.url:
        page.locator("input[name=code]").fill(office.code(office.officer))
        page.locator("main form button[type=submit], main form button.btn-primary").first.click()


def test_a_file_of_other_insurers_is_told_apart_and_nothing_of_it_stays(
    visit: Any, office: Any, insurer: Insurer, own_store: None
) -> None:
    page = visit(office.officer).page
    strangers = [f"某,1370000{each:04}" for each in range(200)]
    job = upload(page, strangers)
    assert job.file is None
    page.reload()
    expect(page.get_by_text("没有来源与名单有交集。")).to_be_visible()
    expect(page.get_by_text("已丢弃").first).to_be_visible()
    assert "13700000007" not in page.content()
    folder = store.path_of("x").parent
    assert not [each for each in folder.rglob("*") if each.is_file()]


def test_when_a_partners_platform_leaks_the_case_says_which_of_ours_and_by_when(
    visit: Any, office: Any, insurer: Insurer, own_store: None
) -> None:
    house = House()
    agreement = house.agree(party=house.register("garage", "连云汽车维修"))
    given = insurer.customers[200:212]
    house.share(agreement, choice=Choice(customers=tuple(each.ref for each in given)))
    page = visit(office.officer).page
    case = opened(page, "partner", "连云维修平台外泄")
    act(page, "affected", "核算受影响的客户", by="partner", about=agreement.counterparty.code)
    with estate.acting(office.officer):
        affected.work(AffectedList.objects.latest("pk").pk)
    page.goto(case)
    panel = page.locator("#affected")
    expect(panel).to_contain_text("12 名客户")
    expect(panel).to_contain_text(agreement.code)
    clocks = page.locator("#clocks")
    expect(clocks).to_contain_text("个人")
    page.locator("#affected").get_by_role("link", name="名单").click()
    expect(page.get_by_text(given[0].ref)).to_be_visible()
