"""Files of a seller without this system, in a real browser: uploaded, mapped under masks, rehearsed, put up."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from access.models import Approval
from records.importing import engine, surveying
from records.models import FileSurvey, ImportRun
from tests import estate
from tests.transfers.legacy import files
from tests.transfers.legacy.seller import NAME, Buyer

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WIDTHS = (1440, 390)


def seen(visitor, name: str) -> list[str]:
    """What stands in somebody's way on this page, wide and narrow; a picture where one is wanted."""
    found = []
    for width in WIDTHS:
        found += visitor.too_wide(name, (width,))
        if folder := os.environ.get("CUSTODIAN_PICTURES"):
            visitor.page.screenshot(path=f"{folder}/legacy-{name}-{width}.png", full_page=True)
    found += visitor.barriers(name)
    visitor.page.set_viewport_size({"width": 1440, "height": 900})
    return found


@pytest.mark.parametrize("script", [True, False])
def test_files_are_uploaded_mapped_and_put_up(visit, office, tmp_path: Path, script: bool) -> None:
    buyer = Buyer(into="LEG1" if script else "LEG2")
    officer = visit(java_script_enabled=script)
    fresh = estate.login(Client(), buyer.house.first, stepped_up=True)
    officer.carry(settings.SESSION_COOKIE_NAME, fresh.cookies[settings.SESSION_COOKIE_NAME].value)
    page, home = officer.page, f"/admin/transfer/{buyer.transfer.code}/legacy/"
    page.goto(home)
    assert not script or seen(officer, "empty") == []
    page.get_by_label("转出方的文件").set_input_files([str(each) for each in files.book(tmp_path)])
    page.get_by_label("已保存的对应关系").select_option(NAME)
    page.get_by_role("button", name="上传并识别列").click()
    run = ImportRun.objects.filter(arriving=buyer.transfer.ref).get()
    for survey in FileSurvey.objects.filter(file__run=run):
        surveying.work(survey.pk)
    page.goto(f"/admin/transfers/files/{run.ref}/")
    assert not script or seen(officer, "mapping") == []
    body = page.locator("body").inner_text()
    assert files.customer(0)[1] not in body
    assert files.customer(0)[2] not in body
    page.get_by_label("旧系统代号", exact=True).select_option("")
    page.get_by_role("button", name="确认对应并试运行").click()
    if script:
        expect(page.get_by_text("请选择对应到哪一项，或写明为什么不导入").first).to_be_visible()
        assert seen(officer, "wrong") == []
    page.get_by_label("旧系统代号", exact=True).select_option("customer.key")
    page.get_by_role("button", name="确认对应并试运行").click()
    expect(page.get_by_role("heading", name="进度")).to_be_visible()
    engine.work(run.pk)
    page.goto(f"/admin/transfers/files/{run.ref}/")
    expect(page.get_by_role("heading", name="逐个文件")).to_be_visible()
    assert not script or seen(officer, "rehearsed") == []
    page.get_by_role("button", name="提交复核后载入").click()
    expect(page.get_by_text("待另一位合规官复核后载入")).to_be_visible()
    approval = Approval.objects.waiting().get(
        kind="files-load", payload__transfer=buyer.transfer.code
    )
    buyer.house.approve(approval)
    engine.work(buyer.transfer.files_loads.get().run_id)
    buyer.count()
    buyer.state()
    page.goto(home)
    expect(page.get_by_text("处未平")).to_be_visible()
    assert not script or seen(officer, "differences") == []
