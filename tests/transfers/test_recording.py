"""What is filed and put on record: sealed papers, acts with their proof, notices counted against the route."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error, transaction

from access.gate import Refused
from access.law import count_overriding
from access.law.reading import today
from access.vocabulary import Role
from custodian import clock
from custodian.regimes.calendars import DAY
from records.evidence import EvidenceRefused
from records.storage import checks_files
from tests import estate
from tests.transfers.house import PDF, everything_done
from transfers import announcing, papers, progress, recording
from transfers.models import Publication, TransferAct, TransferPaper
from transfers.progress import NotYet, gates


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.VAR = tmp_path


@pytest.fixture
def noticed(house, monkeypatch):
    """A transfer whose notice is running, without any capability's missing work."""
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.walk(transfer, until="notice")
    return transfer


def test_a_paper_lies_sealed_and_its_opening_is_on_record(house, entries_since):
    transfer = house.transfer()
    paper = house.file(transfer, "board", "confidentiality")
    stored = papers.SHELF.path_of(paper.ref).read_bytes()
    assert PDF not in stored
    with estate.acting(house.first, stepped_up=True) as actor:
        body = papers.open_paper(paper, purpose="compliance", channel="admin", actor=actor)
        assert body == PDF
    opened = entries_since()[-1]
    assert '"transfers:paper:read"' in opened.leaf
    assert paper.name == "保密协议"
    assert paper.ref.hex in checks_files.names()
    assert not list(checks_files.strays(checks_files.names()))


def test_what_is_no_paper_is_not_kept(house, tmp_path):
    transfer = house.transfer()
    with pytest.raises(EvidenceRefused):
        house.file(transfer, "board", "confidentiality", content=b"MZ\x90 a program")
    with pytest.raises(papers.UnknownPaper):
        house.file(transfer, "board", "nothing-of-the-route")
    with pytest.raises(papers.UnknownPaper):
        house.file(transfer, "board", "other")
    assert not TransferPaper.objects.exists()
    assert not [each for each in (tmp_path / "store").rglob("*") if each.is_file()]


def test_an_agent_files_nothing(house):
    transfer = house.transfer()
    agent = estate.user(Role.AGENT)
    with estate.acting(agent, stepped_up=True) as actor, pytest.raises(Refused):
        papers.file(transfer, "board", "confidentiality", PDF, actor=actor)


