"""The witness: every status of C2SP tlog-witness, and that nothing brings it back to a smaller tree."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command

from custodian.tlog import cosigning, durable, merkle, notes, witness, witness_server, witness_state
from custodian.tlog.cosigning import Conflict, Contradicted, Refused, Unreachable, WitnessAhead
from custodian.tlog.notes import Signer
from custodian.tlog.tiles import Edge
from custodian.tlog.verify import Checkpoint, Note, leaf_hash
from custodian.tlog.witness import Witness
from custodian.tlog.witness_server import TEXT, Answer, Server
from custodian.tlog.witness_state import CannotStart, Folder, place

REPOSITORY = Path(__file__).resolve().parents[2]
ORIGIN = "custodian.qinghe.example/access-log/1"
NOW = 1_800_000_000
NAME = "witness.example/w1"


class Log:
    """A log with its key and a tree, of which it may show any beginning."""

    def __init__(self, signer: Signer, *, changed: int | None = None) -> None:
        self.signer = signer
        self._tiles: dict[tuple[int, int], bytes] = {}
        leaves = [leaf_hash(b"leaf %d" % at) for at in range(300)]
        if changed is not None:
            leaves[changed] = leaf_hash(b"another leaf")
        for tile in Edge().grow(leaves):
            self._tiles[tile.level, tile.index] = tile.data

    def forked(self, at: int) -> Log:
        """What whoever has the real key would show instead."""
        return Log(self.signer, changed=at)

    def root(self, size: int) -> bytes:
        return merkle.root(size, self._read)

    def proof(self, old: int, size: int) -> list[bytes]:
        return merkle.consistency(old, size, self._read) if 0 < old < size else []

    def checkpoint(self, size: int, *, at: int | None = NOW, root: bytes | None = None) -> bytes:
        text = notes.checkpoint_text(self.signer.key.name, size, root or self.root(size))
        timed = [] if at is None else [self.signer.cosign(text, at=at)]
        return notes.note(text, [self.signer.line(text), *timed])

    def body(self, old: int, size: int, *, at: int | None = NOW) -> bytes:
        return submission(old, self.proof(old, size), self.checkpoint(size, at=at))

    def _read(self, level: int, index: int) -> bytes:
        return self._tiles.get((level, index), b"")


def submission(old: int, proof: list[bytes], checkpoint: bytes) -> bytes:
    return f"old {old}\n".encode() + notes.hash_lines(proof) + b"\n" + checkpoint


@pytest.fixture(scope="module")
def log() -> Log:
    return Log(Signer.generate(ORIGIN, kind=1))


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer.generate(NAME, kind=4)


@pytest.fixture
def start(tmp_path: Path, log: Log, signer: Signer) -> Iterator[Callable[..., Witness]]:
    """Starts the witness, again if need be; whatever ran before has ended by then."""
    running: list[Witness] = []

    def begin(*others: Log) -> Witness:
        for each in running:
            each.close()
        logs = {each.signer.key.name: [each.signer.key] for each in (log, *others)}
        running.append(Witness(tmp_path, signer, logs))
        return running[-1]

    yield begin
    for each in running:
        each.close()


@pytest.fixture
def ours(start: Callable[..., Witness]) -> Witness:
    return start()


@pytest.fixture
def listen() -> Iterator[Callable[..., Server]]:
    with contextlib.ExitStack() as stack:

        def begin(respond: witness_server.Respond) -> Server:
            server = stack.enter_context(Server("127.0.0.1", 0, respond))
            loop = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            loop.start()
            stack.callback(loop.join)
            stack.callback(server.shutdown)
            return server

        yield begin


def submit(ours: Witness, body: bytes, *, at: int = NOW) -> tuple[int, str]:
    answer = ours.add_checkpoint(body, at=at)
    assert answer.content_type == (witness.SIZE if answer.status == 409 else TEXT)
    return answer.status, answer.body.decode()


def latest(ours: Witness, origin: str = ORIGIN) -> Checkpoint:
    answer = ours.respond("GET", f"/latest/{place(origin)}", b"")
    assert answer.status == 200
    return Checkpoint.parse(answer.body)


def evidence(folder: Path) -> list[dict[str, object]]:
    lines = (folder / "evidence.log").read_text("utf-8").split("\n")[:-1]
    return [json.loads(line.partition(" ")[2]) for line in lines if line]


# Every status.


def test_a_checkpoint_that_continues_the_last_is_cosigned(ours, log, signer):
    for old, size, at in [(0, 5, NOW), (5, 5, NOW + 1), (5, 260, NOW + 1), (260, 300, NOW + 9)]:
        status, line = submit(ours, log.body(old, size), at=at)
        assert status == 200
        text = notes.checkpoint_text(ORIGIN, size, log.root(size))
        assert Note.parse(notes.note(text, [line])).signed_by(signer.key) == at
        assert (latest(ours).size, latest(ours).note.signed_by(signer.key)) == (size, at)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "old 0",
        "old 0\n\n",
        "old 0\n{note}",
        "old 00\n\n{note}",
        "old -1\n\n{note}",
        "old  0\n\n{note}",
        "old 0 \n\n{note}",
        "old ٠\n\n{note}",
        "old 0\r\n\r\n{note}",
        "OLD 0\n\n{note}",
        "0\n\n{note}",
        "old 5\nnot base64\n\n{note}",
        "old 5\n{short}\n\n{note}",
        "old 5\n{loose}\n\n{note}",
        "old 0\n{hash}\n\n{note}",
        "old 5\n{many}\n{note}",
        "old 6\n\n{note}",
        "old 99999999999999999999\n\n{note}",
        "old 0\n\n\n{note}",
        "old 0\n\n{text}",
        "old 0\n\n{text}\n— no signature\n",
        "old 0\n\n{huge}",
    ],
)
def test_what_is_malformed_is_refused(ours, log, body):
    raw = hashlib.sha256(b"").digest()
    encoded = base64.b64encode(raw).decode()
    huge = notes.checkpoint_text(ORIGIN, 2**63, raw)
    parts = {
        "note": log.checkpoint(5).decode(),
        "text": notes.checkpoint_text(ORIGIN, 5, log.root(5)).decode(),
        "hash": encoded,
        "short": base64.b64encode(raw[:31]).decode(),
        "loose": encoded[:-2] + chr(ord(encoded[-2]) + 1) + "=",
        "many": f"{encoded}\n" * 64,
        "huge": notes.note(huge, [log.signer.line(huge)]).decode(),
    }
    assert submit(ours, body.format(**parts).encode())[0] == 400
    assert ours.respond("GET", f"/latest/{place(ORIGIN)}", b"").status == 404
    assert submit(ours, log.body(0, 5))[0] == 200


def test_bytes_that_are_no_text_are_refused(ours, log):
    assert submit(ours, b"old 0\xff\n\n" + log.checkpoint(5))[0] == 400
    assert submit(ours, b"old 0\n\n\xff" + log.checkpoint(5))[0] == 400


def test_as_many_lines_of_proof_as_the_specification_allows_are_read(ours, log):
    assert submit(ours, log.body(0, 5))[0] == 200
    assert submit(ours, submission(5, [bytes(32)] * 63, log.checkpoint(9)))[0] == 422


def test_a_log_that_is_not_witnessed_is_not_found(ours):
    other = Log(Signer.generate("other.example/log", kind=1))
    assert submit(ours, other.body(0, 5))[0] == 404


def test_a_checkpoint_that_the_log_did_not_sign_is_forbidden(ours, log):
    text = notes.checkpoint_text(ORIGIN, 5, log.root(5))
    stranger = Signer.generate(ORIGIN, kind=1)
    wrong = log.signer.line(text + b"more\n")
    for lines in (
        [stranger.line(text)],
        [wrong],
        [log.signer.line(text), wrong],
        [log.signer.cosign(text, at=NOW)],
        [log.signer.line(text), log.signer.cosign(text + b"more\n", at=NOW)],
    ):
        assert submit(ours, submission(0, [], notes.note(text, lines)))[0] == 403
    assert submit(ours, submission(0, [], notes.note(text, [log.signer.line(text)])))[0] == 200


def test_lines_of_strangers_are_ignored_and_not_shown(ours, log, signer):
    junk = Signer.generate("anybody.example", kind=1)
    text = notes.checkpoint_text(ORIGIN, 5, log.root(5))
    body = log.body(0, 5) + (junk.line(text + b"x") + junk.line(text)).encode()
    assert submit(ours, body)[0] == 200
    assert [line[0] for line in latest(ours).note.lines] == [ORIGIN, ORIGIN, NAME]


def test_each_key_of_a_log_will_do(tmp_path, log, signer):
    newer = Log(Signer.generate(ORIGIN, kind=1))
    keys = [log.signer.key, newer.signer.key]
    with contextlib.closing(Witness(tmp_path, signer, {ORIGIN: keys})) as ours:
        assert submit(ours, log.body(0, 5))[0] == 200
        assert submit(ours, newer.body(5, 9))[0] == 200
        text = notes.checkpoint_text(ORIGIN, 12, log.root(12))
        both = notes.note(text, [log.signer.line(text), newer.signer.line(text)])
        assert submit(ours, submission(9, log.proof(9, 12), both))[0] == 200
        assert len(latest(ours).note.lines) == 3


def test_another_old_size_conflicts_and_says_the_size(ours, log, tmp_path):
    assert submit(ours, log.body(3, 5)) == (409, "0\n")
    assert submit(ours, log.body(0, 5))[0] == 200
    for old, size in [(0, 9), (3, 9), (6, 9), (0, 5), (0, 3), (3, 3)]:
        assert submit(ours, log.body(old, size)) == (409, "5\n")
    assert evidence(tmp_path) == []


def test_an_old_size_beyond_the_checkpoint_is_malformed_before_it_conflicts(ours, log):
    assert submit(ours, log.body(0, 5))[0] == 200
    assert submit(ours, submission(5, [], log.checkpoint(3)))[0] == 400


def test_a_proof_that_does_not_fit_is_unprocessable(ours, log, tmp_path):
    assert submit(ours, log.body(0, 5))[0] == 200
    proof = log.proof(5, 9)
    for wrong in ([], proof[:-1], [*proof, bytes(32)], [bytes(32), *proof[1:]]):
        assert submit(ours, submission(5, wrong, log.checkpoint(9)))[0] == 422
    assert submit(ours, submission(5, [bytes(32)], log.checkpoint(5)))[0] == 422
    assert latest(ours).size == 5
    assert len(evidence(tmp_path)) == 2


def test_an_empty_tree_has_one_root(ours, log, tmp_path):
    wrong = log.checkpoint(0, root=bytes(range(32)))
    assert submit(ours, submission(0, [], wrong)) == (409, "0\n")
    assert submit(ours, log.body(0, 0))[0] == 200
    assert latest(ours).size == 0
    assert submit(ours, log.body(0, 0))[0] == 200
    assert submit(ours, log.body(0, 7))[0] == 200
    assert [each["status"] for each in evidence(tmp_path)] == [409]


# A log that holds the real key and shows another past.


def test_a_fork_of_the_same_size_is_refused_and_both_notes_are_kept(ours, log, tmp_path):
    assert submit(ours, log.body(0, 200))[0] == 200
    fork = log.forked(120)
    for old in (0, 120, 200):
        assert submit(ours, fork.body(old, 200)) == (409, "200\n")
    (kept,) = evidence(tmp_path)
    shown = Checkpoint.parse(kept["request"].partition("\n\n")[2].encode())
    held = Checkpoint.parse(kept["held"].encode())
    assert shown.size == held.size == 200
    assert shown.root != held.root
    assert shown.note.signed_by(log.signer.key) == held.note.signed_by(log.signer.key) == 0
    assert latest(ours).root == log.root(200)


def test_a_longer_fork_is_refused_whatever_it_proves(ours, log, tmp_path):
    assert submit(ours, log.body(0, 200))[0] == 200
    fork = log.forked(120)
    for proof in (fork.proof(200, 250), log.proof(200, 250)):
        body = submission(200, proof, fork.checkpoint(250))
        assert submit(ours, body)[0] == 422
    assert [(each["status"], "250" in each["request"]) for each in evidence(tmp_path)] == [
        (422, True)
    ]
    assert latest(ours).root == log.root(200)


def test_a_log_that_was_rolled_back_and_grows_again_gets_nothing(ours, log, signer):
    assert submit(ours, log.body(0, 200))[0] == 200
    fork = log.forked(150)
    assert submit(ours, fork.body(100, 150)) == (409, "200\n")
    assert submit(ours, fork.body(150, 250)) == (409, "200\n")
    assert submit(ours, fork.body(200, 250))[0] == 422
    assert latest(ours).note.signed_by(signer.key) == NOW


def test_evidence_is_bounded_and_the_doubtful_kind_does_not_crowd_out_the_other(
    ours, log, tmp_path, monkeypatch
):
    def ask(size: int, changed: int = 120) -> str:
        return ours.add_checkpoint(log.forked(changed).body(200, size), at=NOW).about

    assert submit(ours, log.body(0, 200))[0] == 200
    assert ask(250) == "old 200 size 250 kept"
    once = (tmp_path / "evidence.log").stat().st_size
    monkeypatch.setattr(witness, "MOST_EVIDENCE", 5 * once)
    assert [ask(size).split()[4:] for size in (250, 251, 252, 250)] == [
        ["kept"],
        ["kept"],
        ["evidence", "full"],
        ["kept"],
    ]
    assert len(evidence(tmp_path)) == 2
    for changed in range(6):
        assert submit(ours, log.forked(changed).body(200, 200))[0] == 409
    assert len(evidence(tmp_path)) > 3
    assert (tmp_path / "evidence.log").stat().st_size <= 5 * once


def test_evidence_is_known_again_after_a_restart_that_cut_a_line(start, log, tmp_path):
    ours = start()
    assert submit(ours, log.body(0, 200))[0] == 200
    assert submit(ours, log.forked(1).body(200, 200))[0] == 409
    ours.close()
    with (tmp_path / "evidence.log").open("a") as file:
        file.write("a line that ends he")
    ours = start()
    for changed in (1, 2, 2):
        assert submit(ours, log.forked(changed).body(200, 200))[0] == 409
    lines = (tmp_path / "evidence.log").read_text("utf-8").split("\n")
    assert [line[:6] for line in lines].count("a line") == 1
    assert len(lines) == 4
    assert json.loads(lines[2].partition(" ")[2])["status"] == 409


def test_evidence_that_cannot_be_written_changes_no_answer(ours, log, monkeypatch):
    def full(*_args: object, **_facts: object) -> bool:
        raise OSError(28, "No space left on device")

    assert submit(ours, log.body(0, 200))[0] == 200
    monkeypatch.setattr(Folder, "keep", full)
    answer = ours.add_checkpoint(log.forked(1).body(200, 200), at=NOW)
    assert (answer.status, answer.about) == (409, "old 200 size 200 evidence lost")


# What it has cosigned outlives everything.


def test_the_state_outlives_a_restart(start, log, signer):
    assert submit(start(), log.body(0, 200))[0] == 200
    ours = start()
    assert submit(ours, log.body(0, 100)) == (409, "200\n")
    assert submit(ours, log.forked(120).body(200, 250))[0] == 422
    assert submit(ours, log.body(200, 250))[0] == 200
    assert latest(start()).note.signed_by(signer.key) == NOW


@pytest.mark.parametrize("keep", [0, 1, 5, 16, 60, 120, -200, -90, -1])
def test_a_state_that_was_cut_off_stops_the_start(start, log, tmp_path, keep):
    assert submit(start(), log.body(0, 200))[0] == 200
    path = tmp_path / place(ORIGIN)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CannotStart, match="damaged"):
        start()


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.replace(b"\n200\n", b"\n100\n"),
        lambda state: state.replace(b"told 18", b"told 19"),
        lambda state: state.replace(b"told 1", b"told 01"),
        lambda state: state[:-4] + b"AA=\n",
        lambda state: state.rpartition("— witness".encode())[0],
        lambda state: state.partition(b"\n\n")[2],
        lambda _state: bytes(400),
        lambda _state: b"told 0\n\n",
    ],
)
def test_a_state_that_was_changed_stops_the_start(start, log, tmp_path, change):
    assert submit(start(), log.body(0, 200))[0] == 200
    path = tmp_path / place(ORIGIN)
    before = path.read_bytes()
    path.write_bytes(change(before))
    assert path.read_bytes() != before
    with pytest.raises(CannotStart, match="damaged"):
        start()
    path.write_bytes(before)
    assert latest(start()).size == 200


def test_a_state_of_another_log_or_witness_stops_the_start(start, log, tmp_path):
    other = Log(Signer.generate("other.example/log", kind=1))
    ours = start(other)
    assert submit(ours, log.body(0, 9))[0] == submit(ours, other.body(0, 5))[0] == 200
    ours.close()
    stranger = Signer.generate(NAME, kind=4)
    with pytest.raises(CannotStart, match="damaged"):
        Witness(tmp_path, stranger, {ORIGIN: [log.signer.key]})
    shutil.copy(tmp_path / place("other.example/log"), tmp_path / place(ORIGIN))
    with pytest.raises(CannotStart, match="damaged"):
        start(other)


class Killed(BaseException):
    """Stands for a SIGKILL at this point."""


def test_a_death_between_writing_and_answering_gives_nothing_away(start, log, monkeypatch):
    ours = start()
    assert submit(ours, log.body(0, 100))[0] == 200
    put = Folder.put

    def die(*args: object) -> None:
        put(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "put", die)
        with pytest.raises(Killed):
            ours.add_checkpoint(log.body(100, 200), at=NOW)
    ours = start()
    assert submit(ours, log.forked(150).body(100, 200)) == (409, "200\n")
    assert submit(ours, log.body(100, 200)) == (409, "200\n")
    assert submit(ours, log.body(200, 200))[0] == 200


@pytest.mark.parametrize("moment", ["_write", "sync_folder"])
def test_a_death_while_writing_leaves_one_whole_state(start, log, monkeypatch, moment):
    ours = start()
    assert submit(ours, log.body(0, 100))[0] == 200

    def die(*_args: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(durable, moment, die)
        with pytest.raises(Killed):
            ours.add_checkpoint(log.body(100, 200), at=NOW)
    ours = start()
    known = latest(ours).size
    assert known in (100, 200)
    assert submit(ours, log.body(known, 200))[0] == 200


def test_a_full_disk_is_no_cosignature_and_no_change(ours, log, monkeypatch):
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    assert submit(ours, log.body(0, 100))[0] == 200
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "put", full)
        assert submit(ours, log.body(100, 200))[0] == 503
    assert latest(ours).size == 100
    assert submit(ours, log.body(100, 200))[0] == 200


def test_two_requests_at_once_never_roll_back(start, log, monkeypatch):
    ours = start()
    assert submit(ours, log.body(0, 100))[0] == 200
    put, writing, go_on = Folder.put, threading.Event(), threading.Event()
    answers: dict[int, tuple[int, str]] = {}

    def slow(*args: object) -> None:
        if not writing.is_set():
            writing.set()
            go_on.wait(5)
        put(*args)

    def ask(size: int) -> None:
        answers[size] = submit(ours, log.body(100, size))

    monkeypatch.setattr(Folder, "put", slow)
    smaller = threading.Thread(target=ask, args=[150])
    smaller.start()
    assert writing.wait(5)
    larger = threading.Thread(target=ask, args=[250])
    larger.start()
    larger.join(0.1)
    go_on.set()
    smaller.join()
    larger.join()
    assert answers[150][0] == 200
    assert answers[250] == (409, "150\n")
    assert latest(ours).size == latest(start()).size == 150


def test_a_request_that_waits_its_turn_does_not_go_back_in_time(ours, log, monkeypatch):
    put, writing, go_on = Folder.put, threading.Event(), threading.Event()
    ticks = iter(range(NOW, NOW + 9))

    def slow(*args: object) -> None:
        writing.set()
        go_on.wait(5)
        put(*args)

    def ask(*body: int) -> None:
        path = "/add-checkpoint"
        answers.append(
            ours.respond("POST", path, log.body(*body), clock=lambda: next(ticks)).status
        )

    answers: list[int] = []
    monkeypatch.setattr(Folder, "put", slow)
    threads = [threading.Thread(target=ask, args=body) for body in ((0, 9), (9, 12))]
    threads[0].start()
    assert writing.wait(5)
    threads[1].start()
    threads[1].join(0.1)
    assert next(ticks) == NOW + 1
    go_on.set()
    for thread in threads:
        thread.join()
    assert answers == [200, 200]


def test_one_folder_is_for_one_process(start, log, signer, tmp_path):
    ours = start()
    with pytest.raises(CannotStart, match="Another witness"):
        Witness(tmp_path, signer, {ORIGIN: [log.signer.key]})
    ours.close()
    assert submit(ours, log.body(0, 9))[0] == 503
    assert submit(start(), log.body(0, 9))[0] == 200


def test_a_folder_that_is_not_there_stops_the_start(log, signer, tmp_path):
    with pytest.raises(CannotStart, match="No such file"):
        Witness(tmp_path / "nowhere", signer, {ORIGIN: [log.signer.key]})


@pytest.mark.parametrize("name", ["evidence.log", place(ORIGIN)])
def test_a_file_that_cannot_be_read_stops_the_start(log, signer, tmp_path, name):
    (tmp_path / name).mkdir()
    with pytest.raises(CannotStart, match="Is a directory"):
        Witness(tmp_path, signer, {ORIGIN: [log.signer.key]})


# Time.


def test_a_clock_that_went_back_signs_nothing(start, log, signer):
    other = Log(Signer.generate("other.example/log", kind=1))
    ours = start(other)
    assert submit(ours, log.body(0, 9))[0] == 200
    for again in (False, True):
        ours = start(other) if again else ours
        answer = ours.add_checkpoint(log.body(9, 12), at=NOW - 1)
        assert (answer.status, answer.about) == (
            503,
            "old 9 size 12 the witness's clock has gone back",
        )
        assert submit(ours, other.body(0, 5), at=NOW - 1)[0] == 503
    assert submit(ours, log.forked(2).body(9, 9), at=NOW - 1)[0] == 409
    assert submit(ours, log.body(9, 12))[0] == 200
    assert latest(ours).note.signed_by(signer.key) == NOW


def test_the_logs_own_time_does_not_go_back(start, log, tmp_path):
    ours = start()
    assert submit(ours, log.body(0, 9, at=NOW - 50))[0] == 200
    assert submit(ours, log.body(9, 12, at=NOW - 51))[0] == 422
    assert submit(ours, log.body(9, 12, at=None))[0] == 200
    assert submit(ours, log.body(12, 15, at=NOW - 51))[0] == 422
    ours = start()
    assert submit(ours, log.body(12, 15, at=NOW - 51))[0] == 422
    assert submit(ours, log.body(12, 15, at=NOW - 50))[0] == 200
    assert [each["because"] for each in evidence(tmp_path)] == [
        "the log's time lies before one that it stated"
    ] * 2


def test_the_logs_own_time_is_at_most_ten_minutes_ahead(ours, log):
    assert submit(ours, log.body(0, 9, at=NOW + 601))[0] == 422
    assert submit(ours, log.body(0, 9, at=NOW + 600))[0] == 200


# Over HTTP.


def get(server: Server, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=5)
    with contextlib.closing(connection):
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_it_answers_over_http_and_keeps_the_connection(listen, ours, log, signer, capsys):
    server = listen(ours.respond)
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=5)
    with contextlib.closing(connection):
        for method, path, body, status in [
            ("GET", "/livez", None, 200),
            ("GET", f"/latest/{place(ORIGIN)}", None, 404),
            ("POST", "/add-checkpoint", log.body(0, 9, at=None), 200),
            ("POST", "/add-checkpoint", log.body(0, 9, at=None), 409),
            ("GET", f"/latest/{place(ORIGIN)}", None, 200),
            ("GET", f"/{place(ORIGIN)}/checkpoint", None, 200),
            ("GET", "/key", None, 200),
            ("GET", "/", None, 404),
            ("GET", "/latest/", None, 404),
            ("GET", "/witness.key", None, 404),
            ("GET", f"/latest/../{place(ORIGIN)}", None, 404),
            ("GET", "/add-checkpoint", None, 404),
            ("POST", "/livez", b"", 404),
        ]:
            connection.request(method, path, body)
            used = connection.sock
            answer = connection.getresponse()
            said = answer.read()
            assert (answer.status, connection.sock) == (status, used), path
            assert answer.headers["Server"] is None
            if path == "/key":
                assert said.decode() == f"{signer.key.vkey}\n"
            if path in (f"/latest/{place(ORIGIN)}", f"/{place(ORIGIN)}/checkpoint") and said[0:6]:
                assert status == 404 or Checkpoint.parse(said).size == 9
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 13
    assert re.fullmatch(r"20\S+Z POST 409 in \d{3} out 2 old 0 size 9", told[3])
    assert not [line for line in told if "latest" in line or "key" in line]


def test_bodies_are_bounded_and_of_a_known_length(listen, ours):
    server = listen(ours.respond)
    assert get(server, "POST", "/add-checkpoint", b"x" * (64 << 10))[0] == 400
    assert get(server, "POST", "/add-checkpoint", b"x" * ((64 << 10) + 1))[0] == 413
    for head in (
        b"POST /add-checkpoint HTTP/1.1\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ):
        said = raw(server, head + b"GET /livez HTTP/1.1\r\n\r\n")
        assert said.startswith(b"HTTP/1.1 411 ")
        assert said.count(b"HTTP/1.1") == 1
    smuggled = b"GET /livez HTTP/1.1\r\nContent-Length: 23\r\n\r\nGET /key HTTP/1.1\r\n\r\n"
    assert raw(server, smuggled).count(b"HTTP/1.1") == 1
    assert get(server, "DELETE", "/key")[0] == 501


def raw(server: Server, sent: bytes, *, pause: float = 0) -> bytes:
    """What comes back until the server closes; with a pause, byte by byte."""
    host, port = server.server_address[:2]
    said = b""
    with socket.create_connection((host, port), timeout=5) as connection:
        with contextlib.suppress(ConnectionError):
            for piece in [sent[at : at + 1] for at in range(len(sent))] if pause else [sent]:
                connection.sendall(piece)
                time.sleep(pause)
        with contextlib.suppress(ConnectionError):
            while more := connection.recv(65536):
                said += more
    return said


def test_whoever_trickles_is_cut_off(listen, ours):
    server = listen(ours.respond)
    server.seconds = 0.2
    began = time.monotonic()
    assert raw(server, b"GET /livez HTTP/1.1\r\n" + b"x: y\r\n" * 100, pause=0.01) == b""
    assert raw(server, b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\nold") == b""
    assert time.monotonic() - began < 4


def test_a_request_has_one_deadline_however_much_arrives():
    near, far = socket.socketpair()
    with near, far:
        far.sendall(b"more")
        with pytest.raises(TimeoutError):
            witness_server._Timed(near).readinto(bytearray(9))


def test_whoever_leaves_early_is_not_answered(listen, ours, capsys):
    server = listen(ours.respond)
    with socket.create_connection(server.server_address[:2], timeout=5) as connection:
        connection.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\nold")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(9) == b""
    assert capsys.readouterr().err.endswith("Z - ConnectionAbortedError\n")


def test_there_is_room_for_so_many_connections(listen, ours, monkeypatch):
    monkeypatch.setattr(witness_server, "MOST_CONNECTIONS", 1)
    server = listen(ours.respond)
    with socket.create_connection(server.server_address[:2], timeout=5) as first:
        first.sendall(b"GET /livez HTTP/1.1\r\n\r\n")
        assert first.recv(9) == b"HTTP/1.1 "
        assert raw(server, b"GET /livez HTTP/1.1\r\n\r\n") == b""
    ended = time.monotonic() + 5
    while not raw(server, b"GET /livez HTTP/1.0\r\n\r\n"):
        assert time.monotonic() < ended


def test_a_fault_of_ours_tells_nobody_anything(listen, capsys):
    def broken(*_asked: object) -> Answer:
        raise RuntimeError("a value")

    assert raw(listen(broken), b"GET /livez HTTP/1.1\r\n\r\n") == b""
    assert capsys.readouterr().err.endswith("Z - RuntimeError\n")


# As commands.


def options(folder: Path, *more: str) -> list[str]:
    return ["--folder", str(folder), "--name", NAME, "--bind", "127.0.0.1:0", *more]


@contextlib.contextmanager
def process(command: list[str], where: Path, **environment: str) -> Iterator[tuple[str, str]]:
    """The address and the key of a witness that runs by itself, and ends when it is told to."""
    clean = {"PATH": os.environ["PATH"], "PYTHONUTF8": "1", **environment}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = subprocess.Popen([sys.executable, *command], cwd=where, env=clean, **pipes)
    try:
        found = re.search(r"http://127\.0\.0\.1:\d+", running.stdout.readline())
        assert found, running.communicate(timeout=20)[1]
        yield found[0], running.stdout.readline().strip()
        running.send_signal(signal.SIGTERM)
        assert running.communicate(timeout=20)[0] == ""
        assert running.returncode == 0
    finally:
        running.kill()
        running.communicate()


def test_the_command_runs_with_no_database_and_starts_none(log, tmp_path):
    arguments = options(tmp_path / "w", "--log", log.signer.key.vkey, "--create")
    var = tmp_path / "var"
    with process(["manage.py", "witness", *arguments], REPOSITORY, CUSTODIAN_VAR=str(var)) as told:
        key = witness_state.load_key(tmp_path / "w", name=NAME).key
        assert told[1] == key.vkey
        given = {"checkpoint": log.checkpoint(9, at=None), "latest_known": 0}
        assert cosigning.cosign(told[0], key, **given, consistency=lambda _old: [])
    assert not var.exists()
    assert (tmp_path / "w/witness.key").stat().st_mode & 0o777 == 0o600


def test_six_files_and_cryptography_are_enough(log, tmp_path):
    files = "verify notes durable witness witness_state witness_server".split()
    package = tmp_path / "custodian/tlog"
    package.mkdir(parents=True)
    for name in files:
        shutil.copy(REPOSITORY / f"custodian/tlog/{name}.py", package)
    (tmp_path / "policy.txt").write_text(f"log {log.signer.key.vkey} https://x\nquorum none\n")
    more = ["--logs", str(tmp_path / "policy.txt")]
    folder = tmp_path / "w"
    signer = witness_state.create_key(folder, name=NAME)
    with Witness(folder, signer, {ORIGIN: [log.signer.key]}) as ours:
        assert submit(ours, log.body(0, 9))[0] == 200
    command = ["-W", "error", "-m", "custodian.tlog.witness", *options(folder, *more)]
    with process(command, tmp_path) as (url, _key), pytest.raises(Conflict) as conflict:
        cosigning.request(url, old=0, proof=[], checkpoint=log.checkpoint(12), timeout=5)
    assert conflict.value.size == 9


def refused(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    with mock.patch.object(witness, "serve", side_effect=AssertionError("it started")):
        return _refused(*arguments, capsys=capsys)


def _refused(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert witness.main(arguments) == 1
    said = capsys.readouterr().err
    with pytest.raises(CommandError) as error:
        call_command("witness", *arguments)
    assert str(error.value) == said.strip()
    assert re.search("[\u4e00-\u9fff]", said)
    return said


def test_the_commands_say_what_is_wrong_in_both_languages(log, tmp_path, capsys):
    vkey = log.signer.key.vkey
    folder = tmp_path / "w"
    ours = options(folder, "--log", vkey)
    assert "There is no key" in refused(*ours, capsys=capsys)
    assert "no log to witness" in refused(*options(folder), capsys=capsys)
    assert "not a verifier key" in refused(*options(folder, "--log", vkey[:-4]), capsys=capsys)
    missing = options(folder, "--logs", str(tmp_path / "no"))
    assert "No such file" in refused(*missing, capsys=capsys)
    for bind in ("8765", "127.0.0.1", ":1", "a:b", "127.0.0.1:70000"):
        assert "Not an address" in refused(*ours, "--bind", bind, capsys=capsys)
    for name in ("a b", "a+b", "", "a\x01", "a\udcff"):
        assert "Not a name" in refused(*ours, "--create", "--name", name, capsys=capsys)
    assert not folder.exists()

    witness_state.create_key(folder, name=NAME)
    key = folder / "witness.key"
    before = key.read_bytes()
    assert "a key already" in refused(*ours, "--create", capsys=capsys)
    assert "not the key of" in refused(*ours, "--name", "witness.example/w2", capsys=capsys)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        assert "Cannot listen" in refused(*ours, "--bind", bind, capsys=capsys)
    key.chmod(0o640)
    assert "Others may read" in refused(*ours, capsys=capsys)
    key.chmod(0o600)
    assert key.read_bytes() == before
    for text in (b"", b"\xff", before[:40], log.signer.dump().encode()):
        key.write_bytes(text)
        assert re.search("Not a key file|not the key of", refused(*ours, capsys=capsys))


def test_a_folder_that_cannot_be_used_is_named(log, tmp_path, capsys, monkeypatch):
    (tmp_path / "file").touch()
    for where in ("file", "file/below"):
        ours = options(tmp_path / where, "--log", log.signer.key.vkey)
        assert f"Cannot use {tmp_path}/file" in refused(*ours, "--create", capsys=capsys)
        assert "Cannot use" in refused(*ours, capsys=capsys)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ours = options(tmp_path / "w", "--log", log.signer.key.vkey, "--create")
    assert witness.main(ours) == 1
    assert "No space left" in capsys.readouterr().err


def test_a_log_signs_by_any_of_the_keys_that_were_named(log, tmp_path):
    newer = Signer.generate(ORIGIN, kind=1).key.vkey
    policy = tmp_path / "policy"
    policy.write_text(f"# ours\n\n\tlog  {newer}\nwitness w {NAME}\n")
    found = witness._logs([log.signer.key.vkey], policy)
    assert [key.vkey for key in found[ORIGIN]] == [log.signer.key.vkey, newer]


# The log's side.


@pytest.fixture
def at_witness(listen, ours, log, signer) -> Callable[..., list[str]]:
    server = listen(lambda *asked: ours.respond(*asked, clock=lambda: NOW))

    def ask(size: int, *, known: int = 0, tree: Log = log) -> list[str]:
        return cosigning.cosign(
            f"{server.url}/",
            signer.key,
            checkpoint=tree.checkpoint(size),
            latest_known=known,
            consistency=lambda old: tree.proof(old, size),
        )

    return ask


def test_the_log_gets_its_cosignature(at_witness, log, signer):
    for size, known in [(9, 0), (12, 9), (12, 12)]:
        lines = at_witness(size, known=known)
        text = notes.checkpoint_text(ORIGIN, size, log.root(size))
        assert Note.parse(notes.note(text, lines)).signed_by(signer.key) == NOW
        assert len(lines) == 1


@pytest.mark.parametrize("known", [0, 5, 12, 400])
def test_the_log_learns_what_the_witness_knows(at_witness, known):
    at_witness(9)
    assert at_witness(12, known=known)


def test_a_witness_that_is_ahead_is_the_alarm(at_witness, log):
    at_witness(200)
    for size, known, tree in [
        (150, 100, log),
        (150, 200, log),
        (200, 0, log.forked(150)),
        (200, 200, log.forked(150)),
    ]:
        with pytest.raises(WitnessAhead) as alarm:
            at_witness(size, known=known, tree=tree)
        assert alarm.value.size == 200


@pytest.mark.parametrize("known", [0, 200])
def test_a_longer_fork_is_the_alarm_too(at_witness, log, known):
    at_witness(200)
    with pytest.raises(Contradicted) as alarm:
        at_witness(250, known=known, tree=log.forked(150))
    assert (alarm.value.size, type(alarm.value)) == (200, Contradicted)
    assert "proof" in str(alarm.value)


def test_a_refusal_says_why(at_witness):
    other = Log(Signer.generate("other.example/log", kind=1))
    with pytest.raises(Refused, match="404 not a log") as refusal:
        at_witness(9, tree=other)
    assert refusal.value.status == 404


SIZE_9 = Answer(409, witness.SIZE, b"9\n")


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Answer(301, TEXT, b""), Refused, "301"),
        (Answer(500, TEXT, "说\x1b[1m no".encode()), Refused, r"500 \[1m no"),
        (Answer(200, TEXT, b""), Unreachable, "signature lines"),
        (Answer(200, TEXT, b"hello\n"), Unreachable, "signature lines"),
        (Answer(200, TEXT, b"\xff\n"), Unreachable, "signature lines"),
        (Answer(200, TEXT, b"x" * (64 << 10) + b"x"), Unreachable, "too long"),
        (Answer(409, TEXT, b"9\n"), WitnessAhead, "cosigned last: 9"),
        (Answer(409, witness.SIZE, b"010\n"), WitnessAhead, "cosigned last: 9"),
        (Answer(422, TEXT, b"no"), Contradicted, "cosigned last: 9 no"),
        (SIZE_9, WitnessAhead, "cosigned last: 9"),
        (Answer(409, witness.SIZE, b"7\n"), Conflict, "cosigned last: 7"),
    ],
)
def test_what_a_strange_witness_says_is_an_error_of_a_kind(
    listen, log, signer, answer, error, words
):
    asked = []

    def respond(_method: str, _path: str, body: bytes) -> Answer:
        asked.append(body)
        return answer

    with pytest.raises(error, match=words) as failure:
        cosigning.cosign(
            listen(respond).url,
            signer.key,
            checkpoint=log.checkpoint(9),
            latest_known=9,
            consistency=lambda old: log.proof(old, 9),
        )
    assert type(failure.value) is error
    assert len(asked) == (2 if error is Conflict else 1)


def test_only_lines_of_the_witnesss_key_that_fit_come_back(listen, log, signer):
    text = notes.checkpoint_text(ORIGIN, 9, log.root(9))
    stranger = Signer.generate(NAME, kind=4)
    good = signer.cosign(text, at=NOW)
    lines = [stranger.cosign(text, at=NOW), signer.cosign(text + b"x", at=NOW), good]

    def ask(*said: str) -> list[str]:
        answer = Answer(200, TEXT, "".join(said).encode())
        checkpoint = log.checkpoint(9)
        url = listen(lambda *_: answer).url
        assert cosigning.request(url, old=0, proof=[], checkpoint=checkpoint, timeout=5) == [*said]
        given = {"checkpoint": checkpoint, "latest_known": 0}
        return cosigning.cosign(url, signer.key, **given, consistency=lambda _old: [])

    assert ask(*lines) == [good]
    with pytest.raises(Unreachable, match="no cosignature"):
        ask(*lines[:2])


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "127.0.0.1:1",
        "http://",
        "http://127.0.0.1:x",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:1",
        "http://127.0.0.1:1/?a",
        "http://[::1",
        "https://127.0.0.1:1",
        "http://127.0.0.1:1/a b",
    ],
)
def test_where_nobody_is_nobody_is_reached(log, url):
    with pytest.raises(Unreachable):
        cosigning.request(url, old=0, proof=[], checkpoint=log.checkpoint(9), timeout=1)


def test_a_witness_that_trickles_holds_nobody_up(log):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def trickle() -> None:
            connection = server.accept()[0]
            with connection, contextlib.suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                for _ in range(100):
                    connection.sendall(b"x: y\r\n")
                    time.sleep(0.05)

        slow = threading.Thread(target=trickle)
        slow.start()
        began = time.monotonic()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(Unreachable):
            cosigning.request(url, old=0, proof=[], checkpoint=log.checkpoint(9), timeout=0.3)
        assert time.monotonic() - began < 3
        slow.join()
