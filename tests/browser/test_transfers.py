"""A transfer in a real browser: opened, its board papers filed, ended by two, and its data room asked for."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from access.models import Approval
from records.models import Book
from tests import estate
from tests.records import assessed
from tests.transfers.house import PDF
from transfers.models import DataRoom, Transfer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TITLE = "徐汇长期险转让"
BOARD = ("转出方董事会（股东会）决议", "转入方董事会（股东会）决议", "保密协议")


def file(page: Page, code: str, name: str) -> None:
    page.goto(f"/admin/transfer/{code}/papers/")
    page.get_by_label("这是什么文件").select_option(label=name)
    page.get_by_label("选择文件").set_input_files(
        {"name": "1.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="归档", exact=True).click()
    expect(page.get_by_text("已归档，按原样加密保存。")).to_be_visible()


def approve(visitor, office) -> None:
    """What waits, by the other officer, in her own browser."""
    asked = Approval.objects.waiting().exclude(requested_by=office.second).latest("pk")
    visitor.page.goto(f"/admin/approvals/{asked.ref}/")
    visitor.page.get_by_role("button", name="核对并批准").click()


def test_a_transfer_from_its_opening_to_its_data_room(visit, office):
    estate.book("XH2")
    book = Book.objects.get(code="XH2")
    officer, second = visit(office.officer), visit()
    fresh = estate.login(Client(), office.second, stepped_up=True)
    name = settings.SESSION_COOKIE_NAME
    second.carry(name, fresh.cookies[name].value)
    page = officer.page
    page.goto("/admin/transfers/board/")
    page.get_by_role("link", name="建立业务转让").click()
    page.get_by_role("radio", name=re.compile("^自愿转让")).check()
    page.get_by_label("名称").fill(TITLE)
    page.get_by_label("账册").select_option(label=str(book))
    page.get_by_role("button", name="提交复核").click()
    expect(page.get_by_text("待另一位合规官复核后建立")).to_be_visible()
    assert not Transfer.objects.filter(title=TITLE).exists()
    approve(second, office)
    transfer = Transfer.objects.get(title=TITLE)

    page.goto(f"/admin/transfer/{transfer.code}/")
    cells = page.locator(".stages > li")
    expect(cells).to_have_count(10)
    expect(cells.first).to_have_attribute("aria-current", "step")
    expect(page.get_by_role("button", name="提交完成，待复核")).to_have_count(0)
    for name in BOARD:
        file(page, transfer.code, name)
    page.goto(f"/admin/transfer/{transfer.code}/")
    page.get_by_role("button", name="提交完成，待复核").click()
    expect(page.get_by_text("已提交，待另一位合规官复核").first).to_be_visible()
    approve(second, office)

    page.goto(f"/admin/transfer/{transfer.code}/")
    expect(cells.nth(0)).to_contain_text("已完成")
    expect(cells.nth(1)).to_have_attribute("aria-current", "step")
    assessed.approved(
        "transfer", transfer.code, "provide", first=office.officer, second=office.second
    )
    page.goto(f"/admin/transfer/{transfer.code}/papers/")
    page.get_by_role("button", name="归档评估报告").click()
    expect(page.get_by_text("影响评估报告已归档。")).to_be_visible()
    page.goto(f"/admin/transfer/{transfer.code}/rooms/")
    page.get_by_label("接收人").fill("吴越")
    page.get_by_role("button", name="提交复核").click()
    expect(page.get_by_text("待另一位合规官复核后生成")).to_be_visible()
    room = DataRoom.objects.get(transfer=transfer)
    assert room.approved_at is None
    approve(second, office)
    room.refresh_from_db()
    assert room.approved_at is not None


def test_a_stage_that_was_skipped_answers_409_with_the_board(visit, office):
    """A25: the form of an old page, or one that somebody wrote himself."""
    officer = visit(office.officer)
    page = officer.page
    page.goto(f"/admin/transfer/{office.transfer.code}/")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    answer = page.request.post(
        f"/admin/transfer/{office.transfer.code}/finish/",
        form={"csrfmiddlewaretoken": token, "stage": "reconcile"},
        headers={"Referer": page.url},
    )
    assert answer.status == 409
    assert "须先完成以下阶段" in answer.text()
    assert not office.transfer.stages.filter(stage="reconcile", state="done").exists()


def test_the_public_page_is_read_without_a_cookie(visit, office):
    stranger = visit()
    stranger.page.goto("/transfers/")
    stranger.page.get_by_role("link", name=re.compile("转让保险业务的公告")).click()
    expect(stranger.page.get_by_role("heading", name="您可以做什么")).to_be_visible()
    assert stranger.page.context.cookies() == []
