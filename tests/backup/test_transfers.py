"""A house from before a cut-over: who went is not its own any more, and whoever came has to come again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from access import restored, scopes
from access.models import Arriving, Finding
from custodian import clock
from custodian.backup import manifest, reconciling
from custodian.backup.errors import BackupRefused
from custodian.errors import CustodianError
from incidents.models import Alert
from records.destruction import tombstones
from records.models import Customer, Keeping
from tests import estate
from tests.backup.house import House, empty_database
from tests.transfers import house as transfer_house
from transfers.ledger import keeping, sheets
from transfers.models import LedgerSheet, Receipt, Responsible, Stage, Transfer
from transfers.receipts import ending, register, releasing

WHY = "磁盘损坏，由昨日备份恢复"
ACCEPTANCE, RELEASE = b'{"acceptance": 1}', b'{"release": 1}'


@pytest.fixture
def transfers(house: House) -> transfer_house.House:
    return transfer_house.House()


@contextmanager
def put_back(house: House, folder: Path) -> Iterator[None]:
    with empty_database():
        house.restore(folder)
        yield


def refusal(house: House, **more: Any) -> BackupRefused:
    with pytest.raises(BackupRefused) as refused:
        house.reconcile(**more)
    assert restored.waits()
    return refused.value


def settle(transfer: Transfer, *who: Customer, ahead: timedelta = timedelta()) -> Receipt:
    """Both papers are signed; the moment is now, or ahead."""
    now = clock.now()
    receipt = Receipt.objects.create(
        transfer=transfer, acceptance=ACCEPTANCE, accepted_at=now, release=RELEASE,
        released_at=now, live_at=now + ahead,
    )  # fmt: skip
    own, other = "QH", transfer.counterparty.code
    before, after = (own, other) if transfer.is_sellers else (other, own)
    with scopes.acting(estate.system()), scopes.arrivals():
        for each in who:
            Responsible.objects.create(
                subject_id=each.subject_id, transfer=transfer, before=before, after=after,
                since=receipt.live_at,
            )  # fmt: skip
    keeping.publish()
    return receipt


def go(transfer: Transfer, *who: Customer) -> None:
    """The moment comes, and what belongs to it is done."""
    ending.act(settle(transfer, *who))


def answers(customer: Customer) -> str:
    with scopes.acting(estate.system()), scopes.arrivals():
        return register.of(customer.subject_id)


def states(customer: Customer) -> set[str]:
    with scopes.acting(estate.system()):
        return set(Keeping.objects.filter(subject=customer.pk).values_list("state", flat=True))


def is_readable(house: House, customer: Customer) -> bool:
    try:
        return bool(house.name_of(customer))
    except CustodianError:
        return False


@pytest.fixture
def gone(house: House) -> Customer:
    """Who will go over; she stays a customer like any other until then."""
    return house.office.living()


def test_who_went_after_the_backup_is_not_its_own_any_more(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    transfer = transfers.transfer()
    folder = house.backup()
    assert is_readable(house, gone)
    go(transfer, gone)
    assert not is_readable(house, gone)
    with put_back(house, folder):
        refused = refusal(house)
        assert refused.code == "gap-not-accepted"
        assert transfer.code in str(refused)
        assert transfers.other.name in str(refused)
        assert not Finding.objects.exists()

        house.reconcile(accept_gap=WHY)
        assert not is_readable(house, gone)
        assert "in_use" not in states(gone)
        assert answers(gone) == transfers.other.code
        assert is_readable(house, house.neighbour)
        assert answers(house.neighbour) == "QH"


def test_the_transfer_stands_as_it_stood(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    transfer = transfers.transfer()
    folder = house.backup()
    go(transfer, gone)
    with put_back(house, folder):
        house.reconcile(accept_gap=WHY)
        back = Transfer.objects.get(ref=transfer.ref)
        assert (bytes(back.receipt.acceptance), bytes(back.receipt.release)) == (
            ACCEPTANCE, RELEASE,
        )  # fmt: skip
        assert back.receipt.ended_at is not None
        assert back.stages.get(state="now").stage == Stage.END
        assert keeping.publish() == 0


def test_the_gap_is_a_finding_and_an_alert(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    transfer = transfers.transfer()
    folder = house.backup()
    go(transfer, gone)
    with put_back(house, folder):
        house.reconcile(accept_gap=WHY)
        finding = Finding.objects.get(facts__ref=transfer.code)
        assert finding.severity == Finding.Severity.URGENT
        assert transfer.code in finding.words
        assert transfers.other.name in finding.words
        assert Alert.objects.filter(finding=finding).exists()


def test_a_run_that_was_killed_reports_it_all_the_same(
    house: House, transfers: transfer_house.House, gone: Customer, monkeypatch: Any
) -> None:
    transfer = transfers.transfer()
    folder = house.backup()
    go(transfer, gone)

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with put_back(house, folder):
        with monkeypatch.context() as patch:
            patch.setattr(reconciling, "_finish", killed)
            with pytest.raises(KeyboardInterrupt):
                house.reconcile(accept_gap=WHY)
        assert restored.waits()
        house.reconcile(accept_gap=WHY)
        assert Finding.objects.filter(facts__ref=transfer.code).count() == 1
        assert answers(gone) == transfers.other.code


def test_one_that_was_killed_before_it_began_is_carried_out_by_the_next(
    house: House, transfers: transfer_house.House, gone: Customer, monkeypatch: Any
) -> None:
    """The sheets are in the database already, what they say is not."""
    transfer = transfers.transfer()
    folder = house.backup()
    go(transfer, gone)

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with put_back(house, folder):
        with monkeypatch.context() as patch:
            patch.setattr(ending, "act", killed)
            with pytest.raises(KeyboardInterrupt):
                house.reconcile(accept_gap=WHY)
        house.reconcile(accept_gap=WHY)
        assert not is_readable(house, gone)


def test_a_moment_that_is_still_ahead_is_noted_and_comes(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    transfer = transfers.transfer()
    folder = house.backup()
    settle(transfer, gone, ahead=timedelta(hours=2))
    with put_back(house, folder):
        house.reconcile(accept_gap=WHY)
        assert answers(gone) == "QH"
        assert is_readable(house, gone)
        later = clock.now() + timedelta(hours=3)
        with scopes.acting(estate.system()):
            assert register.of(gone.subject_id, at=later) == transfers.other.code


def test_what_was_settled_before_the_backup_and_fell_due_since_is_done_before_the_doors_open(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    transfer = transfers.transfer()
    receipt = settle(transfer, gone)
    folder = house.backup()
    ending.act(receipt)
    keeping.publish()
    with put_back(house, folder):
        assert transfer.code in str(refusal(house))
        house.reconcile(accept_gap=WHY)
        assert not is_readable(house, gone)


def test_a_transfer_that_was_opened_after_the_backup_is_opened_again(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    folder = house.backup()
    transfer = transfers.transfer()
    go(transfer, gone)
    with put_back(house, folder):
        house.reconcile(accept_gap=WHY)
        back = Transfer.objects.get(ref=transfer.ref)
        assert (back.code, back.title, back.route) == (
            transfer.code,
            transfer.title,
            "cn-voluntary",
        )
        assert answers(gone) == transfers.other.code


def test_customers_who_cannot_be_let_go_again_keep_the_house_shut(house: House) -> None:
    """Whoever opened it is no one of this database: a later backup is needed, and accepting does not help."""
    folder = house.backup()
    transfers = transfer_house.House()
    transfer = transfers.transfer()
    go(transfer, house.neighbour)
    with put_back(house, folder):
        refused = refusal(house, accept_gap=WHY)
        assert refused.code == "ledger-not-carried-out"
        assert transfer.code in str(refused)


def test_whoever_went_and_was_destroyed_is_destroyed(
    house: House, transfers: transfer_house.House
) -> None:
    transfer = transfers.transfer()
    folder = house.backup()
    house.destroy()
    go(transfer, house.gone)
    house.seal()
    with put_back(house, folder):
        done = house.reconcile(accept_gap=WHY)
        assert done.replayed.subjects == 1
        assert answers(house.gone) == transfers.other.code


def test_customers_who_came_have_to_come_again(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    """The buyer's house is refused and names the transfer, until somebody accepts the gap."""
    folder = house.backup()
    transfer = transfers.transfer(side="buyer", book=None)
    settle(transfer, gone)
    with put_back(house, folder):
        refused = refusal(house)
        assert transfer.code in str(refused)
        assert "重新接收" in str(refused)
        house.reconcile(accept_gap=WHY)
        assert not Receipt.objects.exists()
        assert Finding.objects.filter(facts__ref=transfer.code).count() == 1
        # The next restore does not hold the same against the house once more.
        assert sheets.newest_known() == LedgerSheet.objects.count()