def test_nothing_more_comes_to_a_stage_that_is_done(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.walk(transfer, until="approval")
    with pytest.raises(NotYet):
        house.file(transfer, "board", "confidentiality")


def test_what_was_filed_and_recorded_is_never_rewritten(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.walk(transfer, until="notice")
    for row in (TransferPaper.objects.first(), TransferAct.objects.first()):
        with pytest.raises(Error, match="kept as it was"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(stage="end")


def test_a_decision_needs_its_number_and_its_paper(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.walk(transfer, until="approval")
    with estate.acting(house.first, stepped_up=True) as actor:
        for said in ({"number": "2026-117"}, {"proof": PDF}):
            with pytest.raises(recording.Incomplete):
                recording.record(transfer, "approval", day=today(), actor=actor, **said)
        with pytest.raises(recording.Ahead):
            recording.record(
                transfer, "approval", day=today() + DAY, number="1", proof=PDF, actor=actor
            )
        with pytest.raises(recording.UnknownGate):
            recording.record(transfer, "sanction", day=today(), number="1", proof=PDF, actor=actor)
        act = recording.record(
            transfer, "approval", day=today(), number="金复〔2026〕117号", proof=PDF, actor=actor
        )
    assert (act.number, act.granted, act.paper.code) == ("金复〔2026〕117号", True, "approval")
    assert "approval" not in {each.code for each in gates.lacking(transfer, "approval")}


def test_a_waiting_time_begins_with_its_day_and_holds_the_stage(house, monkeypatch, settings):
    settings.CUSTODIAN_REGIME = "uk"
    everything_done(monkeypatch)
    transfer = house.transfer(route="uk-part-vii")
    house.walk(transfer, until="approval")
    for code in ("scheme", "expert-report"):
        house.file(transfer, "approval", code)
    with estate.acting(house.first, stepped_up=True) as actor:
        recording.record(transfer, "papers-held", day=today(), actor=actor)
    row = transfer.clocks.get(rule="UK-P7")
    assert [each.code for each in gates.lacking(transfer, "approval")] == ["papers-held"]
    with clock.at(row.due_at + timedelta(seconds=1)):
        assert gates.lacking(transfer, "approval") == []


def _notice(house, transfer, day, *, name="上海保险报", **more):
    said = {"medium": "paper", "name": name, "day": day, "proof": PDF, **more}
    with estate.acting(house.first, stepped_up=True) as actor:
        return recording.publish(transfer, **said, actor=actor)


def test_three_notices_of_three_days_count_and_the_same_one_once(house, noticed):
    house.publish_ours(noticed)
    for back in (3, 2):
        _notice(house, noticed, today() - back * DAY)
    with pytest.raises(recording.Twice):
        _notice(house, noticed, today() - 2 * DAY)
    missing = {each.code: str(each.says) for each in gates.lacking(noticed, "notice")}
    assert "还差 1 次" in missing["printed"]
    _notice(house, noticed, today())
    assert "printed" not in {each.code for each in gates.lacking(noticed, "notice")}


def test_a_notice_counts_with_its_proof_only(house, noticed):
    with pytest.raises(recording.Incomplete):
        _notice(house, noticed, today(), proof=None)
    Publication.objects.create(
        transfer=noticed, medium="paper", name="无凭证", day=today(), recorded_by=house.first
    )
    gate = next(
        each for each in recording.gates_of(noticed, *recording.Gate) if each.code == "printed"
    )
    assert gates.printed(noticed, gate) == 0


def test_both_websites_show_it_for_a_month(house, noticed):
    house.publish_ours(noticed)
    began = today()
    _notice(house, noticed, began, medium="website", name="恒信人寿", side="buyer")
    codes = {each.code for each in gates.lacking(noticed, "notice")}
    assert {"online-seller", "online-buyer"} <= codes
    running = noticed.clocks.get(rule="CN-TRF-PUB")
    assert clock.local(running.started_at).date() == began
    with clock.at(running.due_at + timedelta(minutes=1)):
        codes = {each.code for each in gates.lacking(noticed, "notice")}
        assert not {each for each in codes if each.startswith("online")}
    # Taken down before its time, it has not stood for a month, however long ago that was.
    with estate.acting(house.first, stepped_up=True) as actor:
        announcing.take_down(noticed, actor=actor)
    with clock.at(running.due_at + timedelta(days=60)):
        codes = {each.code for each in gates.lacking(noticed, "notice")}
        assert {each for each in codes if each.startswith("online")} == {"online-seller"}


def test_a_month_on_the_website_ends_with_its_last_day_and_not_before(house, noticed):
    house.publish_ours(noticed)
    row = noticed.publications.get(side="seller")
    due = gates.full_at(
        row, next(each for each in recording.gates_of(noticed, recording.Gate.ONLINE))
    )
    with clock.at(due - timedelta(seconds=1)):
        assert "online-seller" in {each.code for each in gates.lacking(noticed, "notice")}
    with clock.at(due):
        assert "online-seller" not in {each.code for each in gates.lacking(noticed, "notice")}


def test_the_announcement_takes_two_languages_and_two_people(house, noticed):
    content = announcing.compose(noticed)
    with estate.acting(house.first, stepped_up=True) as actor:
        with pytest.raises(announcing.Unwritten):
            announcing.propose(
                noticed, {**content, "rights": {"zh": "可以不同意", "en": " "}}, actor=actor
            )
        approval = announcing.propose(noticed, content, actor=actor)
        with pytest.raises(announcing.Pending):
            announcing.propose(noticed, content, actor=actor)
    assert announcing.public() == []
    house.approve(approval)
    (shown,) = announcing.public()
    assert shown.transfer == noticed
    assert "不视为同意" in shown.content["rights"]["zh"]
    assert announcing.is_shown(noticed)
    with estate.acting(house.first, stepped_up=True) as actor:
        second = announcing.propose(noticed, {**content, "title": {"zh": "更正", "en": "Corrected"}}, actor=actor)  # fmt: skip
    house.approve(second)
    assert [each.number for each in announcing.public()] == [2]
    assert announcing.own_rows(noticed).count() == 1


def test_an_announcement_ends_with_its_transfer(house, noticed):
    house.publish_ours(noticed)
    with estate.acting(house.first, stepped_up=True) as actor:
        approval = progress.stop(noticed, reason="双方终止", actor=actor)
    house.approve(approval)
    assert announcing.public() == []


def test_the_text_is_announced_in_its_stage_only(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    with estate.acting(house.first, stepped_up=True) as actor, pytest.raises(NotYet):
        announcing.propose(transfer, announcing.compose(transfer), actor=actor)


def test_another_number_of_notices_is_followed(house, noticed):
    """As this company has set it, by four eyes, in the law library."""
    house.fill(noticed, "notice")
    assert "printed" not in {each.code for each in gates.lacking(noticed, "notice")}
    with estate.acting(house.first) as actor:
        approval = count_overriding.propose_count(
            "CN-TRF-PAPERS", number=4, since=today(), reason="按最新文本", actor=actor
        )
    house.approve(approval)
    assert "printed" in {each.code for each in gates.lacking(noticed, "notice")}
