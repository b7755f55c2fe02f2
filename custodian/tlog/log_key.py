"""The key file of a log: the keys it signs with, the newest first, an older one until its day.

One line a key, as `Signer.dump` writes it; a key that is being replaced is followed by ` until ` and a
time. Only the sequencer reads this file. What others need of it are the keys' public halves, which stand
in the policy file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from custodian.tlog import durable
from custodian.tlog.notes import Signer
from custodian.tlog.verify import ED25519, Key, Malformed, Policy

OVERLAP = timedelta(days=30)  # both keys sign so long after a rotation
_HEAD = "# The signing keys of the query log. Only the sequencer reads this file.\n"
_RETIRED = "# retired "


class KeyFileRefused(Exception):
    """The key file is missing, open to others, or not one; the message is a code."""


@dataclass(frozen=True)
class LogKey:
    signer: Signer
    until: datetime | None = None


def create(path: Path, *, origin: str) -> Signer:
    """Make the first key of a log; an existing file is never touched."""
    if path.exists():
        raise KeyFileRefused("exists")
    signer = Signer.generate(origin, kind=ED25519)
    durable.make_folder(path.parent)
    durable.replace(path, _dump([LogKey(signer)]), mode=0o600)
    return signer


def rotate(path: Path, *, at: datetime, overlap: timedelta = OVERLAP) -> Signer:
    """Put a new key before the others; the last one goes on signing for `overlap`."""
    before = load(path)
    signer = Signer.generate(before[0].signer.key.name, kind=ED25519)
    ends = [min(key.until or at + overlap, at + overlap) for key in before]
    older = [LogKey(key.signer, end) for key, end in zip(before, ends, strict=True) if end > at]
    durable.replace(path, _dump([LogKey(signer), *older]), mode=0o600)
    return signer


def load(path: Path) -> list[LogKey]:
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise KeyFileRefused("open-permissions")
            text = file.read().decode("ascii")
    except FileNotFoundError:
        raise KeyFileRefused("missing") from None
    except OSError:
        raise KeyFileRefused("unreadable-permissions") from None
    except UnicodeDecodeError:
        raise KeyFileRefused("malformed") from None
    try:
        keys = [_parse(line) for line in text.splitlines() if line and not line.startswith("#")]
    except (Malformed, ValueError):
        raise KeyFileRefused("malformed") from None
    # Without a key that has no end the log would one day go unsigned.
    if len({key.signer.key.name for key in keys}) != 1 or keys[0].until is not None:
        raise KeyFileRefused("malformed")
    return keys


def in_force(keys: Sequence[LogKey], *, at: datetime) -> list[Signer]:
    """Those that sign now, the newest first."""
    return [key.signer for key in keys if key.until is None or key.until > at]


def add_to_policy(path: Path, signer: Signer) -> None:
    """Name the key in the policy file, which is made with no witnesses if there is none."""
    text = path.read_text("utf-8") if path.exists() else "quorum none\n"
    Policy.parse(text)
    line = f"log {signer.key.vkey}\n"
    if line not in text:
        durable.replace(path, (line + text).encode())


def drop_from_policy(path: Path, *, but: Signer) -> None:
    """Let the policy trust no key of the log but this one: the others may be in other hands.

    They stay as remarks, because checkpoints that they signed while they were good stay in the log.
    """
    text = path.read_text("utf-8")
    former = [key.vkey for key in Policy.parse(text).logs if key.public != but.key.public]
    kept = [line for line in text.splitlines() if not line.startswith("log ")]
    lines = [f"log {but.key.vkey}", *kept, *(f"{_RETIRED}{vkey}" for vkey in former), ""]
    durable.replace(path, "\n".join(lines).encode())


def retired(policy: str) -> list[Key]:
    """The keys that the text of a policy remembers and trusts no longer."""
    lines = [line for line in policy.splitlines() if line.startswith(_RETIRED)]
    return [Key.parse(line.removeprefix(_RETIRED)) for line in lines]


def _dump(keys: Sequence[LogKey]) -> bytes:
    lines = [
        key.signer.dump() + (f" until {key.until:%Y-%m-%dT%H:%M:%SZ}" if key.until else "")
        for key in keys
    ]
    return (_HEAD + "\n".join(lines) + "\n").encode()


def _parse(line: str) -> LogKey:
    text, _, until = line.partition(" until ")
    when = datetime.strptime(until, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if until else None
    return LogKey(Signer.parse(text), when)
