"""Sealed files go with the backup as they lie, and come back; those of the destroyed stay shut, and go."""

from __future__ import annotations

import hashlib
import io
import shutil
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings as installed
from django.core.management import call_command

from access import keystore, scopes
from access.exports.shelf import SHELF as EXPORTS
from access.key_rotation import jobs
from access.models import Bundle, DataKey, Export, Finding
from access.restored import RestoredNotReconciled
from custodian import clock
from custodian.backup import files, frames, keeping, manifest
from custodian.backup.errors import BackupRefused
from custodian.backup.files import Count
from custodian.crypto import backup_box
from custodian.crypto.errors import CryptoError
from custodian.crypto.keyring import WrappedKey
from custodian.errors import CustodianError, NotVisible
from custodian.jobs import JobStatus
from records import archiving, documents, vault
from records.importing import store
from records.importing.readers import Source
from records.models import Customer, DataCopy, Document, ImportFile, ImportRun
from tests import estate
from tests.backup import attacker
from tests.backup.house import House, empty_database
from tests.records.own.making import Maker

pytestmark = pytest.mark.xdist_group("backups")
CONTENT = "投保单：手机 13800138000".encode() * 20_000


def filed(house: House, customer: Customer) -> Document:
    with estate.acting(house.agent) as actor:
        return archiving.add(
            customer,
            kind=Document.Kind.APPLICATION,
            name="投保单.pdf",
            media_type="application/pdf",
            chunks=[CONTENT],
            channel="desk",
            actor=actor,
        )


def read(house: House, document: Document) -> bytes:
    with estate.acting(house.agent, stepped_up=True) as actor:
        permit = documents.permit_to_read(
            document, purpose="underwriting", channel="desk", actor=actor
        )
        return b"".join(documents.read(document, permit))


def empty_store() -> None:
    """As on a new machine."""
    shutil.rmtree(files.place())


def unpacked(folder: Path, private: Path) -> dict[str, bytes]:
    """What whoever has the backup key finds."""
    with (folder / "files.sealed").open("rb") as sealed:
        _header, stream = backup_box.open_box(sealed, key=backup_box.load(private))
        with files.unpacked(stream) as found:
            return {path.name: path.read_bytes() for path in found.folder.iterdir()}


def test_a_document_comes_back_and_opens(house: House) -> None:
    document = filed(house, house.neighbour)
    before = documents.path_of(document).read_bytes()
    folder = house.backup()
    said = manifest.read(folder).files["files"]
    assert (said.files, said.missing, said.rows) == (1, 0, {})
    empty_store()
    with empty_database():
        assert house.restore(folder).files == 1
        with pytest.raises(RestoredNotReconciled):
            read(house, document)
        assert house.reconcile().gaps == []
        path = documents.path_of(document)
        assert (path.read_bytes(), path.stat().st_mode & 0o777) == (before, 0o600)
        assert [each.name for each in files.place().iterdir()] == [document.ref]
        assert read(house, document) == CONTENT


def test_the_file_of_somebody_destroyed_since_comes_back_shut_and_goes(house: House) -> None:
    gone, stays = filed(house, house.gone), filed(house, house.neighbour)
    folder = house.backup()
    house.destroy()
    house.seal()
    assert [each.name for each in files.place().iterdir()] == [stays.ref]
    with empty_database():
        assert house.restore(folder).files == 2
        assert documents.path_of(gone).exists()
        with pytest.raises(RestoredNotReconciled):
            read(house, gone)
        done = house.reconcile(accept_gap="演练")
        assert [gap.what for gap in done.gaps] == ["log"]
        assert [each.name for each in files.place().iterdir()] == [stays.ref]
        with pytest.raises(NotVisible):
            read(house, gone)
        assert read(house, stays) == CONTENT


def test_a_file_that_a_copied_store_brings_back_goes_too(house: House, capsys: Any) -> None:
    """Somebody put an old copy of the whole store back, in which are files of who was destroyed before."""
    gone = filed(house, house.gone)
    content = documents.path_of(gone).read_bytes()
    house.destroy()
    folder = house.backup()
    with empty_database():
        house.restore(folder)
        documents.path_of(gone).write_bytes(content)
        call_command(
            "reconcile_restore", tombstones=installed.CUSTODIAN_TOMBSTONES, checkpoint=house.head
        )
        assert "已删除 1 份随旧备份回来的已销毁文件" in capsys.readouterr().out
        assert not documents.path_of(gone).exists()


