"""What holds whatever happens: no doubles after a kill, nobody sees too early, nothing is rated lower or taken over."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from access import actors, gate, scopes
from access.actions import Action
from access.models import Arriving
from access.proposals import waiting
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import LEASE
from records.importing import engine, fixing, runs
from records.importing import mapping as mappings
from records.importing.drafts import Flaw
from records.importing.mapping import MappingInvalid
from records.importing.on_its_way import NotByTransfer, OnItsWay
from records.models import Consent, Customer, ImportRun, Policy, QuarantinedRow
from tests import estate
from tests.transfers.legacy import files
from tests.transfers.legacy.seller import NAME, Buyer
from transfers.legacy import loading, releasing, taking
from transfers.legacy.loading import NotRehearsed
from transfers.legacy.releasing import BeforeAcceptance
from transfers.legacy.taking import NotFromFiles
from transfers.models import Transfer
from transfers.receipts import reconciling

pytestmark = pytest.mark.django_db(transaction=True)

CHILD = """
import sys
import django
from custodian import databases, embedded
embedded.ensure()
databases.use(sys.argv[1])
django.setup()
from records.importing import engine
engine.CHUNK = 10
engine.work(int(sys.argv[2]))
"""


@pytest.fixture
def buyer() -> Buyer:
    return Buyer()


def work_elsewhere(run: ImportRun, failpoint: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, connection.settings_dict["NAME"], str(run.pk)],
        env={**os.environ, "CUSTODIAN_FAILPOINT": failpoint},
        cwd=Path(__file__).parents[3],
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode


def test_killed_in_the_middle_it_goes_on_without_doubles_and_unseen(
    buyer: Buyer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CHUNK", 10)
    run = buyer.order(buyer.rehearse(buyer.upload(files.book(tmp_path))))
    there = []
    for failpoint in ("import-before-commit@2", "import-after-chunk", "import-before-commit@4"):
        assert work_elsewhere(run, f"{failpoint}:sigkill") == -signal.SIGKILL
        assert buyer.seen() == 0
        there.append(buyer.there())
        ImportRun.objects.filter(pk=run.pk).update(leased_until=clock.now() - timedelta(seconds=1))
    assert there == [10, 20, files.CUSTOMERS]
    with clock.at(clock.now() + LEASE):
        engine.work(run.pk)
    run.refresh_from_db()
    assert run.rows_in == run.kept + run.quarantined + run.skipped
    assert (buyer.there(), buyer.seen()) == (files.CUSTOMERS, 0)
    with scopes.acting(estate.system()), scopes.arrivals():
        assert Policy.objects.count() == files.POLICIES
        assert Arriving.objects.filter(arrival=buyer.transfer.ref).count() == files.CUSTOMERS


def mend(buyer: Buyer, row: QuarantinedRow, cells: list[str]) -> tuple[Flaw, ...]:
    with estate.acting(buyer.house.first, stepped_up=True) as actor:
        permit = gate.permit(
            actor, Action.QUARANTINE_READ, purpose="compliance", channel="admin",
            facts={"row": str(row.ref)},
        )  # fmt: skip
        assert fixing.opened(row, permit=permit).cells[0] == cells[0]
        return fixing.fix(row, cells, channel="admin", actor=actor)


def test_a_row_put_right_here_comes_in_unseen_too(buyer: Buyer, tmp_path: Path) -> None:
    buyer.load(files.book(tmp_path))
    with scopes.acting(estate.system()):
        person = QuarantinedRow.objects.filter(kind="customer").first()
        contract = QuarantinedRow.objects.filter(kind="policy").order_by("number").last()
    assert mend(buyer, person, files.customer(person.number - 2)) == ()
    assert (buyer.there(), buyer.seen()) == (files.CUSTOMERS + 1, 0)
    # Its policyholder is on her way too, and is found all the same.
    assert mend(buyer, contract, files.policy(901)) == ()
    with scopes.acting(estate.system()):
        assert not Policy.objects.exists()
    assert reconciling.loaded(buyer.transfer)["policies"] == files.POLICIES + 1


def test_a_yes_to_what_only_consent_allows_stays_with_the_seller(
    buyer: Buyer, tmp_path: Path
) -> None:
    path = tmp_path / "同意.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([
            ["客户号", "同意用途", "同意与否", "表示日期"],
            ["HX00001", "marketing", "同意", "2020-01-02"],
            ["HX00002", "marketing", "不同意", "2020-01-02"],
        ])  # fmt: skip
    buyer.load(files.book(tmp_path))
    run = engine.work(buyer.order(buyer.rehearse(buyer.upload([path], name=""))).pk)
    assert run.warnings == {"consents-with-the-seller": 1}
    with scopes.acting(estate.system()), scopes.arrivals():
        assert list(Consent.objects.values_list("said", flat=True)) == ["refused"]
    with scopes.acting(estate.system()):
        assert not Consent.objects.exists()  # nor does anybody see her no before the moment
    assert reconciling.loaded(buyer.transfer)["consents"] == 2


def test_nobody_of_the_seller_becomes_somebody_here(buyer: Buyer, tmp_path: Path) -> None:
    run = buyer.upload(files.book(tmp_path), name="")
    (source, _policies) = mappings.load(run.mapping["toml"]).sources
    assert "agent.staff_no" not in source.columns
    text = run.mapping["toml"].replace(
        "[source.columns]", '[source.columns]\n"agent.staff_no" = "经办工号"', 1
    )
    with (
        estate.acting(buyer.house.first, stepped_up=True) as actor,
        pytest.raises(NotByTransfer),
    ):
        taking.rehearse(buyer.transfer, run, mappings.load(text), actor=actor)


def test_a_mapping_raises_a_level_and_never_lowers_it() -> None:
    head = files.MAPPING.replace('"证号" = 3', '"证号" = {level}')
    assert mappings.load(head.format(level=1)).sources[0].levels == {"证号": 1}
    with pytest.raises(MappingInvalid, match="rated lower"):
        mappings.load(head.format(level=5))
    whole = mappings.load(files.MAPPING)
    assert mappings.load(mappings.dump(whole)) == whole


def test_nothing_in_clear_is_on_the_disk(buyer: Buyer, tmp_path: Path) -> None:
    buyer.rehearse(buyer.upload(files.book(tmp_path)))
    secret = [files.customer(0)[1].encode(), files.customer(0)[2].encode(), "客户名单".encode()]
    for path in (Path(settings.VAR) / "store").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not any(each in content for each in secret)


def test_only_what_was_rehearsed_is_loaded_and_only_by_the_transfer(
    buyer: Buyer, tmp_path: Path
) -> None:
    run = buyer.upload(files.book(tmp_path))
    with estate.acting(buyer.house.first, stepped_up=True) as actor:
        with pytest.raises(NotRehearsed):
            loading.ask(buyer.transfer, run, actor=actor)
        rehearsal = buyer.rehearse(run)
        with pytest.raises(OnItsWay):
            runs.for_real(rehearsal, actor=actor)
        approval = loading.ask(buyer.transfer, rehearsal, actor=actor)
    with pytest.raises(CustodianError):
        buyer.house.approve(approval, by=buyer.house.first)
    # Somebody maps the files anew: what was put up is not what would be loaded.
    ImportRun.objects.filter(pk=rehearsal.pk).update(
        kept=1, rows_in=1 + rehearsal.quarantined + rehearsal.skipped
    )
    with pytest.raises(CustodianError):
        buyer.house.approve(approval)
    assert not ImportRun.objects.filter(dry_run=False).exists()


def test_after_the_acceptance_nothing_comes_and_before_it_nobody_lets_go(
    buyer: Buyer, tmp_path: Path
) -> None:
    buyer.load(files.book(tmp_path))
    buyer.load(files.mended(tmp_path))
    buyer.state()
    buyer.accept()
    with pytest.raises(NotFromFiles):
        buyer.upload(files.mended(tmp_path))
    with pytest.raises(BeforeAcceptance):
        buyer.ask_release(clock.now() - timedelta(hours=1))
    assert waiting(releasing.KIND, transfer=buyer.transfer.code) is None
    approval = buyer.ask_release(clock.now() + timedelta(hours=1))
    with pytest.raises(CustodianError):
        buyer.house.approve(approval, by=buyer.house.first)
    assert buyer.seen() == 0


def test_the_sums_go_with_the_transfers_end(buyer: Buyer, tmp_path: Path) -> None:
    buyer.load(files.book(tmp_path))
    buyer.state()
    assert any(line.money for line in reconciling.lines(buyer.transfer))
    Transfer.objects.filter(pk=buyer.transfer.pk).update(
        status=Transfer.Status.STOPPED, ended_at=clock.now()
    )
    from transfers.legacy import sealing

    sealing.forget(buyer.transfer)
    assert not any(line.money for line in reconciling.lines(buyer.transfer))


def test_a_saved_mapping_serves_an_ordinary_import_too(buyer: Buyer, tmp_path: Path) -> None:
    paths = [str(each) for each in files.book(tmp_path)]
    call_command("import_book", *paths, "--book", "XH", "--mapping", f"{NAME}@1", "--yes")
    run = ImportRun.objects.get()
    assert (run.skipped, run.arriving) == (files.TESTS, None)
    with scopes.acting(actors.system("tests")):
        assert Customer.objects.count() == files.CUSTOMERS


def test_files_come_into_a_book_of_their_own(buyer: Buyer, tmp_path: Path) -> None:
    """A policy on somebody who is seen already would be seen with her."""
    known = estate.customer(
        {**estate.ZHANG, "identity.id_number": files.resident(3)}, book_=buyer.house.book
    )
    with pytest.raises(NotFromFiles):
        buyer.upload(files.book(tmp_path))
    with scopes.acting(estate.system()):
        assert list(Customer.objects.filter(book=buyer.house.book)) == [known]
