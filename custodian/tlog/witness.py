"""A witness of logs (C2SP tlog-witness 1.0): cosigns a checkpoint once it continues the one before.

    python -m custodian.tlog.witness --folder DIR --name witness.example/w1 --log VKEY --create

Ours, where the specification is silent or leaves the choice:

- Time never runs backwards. No cosignature lies before an earlier one: while the witness's clock is
  behind, it answers 503. Where the log states the time itself (type 4, by its own key), that must not lie
  before the newest that it stated, nor more than ten minutes ahead: 422.
- 409 always carries the size, also for another root at the same size.
- What is signed and refused with 422, or with another root, is kept in `evidence.log`, together with the
  note that it contradicts. A proof that does not fit may be anybody's doing, so that kind has half the room.
- The newest note of a log can be read, at `/latest/<sha256 of the origin>` and where later drafts of the
  specification have it, `/<sha256 of the origin>/checkpoint`.
"""

from __future__ import annotations

import argparse
import base64
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from custodian.tlog import notes
from custodian.tlog.notes import Signer
from custodian.tlog.verify import HASH, Checkpoint, Key, Malformed, Tampered, verify_consistency
from custodian.tlog.witness_server import TEXT, Answer, Respond, Server, serve
from custodian.tlog.witness_state import (
    AHEAD,
    MOST_EVIDENCE,
    NOTHING,
    CannotStart,
    Folder,
    Record,
    create_key,
    load_key,
    place,
    unusable,
)

SIZE = "text/x.tlog.size"
MOST_PROOF = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)
_READ = re.compile(r"/latest/([0-9a-f]{64})|/([0-9a-f]{64})/checkpoint", re.ASCII)


class Refusal(Exception):
    """What the witness answers instead of a cosignature, and whether it keeps what was asked."""

    def __init__(self, status: int, sentence: str, *, evidence: bool = False) -> None:
        about = sentence if status == 503 else ""
        self.answer = Answer(status, TEXT, f"{sentence}\n".encode(), about)
        self.evidence = evidence
        super().__init__(sentence)


class Conflict(Refusal):
    """The witness knows another size, or another root at this one."""

    def __init__(self, size: int, *, evidence: bool = False) -> None:
        super().__init__(409, f"cosigned last: {size}", evidence=evidence)
        self.answer = Answer(409, SIZE, f"{size}\n".encode())


@dataclass(frozen=True)
class Submission:
    """The body of an add-checkpoint request."""

    old: int
    proof: list[bytes]
    checkpoint: Checkpoint

    @classmethod
    def parse(cls, body: bytes) -> Submission:
        head, _gap, note = body.partition(b"\n\n")
        try:
            old, *lines = head.decode("ascii").split("\n")
            asked = cls(_number(old), [_hash(line) for line in lines], Checkpoint.parse(note))
        except (Malformed, ValueError):
            raise Refusal(400, "not an add-checkpoint request") from None
        if len(asked.proof) > MOST_PROOF or (asked.proof and not asked.old):
            raise Refusal(400, "too many lines of proof")
        if asked.checkpoint.size >= 2**63:
            raise Refusal(400, "no tree is that large")
        return asked


def _number(line: str) -> int:
    found = _OLD.fullmatch(line)
    if found is None:
        raise Malformed("not the line of the old size")
    return int(found[1])


def _hash(line: str) -> bytes:
    raw = base64.b64decode(line, validate=True)
    if len(raw) != HASH or base64.b64encode(raw).decode() != line:
        raise Malformed("not a hash")
    return raw