def opened(content: bytes, document: Document, wrapped: list[WrappedKey]) -> bytes:
    """The file in clear, if any of these keys opens it with the keyring of now."""
    for each in wrapped:
        try:
            key = keystore.unwrap(
                UUID(str(document.holding)), owner=document.subject_id, kek=each.kek,
                wrapped=bytes(each.blob),
            )  # fmt: skip
            parts = vault.open_file(
                [content], holding=document.holding, key=key, element=documents.CONTENT
            )
            return b"".join(parts)
        except (CryptoError, CustodianError):
            continue
    return b""


def keys_in(folder: Path, private: Path) -> list[WrappedKey]:
    found = attacker.frames_in(attacker.stream(folder, "keys", private))
    return [WrappedKey(int.from_bytes(frame[2:6], "big"), frame) for frame in found]


def keys_of_now() -> list[WrappedKey]:
    return [WrappedKey(row.kek, bytes(row.wrapped)) for row in DataKey.objects.all()]


def test_a_stolen_file_opens_until_the_keys_are_gone(
    house: House, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SETTLE", timedelta(0))
    gone, stays = filed(house, house.gone), filed(house, house.neighbour)
    folder = house.backup()
    stolen, old = unpacked(folder, house.private), keys_in(folder, house.private)
    assert b"13800138000" not in stolen[gone.ref]
    house.destroy()
    assert opened(stolen[gone.ref], gone, old) == CONTENT  # not promised before N days
    call_command("rotate_kek", reason="test")
    with clock.at(clock.now() + timedelta(hours=settings.CUSTODIAN_KEY_GRACE, minutes=1)):
        call_command("destroy_kek", 1)
    assert opened(stolen[gone.ref], gone, old + keys_of_now()) == b""
    # The same attack opens whoever is still a customer.
    assert opened(stolen[stays.ref], stays, keys_of_now()) == CONTENT


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [_flip, Path.unlink])
def test_an_altered_stream_of_files_is_refused_whole(spoil: Any, house: House) -> None:
    filed(house, house.neighbour)
    folder = house.backup()
    spoil(folder / "files.sealed")
    empty_store()
    with empty_database():
        with pytest.raises(BackupRefused) as refused:
            house.restore(folder)
        assert refused.value.code == "file-altered"
        assert not files.place().exists()
        with scopes.acting(estate.system()):
            assert not Document.objects.exists()
    assert keeping.latest(deep=True) is None


def test_a_restore_that_fails_leaves_no_file(house: House, monkeypatch: Any) -> None:
    from custodian.backup import restoring

    filed(house, house.neighbour)
    folder = house.backup()
    empty_store()

    def fails(*_args: Any) -> None:
        raise BackupRefused("counts-differ")

    monkeypatch.setattr(restoring, "_set_sequences", fails)
    with empty_database():
        with pytest.raises(BackupRefused):
            house.restore(folder)
        assert list(files.place().iterdir()) == []


def stream(*parts: bytes) -> list[bytes]:
    return [b"".join(parts)]


def file(name: str, content: bytes = b"x", *, digest: str = "") -> bytes:
    sha256 = digest or hashlib.sha256(content).hexdigest()
    said = frames.said(b"f", {"name": name}), frames.frame(b"d", content)
    return b"".join((*said, frames.said(b"e", {"sha256": sha256})))


END = frames.frame(frames.END)


@pytest.mark.parametrize(
    "altered",
    [
        stream(file("d-1", digest="0" * 64), END),
        stream(file("../outside"), END),
        stream(file("/tmp/outside"), END),
        stream(file(""), END),
        stream(file("d-1")),
        stream(file("d-1")[:-1], END),
        stream(file("d-1"), END, file("d-2")),
        stream(frames.frame(b"d", b"x"), END),
        stream(frames.said(b"f", {"name": "d-1"}), END),
    ],
)
def test_what_is_no_stream_of_files_is_refused(
    altered: list[bytes], settings: Any, tmp_path: Path
) -> None:
    settings.VAR = tmp_path / "var"
    with pytest.raises(BackupRefused), files.unpacked(altered):
        pass
    assert list(files.place().iterdir()) == []
    assert [each.name for each in tmp_path.iterdir()] == ["var"]


def test_a_file_of_any_size_takes_little_memory(settings: Any, tmp_path: Path) -> None:
    settings.VAR = tmp_path
    files.place().mkdir()
    with (files.place() / "d-large").open("wb") as large:
        large.truncate(256 << 20)
    count = Count()
    tracemalloc.start()
    try:
        with files.unpacked(files.written(["d-large", "d-none"], count)) as found:
            assert (found.folder / "d-large").stat().st_size == 256 << 20
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (count.there, count.missing) == (1, 1)
    assert most < 8 << 20


