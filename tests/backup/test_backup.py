"""A backup: one moment, two streams, nothing in the long one that opens or finds anybody."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from psycopg2 import sql

from access.models import Entry
from custodian import databases
from custodian.backup import copying, keeping, making, manifest, tables
from custodian.backup.errors import BackupRefused
from custodian.backup.tables import DATA, KEYS
from custodian.crypto import backup_box
from tests import estate
from tests.backup.house import House, empty_database

SKIPPED = tables.NOWHERE | {"public.access_installation"}


def stream(house: House, folder: Path, name: str) -> bytes:
    """What whoever has the private key reads."""
    with (folder / f"{name}.sealed").open("rb") as file:
        _header, pieces = backup_box.open_box(file, key=backup_box.load(house.private))
        return b"".join(pieces)


def sections(packed: bytes) -> dict[str, tuple[tuple[str, ...], bytes]]:
    found = {}
    for section, rows in copying.read([packed]):
        text = b"".join(iter(lambda: rows.read(1 << 20), b""))  # noqa: B023
        found[section.table] = (section.columns, text)
    return found


def contents(*, but: frozenset[str] = frozenset()) -> dict[str, str]:
    """A fingerprint of each table's rows."""
    found = {}
    with (
        closing(databases.connect("superuser", application_name="test")) as raw,
        raw.cursor() as cursor,
    ):
        for name in tables.tables(cursor).keys() - SKIPPED - but:
            out = io.BytesIO()
            query = sql.SQL("COPY (SELECT t.*::text FROM {} t ORDER BY 1) TO STDOUT")
            cursor.copy_expert(query.format(copying.named(name)), out)
            found[name] = hashlib.sha256(out.getvalue()).hexdigest()
    return found


def test_the_long_stream_opens_and_finds_nobody(house: House) -> None:
    data = sections(stream(house, house.backup(), DATA))
    assert not [table for table in data if table.startswith("keys.")]
    assert "public.records_blindindex" not in data
    assert "public.django_session" not in data
    with (
        closing(databases.connect("superuser", application_name="test")) as raw,
        raw.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT encode(wrapped, 'hex') FROM keys.data_key UNION ALL"
            " SELECT encode(wrapped, 'hex') FROM keys.subject_key UNION ALL"
            " SELECT encode(digest, 'hex') FROM records_blindindex UNION ALL"
            " SELECT encode(source_digest, 'hex') FROM records_customer"
        )
        secrets = [secret.encode() for (secret,) in cursor.fetchall()]
    text = b"".join(rows for _columns, rows in data.values())
    assert len(secrets) > 10
    assert not [secret for secret in secrets if secret in text]
    assert "张三丰".encode() not in text


def test_the_short_stream_has_the_keys_and_the_fingerprints(house: House) -> None:
    keys = sections(stream(house, house.backup(), KEYS))
    assert {"keys.data_key", "keys.subject_key", "public.records_customer"} <= keys.keys()
    assert keys["public.records_customer"][0] == ("subject_id", "source_digest", "row_digest")


def test_the_manifest_says_what_there_is(house: House) -> None:
    folder = house.backup()
    said = manifest.read(folder)
    with (
        closing(databases.connect("superuser", application_name="test")) as raw,
        raw.cursor() as cursor,
    ):
        counts = tables.counts(cursor)
    # Its own entry came later.
    waiting = {"querylog.outbox": counts["querylog.outbox"] - 1}
    assert said.rows == {**counts, **waiting}
    assert said.log_size == Entry.objects.newest_index() + 1
    assert (said.tombstone, said.kek) == (0, 1)
    for file in said.files.values():
        content = (folder / file.name).read_bytes()
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_both_streams_are_of_one_moment(house: House, monkeypatch: Any) -> None:
    write, made = making._write_tables, list[str]()

    def between(*args: Any, **kwargs: Any) -> Any:
        done = write(*args, **kwargs)
        if not made:
            estate.customer(of=[house.agent])
        made.append(done.name)
        return done

    monkeypatch.setattr(making, "_write_tables", between)
    rows = manifest.read(house.backup()).rows
    assert made == ["data.sealed", "keys.sealed"]
    assert rows["public.access_subject"] == rows["keys.subject_key"] == 2


def test_the_backups_login_reads_everything_and_writes_nothing(house: House) -> None:
    with (
        closing(databases.connect("backup", application_name="test")) as raw,
        raw.cursor() as cursor,
    ):
        counts = tables.counts(cursor)
        assert counts["keys.data_key"] > 0
        assert counts["public.records_identity"] == 2
        for table in counts:
            with pytest.raises(psycopg2.errors.InsufficientPrivilege):
                cursor.execute(sql.SQL("DELETE FROM {}").format(copying.named(table)))


def test_it_comes_back_as_it_was(house: House) -> None:
    house.name_of(house.neighbour)
    folder = house.backup()
    # What came after the backup: its own entry, which waits.
    before = contents(but=frozenset({"querylog.outbox"}))
    with empty_database():
        house.restore(folder)
        assert contents(but=frozenset({"querylog.outbox"})) == before


def test_it_is_on_record(house: House) -> None:
    folder = house.backup()
    house.seal()
    entry = Entry.objects.order_by("-pk").filter(leaf__contains="custodian:backup:make").first()
    assert entry is not None
    assert hashlib.sha256((folder / manifest.FILE).read_bytes()).hexdigest() in entry.leaf


def test_nothing_is_written_without_a_key(house: House, settings: Any) -> None:
    for text, code in (("", "backup-key-missing"), ("/nowhere", "backup-key-unreadable")):
        settings.CUSTODIAN_BACKUP_KEY = text
        with pytest.raises(BackupRefused) as refused:
            house.backup()
        assert refused.value.code == code
    assert not settings.CUSTODIAN_BACKUPS.exists()


def test_the_key_may_stand_in_a_file(house: House, settings: Any) -> None:
    path = house.folder / "public"
    path.write_text(settings.CUSTODIAN_BACKUP_KEY + "\n")
    settings.CUSTODIAN_BACKUP_KEY = str(path)
    assert keeping.latest(house.backup().parent) is not None


def test_a_backup_that_fails_leaves_nothing(house: House, settings: Any, monkeypatch: Any) -> None:
    def broken(*_args: Any) -> Iterator[bytes]:
        yield b"x"
        raise OSError("disk full")

    monkeypatch.setattr(backup_box, "seal_parts", lambda *_args, **_more: broken())
    with pytest.raises(OSError, match="disk full"):
        house.backup()
    assert list(settings.CUSTODIAN_BACKUPS.iterdir()) == []


def test_the_commands_say_what_they_did(house: House, capsys: Any, settings: Any) -> None:
    house.seal()
    call_command("backup")
    said = capsys.readouterr().out
    assert "data.sealed" in said
    assert "keys.sealed" in said
    with pytest.raises(CommandError):
        call_command("create_backup_key", out=house.private)
    call_command("create_backup_key", out=house.folder / "new.key")
    said = capsys.readouterr().out
    public = backup_box.load(house.folder / "new.key").public_key()
    assert backup_box.public_text(public) in said
    assert "PRIVATE" not in said
