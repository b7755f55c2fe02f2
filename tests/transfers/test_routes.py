"""Whole routes walked, stage by stage, and nothing that lets anybody skip one."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from access import approvals
from access.approvals import ContentChanged
from access.gate import Refused
from access.models import Approval
from custodian.regimes import routes as data
from custodian.workflow import IllegalMove
from tests import estate
from tests.transfers.house import everything_done
from transfers import progress, routes
from transfers.models import Stage, Transfer, TransferPaper
from transfers.progress import NotReady, NotYet, moving, opening, stopping

ALL = list(data.STAGES)


def test_the_stages_of_the_packs_are_those_of_the_board():
    assert tuple(Stage.values) == data.STAGES


@pytest.mark.parametrize(
    ("route", "regime", "stages"),
    [
        ("cn-voluntary", "cn", ALL),
        ("cn-merger", "cn", ALL),
        ("cn-insolvency-life", "cn", ALL[2:]),
        ("uk-part-vii", "uk", ALL),
        ("eu-s2-39", "eu", ALL),
    ],
)
@pytest.mark.parametrize("side", ["seller", "buyer"])
def test_a_whole_route_is_walked(house, monkeypatch, settings, route, regime, stages, side):
    settings.CUSTODIAN_REGIME = regime
    everything_done(monkeypatch)
    transfer = house.transfer(route=route, side=side)
    assert house.walk(transfer) == stages
    assert transfer.status == Transfer.Status.ENDED
    assert transfer.ended_at is not None
    done = transfer.stages.filter(state="done")
    assert [each.stage for each in done] == stages
    eyes = [each.stage for each in done if each.approval_id]
    assert eyes == [each.stage for each in routes.of(transfer).needed if each.four_eyes]


def test_no_stage_is_skipped(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    for stage in Stage.values[1:]:
        house.fill(transfer, stage)
        with pytest.raises(NotYet) as refused:
            progress.require(transfer, stage)
        assert refused.value.status == 409
        assert refused.value.missing[0].code == Stage.BOARD
        with pytest.raises(NotYet):
            house.finish(transfer, stage)
    assert not transfer.stages.filter(state="done").exists()
    assert progress.now_at(transfer).stage == Stage.BOARD


def test_what_is_missing_is_named_in_the_readers_language(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.paper(transfer, "board", "resolution-seller")
    with pytest.raises(NotReady, match="转入方董事会（股东会）决议"):
        house.finish(transfer, "board")
    with override("en"), pytest.raises(NotReady, match="Resolution of the buyer's board"):
        house.finish(transfer, "board")


def test_a_stage_without_a_capability_says_so_and_stays(house, monkeypatch):
    everything_done(monkeypatch, except_for="freeze")
    transfer = house.transfer()
    house.walk(transfer, until="freeze")
    with pytest.raises(NotReady) as refused:
        house.finish(transfer, "freeze")
    assert [each.code for each in refused.value.missing] == ["no-capability"]


def test_what_a_capability_misses_keeps_its_stage(house, monkeypatch):
    missing = everything_done(monkeypatch)
    transfer = house.transfer()
    house.walk(transfer, until="reconcile")
    missing["reconcile"].append(progress.Missing("lines", "3 条差异"))
    with pytest.raises(NotReady, match="3 条差异"):
        house.finish(transfer, "reconcile")
    missing["reconcile"].clear()
    house.finish(transfer, "reconcile")
    assert progress.now_at(transfer).stage == "go_live"


def test_the_buyer_does_not_owe_the_sellers_work(house, monkeypatch):
    everything_done(monkeypatch, except_for="freeze")
    transfer = house.transfer(side="buyer", book=None)
    assert "freeze" in house.walk(transfer, until="package")


def test_nobody_ends_a_stage_alone(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.fill(transfer, "board")
    with estate.acting(house.first, stepped_up=True) as actor:
        approval = progress.finish(transfer, "board", actor=actor)
        assert progress.now_at(transfer).stage == "board"
        with pytest.raises(moving.Pending):
            progress.finish(transfer, "board", actor=actor)
        with pytest.raises(Refused):
            approvals.approve(approval, seen=approval.digest, actor=actor)
    house.approve(approval)
    row = transfer.stages.get(stage="board")
    assert (row.done_by, row.approval) == (house.first, approval)


def test_a_paper_filed_since_voids_what_was_put_up(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.fill(transfer, "board")
    with estate.acting(house.first, stepped_up=True) as actor:
        approval = progress.finish(transfer, "board", actor=actor)
    house.paper(transfer, "board", "resolution-buyer")
    with pytest.raises(ContentChanged):
        house.approve(approval)
    assert progress.now_at(transfer).stage == "board"


def test_a_paper_gone_since_keeps_the_stage(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.fill(transfer, "board")
    with estate.acting(house.first, stepped_up=True) as actor:
        approval = progress.finish(transfer, "board", actor=actor)
    TransferPaper.objects.filter(transfer=transfer).delete()
    with pytest.raises(ContentChanged):
        house.approve(approval)


def test_a_move_hits_one_row(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    row = transfer.stages.get(stage="approval")
    with pytest.raises(IllegalMove):
        moving.STAGE.move(row, "finish", {"done_at": transfer.opened_at})


def test_a_refusal_of_the_authority_is_no_approval(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.walk(transfer, until="approval")
    house.fill(transfer, "approval")
    refused = transfer.acts.get(gate="approval")
    refused.pk, refused.granted = None, False
    refused.save(force_insert=True)
    with pytest.raises(NotReady, match="没有获准"):
        house.finish(transfer, "approval")


@pytest.mark.parametrize(("important", "owed"), [(True, True), (False, False)])
def test_important_data_owe_a_report(house, monkeypatch, important, owed):
    everything_done(monkeypatch)
    transfer = house.transfer(important_data=important)
    house.walk(transfer, until="approval")
    codes = {each.code for each in progress.lacking(transfer, "approval")}
    assert ("disposal-plan" in codes) is owed


def test_a_transfer_is_opened_by_two(house):
    approval = house.asked()
    with estate.acting(house.first, stepped_up=True) as actor, pytest.raises(Refused):
        approvals.approve(approval, seen=approval.digest, actor=actor)
    assert not Transfer.objects.exists()
    house.approve(approval)
    transfer = Transfer.objects.get()
    assert transfer.code.startswith("T-2026-") or transfer.code.startswith("T-")
    assert (transfer.opened_by, transfer.opening) == (house.first, approval)


def test_one_book_is_sold_once_at_a_time(house):
    house.asked()
    with pytest.raises(opening.Known):
        house.asked()
    house.approve(Approval.objects.get(kind="transfer-open"))
    with pytest.raises(opening.Known):
        house.asked()


def test_another_laws_route_is_not_taken(house):
    with pytest.raises(opening.BadOpening):
        house.asked(route="uk-part-vii")
    with pytest.raises(routes.UnknownRoute):
        house.asked(route="cn-nowhere")


def test_stopping_takes_two_and_ends_everything(house, monkeypatch):
    everything_done(monkeypatch)
    transfer = house.transfer()
    house.fill(transfer, "board")
    with estate.acting(house.first, stepped_up=True) as actor:
        ending = progress.finish(transfer, "board", actor=actor)
        approval = progress.stop(transfer, reason="谈判破裂", actor=actor)
        with pytest.raises(stopping.Pending):
            progress.stop(transfer, reason="谈判破裂", actor=actor)
    house.approve(approval)
    transfer.refresh_from_db()
    assert transfer.status == Transfer.Status.STOPPED
    with pytest.raises(NotYet):
        progress.require(transfer, "board")
    with pytest.raises(NotYet):
        house.approve(ending)


def test_a_buyer_who_names_no_book_has_one_of_its_own_for_what_is_to_come(house):
    found = house.transfer(side="buyer", book=None)
    assert (found.book.code, found.book.insurer) == (found.code, house.other.name)
    assert found.book.pk != house.book.pk
