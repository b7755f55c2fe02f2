"""The pack for the police: only after two have decided, on record, whole, and refused once altered."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access.actions import Action
from access.models import Entry
from access.vocabulary import Role
from incidents.cases import decisions, evidence
from incidents.reports import packs, referring
from tests import estate, pdfs
from tests.incidents.test_clocks import Office
from tests.incidents.test_reports import signed_in
from transfers import signed

pytestmark = pytest.mark.django_db(transaction=True)
SAID = {"to": "徐州市公安局 王警官", "note": "调证字〔2026〕8号"}


@pytest.fixture(autouse=True)
def own_store(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path / "var"


@pytest.fixture
def office() -> Office:
    """With a screenshot here, and a computer in a safe."""
    office = Office()
    office.listed(1200)
    with estate.acting(office.lead) as actor:
        terms = {"origin": "举报人", "actor": actor}
        evidence.file(office.case, b"proof", name="截图", **terms)
        evidence.note_elsewhere(office.case, name="电脑", place="保险柜", sha256="", **terms)
    return office


def decide(office: Office, decision: str = "refer") -> None:
    with estate.acting(office.lead) as actor:
        approval = decisions.ask(office.case, decision, "涉嫌侵犯公民个人信息罪", actor=actor)
    office.approve(approval, office.second)


def place(office: Office) -> str:
    return f"/admin/incident/{office.case.code}/referral/"


def test_without_the_decision_of_two_nothing_leaves(office: Office) -> None:
    client = signed_in(office.lead)
    decide(office, "other")
    with estate.acting(office.lead) as actor:
        decisions.ask(office.case, "refer", "提出", actor=actor)
        with pytest.raises(referring.NotDecided):
            referring.take(office.case, **SAID, purpose="compliance", actor=actor)
    answer = client.post(place(office), SAID)
    assert answer.status_code == 409
    assert "请先在事件页提交这一决定" in answer.content.decode()
    with estate.acting(office.lead):
        for piece in office.case.evidence.all():
            assert [each.act for each in piece.custody.all()] == ["filed"]


def test_the_pack_is_whole_and_every_piece_is_handed_over_on_record(
    office: Office, tmp_path: Path
) -> None:
    decide(office)
    client = signed_in(office.lead)
    assert "截图" in client.get(place(office)).content.decode()
    assert client.post(place(office), {**SAID, "to": ""}).status_code == 422
    answer = client.post(place(office), SAID)
    content = answer.content
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    listed = json.loads(parts["evidence.json"])
    here, away = listed
    assert parts[here["file"]] == b"proof"
    assert here["sha256"] == hashlib.sha256(b"proof").hexdigest()
    assert [each["act"] for each in here["custody"]] == ["filed", "opened", "handed"]
    assert here["custody"][-1]["to"] == SAID["to"]
    assert (away["file"], away["kept_at"]) == ("", "保险柜")
    assert json.loads(parts["affected.json"])["people"]["customers"] == 1200
    assert any(each["what"] == "decision" for each in json.loads(parts["timeline.json"]))
    letter = pdfs.text(parts["cover-letter.pdf"])
    for words in (
        "案件移送函",
        SAID["to"],
        "涉嫌侵犯公民个人信息罪",
        here["sha256"][:16],
        "青禾人寿",
        "1,200",
    ):
        assert words in letter, words
    assert "立案" in pdfs.text(parts["timeline.pdf"])
    manifest = packs.check(content)
    assert set(manifest["files"]) == set(parts) - {"manifest.json"}
    with estate.acting(office.lead):
        kept, elsewhere = office.case.evidence.order_by("pk")
        assert [each.act for each in kept.custody.all()] == ["filed", "opened", "handed"]
        assert [each.act for each in elsewhere.custody.all()] == ["filed"]
        taken = referring.takings(office.case)
    assert [each.text for each in taken] == [SAID["to"]]
    assert taken[0].facts["pack"] == hashlib.sha256(content).hexdigest()
    estate.drain()
    read = [json.loads(each).get("what") for each in Entry.objects.values_list("leaf", flat=True)]
    assert read.count(Action.INCIDENT_REFER) == 1
    assert read.count(Action.INCIDENT_EVIDENCE_READ) == 1
    assert (
        "取出移送材料，证据 1 件"
        in client.get(f"/admin/incident/{office.case.code}/").content.decode()
    )
    require_refused_once_altered(content, tmp_path)


def require_refused_once_altered(content: bytes, folder: Path) -> None:
    """A changed piece, one that is missing, one that was slipped in, a changed manifest."""
    good, bad = folder / "good.zip", folder / "bad.zip"
    good.write_bytes(content)
    call_command("check_referral_pack", good)
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        parts = {name: pack.read(name) for name in pack.namelist()}
    piece = next(name for name in parts if name.startswith("evidence/"))
    manifest = parts["manifest.json"].replace("王警官".encode(), "李警官".encode())
    assert manifest != parts["manifest.json"]
    for changed in (
        {**parts, piece: b"other"},
        {name: body for name, body in parts.items() if name != piece},
        {**parts, "evidence/002.bin": b"more"},
        {**parts, "manifest.json": manifest},
    ):
        with zipfile.ZipFile(bad, "w") as pack:
            for name, body in changed.items():
                pack.writestr(name, body)
        with pytest.raises(signed.BadPaper):
            packs.check(bad.read_bytes())
    with pytest.raises(CommandError, match="不符"):
        call_command("check_referral_pack", bad)
    with pytest.raises(signed.BadPaper):
        packs.check(b"no zip")


def test_whoever_only_watches_or_is_outside_takes_nothing(office: Office) -> None:
    decide(office)
    outside = signed_in(estate.user(Role.COMPLIANCE_OFFICER, name="刘敏"))
    assert outside.get(place(office)).status_code == 404
    assert outside.post(place(office), SAID).status_code == 404