class Witness:
    """One witness with its own key and folder, which it holds until it is closed."""

    def __init__(self, folder: Path, signer: Signer, logs: Mapping[str, Sequence[Key]]) -> None:
        self._signer = signer
        self._logs = logs
        self._lock = threading.RLock()
        self._folder = Folder(folder)
        try:
            self._held = self._folder.records(logs, key=signer.key)
        except BaseException:
            self._folder.close()
            raise
        self._latest = max((record.cosigned for record in self._held.values()), default=0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder, after whatever is being written."""
        with self._lock:
            self._folder.close()

    def respond(
        self, method: str, path: str, body: bytes, *, clock: Callable[[], float] = time.time
    ) -> Answer:
        if (method, path) == ("POST", "/add-checkpoint"):
            # The time is read in turn: a request that waited must not seem to go back in time.
            with self._lock:
                return self.add_checkpoint(body, at=int(clock()))
        if (method, path) == ("GET", "/livez"):
            return Answer(200, TEXT, b"ok\n")
        if (method, path) == ("GET", "/key"):
            return Answer(200, TEXT, f"{self._signer.key.vkey}\n".encode())
        found = _READ.fullmatch(path) if method == "GET" else None
        record = self._held.get(found[1] or found[2]) if found else None
        return Answer(200, TEXT, record.note) if record else Answer(404, TEXT, b"not found\n")

    def add_checkpoint(self, body: bytes, *, at: int) -> Answer:
        try:
            asked = Submission.parse(body)
            lines, told = self._signed(asked.checkpoint)
        except Refusal as refusal:
            return refusal.answer
        with self._lock:
            about = f"old {asked.old} size {asked.checkpoint.size}"
            try:
                answer = self._cosign(asked, lines, told=told, at=at)
            except Refusal as refusal:
                answer = refusal.answer
                if refusal.evidence:
                    about += self._keep(refusal, asked, body, at=at)
            return replace(answer, about=f"{about} {answer.about}".rstrip())

    def _signed(self, checkpoint: Checkpoint) -> tuple[list[str], int]:
        """The lines of the log's own keys, and the newest time that they state."""
        keys = self._logs.get(checkpoint.origin)
        if keys is None:
            raise Refusal(404, "not a log that is witnessed here")
        note = checkpoint.note
        try:
            signed = [key for key in keys if note.signed_by(key) is not None]
            told = max((note.signed_by(key.timed) or 0 for key in keys), default=0)
        except Tampered:
            signed = []
        if not signed:
            raise Refusal(403, "no signature of a key of this log")
        own = {(key.name, each.id) for key in keys for each in (key, key.timed)}
        lines = [_line(*line) for line in note.lines if line[:2] in own]
        return lines, told

    def _cosign(self, asked: Submission, lines: Sequence[str], *, told: int, at: int) -> Answer:
        checkpoint, name = asked.checkpoint, place(asked.checkpoint.origin)
        held = self._held.get(name, NOTHING)
        if self._folder.closed:
            raise Refusal(503, "the witness is ending")
        _must_continue(asked, held)
        _must_be_timely(told, held, at=at)
        if at < self._latest:
            raise Refusal(503, "the witness's clock has gone back")
        mine = self._signer.cosign(checkpoint.note.text, at=at)
        note = notes.note(checkpoint.note.text, [*lines, mine])
        record = Record(note, checkpoint.size, checkpoint.root, at, max(told, held.told))
        try:
            self._folder.put(checkpoint.origin, record)
        except OSError:
            raise Refusal(503, "the witness cannot write") from None
        self._held[name], self._latest = record, at
        return Answer(200, TEXT, mine.encode())

    def _keep(self, refusal: Refusal, asked: Submission, body: bytes, *, at: int) -> str:
        """Keep what was signed; what the log line says of it."""
        status, checkpoint = refusal.answer.status, asked.checkpoint
        held = self._held.get(place(checkpoint.origin), NOTHING)
        evidence = {
            "at": datetime.fromtimestamp(at, UTC).isoformat(),
            "because": str(refusal),
            "status": status,
            "request": body.decode(),
            "held": held.note.decode(),
        }
        mark = notes.fingerprint(f"{status}\n".encode() + checkpoint.note.text)
        most = MOST_EVIDENCE if status == 409 else MOST_EVIDENCE // 2
        try:
            return " kept" if self._folder.keep(mark, evidence, most=most) else " evidence full"
        except OSError:
            return " evidence lost"


def _must_continue(asked: Submission, held: Record) -> None:
    now = asked.checkpoint
    if asked.old > now.size:
        raise Refusal(400, "the old size is larger than the checkpoint's")
    if now.size == held.size and now.root != held.root:
        raise Conflict(held.size, evidence=True)
    if asked.old != held.size:
        raise Conflict(held.size)
    if held.size and not verify_consistency(held.size, now.size, asked.proof, held.root, now.root):
        raise Refusal(422, "the proof does not lead from the last checkpoint here", evidence=True)


def _must_be_timely(told: int, held: Record, *, at: int) -> None:
    if told and told < held.told:
        raise Refusal(422, "the log's time lies before one that it stated", evidence=True)
    if told > at + AHEAD:
        raise Refusal(422, "the log's time lies in the future", evidence=True)


def _line(name: str, known: bytes, signature: bytes) -> str:
    return f"— {name} {base64.b64encode(known + signature).decode()}\n"


# The command.


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--folder", required=True, type=Path, help="its own folder / 见证自己的目录"
    )
    parser.add_argument("--name", required=True, help="its name, as in witness.example/w1 / 名称")
    parser.add_argument(
        "--log",
        action="append",
        default=[],
        metavar="VKEY",
        help="a key of a log to witness, repeatable / 日志的验证密钥，可重复",
    )
    parser.add_argument(
        "--logs", type=Path, metavar="FILE", help="a policy with log lines / 含 log 行的策略文件"
    )
    parser.add_argument("--bind", default="127.0.0.1:8765", help="address and port / 地址与端口")
    parser.add_argument(
        "--create",
        action="store_true",
        help="make the key, at the first start / 首次启动时建立密钥",
    )


