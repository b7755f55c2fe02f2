"""Taking stock of those who move: numbers by element and by flaw, no value, and the papers made of them."""

from __future__ import annotations

import json

import pytest

from access import scopes
from access.gate import Refused
from custodian.workflow import IllegalMove
from records.models import Identity
from tests import estate
from tests.transfers.choosing.estate import Families, mark
from transfers.models import StockTake, TransferPaper
from transfers.stocktaking import checking, papers, taking

SOUND = {
    **estate.ZHANG, "identity.id_number": "320311198604180011", "identity.mobile": "13947206185",
}  # fmt: skip


@pytest.fixture
def families(db, monkeypatch):
    """Everybody with an ID number whose check digit is right."""
    made = estate.customer
    with monkeypatch.context() as patched:
        patched.setattr(estate, "customer", lambda **more: made(SOUND, **more))
        return Families()


def take(families):
    with estate.acting(families.house.first, stepped_up=True) as actor:
        begun = taking.begin(families.transfer, actor=actor)
    return taking.work(begun.pk)


def test_stock_is_of_those_who_move_alone(families):
    mark(families.sun, status="destroyed")
    families.choose()
    done = take(families)

    assert done.customers == 5
    assert done.held["identity.id_number"] == 5
    assert done.held["policy.premium"] == 2
    assert done.whole == 5
    assert (done.missing, done.flaws) == ({}, {})


def test_what_is_missing_and_wrong_is_counted_and_never_told(families, monkeypatch):
    made = {**SOUND, "identity.id_number": "320311198604180015"}  # wrong check digit
    del made["identity.occupation"]
    wrong = estate.customer(made, book_=families.house.book, accounts=())
    families.choose()
    with scopes.acting(estate.system()):
        Identity.objects.filter(pk=families.qian.pk).update(name_sealed=b"nonsense")
    done = take(families)

    assert done.missing["identity.occupation"] == 1
    assert done.flaws[checking.UNREAD] == 1
    assert done.flaws["resident-id-checksum"] == 1
    assert done.whole == 5
    kept = json.dumps([done.held, done.missing, done.flaws, done.cursor, done.note])
    assert made["identity.id_number"] not in kept
    assert wrong.ref not in kept
    assert {label for label, _n in papers.missing(done)} == {"职业", *_labels(done)}


def _labels(done):
    return {str(papers._label(code)) for code in done.missing}


def test_each_page_is_one_entry_that_tags_nobody(families, entries_since, monkeypatch):
    monkeypatch.setattr(taking, "PAGE", 4)
    families.choose()
    take(families)
    read = [each for each in entries_since() if "transfers:stock:read" in each.leaf]
    assert [each.subjects for each in read] == [0, 0]
    assert all(each.act == "machine" for each in read)


def test_it_goes_on_after_a_kill_and_counts_nobody_twice(families, monkeypatch):
    monkeypatch.setattr(taking, "PAGE", 2)
    families.choose()
    with estate.acting(families.house.first, stepped_up=True) as actor:
        begun = taking.begin(families.transfer, actor=actor)
        with pytest.raises(IllegalMove):
            taking.begin(families.transfer, actor=actor)

    def stop(run):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        taking.work(begun.pk, on_progress=stop)
    StockTake.objects.update(leased_until="2026-01-01T00:00Z")
    done = taking.work(begun.pk)
    assert (done.customers, done.whole) == (6, 6)


def test_both_papers_are_filed_for_the_stage_that_runs(families):
    families.choose()
    done = take(families)
    with estate.acting(families.house.first, stepped_up=True) as actor:
        filed = papers.file(done, actor=actor)
    assert [each.name for each in filed] == ["资料清单", "数据质量报告"]
    assert {each.stage for each in TransferPaper.objects.all()} == {"board"}
    assert all(each.media_type == "application/pdf" for each in filed)


def test_nothing_is_filed_before_it_is_done_and_an_agent_takes_no_stock(families):
    families.choose()
    with estate.acting(families.house.first, stepped_up=True) as actor:
        begun = taking.begin(families.transfer, actor=actor)
        with pytest.raises(papers.NotTaken):
            papers.file(begun, actor=actor)
    with estate.acting(estate.user()) as actor, pytest.raises(Refused):
        taking.begin(families.transfer, actor=actor)