@pytest.fixture
def imports() -> dict[str, ImportFile]:
    """Files of an import that is over, of one that is not, and of one that is over in a held book."""
    with scopes.acting(estate.system()):
        own, held = estate.book("QH"), estate.book("LJ")
        made = {}
        for name, book, status in (
            ("over", own, JobStatus.DONE), ("open", own, JobStatus.PAUSED), ("held", held, JobStatus.DONE),
        ):  # fmt: skip
            run = ImportRun.objects.create(book=book, status=status, finished_at=clock.now())
            made[name] = store.receive(Source("x.csv", lambda: io.BytesIO(b"a,b\n1,2\n")))
            ImportFile.objects.filter(pk=made[name].pk).update(run=run)
        return made


def test_of_imported_files_those_come_back_that_are_needed(
    house: House, imports: dict[str, ImportFile], monkeypatch: Any
) -> None:
    from records import legal_holds

    books = frozenset({estate.book("LJ").pk})
    monkeypatch.setattr(legal_holds, "books", lambda: books)
    folder = house.backup()
    wanted = {imports[name].ref.hex for name in ("open", "held")}
    assert unpacked(folder, house.private).keys() == wanted
    empty_store()
    with empty_database():
        house.restore(folder)
        house.reconcile()
        with scopes.acting(estate.system()):
            gone = ImportFile.objects.filter(removed_at__isnull=False)
            assert [each.pk for each in gone] == [imports["over"].pk]
            assert store.name_of(imports["open"]) == "x.csv"


def test_without_files_it_is_said_and_what_is_missing_is_a_gap(
    house: House, settings: Any, capsys: Any
) -> None:
    settings.CUSTODIAN_BACKUP_FILES = False
    document = filed(house, house.neighbour)
    house.seal()
    call_command("backup")
    (kept,) = keeping.inventory()
    assert kept.whole
    assert not (kept.folder / "files.sealed").exists()
    aside = files.place().rename(house.folder / "aside")
    with empty_database():
        call_command("restore", kept.folder, key=house.private)
        said = capsys.readouterr().out
        assert "CUSTODIAN_BACKUP_FILES=0" in said
        assert "备份中没有文件" in said
        with pytest.raises(BackupRefused) as refused:
            house.reconcile()
        assert "1 份客户文件" in str(refused.value)
        # As the command says: the store is copied back first.
        shutil.copytree(aside, files.place(), dirs_exist_ok=True)
        assert house.reconcile().gaps == []
        assert read(house, document) == CONTENT


def test_a_file_that_was_lost_before_is_told_by_backup_and_reconciliation(
    house: House, capsys: Any
) -> None:
    documents.path_of(filed(house, house.neighbour)).unlink()
    house.seal()
    call_command("backup")
    assert "有 1 份文件登记在册而不在文件库中" in capsys.readouterr().err
    (kept,) = keeping.inventory()
    with empty_database():
        house.restore(kept.folder)
        (gap,) = house.reconcile(accept_gap="演练").gaps
        assert (gap.what, gap.count) == ("documents", 1)
        assert "1 份客户文件" in Finding.objects.get().words


def test_a_backup_without_its_files_is_not_whole(house: House) -> None:
    folder = house.backup()
    assert keeping.latest() is not None
    (folder / "files.sealed").unlink()
    assert keeping.latest() is None


def test_what_ends_by_itself_and_did_not_come_back_has_ended(house: House) -> None:
    with scopes.acting(estate.system()):
        maker = Maker()
        export, bundle = maker.export(clock.now()), maker.bundle(clock.now())
        Bundle.objects.filter(pk=bundle.pk).update(length=9)
        copy = DataCopy.objects.create(
            subject_id=house.neighbour.pk,
            capacity="self",
            format="json",
            status=JobStatus.DONE,
            expires_at=clock.now(),
            holding=uuid4(),
        )
        stays = maker.export(clock.now())
        kept = EXPORTS.path_of(stays.ref)
        kept.parent.mkdir(parents=True)
        kept.write_bytes(b"sealed")
    files.let_missing_go()
    with scopes.acting(estate.system()):
        assert Bundle.objects.get(pk=bundle.pk).length == 0
        for row in (Export.objects.get(pk=export.pk), DataCopy.objects.get(pk=copy.pk)):
            assert row.removed == "expired"
        assert Export.objects.get(pk=stays.pk).removed_at is None