def test_customers_who_were_loaded_before_the_backup_are_let_live(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    transfer = transfers.transfer(side="buyer", book=None)
    Arriving.objects.create(subject_id=gone.subject_id, arrival=transfer.ref)
    folder = house.backup()
    go(transfer, gone)
    with put_back(house, folder):
        assert not is_readable(house, gone)
        house.reconcile(accept_gap=WHY)
        assert is_readable(house, gone)
        assert answers(gone) == "QH"
        assert not Arriving.objects.exists()


def test_one_that_was_stopped_is_stopped_again(
    house: House, transfers: transfer_house.House
) -> None:
    transfer = transfers.transfer()
    folder = house.backup()
    Transfer.objects.filter(pk=transfer.pk).update(status="stopped", ended_at=clock.now())
    keeping.publish()
    with put_back(house, folder):
        house.reconcile(accept_gap=WHY)
        assert Transfer.objects.get(ref=transfer.ref).status == Transfer.Status.STOPPED


def test_one_that_was_only_opened_is_told_of(house: House, transfers: transfer_house.House) -> None:
    folder = house.backup()
    transfer = transfers.transfer()
    keeping.publish()
    with put_back(house, folder):
        assert transfer.code in str(refusal(house))
        house.reconcile(accept_gap=WHY)
        assert not Transfer.objects.exists()


def test_without_any_transfer_no_ledger_is_needed(house: House, capsys: Any) -> None:
    folder = house.backup()
    assert manifest.read(folder).ledger == 0
    with put_back(house, folder):
        call_command("reconcile_restore", tombstones=tombstones.folder(), checkpoint=house.head)
        assert "没有转让台账" in capsys.readouterr().out
        assert not restored.waits()


@pytest.mark.parametrize(
    ("spoil", "code"),
    [("missing", "ledger-older"), ("shorter", "ledger-older"), ("altered", "ledger-broken"),
     ("hole", "ledger-broken"), ("another", "ledger-broken")],
)  # fmt: skip
def test_a_ledger_that_is_not_whole_is_refused(
    house: House, transfers: transfer_house.House, gone: Customer, spoil: str, code: str
) -> None:
    transfer = transfers.transfer()
    go(transfer, gone)
    keeping.publish()
    folder, copy = house.backup(), house.folder / "copy"
    shutil.copytree(sheets.folder(), copy)
    if spoil == "missing":
        shutil.rmtree(copy)
    elif spoil == "shorter":
        (copy / "00000003.json").unlink()
    elif spoil == "hole":
        (copy / "00000002.json").unlink()
    elif spoil == "another":
        shutil.copy(copy / "00000001.json", copy / "00000003.json")
    else:
        sheet = copy / "00000002.json"
        with scopes.acting(estate.system()):
            one, other = str(gone.subject.uid), str(house.neighbour.subject.uid)
        assert one in sheet.read_text()
        sheet.write_text(sheet.read_text().replace(one, other))
    with put_back(house, folder):
        assert refusal(house, ledger_in=copy, accept_gap=WHY).code == code
        house.reconcile()


def test_one_that_is_older_than_the_backup_is_refused(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    """Also where this host's own folder is lost: the signed manifest knows the number."""
    transfer = transfers.transfer()
    keeping.publish()
    old = house.folder / "old"
    shutil.copytree(sheets.folder(), old)
    go(transfer, gone)
    folder = house.backup()
    newest = house.folder / "newest"
    sheets.folder().rename(newest)
    with put_back(house, folder):
        assert refusal(house, ledger_in=old).code == "ledger-older"
        assert refusal(house).code == "ledger-older"
        house.reconcile(ledger_in=newest)
        assert sheets.newest_known() == len(list(newest.glob("*.json")))


def test_another_history_of_the_same_length_is_refused(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    """Signed by this very house, but not what stands in the backup."""
    transfer = transfers.transfer()
    keeping.publish()
    folder = house.backup()
    first = sheets.path_of(1)
    first.write_text(
        sheets.signed(1, before="", what="stopped", transfer=transfer.ref, said={"side": "seller"})
    )
    with put_back(house, folder):
        assert refusal(house).code == "ledger-broken"


def test_a_sheet_has_no_value_of_a_customer(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    go(transfers.transfer(), gone)
    keeping.publish()
    text = "".join(path.read_text() for path in sheets.folder().glob("*.json"))
    with scopes.acting(estate.system()):
        assert str(gone.subject.uid) in text
    assert not any(value in text for value in estate.ZHANG.values())


def test_what_a_transfer_did_is_noted_once(
    house: House, transfers: transfer_house.House, gone: Customer
) -> None:
    transfer = transfers.transfer()
    go(transfer, gone)
    keeping.publish()
    assert keeping.publish() == 0
    assert [each.what for each in sheets.read(sheets.folder())] == [
        "opened", "settled", "carried-out",
    ]  # fmt: skip


def test_the_register_says_it_outside_as_soon_as_it_is_committed(
    house: House, transfers: transfer_house.House
) -> None:
    transfer = transfers.transfer()
    releasing.pass_on(transfer, since=clock.now())
    assert sheets.newest_known() == 1
