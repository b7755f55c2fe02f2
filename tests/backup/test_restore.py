"""A restore is whole or not at all, into nothing but an empty database of the same shape."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from access import restored, scopes
from access.models import Entry, Installation, Subject, User
from custodian import databases, keys
from custodian.backup import elsewhere, manifest, restoring
from custodian.backup.errors import BackupRefused
from custodian.crypto import backup_box
from custodian.errors import NotVisible
from records.models import BlindIndex, Customer
from tests import estate
from tests.backup import attacker
from tests.backup.house import House, another, empty_database


def superuser(statement: str) -> None:
    with (
        closing(databases.connect("superuser", application_name="test")) as raw,
        raw.cursor() as cursor,
    ):
        cursor.execute(statement)


def refusal(house: House, folder: Path, **more: Any) -> str:
    with pytest.raises(BackupRefused) as refused:
        house.restore(folder, **more)
    return refused.value.code


def is_empty() -> bool:
    with scopes.acting(estate.system()):
        return not Subject.objects.exists() and not Entry.objects.exists()


def test_it_is_marked_and_says_of_which_backup(house: House) -> None:
    folder = house.backup()
    with empty_database():
        done = house.restore(folder)
        loaded = sum(sum(file.rows.values()) for file in done.manifest.files.values())
        assert (done.closed, done.rows) == ({}, loaded)
        row = Installation.objects.get()
        assert (row.demo, row.reconciled_at) == (False, None)
        assert row.facts["manifest"]["backup"] == done.manifest.backup
        assert restored.waits()


def test_blind_indexes_and_sessions_are_not_in_it(house: House, client: Any) -> None:
    estate.login(client, house.agent)
    folder = house.backup()
    with empty_database(), scopes.acting(estate.system()):
        house.restore(folder)
        assert not BlindIndex.objects.exists()
        superuser("DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM django_session); END $$")


def test_only_an_empty_database_is_filled(house: House) -> None:
    folder = house.backup()
    assert refusal(house, folder) == "not-empty"
    assert User.objects.filter(pk=house.agent.pk).exists()


def test_only_the_same_shape_is_filled(house: House) -> None:
    folder = house.backup()
    with empty_database():
        superuser("INSERT INTO django_migrations (app, name, applied) VALUES ('x', '1', now())")
        assert refusal(house, folder) == "migrations-differ"
        assert is_empty()


def test_another_key_opens_nothing(house: House) -> None:
    folder = house.backup()
    backup_box.create(house.folder / "other.key")
    with empty_database():
        house.private = house.folder / "other.key"
        assert refusal(house, folder) == "wrong-key"
        house.private.chmod(0o644)
        assert refusal(house, folder) == "backup-key-unreadable"
        assert is_empty()


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _lie(path: Path) -> None:
    said = json.loads(path.read_bytes())
    said["tombstone"] = 7
    path.write_text(json.dumps(said))


@pytest.mark.parametrize(
    ("name", "spoil", "code"),
    [
        ("data.sealed", _flip, "file-altered"),
        ("data.sealed", _cut, "file-altered"),
        ("data.sealed", Path.unlink, "file-altered"),
        ("keys.sealed", _flip, "file-altered"),
        ("keys.sealed", Path.unlink, "keys-gone"),
        (manifest.FILE, _lie, "manifest-unreadable"),
        (manifest.FILE, _cut, "manifest-unreadable"),
        (manifest.FILE, Path.unlink, "manifest-unreadable"),
        (manifest.SIGNATURE, _empty, "manifest-unreadable"),
        (manifest.SIGNATURE, Path.unlink, "manifest-unreadable"),
    ],
)
def test_what_was_altered_is_refused(
    name: str, spoil: Callable[[Path], None], code: str, house: House
) -> None:
    folder = house.backup()
    spoil(folder / name)
    with empty_database():
        assert refusal(house, folder) == code
        assert is_empty()


def test_streams_of_two_backups_are_not_mixed(house: House) -> None:
    first, second = house.backup(), house.backup()
    (first / "data.sealed").write_bytes((second / "data.sealed").read_bytes())
    with empty_database():
        assert refusal(house, first) == "file-altered"


def test_rows_are_those_of_the_manifest_or_none(house: House, monkeypatch: Any) -> None:
    folder = house.backup()
    copy = restoring._copy_in

    def lossy(cursor: Any, into: Any, section: Any, rows: Any) -> int:
        count = copy(cursor, into, section, rows)
        return count - (section.table == "keys.subject_key")

    monkeypatch.setattr(restoring, "_copy_in", lossy)
    with empty_database():
        assert refusal(house, folder) == "counts-differ"
        assert is_empty()
        assert not Installation.objects.exists()


def test_new_rows_follow_the_restored_ones(house: House) -> None:
    folder = house.backup()
    with empty_database(), scopes.acting(estate.system()):
        house.restore(folder)
        house.reconcile()
        newest = Subject.objects.order_by("-pk").values_list("pk", flat=True)[0]
        entries = Entry.objects.newest_index()
        assert estate.customer(of=[house.agent]).subject_id > newest
        house.name_of(house.neighbour)
        assert Entry.objects.newest_index() > entries


def test_later_keys_open_earlier_data_but_for_the_destroyed(house: House) -> None:
    """The data of a year ago is worth something with the keys of yesterday, and only with these."""
    long_ago = house.backup()
    house.destroy()
    yesterday = house.backup()
    (long_ago / "keys.sealed").unlink()
    with empty_database():
        assert refusal(house, yesterday, keys_from=long_ago) in {"keys-gone", "keys-older"}
        assert refusal(house, long_ago) == "keys-gone"
        house.restore(long_ago, keys_from=yesterday)
        with attacker.superuser() as raw, raw.cursor() as cursor:
            cursor.execute("SELECT subject FROM keys.subject_key")
            assert cursor.fetchall() == [(house.neighbour.subject_id,)]
        # The log went on between the two; nothing else is amiss.
        assert [gap.what for gap in house.reconcile(accept_gap="演练").gaps] == ["log"]
        assert house.name_of(house.neighbour) == "李清照"
        with pytest.raises(NotVisible):
            house.name_of(house.gone)


def test_earlier_keys_do_not_go_with_later_data(house: House) -> None:
    first, second = house.backup(), house.backup()
    with empty_database():
        assert refusal(house, second, keys_from=first) == "keys-older"


def test_fingerprints_come_from_the_short_stream(house: House) -> None:
    with scopes.acting(estate.system()):
        before = dict(Customer.objects.values_list("pk", "source_digest"))
    folder = house.backup()
    with empty_database(), scopes.acting(estate.system()):
        house.restore(folder)
        assert dict(Customer.objects.values_list("pk", "source_digest")) == before


def test_keys_of_a_destroyed_kek_are_counted(house: House) -> None:
    folder = house.backup()
    ring = house.ring
    ring.add_kek()
    ring.destroy_kek(1)
    keys.forget()
    with empty_database():
        assert house.restore(folder).closed == {1: 2}


def test_partitions_are_made_for_a_long_log(house: House) -> None:
    with empty_database():
        with restoring._superuser() as cursor:
            restoring._add_partitions(cursor, 8_500_000)
            cursor.execute(
                "SELECT relname, pg_get_userbyid(relowner) FROM pg_class"
                " WHERE relname ~ '^entry_[0-9]+$' AND relkind = 'r' ORDER BY length(relname), 1"
            )
            made = cursor.fetchall()
        assert made == [(f"entry_{n * 2_000_000}", "custodian_owner") for n in range(5)]


def test_the_command_says_what_comes_next(house: House, capsys: Any) -> None:
    folder = house.backup()
    with pytest.raises(CommandError):
        call_command("restore", folder, key=house.private)
    with empty_database():
        call_command("restore", folder, key=house.private)
        said = capsys.readouterr().out
        assert "reconcile_restore" in said
        assert "keys.data_key" in said


def test_another_database_of_the_cluster_may_be_named(house: House) -> None:
    folder = house.backup()
    with empty_database() as name:
        pass
    with another(name):
        call_command("restore", folder, key=house.private, into=name)
        assert not restored.waits()  # this one goes on
        with elsewhere.inside(name):
            assert restored.waits()
