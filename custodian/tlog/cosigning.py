"""Asks a witness to cosign a checkpoint (C2SP tlog-witness, the log's side)."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from custodian.tlog import notes
from custodian.tlog.verify import Checkpoint, Failed, Key, Note

SECONDS = 10.0
MOST_ANSWER = 64 << 10
SIZE = "text/x.tlog.size"
_KINDS = {"http": HTTPConnection, "https": HTTPSConnection}


class NotCosigned(Exception):
    """There is no cosignature, for now or for a reason."""


class Unreachable(NotCosigned):
    """Nobody answered as a witness would."""


class Refused(NotCosigned):
    """The witness answered, with this status and this sentence."""

    def __init__(self, status: int, because: str = "") -> None:
        self.status, self.because = status, because
        super().__init__(f"{status} {because}".rstrip())


class Conflict(NotCosigned):
    """The witness last cosigned another size than the one the proof begins with."""

    def __init__(self, size: int) -> None:
        self.size = size
        super().__init__(f"cosigned last: {size}")


class Contradicted(NotCosigned):
    """The alarm: the log signed something before that this checkpoint does not continue.

    `size` is what the witness last cosigned.
    """

    def __init__(self, size: int, because: str = "") -> None:
        self.size, self.because = size, because
        super().__init__(f"cosigned last: {size} {because}".rstrip())


class WitnessAhead(Contradicted):
    """The witness knows a larger tree, or another one of this size: a roll-back or a fork."""


def cosign(
    url: str,
    key: Key,
    *,
    checkpoint: bytes,
    latest_known: int,
    consistency: Callable[[int], Sequence[bytes]],
    timeout: float = SECONDS,
) -> list[str]:
    """The witness's lines for this checkpoint, at least one, each by `key` and checked.

    `latest_known` is the size that it is thought to know, 0 if unknown; `consistency` gives the proof from a
    smaller size to the checkpoint's. Raises `Contradicted` for the alarm, else another `NotCosigned`.
    """
    ours = Checkpoint.parse(checkpoint)

    def ask(old: int) -> list[str]:
        proof = consistency(old) if 0 < old < ours.size else ()
        try:
            return request(url, old=old, proof=proof, checkpoint=checkpoint, timeout=timeout)
        except Conflict as conflict:
            if conflict.size > ours.size or conflict.size == old == ours.size:
                raise WitnessAhead(conflict.size) from None
            raise
        except Refused as refused:
            # Other witnesses may not say the size where it is the root that differs.
            if refused.status == 409 and old == ours.size:
                raise WitnessAhead(old) from None
            if refused.status == 422:
                raise Contradicted(old, refused.because) from None
            raise

    try:
        lines = ask(min(latest_known, ours.size))
    except Conflict as conflict:
        lines = ask(conflict.size)
    signed = [line for line in lines if _is_by(key, line, ours.note.text)]
    if not signed:
        raise Unreachable("the answer holds no cosignature by the witness's key")
    return signed


def request(
    url: str, *, old: int, proof: Sequence[bytes], checkpoint: bytes, timeout: float
) -> list[str]:
    """What the witness at `url`, its submission prefix, signs; the lines are parsed, not checked."""
    body = f"old {old}\n".encode() + notes.hash_lines(proof) + b"\n" + checkpoint
    status, kind, answer = exchange("POST", url, "add-checkpoint", body, timeout=timeout)
    known = re.fullmatch(rb"(0|[1-9][0-9]{0,18})\n", answer) if kind == SIZE else None
    if status == 409 and known:
        raise Conflict(int(known[1]))
    if status != 200:
        raise Refused(status, _sentence(answer))
    return _lines(answer)


def exchange(
    method: str, url: str, path: str, body: bytes | None = None, *, timeout: float
) -> tuple[int, str, bytes]:
    """Status, type and body of a witness's answer, all of it in time; raises `Unreachable`."""
    watch, late = None, threading.Event()
    try:
        connection, prefix = _connection(url, timeout=timeout)
        with contextlib.closing(connection):
            connection.connect()
            # The timeout of a socket begins anew with every byte; this one does not.
            watch = threading.Timer(timeout, _cut, [connection.sock, late])
            watch.daemon = True
            watch.start()
            kind = {"Content-Type": "text/plain; charset=utf-8"} if body is not None else {}
            connection.request(method, f"{prefix}/{path}", body, kind)
            with connection.getresponse() as response:
                answer = response.read(MOST_ANSWER + 1)
                status, said = response.status, response.getheader("Content-Type", "")
                cut = late.is_set() or bool(response.length)
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(type(error).__name__) from None
    finally:
        if watch is not None:
            watch.cancel()
    if len(answer) > MOST_ANSWER:
        raise Unreachable("the answer is too long")
    if cut:
        raise Unreachable("the answer is cut")
    return status, said, answer


def _connection(url: str, *, timeout: float) -> tuple[HTTPConnection, str]:
    parts = urlsplit(url)
    if parts.scheme not in _KINDS or not parts.hostname or parts.query or parts.fragment:
        raise Unreachable("not the address of a witness")
    connection = _KINDS[parts.scheme](parts.hostname, parts.port, timeout=timeout)
    return connection, parts.path.rstrip("/")


def _cut(connection: socket.socket, late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(OSError):
        # Not the shutdown of TLS, which would let the reader go on in clear.
        socket.socket.shutdown(connection, socket.SHUT_RDWR)


def _lines(answer: bytes) -> list[str]:
    try:
        Note.parse(b"-\n\n" + answer)
    except Failed:
        raise Unreachable("the answer is not made of signature lines") from None
    return [f"{line}\n" for line in answer.decode().split("\n")[:-1]]


def _is_by(key: Key, line: str, text: bytes) -> bool:
    try:
        return Note.parse(notes.note(text, [line])).signed_by(key) is not None
    except Failed:
        return False


def _sentence(answer: bytes) -> str:
    """What a witness says, fit for a log of ours."""
    return re.sub(r"[^ -~]+", " ", answer[:200].decode("ascii", "replace")).strip()
