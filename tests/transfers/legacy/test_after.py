"""After the moment: who came by files is written to and counted like who came in a package."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from access import scopes
from custodian import clock
from tests import estate
from tests.transfers.legacy import files
from tests.transfers.legacy.seller import Buyer
from transfers.hundred_days import report
from transfers.letters import arrived, drafting, recipients, sending, texts
from transfers.models import LetterBatch, Receipt, Transfer, TransferClock
from transfers.receipts import ending, reconciling, supervised
from transfers.stocktaking import taking

pytestmark = pytest.mark.django_db(transaction=True)
ALL = files.CUSTOMERS + files.BAD_CUSTOMERS


@pytest.fixture
def live(tmp_path: Path) -> Buyer:
    buyer = Buyer()
    buyer.load(files.book(tmp_path))
    buyer.load(files.mended(tmp_path))
    buyer.state()
    buyer.accept()
    moment = clock.now() + timedelta(seconds=1)
    buyer.house.approve(buyer.ask_release(moment))
    with clock.at(moment + timedelta(seconds=1)):
        for receipt in ending.due():
            ending.act(receipt)
    return buyer


def test_the_time_of_the_notice_runs_from_the_first_file(live: Buyer) -> None:
    row = TransferClock.objects.get(transfer=live.transfer)
    assert row.rule == arrived.rule(live.transfer)
    assert row.stopped_at is None


def test_each_of_them_is_written_to_once(live: Buyer) -> None:
    with scopes.acting(estate.system()):
        assert recipients.counts(live.transfer).everybody == ALL
    with estate.acting(live.house.first, stepped_up=True) as actor:
        letter = texts.proposed(live.transfer)
        batch = drafting.draft(live.transfer, letter, reply_by=None, actor=actor)
        asked = drafting.submit(batch, actor=actor)
    live.house.approve(asked)
    sent = sending.work(LetterBatch.objects.get(approval=asked).pk)
    with scopes.acting(estate.system()):
        assert sent.notices.count() == ALL
        assert recipients.counts(live.transfer).left == 0


def test_what_came_is_counted_with_what_was_set_aside_and_the_levels_raised(live: Buyer) -> None:
    with estate.acting(live.house.first, stepped_up=True) as actor:
        taking.work(taking.begin(live.transfer, actor=actor).pk)
    found = report.of(Transfer.objects.get(pk=live.transfer.pk))
    assert found is not None
    assert found.customers == ALL
    assert found.newest.more["policies"]["in_force"] == files.POLICIES + files.BAD_POLICIES
    said = {each.code: each.count for each in report.problems(found)}
    assert said["resident-id-checksum identity.id_number"] == files.BAD_CUSTOMERS
    assert found.raised == []  # the seller rates its numbers as high as this house


def test_the_lines_stay_as_two_people_accepted_them(live: Buyer) -> None:
    lines = reconciling.lines(Transfer.objects.get(pk=live.transfer.pk))
    assert all(line.zero for line in lines)
    assert {line.name: line.loaded for line in lines}["customers"] == ALL


def test_a_supervisor_reads_that_the_seller_signed_by_hand(live: Buyer, tmp_path: Path) -> None:
    transfer = Transfer.objects.get(pk=live.transfer.pk)
    said = supervised.facts(transfer)
    acceptance, release = said["signed"]
    assert (acceptance.held, acceptance.by_hand) == (True, "")
    sheet = transfer.papers.get(name="转出方签字的交接确认").sha256
    assert release.by_hand == sheet
    assert len(said["packages"]) == 4  # two files, and two more with what was mended
    raw = supervised.archive(transfer, Receipt.objects.get(transfer=transfer))
    zipfile.ZipFile(io.BytesIO(raw)).extractall(tmp_path / "zip")
    done = subprocess.run(
        [sys.executable, "-I", "verify.py", "."], cwd=tmp_path / "zip", capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert (done.returncode, sheet in done.stdout) == (3, True), done.stdout
