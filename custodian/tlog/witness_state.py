"""What a witness keeps in its folder: its key, what it last cosigned of each log, and evidence."""

from __future__ import annotations

import fcntl
import json
import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from custodian.tlog import durable
from custodian.tlog.notes import Signer, fingerprint, note
from custodian.tlog.verify import COSIGNATURE, Checkpoint, Failed, Key, Malformed, Note, fold

KEY = "witness.key"
EVIDENCE = "evidence.log"
MOST_EVIDENCE = 10 << 20
AHEAD = 600  # seconds by which a log's clock may be ahead of the witness's
_STATE = re.compile(rb"told (0|[1-9][0-9]{0,18})\n\n(.+)", re.DOTALL)


class CannotStart(Exception):
    """The witness does not start: what is wrong and what to do, in both languages."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} / {english}")


def unusable(path: Path, error: OSError) -> CannotStart:
    return CannotStart(
        f"无法使用 {path}：{error.strerror}。", f"Cannot use {path}: {error.strerror}."
    )


def create_key(folder: Path, *, name: str) -> Signer:
    """Make the witness's key, once and on purpose, and its folder if there is none."""
    path = folder / KEY
    try:
        signer = Signer.generate(name, kind=COSIGNATURE)
    except Malformed:
        raise _not_a_name(name) from None
    if not _signs_notes(signer):
        raise _not_a_name(name)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unusable(folder, error) from None
    try:
        _write_new(path, f"{signer.dump()}\n".encode())
    except FileExistsError:
        raise CannotStart(
            f"密钥已存在：{path}。现有密钥不会被覆盖，请去掉 --create。",
            f"There is a key already: {path}. It is never replaced; start without --create.",
        ) from None
    except OSError as error:
        raise unusable(path, error) from None
    return signer


def _not_a_name(name: str) -> CannotStart:
    return CannotStart(f"名称不合规：{name!r}。", f"Not a name for a key: {name!r}.")


def _write_new(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    durable.sync_folder(path.parent)


def _signs_notes(signer: Signer) -> bool:
    """Whether others can read a note with this name in it."""
    try:
        return Note.parse(note(b"-\n", [signer.cosign(b"-\n", at=0)])).signed_by(signer.key) == 0
    except (Malformed, UnicodeEncodeError):
        return False


def load_key(folder: Path, *, name: str) -> Signer:
    path = folder / KEY
    try:
        signer = Signer.parse(_read_private(path))
    except FileNotFoundError:
        raise CannotStart(
            f"没有密钥：{path}。首次启动请加 --create。",
            f"There is no key: {path}. The first start takes --create.",
        ) from None
    except OSError as error:
        raise unusable(path, error) from None
    except (Malformed, UnicodeDecodeError):
        raise CannotStart(f"不是密钥文件：{path}。", f"Not a key file: {path}.") from None
    if (signer.key.name, signer.key.kind) != (name, COSIGNATURE):
        raise CannotStart(
            f"{path} 不是见证 {name} 的密钥。", f"{path} is not the key of the witness {name}."
        )
    return signer


def _read_private(path: Path) -> str:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise CannotStart(
                f"密钥文件 {path} 对其他用户开放。请执行 chmod 600，并考虑更换密钥。",
                f"Others may read or write the key {path}. Run chmod 600, and think of a new key.",
            )
        return file.read().decode()


@dataclass(frozen=True)
class Record:
    """The newest checkpoint of one log that the witness cosigned."""

    note: bytes
    size: int
    root: bytes
    cosigned: int
    told: int  # the newest time that the log itself stated; the note need not hold it

    @classmethod
    def parse(cls, raw: bytes, *, origin: str, key: Key) -> Self:
        """From what `dump` gave; raises `Failed` unless all of it is there and `key` signed it."""
        found = _STATE.fullmatch(raw)
        if found is None:
            raise Malformed("not a witness's record")
        checkpoint, told = Checkpoint.parse(found[2]), int(found[1])
        cosigned = checkpoint.note.signed_by(key)
        if checkpoint.origin != origin or cosigned is None or told > cosigned + AHEAD:
            raise Malformed("not a record of this log by this witness")
        return cls(found[2], checkpoint.size, checkpoint.root, cosigned, told)

    def dump(self) -> bytes:
        return f"told {self.told}\n\n".encode() + self.note


NOTHING = Record(b"", 0, fold(()), 0, 0)


def place(origin: str) -> str:
    """The name of a log's file, and of its address."""
    return fingerprint(origin.encode())


class Folder:
    """A witness's folder, held by one process at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._lock: int | None = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise unusable(path, error) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._marks = self._known_evidence()
        except BlockingIOError:
            self.close()
            raise CannotStart(
                f"另一个见证进程正在使用 {path}。", f"Another witness is using {path}."
            ) from None
        except OSError as error:
            self.close()
            raise unusable(path, error) from None

    @property
    def closed(self) -> bool:
        return self._lock is None

    def close(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def records(self, origins: Iterable[str], *, key: Key) -> dict[str, Record]:
        """What was cosigned before, by its place; a log whose file cannot be trusted stops the start."""
        found = {}
        for origin in origins:
            path = self.path / place(origin)
            try:
                found[path.name] = Record.parse(path.read_bytes(), origin=origin, key=key)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise unusable(path, error) from None
            except Failed:
                raise CannotStart(
                    f"状态文件 {path} 已损坏，或不是用此密钥写下的。见证不会从零开始，请恢复该文件。",
                    f"The state {path} is damaged, or not written with this key. A witness does not "
                    "begin again from nothing: bring the file back.",
                ) from None
        return found

    def put(self, origin: str, record: Record) -> None:
        durable.replace(self.path / place(origin), record.dump(), mode=0o600)

    def keep(self, mark: str, evidence: Mapping[str, object], *, most: int = MOST_EVIDENCE) -> bool:
        """Append what may prove misbehaviour, once a mark; False where there is no room left."""
        if mark in self._marks:
            return True
        line = f"{mark} {json.dumps(evidence, ensure_ascii=False)}\n".encode()
        with self._evidence() as file:
            if os.fstat(file.fileno()).st_size + len(line) > most:
                return False
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self._marks.add(mark)
        return True

    def _evidence(self) -> BinaryIO:
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        return os.fdopen(os.open(self.path / EVIDENCE, flags, 0o600), "a+b")

    def _known_evidence(self) -> set[str]:
        with self._evidence() as file:
            file.seek(0)
            lines = file.readlines()
            if lines and not lines[-1].endswith(b"\n"):
                file.write(b"\n")  # a line that a crash cut off must not swallow the next one
            return {line[:64].decode("ascii", "replace") for line in lines}
