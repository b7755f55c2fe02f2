"""Reconciling: complete tombstones, the newest checkpoint, every gap on record; only then the mark goes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access import actors, restored, scopes
from access.models import Entry, Finding, Installation
from access.querylog import writer
from access.sequencer.announce import RefusesToSign
from access.verification import run
from access.verification.run import Start
from access.verification.walk import Fault
from custodian import databases
from custodian.backup import gaps, making, manifest, reconciling
from custodian.backup.errors import BackupRefused
from custodian.tlog import log_key
from custodian.tlog.notes import Signer, sign_checkpoint
from custodian.tlog.verify import ED25519, Checkpoint
from incidents.models import Alert
from records import search
from records.destruction import tombstones
from records.models import BlindIndex
from tests import estate
from tests.backup.house import House, another, elsewhere, empty_database, own_name


@contextmanager
def put_back(house: House, folder: Path) -> Iterator[None]:
    with empty_database():
        house.restore(folder)
        yield


def refusal(house: House, **more: Any) -> str:
    with pytest.raises(BackupRefused) as refused:
        house.reconcile(**more)
    assert restored.waits()
    return refused.value.code


def superuser(statement: str) -> None:
    with (
        closing(databases.connect("superuser", application_name="test")) as raw,
        raw.cursor() as cursor,
    ):
        cursor.execute(statement)


def faults() -> list[Fault]:
    with scopes.acting(actors.system("verifier")):
        return run.verify(Start(), run.configured()).faults


def indexes() -> set[tuple[str, bytes, int, str]]:
    with scopes.acting(estate.system()):
        rows = BlindIndex.objects.values_list("element", "digest", "subject_id", "holding")
        return {(code, bytes(digest), who, str(holding)) for code, digest, who, holding in rows}


def test_without_a_gap_it_serves_at_once_and_says_so(house: House) -> None:
    folder = house.backup()
    before = indexes()
    with put_back(house, folder):
        done = house.reconcile()
        assert (done.gaps, done.indexes, done.ledger) == ([], len(before), 0)
        assert not restored.waits()
        assert indexes() == before
        assert house.name_of(house.neighbour) == "李清照"
        row = Installation.objects.get()
        assert row.reconciled_at is not None
        house.seal()
        assert faults() == []
    assert not Finding.objects.exists()


def test_it_is_on_record_and_so_is_every_rebuilt_chunk(house: House) -> None:
    folder = house.backup()
    with put_back(house, folder):
        house.reconcile()
        house.seal()
        said = [json.loads(leaf) for leaf in Entry.objects.values_list("leaf", flat=True)]
        (entry,) = [each for each in said if each.get("what") == "custodian:restore:reconcile"]
        assert (entry["gaps"], entry["sheets"], entry["no"]) == (0, 0, "SYS-RECONCILER")
        rebuilt = [each for each in said if each.get("what") == "records:index:rebuild"]
        assert {(each["act"], each["n"]) for each in rebuilt} == {("machine", 0)}
        assert {each["count"] for each in rebuilt} == {2}


def test_a_gap_is_refused_and_then_reported(house: House) -> None:
    folder = house.backup()
    sealed = Checkpoint.parse(house.head.read_bytes()).size
    house.seal_with_a_look()
    newest = Checkpoint.parse(house.head.read_bytes()).size
    with put_back(house, folder):
        assert refusal(house) == "gap-not-accepted"
        assert not Finding.objects.exists()
        (gap,) = house.reconcile(accept_gap="磁盘损坏，昨日之后的日志已失").gaps
        assert (gap.what, gap.first, gap.beyond) == ("log", sealed, newest)
        (finding,) = Finding.objects.all()
        assert finding.severity == Finding.Severity.URGENT
        assert f"{newest - 1:,}" in finding.words
        assert Alert.objects.get().finding == finding
        assert not restored.waits()


def test_a_log_with_a_gap_goes_on_under_another_name_only(house: House, settings: Any) -> None:
    folder = house.backup()
    house.seal_with_a_look()
    with put_back(house, folder):
        house.reconcile(accept_gap="演练")
        with pytest.raises(RefusesToSign, match="database-behind"):
            house.seal()
        before = log_key.load(settings.CUSTODIAN_LOG_KEY)[0].signer.key.vkey
        settings.CUSTODIAN_LOG_ORIGIN = "custodian.qh/access-log/2"
        for name in ("KEY", "HEAD", "STORE"):
            setattr(settings, f"CUSTODIAN_LOG_{name}", house.folder / f"second-{name.lower()}")
        call_command("create_log_key")
        policy = settings.CUSTODIAN_LOG_POLICY
        policy.write_text(policy.read_text().replace(f"log {before}", f"# retired {before}"))
        settings.CUSTODIAN_SEALING = True
        house.seal()
        assert not restored.waits()
        assert faults() == []
        assert Checkpoint.parse(house.head.read_bytes()).origin == "custodian.qh/access-log/2"


def test_what_waited_for_its_seal_is_no_gap(house: House) -> None:
    """Entries in the backup that were sealed only after it have the places that the checkpoint says."""
    house.seal()
    house.name_of(house.neighbour)
    writer.stop()
    folder = making.make(house.folder / "unsealed")
    written = manifest.read(folder).entries
    assert written > manifest.read(folder).log_size
    house.seal()
    newest = Checkpoint.parse(house.head.read_bytes()).size
    with put_back(house, folder):
        # Its own entry came after it.
        (gap,) = house.reconcile(accept_gap="演练").gaps
        assert (gap.first, gap.beyond) == (written, newest)


def test_an_older_checkpoint_is_refused(house: House) -> None:
    house.seal()
    old = house.head.read_bytes()
    house.seal_with_a_look()
    folder = house.backup()
    with put_back(house, folder):
        assert refusal(house, checkpoint=old) == "checkpoint-older"


def test_one_that_is_not_the_newest_known_is_refused(house: House) -> None:
    folder = house.backup()
    then = house.head.read_bytes()
    house.seal_with_a_look()
    with put_back(house, folder):
        assert refusal(house, checkpoint=then) == "checkpoint-older"


def test_somebody_elses_checkpoint_is_refused(house: House, settings: Any) -> None:
    folder = house.backup()
    other = Signer.generate(settings.CUSTODIAN_LOG_ORIGIN, kind=ED25519)
    note = sign_checkpoint(settings.CUSTODIAN_LOG_ORIGIN, 999, b"0" * 32, signers=[other], at=1)
    with put_back(house, folder):
        assert refusal(house, checkpoint=note) == "checkpoint-unreadable"
        assert refusal(house, checkpoint=b"no note") == "checkpoint-unreadable"


def test_another_history_is_no_gap(house: House, settings: Any) -> None:
    folder = house.backup()
    (key,) = log_key.load(settings.CUSTODIAN_LOG_KEY)
    size = Checkpoint.parse(house.head.read_bytes()).size
    note = sign_checkpoint(
        settings.CUSTODIAN_LOG_ORIGIN, size, b"0" * 32, signers=[key.signer], at=1
    )
    house.head.write_bytes(note)
    with put_back(house, folder):
        assert refusal(house, accept_gap="演练") == "log-rewritten"


def test_missing_tombstones_are_refused(house: House) -> None:
    house.destroy()
    house.office.gone()
    house.destroy()
    folder = house.backup()
    place = tombstones.folder()
    copy = house.folder / "copy"
    with put_back(house, folder):
        for name, code in (("00000002", "tombstones-older"), ("00000001", "tombstones-broken")):
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(place, copy)
            (copy / f"{name}.json").unlink()
            assert refusal(house, sheets_in=copy) == code
        assert refusal(house, sheets_in=house.folder / "nothing") == "tombstones-older"
        house.reconcile()


def test_fewer_than_the_newest_outside_are_refused(house: House) -> None:
    """The manifest knows none; the folder of this installation does."""
    folder = house.backup()
    house.destroy()
    empty = house.folder / "empty"
    empty.mkdir()
    with put_back(house, folder):
        assert refusal(house, sheets_in=empty) == "tombstones-older"
        house.reconcile()


def test_altered_tombstones_are_refused(house: House) -> None:
    house.destroy()
    folder = house.backup()
    (sheet,) = tombstones.folder().glob("*.json")
    with scopes.acting(estate.system()):
        one, other = (str(each.subject.uid) for each in (house.gone, house.neighbour))
    sheet.write_text(sheet.read_text().replace(one, other))
    with put_back(house, folder):
        assert refusal(house) == "tombstones-broken"


def test_rows_that_changed_meanwhile_are_a_gap(house: House) -> None:
    folder = house.backup()
    with put_back(house, folder):
        superuser("DELETE FROM mfa_authenticator; DELETE FROM records_account")
        assert refusal(house) == "gap-not-accepted"
        (gap,) = house.reconcile(accept_gap="演练").gaps
        assert (gap.what, gap.table, gap.count) == ("rows", "public.records_account", 2)


def test_a_run_that_was_killed_is_run_again(house: House, monkeypatch: Any) -> None:
    folder = house.backup()
    house.destroy()
    house.seal()

    def killed(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with put_back(house, folder):
        with monkeypatch.context() as patch:
            patch.setattr(reconciling, "_finish", killed)
            with pytest.raises(KeyboardInterrupt):
                house.reconcile(accept_gap="演练")
        assert restored.waits()
        done = house.reconcile(accept_gap="演练")
        # The rows were counted before anything was replayed, and are not held against the replay.
        assert ([gap.what for gap in done.gaps], done.replayed.sheets) == (["log"], 1)
        assert {who for _code, _digest, who, _holding in indexes()} == {house.neighbour.subject_id}


def test_a_second_time_there_is_nothing_to_reconcile(house: House) -> None:
    folder = house.backup()
    with put_back(house, folder):
        house.reconcile()
        with pytest.raises(BackupRefused) as refused:
            house.reconcile()
        assert refused.value.code == "not-restored"


def test_the_neighbour_is_found_again(house: House) -> None:
    folder = house.backup()
    with put_back(house, folder):
        house.reconcile()
        with estate.acting(house.agent):
            wanted = search.blind_indexes.digest("identity.id_number", "110101199003070011")
            found = BlindIndex.objects.current().filter(digest=wanted)
            assert [row.subject_id for row in found] == [house.neighbour.subject_id]


def test_the_command_tells_the_steps(house: House, capsys: Any) -> None:
    folder = house.backup()
    house.destroy()
    house.seal_with_a_look()
    words = {"tombstones": tombstones.folder(), "checkpoint": house.head}
    with put_back(house, folder):
        with pytest.raises(CommandError) as refused:
            call_command("reconcile_restore", **words)
        assert "--accept-gap" in str(refused.value)
        call_command("reconcile_restore", **words, accept_gap="演练")
        said = capsys.readouterr().out
        assert "CUSTODIAN_LOG_ORIGIN" in said
        assert "可以提供服务" in said
    with pytest.raises(CommandError):
        call_command("reconcile_restore", **words)


def test_a_physical_copy_is_reconciled_as_well(house: House, settings: Any) -> None:
    """F24: put back by the database's own means to an hour ago, with no manifest and no mark."""
    house.seal()
    name, size = f"{own_name()}_r", Checkpoint.parse(house.head.read_bytes()).size
    with another(name, like=own_name()):
        house.destroy()
        house.seal_with_a_look()
        settings.CUSTODIAN_SEALING = True
        with elsewhere.inside(name):
            assert restored.waits()
            assert refusal(house) == "gap-not-accepted"
            done = house.reconcile(accept_gap="演练")
            newest = Checkpoint.parse(house.head.read_bytes()).size
            assert [(gap.first, gap.beyond) for gap in done.gaps] == [(size, newest)]
            assert done.replayed.subjects == 1
            assert Alert.objects.filter(severity="urgent").count() == 1


def test_a_physical_copy_that_cannot_see_the_head_is_declared(house: House) -> None:
    house.seal()
    assert refusal_code(house) == "not-restored"
    done = house.reconcile(physical=True)
    assert done.gaps == []


def refusal_code(house: House) -> str:
    with pytest.raises(BackupRefused) as refused:
        house.reconcile()
    return refused.value.code


def test_a_gap_says_only_what_it_knows() -> None:
    gap = gaps.Gap("log", count=2, first=0, beyond=2, since=datetime(2026, 1, 1, tzinfo=UTC))
    assert gap.facts() == {
        "what": "log",
        "count": 2,
        "beyond": 2,
        "since": "2026-01-01T00:00:00+00:00",
    }
