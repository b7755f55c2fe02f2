"""From two odd files to customers whom everybody sees: mapped, rehearsed, loaded unseen, reconciled, let live."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from access import scopes
from custodian import clock
from records.models import PolicyRole, QuarantinedRow
from tests import estate
from tests.transfers.legacy import files
from tests.transfers.legacy.seller import Buyer
from transfers.models import Receipt, Responsible
from transfers.receipts import ending, reconciling, register
from transfers.receipts.accepting import NotReconciled

pytestmark = pytest.mark.django_db(transaction=True)
ALL = files.CUSTOMERS + files.BAD_CUSTOMERS


@pytest.fixture
def buyer() -> Buyer:
    return Buyer()


def test_a_book_comes_as_files_and_is_seen_from_the_moment_on(buyer: Buyer, tmp_path: Path) -> None:
    rehearsal = buyer.rehearse(buyer.upload(files.book(tmp_path)))
    assert rehearsal.status == "done", rehearsal.note
    # A policy of somebody who is set aside is set aside too, and a rehearsal keeps nothing.
    rows = files.CUSTOMERS + files.BAD_CUSTOMERS + files.POLICIES + files.BAD_POLICIES + files.TESTS
    kept = files.CUSTOMERS + files.POLICIES
    assert (rehearsal.rows_in, rehearsal.kept, rehearsal.quarantined) == (rows, kept, 4)
    assert rehearsal.skips == {"测试单，不是合同": files.TESTS}
    assert rehearsal.sources["合同.csv"]["skipped"] == files.TESTS
    assert rehearsal.sources["客户名单.xlsx/名单"]["reason:resident-id-checksum"] == 2
    assert buyer.there() == 0

    run = buyer.order(rehearsal)
    from records.importing import engine

    engine.work(run.pk)
    buyer.count()
    assert (buyer.there(), buyer.seen()) == (files.CUSTOMERS, 0)

    # The paper says more than came; each missing row is there with its reason, and nobody can accept.
    buyer.state()
    lines = {line.name: line for line in reconciling.lines(buyer.transfer)}
    assert (lines["customers"].sent, lines["customers"].came, lines["customers"].loaded) == (
        32,
        32,
        30,
    )
    assert lines["policies"].difference == -2
    assert lines["premium/life"].difference < 0
    with pytest.raises(NotReconciled):
        buyer.accept()

    # The seller mends the four rows: what was set aside under their keys is settled.
    buyer.load(files.mended(tmp_path))
    assert set(QuarantinedRow.objects.values_list("status", flat=True)) == {"fixed"}
    assert all(line.zero for line in reconciling.lines(buyer.transfer))
    assert {line.name for line in reconciling.lines(buyer.transfer) if line.money} == {
        "premium/life", "premium/health", "cover/life", "cover/health",
    }  # fmt: skip
    buyer.accept()

    moment = clock.now() + timedelta(hours=2)
    approval = buyer.ask_release(moment)
    assert Receipt.objects.get().live_at is None
    buyer.house.approve(approval)
    assert buyer.seen() == 0
    with scopes.acting(estate.system()), scopes.arrivals():
        assert Responsible.objects.count() == ALL
        one = Responsible.objects.first()
    seller = buyer.transfer.counterparty.code
    with scopes.acting(estate.system()):
        assert register.counts(buyer.transfer, at=moment - timedelta(seconds=1)) == {seller: ALL}
        assert register.of(one.subject_id, at=moment) == settings.CUSTODIAN_INSURER
    assert ending.due() == []
    with clock.at(moment + timedelta(seconds=1)):
        for receipt in ending.due():
            ending.act(receipt)
        assert buyer.seen() == ALL
        assert ending.missing(buyer.transfer) == []
    with scopes.acting(estate.system()):
        holders = PolicyRole.objects.filter(role="policyholder")
        assert holders.count() == files.POLICIES + files.BAD_POLICIES


def test_where_nothing_has_come_nothing_agrees(buyer: Buyer) -> None:
    with pytest.raises(CommandError, match="尚无可对"):
        call_command("reconcile", buyer.transfer.code, "--json")


def test_one_fen_more_on_the_paper_stands_in_the_way(buyer: Buyer, tmp_path: Path) -> None:
    buyer.load(files.book(tmp_path))
    buyer.load(files.mended(tmp_path))
    buyer.state(more_premium=1)
    wrong = [line for line in reconciling.lines(buyer.transfer) if not line.zero]
    assert [(line.name, line.difference) for line in wrong] == [("premium/life", -1)]
    with pytest.raises(NotReconciled):
        buyer.accept()
    buyer.state()  # a corrected paper is a second one; the newest counts
    buyer.accept()
    assert buyer.transfer.seller_lists.count() == 2
