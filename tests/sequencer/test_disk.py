"""A head that is not certainly on the disk is not announced; it is tried again, and nothing needs a hand (F14)."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from custodian.tlog import durable
from custodian.tlog.durable import WrittenOnce
from tests.sequencer.trees import Place, append, tree, until

STRACE = shutil.which("strace")


class Disk:
    """What `os.fsync` meets: a number while it fails, and what was synced while it does not."""

    def __init__(self, sync: Callable[[int], None]) -> None:
        self._sync = sync
        self.failure = 0
        self.only_folders = False
        self.asked = 0
        self.synced: list[Path] = []

    def fsync(self, descriptor: int) -> None:
        self.asked += 1
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        if self.failure and (folder or not self.only_folders):
            raise OSError(self.failure, os.strerror(self.failure))
        self._sync(descriptor)
        self.synced.append(Path(f"/proc/self/fd/{descriptor}").readlink())


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    disk = Disk(os.fsync)
    monkeypatch.setattr(os, "fsync", disk.fsync)
    return disk


@pytest.mark.parametrize(
    ("failure", "only_folders"),
    [(errno.ENOSPC, False), (errno.EIO, True)],
    ids=["no space for the file", "an error of its folder"],
)
def test_what_is_not_on_the_disk_is_not_announced_and_tried_again(
    place: Place, disk: Disk, failure: int, only_folders: bool
) -> None:
    append(2)
    with place.running(), capture_logs() as told:
        until(lambda: tree("announced") == 3)
        disk.failure, disk.only_folders = failure, only_folders
        append(4)
        until(lambda: tree() == 7)
        asked = disk.asked
        until(lambda: disk.asked >= asked + 2)
        assert tree("announced") == 3
        assert {each["event"] for each in told} == {"sequencer-stumbled"}
        disk.failure = 0
        until(lambda: tree("announced") == 7)
    place.whole()


def test_a_head_of_which_only_the_folder_was_not_synced_is_written_again(
    place: Place, disk: Disk
) -> None:
    append(2)
    with place.leading() as sequencer:
        disk.failure, disk.only_folders = errno.EIO, True
        with pytest.raises(OSError, match="Input/output"):
            sequencer.cycle()
    assert (place.known(), tree("announced")) == (3, 0)  # it lies there, and may be gone tomorrow
    with pytest.raises(OSError, match="Input/output"):
        place.sequencer()
    assert tree("announced") == 0
    disk.failure = 0
    disk.synced.clear()
    with place.leading():
        assert tree("announced") == 3
    assert disk.synced[-1] == place.head.parent


@pytest.mark.skipif(not STRACE, reason="strace is not installed")
def test_the_real_command_announces_nothing_while_fsync_fails(place: Place, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    fault = "inject=fsync:error=EIO:when=1..3"
    append(2)
    with place.command(
        str(STRACE), "-f", "-qq", "-o", str(trace), "-e", "trace=fsync", "-e", fault
    ) as command:
        until(lambda: trace.exists() and "INJECTED" in trace.read_text(), seconds=60)
        until(lambda: tree() > 2)
        assert tree("announced") == 0
        until(lambda: tree("announced") == tree(), seconds=60)
        os.kill(int(trace.read_text().split()[0]), signal.SIGTERM)
        said = command.communicate(timeout=30)[0]
    assert command.returncode == 0
    assert said.count("sequencer-stumbled") == 3
    assert "OSError" in said
    lines = [line for line in trace.read_text().splitlines() if "fsync(" in line]
    assert ["INJECTED" in line for line in lines[:5]] == [True, True, True, False, False]
    place.whole()


# Files that are whole or absent


def test_a_replaced_file_is_synced_before_its_folder(tmp_path: Path, disk: Disk) -> None:
    durable.replace(tmp_path / "head", b"one")
    assert [path.is_dir() for path in disk.synced] == [False, True]
    assert disk.synced[1] == tmp_path


def test_a_failed_replacement_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, disk: Disk
) -> None:
    durable.replace(tmp_path / "head", b"one")
    disk.failure = errno.ENOSPC
    with pytest.raises(OSError, match="No space"):
        durable.replace(tmp_path / "head", b"two")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"head": b"one"}


def test_a_file_written_once_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    durable.write_once(path, b"one")
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    before = path.stat().st_mtime_ns
    durable.write_once(path, b"one")
    with pytest.raises(WrittenOnce, match="file"):
        durable.write_once(path, b"two")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (b"one", before)
    assert [each.name for each in path.parent.iterdir()] == ["file"]


def test_whoever_loses_the_race_for_a_file_agrees_or_hears_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = durable._write

    def meanwhile(fresh: Path, content: bytes, mode: int) -> None:
        write(fresh, content, mode)
        (tmp_path / "file").write_bytes(b"one")

    monkeypatch.setattr(durable, "_write", meanwhile)
    durable.write_once(tmp_path / "file", b"one")
    (tmp_path / "file").unlink()
    with pytest.raises(WrittenOnce):
        durable.write_once(tmp_path / "file", b"two")
    assert (tmp_path / "file").read_bytes() == b"one"


def test_new_folders_are_on_the_disk_before_what_lies_in_them(tmp_path: Path, disk: Disk) -> None:
    durable.write_once(tmp_path / "a" / "b" / "c" / "file", b"one")
    folders = [path for path in disk.synced if path.is_dir()]
    assert folders == [tmp_path, tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "c"]


def test_a_file_that_could_not_be_written_is_not_there(tmp_path: Path, disk: Disk) -> None:
    disk.failure = errno.ENOSPC
    with pytest.raises(OSError, match="No space"):
        durable.write_once(tmp_path / "file", b"one")
    assert list(tmp_path.iterdir()) == []
    disk.failure = 0
    durable.write_once(tmp_path / "file", b"two")
