"""The officer's pages: files are taken, columns are mapped by a form under masks, the list is entered, papers come out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from access import approvals
from access.models import Approval
from records.importing import engine, store
from records.importing import mapping as mappings
from records.models import FileSurvey, ImportFile, ImportRun, SavedMapping
from tests import estate
from tests.transfers.house import PDF
from tests.transfers.legacy import files
from tests.transfers.legacy.seller import Buyer

Since = Callable[[], list[Any]]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def buyer() -> Buyer:
    return Buyer()


@pytest.fixture
def client(buyer: Buyer) -> Client:
    return estate.login(Client(), buyer.house.first, stepped_up=True)


def place(buyer: Buyer, name: str = "") -> str:
    return reverse(f"admin:transfer_legacy{name}", args=[buyer.transfer.code])


def page_of(run: ImportRun) -> str:
    return reverse("admin:transfer_legacy_files", args=[run.ref])


def uploaded(client: Client, buyer: Buyer, paths: list[Path], **more: str) -> ImportRun:
    sent = [SimpleUploadedFile(each.name, each.read_bytes()) for each in paths]
    data = {"files": sent, "unit": estate.unit().pk, **more}
    response = client.post(place(buyer, "_upload"), data)
    assert response.status_code == 302, re.findall(
        r'<span class="[^"]*error[^"]*">.*?</span>', response.content.decode()
    )
    return ImportRun.objects.latest("pk")


def said_by(html: str) -> dict[str, str]:
    """What a browser would send of the form as it stands."""
    said = {}
    for name, inner in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        held = re.search(r'value="([^"]*)" selected', inner)
        said[name] = held[1] if held else ""
    for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        said[name] = text.strip()
    for tag in re.findall(r'<input type="text"[^>]*>', html):
        value = re.search(r'value="([^"]*)"', tag)
        said[re.search(r'name="(\w+)"', tag)[1]] = value[1] if value else ""
    return said


def test_columns_are_mapped_under_masks_and_the_mapping_is_kept(
    buyer: Buyer, client: Client, tmp_path: Path, entries_since: Since
) -> None:
    run = uploaded(client, buyer, files.book(tmp_path)[:1])
    buyer.survey(run)
    before = len(entries_since())
    html = client.get(page_of(run)).content.decode()
    assert [each for each in entries_since()[before:] if "records:book:read" in each.leaf]
    person = files.customer(0)
    for value in person[1:4]:  # name, number, mobile
        assert value not in html
    assert "139<span" in html
    assert "填写 100" in html
    said = said_by(html)
    heads = {header: place for place, header in enumerate(files.CUSTOMER_HEADS)}
    assert said[f"s0c{heads['证号']}"] == "identity.id_number"  # by its check digits
    assert said[f"s0c{heads['联络号']}"] == "identity.mobile"  # by its shape

    # Nobody has said yet why the remark is not imported.
    refused = client.post(page_of(run), {**said, "act": "map"})
    assert refused.status_code == 422
    wrong = refused.content.decode()
    assert "业务员备注：请选择对应到哪一项，或写明为什么不导入" in wrong
    assert 'class="field field-wrong"' in wrong
    assert '<option value="resident_id">居民身份证</option>' in wrong
    said |= {
        f"s0c{heads['旧系统代号']}": "customer.key", f"s0c{heads['户主大名']}": "identity.name",
        f"s0c{heads['男女']}": "identity.sex", f"s0c{heads['男女']}codes": "1=男\n2=女",
        f"s0c{heads['业务员备注']}": "", f"s0c{heads['业务员备注']}why": "与合同无关",
        f"s0c{heads['经办工号']}": "", f"s0c{heads['经办工号']}why": "不随转",
        "s0r0column": "户主大名", "s0r0how": "starts-with", "s0r0value": "测试", "s0r0reason": "测试客户",
        "name": "恒信名单", "act": "map",
    }  # fmt: skip
    # The seller rates mobiles higher than this house does: a level is never lowered.
    lower = client.post(page_of(run), {**said, f"s0c{heads['联络号']}level": "5"})
    assert lower.status_code == 422
    assert "只能升" in lower.content.decode()
    answer = client.post(page_of(run), said)
    assert answer.status_code == 302, re.findall(r"danger\">(.*?)<", answer.content.decode())

    kept = SavedMapping.objects.get(name="恒信名单")
    (source,) = mappings.load(kept.toml).sources
    assert source.codes == {"identity.sex": {"1": "男", "2": "女"}}
    assert source.skips[0].reason == "测试客户"
    engine.work(run.pk)
    run.refresh_from_db()
    assert (run.kept, run.quarantined) == (files.CUSTOMERS, files.BAD_CUSTOMERS)
    toml = client.get(reverse("admin:transfer_legacy_mapping", args=[run.ref]))
    assert mappings.load(toml.content.decode()).sources[0].codes == source.codes
    assert "逐个文件" in client.get(page_of(run)).content.decode()

    client.post(page_of(run), {"act": "load"})
    assert Approval.objects.waiting().filter(kind="files-load").count() == 1
    # The same person is never the second one; the importer's own page does not load it either.
    plain = client.post(reverse("admin:import_run", args=[run.ref]))
    assert plain.status_code == 409
    assert ImportRun.objects.filter(dry_run=False).count() == 0


def test_a_bad_file_is_refused_in_words_and_not_kept(
    buyer: Buyer, client: Client, tmp_path: Path
) -> None:
    bad = SimpleUploadedFile("名单.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 100)
    answer = client.post(place(buyer, "_upload"), {"files": [bad], "unit": estate.unit().pk})
    assert answer.status_code == 422
    assert "另存为 xlsx" in answer.content.decode()
    assert not ImportRun.objects.exists()
    assert not FileSurvey.objects.exists()
    assert not ImportFile.objects.exists()


def test_files_that_are_not_wanted_go_with_their_keys(
    buyer: Buyer, client: Client, tmp_path: Path
) -> None:
    run = uploaded(client, buyer, files.book(tmp_path))
    buyer.survey(run)
    lying = [store.path_of(each.ref.hex) for each in run.files.all()]
    assert all(path.exists() for path in lying)
    assert client.post(page_of(run), {"act": "discard"}).status_code == 302
    assert not any(path.exists() for path in lying)
    assert not ImportRun.objects.exists()
    assert not FileSurvey.objects.exists()


def test_what_went_wrong_is_answered_with_the_page_and_a_word(
    buyer: Buyer, client: Client, tmp_path: Path
) -> None:
    run = uploaded(client, buyer, files.book(tmp_path))
    early = client.post(page_of(run), {"act": "load"})
    assert early.status_code == 409
    assert "请先用这份对应关系试运行" in early.content.decode()
    assert client.post(place(buyer, "_step"), {"act": "accept"}).status_code == 409
    paper = SimpleUploadedFile("清单.pdf", PDF)
    numbers = {"customers": 1, "policies": 1, "claims": 0, "in_force": 2, "paper": paper}
    wrong = client.post(place(buyer, "_list"), numbers)
    assert wrong.status_code == 422
    assert "自相矛盾" in wrong.content.decode()
    assert not buyer.transfer.seller_lists.exists()


def test_nothing_agrees_before_anything_was_said_or_came(
    buyer: Buyer, client: Client, tmp_path: Path
) -> None:
    buyer.upload(files.book(tmp_path))
    answer = client.get(reverse("admin:transfer_hand_over", args=[buyer.transfer.code]))
    assert answer.status_code == 302, "no package comes: the page of the files has it all"
    page = client.get(answer.url).content.decode()
    assert "尚无可对" in page
    assert "一致" not in page


def test_the_paper_list_and_the_acceptance_for_the_seller(
    buyer: Buyer, client: Client, tmp_path: Path
) -> None:
    buyer.load(files.book(tmp_path))
    buyer.load(files.mended(tmp_path))
    page = client.get(place(buyer)).content.decode()
    assert "还没有录入转出方签字的清单" in page
    fields = dict(re.findall(r'for="id_(premium\d|cover\d)"[^>]*>\s*([\w-]+) ·', page))
    money = {name: {"life": "A", "health": "B"}.get(cls, "") for name, cls in fields.items()}
    amounts = {"premium": files.premium(), "cover": files.cover()}
    said = {
        name: f"{amounts[name[:-1]][which] / 100:.2f}" for name, which in money.items() if which
    }
    said |= {"customers": 32, "policies": files.POLICIES + files.BAD_POLICIES, "claims": 0}
    paper = SimpleUploadedFile("清单.pdf", PDF)
    answer = client.post(place(buyer, "_list"), {**said, "paper": paper})
    assert answer.status_code == 302
    page = client.get(place(buyer)).content.decode()
    assert "每一行差异为零" in page
    assert client.get(place(buyer, "_paper")).status_code == 404
    assert client.post(place(buyer, "_step"), {"act": "accept"}).status_code == 302
    asked = Approval.objects.waiting().get(kind="book-accept")
    counted = re.findall(
        r"(\w+) \d+", " ".join(approvals.kind_of(asked).describe(asked.payload)[1][1])
    )
    assert counted == ["客户", "保单", "赔案"]
    buyer.house.approve(asked)
    pdf = client.get(place(buyer, "_paper"))
    assert pdf.content.startswith(b"%PDF")
    wrong = client.post(place(buyer, "_release"), {"live_at": "明天"}).content.decode()
    assert "日期和时间无法识别，请写成 2026-12-01 00:00" in wrong
    answer = client.post(
        place(buyer, "_release"),
        {"live_at": "2099-01-01 00:00", "paper": SimpleUploadedFile("确认.pdf", PDF)},
    )
    assert answer.status_code == 302
    assert Approval.objects.waiting().get().kind == "files-release"


def test_a_survey_keeps_shares_and_no_value(buyer: Buyer, tmp_path: Path) -> None:
    run = buyer.upload(files.book(tmp_path))
    surveys = buyer.survey(run)
    columns = {c["header"]: c for each in surveys for s in each.sheets for c in s["columns"]}
    assert columns["证号"]["target"] == "identity.id_number"
    assert columns["证号"]["fits"] == 1.0 or columns["证号"]["fits"] == pytest.approx(
        30 / 32, abs=0.01
    )
    assert columns["男女"]["distinct"] < 0.1
    assert (columns["何日起"]["shape"], columns["每年交"]["shape"]) == ("date", "money")
    text = str([each.sheets for each in surveys])
    assert not any(value in text for value in files.customer(3)[:4])


def test_files_come_by_the_command(
    buyer: Buyer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from django.core.management import call_command

    paths = [str(each) for each in files.book(tmp_path)]
    call_command("receive_files", buyer.transfer.code, *paths, "--mapping", "恒信旧系统")
    run = ImportRun.objects.get()
    assert (run.dry_run, run.status, run.skipped) == (True, "done", files.TESTS)
    assert run.arriving == buyer.transfer.ref
    assert buyer.there() == 0
    assert "旧系统代号" in capsys.readouterr().out