def run(options: Mapping[str, Any], *, say: Callable[[str], object]) -> None:
    """Run a witness until it is told to end; raises `CannotStart`."""
    logs = _logs(options["log"], options["logs"])
    host, port = _address(options["bind"])
    key_of = create_key if options["create"] else load_key
    signer = key_of(options["folder"], name=options["name"])
    with ExitStack() as stack:
        witness = stack.enter_context(Witness(options["folder"], signer, logs))
        server = stack.enter_context(_listen(host, port, witness.respond))
        ready = f"The witness is ready at {server.url} / 见证已启动\n{signer.key.vkey}"
        serve(server, ready=lambda: say(ready))


def _logs(vkeys: Sequence[str], file: Path | None) -> dict[str, list[Key]]:
    logs: dict[str, list[Key]] = {}
    try:
        lines = file.read_text("utf-8").split("\n") if file else []
        named = [words[1] for line in lines if (words := line.split())[:1] == ["log"]]
        for key in map(Key.parse, [*vkeys, *named]):
            logs.setdefault(key.name, []).append(key)
    except OSError as error:
        raise unusable(file or Path(), error) from None
    except (IndexError, Malformed, UnicodeDecodeError):
        raise CannotStart(
            "有一个日志的验证密钥不合规。", "A key of a log is not a verifier key."
        ) from None
    if not logs:
        raise CannotStart(
            "没有要见证的日志。请用 --log 或 --logs 给出。",
            "There is no log to witness. Name one with --log or --logs.",
        )
    return logs


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port, re.ASCII) or int(port) > 0xFFFF:
        raise CannotStart(f"不是地址与端口：{text}。", f"Not an address and a port: {text}.")
    return host, int(port)


def _listen(host: str, port: int, respond: Respond) -> Server:
    try:
        return Server(host, port, respond)
    except OSError as error:
        raise CannotStart(
            f"无法监听 {host}:{port}：{error.strerror}。",
            f"Cannot listen at {host}:{port}: {error.strerror}.",
        ) from None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Run a witness of logs / 运行日志的见证")
    add_arguments(parser)
    try:
        run(vars(parser.parse_args(arguments)), say=lambda line: print(line, flush=True))  # noqa: T201
    except CannotStart as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
