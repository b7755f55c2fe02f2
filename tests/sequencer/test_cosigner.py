"""Witnesses: what they say is kept with its time; what they prove against us ends the signing, and only that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from access.sequencer import process
from access.sequencer.announce import RefusesToSign
from access.sequencer.copies import Copies
from access.sequencer.cosigner import FRESH, Cosigner
from custodian import clock, databases
from custodian.tlog import cosigning, log_key, notes
from custodian.tlog.notes import Signer, sign_checkpoint
from custodian.tlog.verify import Checkpoint
from custodian.tlog.witness import SIZE, Witness
from custodian.tlog.witness_server import TEXT, Answer, Respond, Server
from tests.security.looking import logged_in
from tests.sequencer.trees import ORIGIN, Place, append, rewind, superuser, tree, until, value


class House:
    """A log, the witnesses of its policy, and whoever asks them."""

    def __init__(self, place: Place, stack: ExitStack) -> None:
        self.place = place
        self._stack = stack
        self.alarms: list[str] = []
        self.first = self.other = b""  # notes that somebody may show
        self.begin()

    def begin(self) -> None:
        """The cosigner of a sequencer that was just started."""
        connection = databases.connect("sequencer", application_name="tests cosigner")
        self._stack.callback(connection.close)
        self._cosigner = Cosigner(connection, self.place.policy, self.alarms.append)

    def witness(self, name: str, respond: Respond | None = None) -> Signer:
        """A real one at an address of its own, unless something else is to answer there."""
        signer = Signer.generate(f"witness.example/{name}", kind=4)
        if respond is None:
            folder = self.place.folder / name
            folder.mkdir()
            keys = [key.signer.key for key in log_key.load(self.place.key)]
            respond = self._stack.enter_context(Witness(folder, signer, {ORIGIN: keys})).respond
        url = self._stack.enter_context(listening(respond))
        self.add(f"witness {name} {signer.key.vkey} {url}")
        return signer

    def add(self, line: str) -> None:
        self.place.policy.write_text(f"{line}\n{self.place.policy.read_text()}")

    def ask(self) -> int:
        return self._cosigner.once()

    def grow(self, count: int = 3) -> None:
        with self.place.leading() as sequencer:
            append(count)
            sequencer.cycle()

    def restore(self, size: int) -> None:
        """Database and head file are put back together, so that nothing here is the wiser."""
        self.place.head.unlink()
        rewind(size)
        with superuser() as cursor:
            cursor.execute("UPDATE querylog.tree SET announced = 0")


@contextmanager
def listening(respond: Respond) -> Iterator[str]:
    with Server("127.0.0.1", 0, respond) as server:
        loop = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        loop.start()
        yield server.url
        server.shutdown()
        loop.join()


@pytest.fixture
def house(place: Place) -> Iterator[House]:
    with ExitStack() as stack:
        yield House(place, stack)


def said() -> list[tuple[int, str, datetime]]:
    with logged_in("auditor") as cursor:
        cursor.execute("SELECT size, witness, at FROM querylog.cosignature ORDER BY 1, 2")
        return cursor.fetchall()


def line(size: int) -> str:
    return str(value("SELECT line FROM querylog.cosignature WHERE size = %s", size))


def test_what_a_witness_says_is_kept_with_its_time_and_verifies(house: House) -> None:
    house.witness("w")
    house.grow()
    begun = clock.real().replace(microsecond=0)
    assert house.ask() == 1
    house.grow(300)
    assert house.ask() == 1
    (first, one, early), (second, other, late) = said()
    assert (first, second, one, other) == (4, 304, "w", "w")
    assert begun <= early <= late <= clock.real()
    head = Checkpoint.parse(house.place.head.read_bytes())
    note = notes.note(head.note.text, [line(304)])
    assert house.place.trust().seen_by(Checkpoint.parse(note)) == {"w": int(late.timestamp())}


def test_the_same_head_is_not_asked_about_again_for_ten_minutes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.witness("w")
    house.grow()
    assert [house.ask(), house.ask()] == [1, 0]
    (before,) = said()
    later = clock.real() + FRESH + timedelta(seconds=2)
    monkeypatch.setattr(clock, "real", lambda: later)
    assert house.ask() == 1
    (after,) = said()
    assert after[:2] == before[:2]
    assert after[2] >= before[2]


def test_nobody_is_asked_before_there_is_a_head_or_a_policy(house: House) -> None:
    house.witness("w")
    assert house.ask() == 0
    house.grow()
    house.place.policy.unlink()
    assert house.ask() == 0


def test_one_witness_that_is_silent_takes_nothing_from_the_others(house: House) -> None:
    house.witness("up")
    with listening(lambda *_: Answer(500, TEXT, b"no\n")) as url:
        pass
    house.add(f"witness down {Signer.generate('witness.example/d', kind=4).key.vkey} {url}")
    house.witness("late", lambda *_: Answer(503, TEXT, b"the clock has gone back\n"))
    house.grow()
    with capture_logs() as told:
        assert house.ask() == 1
    assert {(each["witness"], each["reason"]) for each in told} == {
        ("down", "Unreachable"),
        ("late", "Refused"),
    }
    assert [name for _, name, _ in said()] == ["up"]
    assert house.alarms == []


def test_with_every_witness_down_the_seal_goes_on(house: House, settings: Any) -> None:
    settings.CUSTODIAN_WITNESS_SECONDS = 0.05
    with listening(lambda *_: Answer(500, TEXT, b"no\n")) as url:
        pass
    house.add(f"witness down {Signer.generate('witness.example/d', kind=4).key.vkey} {url}")
    running = Copies()
    with house.place.running(lambda: running.alarm), capture_logs() as told:
        running.start()
        append(3)
        until(lambda: tree("announced") == 4)
        until(lambda: any(each["event"] == "witness-silent" for each in told))
        append()
        until(lambda: tree("announced") == 5)
        running.stop()
    assert said() == []


# What ends the signing


def restored_and_not_grown(house: House) -> None:
    house.restore(4)


def restored_and_grown_a_little(house: House) -> None:
    house.restore(4)
    house.grow(2)


def restored_and_grown_to_the_same_size(house: House) -> None:
    house.restore(4)
    house.grow(5)


def restored_and_grown_beyond(house: House) -> None:
    house.restore(4)
    house.grow(300)


FORKS = [
    restored_and_not_grown,
    restored_and_grown_a_little,
    restored_and_grown_to_the_same_size,
    restored_and_grown_beyond,
]


@pytest.mark.parametrize("fork", FORKS)
def test_a_witness_that_holds_what_we_signed_of_another_tree_gives_the_alarm(
    house: House, fork: Callable[[House], None]
) -> None:
    house.witness("w")
    house.grow(3)
    house.ask()
    house.grow(5)
    assert house.ask() == 1
    assert (tree(), house.alarms) == (9, [])
    fork(house)
    house.place.sequencer().close()
    house.begin()
    assert house.ask() == 0
    assert house.alarms == ["witness-w-ahead"]


def test_the_alarm_ends_the_loop_and_the_command(house: House, settings: Any) -> None:
    settings.CUSTODIAN_WITNESS_SECONDS = 0.05
    house.witness("w")
    house.grow(8)
    house.ask()
    house.restore(5)
    child = house.place.child()
    assert child.wait() == 3
    with pytest.raises(RefusesToSign, match="witness-w-ahead"):
        process.run(house.place.sequencer, threading.Event(), lambda: "witness-w-ahead")


# And what does not


def claiming(size: int, note: Callable[[], bytes]) -> Respond:
    """Says that it knows a larger tree, and shows this note when it is asked for it."""

    def respond(method: str, path: str, body: bytes) -> Answer:
        if method == "POST":
            return Answer(409, SIZE, f"{size}\n".encode())
        return Answer(200, TEXT, note())

    return respond


def by_another_key() -> bytes:
    return sign_checkpoint(ORIGIN, 900, bytes(32), signers=[Signer.generate(ORIGIN, kind=1)], at=1)


UNPROVEN = {
    "nothing": lambda house: b"",
    "no note": lambda house: b"I know more than you",
    "a note by another key": lambda house: by_another_key(),
    "a note of ours that our tree contains": lambda house: house.first,
    "a note of another log of ours": lambda house: house.other,
}


@pytest.mark.parametrize("what", UNPROVEN)
def test_a_claim_without_proof_is_told_and_ends_nothing(house: House, what: str) -> None:
    epoch = Signer.generate("custodian.qh/access-log/0", kind=1)
    house.add(f"log {epoch.key.vkey}")
    house.other = sign_checkpoint(epoch.key.name, 900, bytes(32), signers=[epoch], at=1)
    house.witness("w", claiming(900, lambda: UNPROVEN[what](house)))
    house.grow()
    house.first = house.place.head.read_bytes()
    house.grow()
    with capture_logs() as told:
        assert house.ask() == 0
    assert [(each["event"], each["size"]) for each in told] == [("witness-contradicts", 900)]
    assert house.alarms == []


def test_the_same_claim_with_proof_does(house: House) -> None:
    """So that the ones above are refused for their proof."""
    ours = house.place.signers()
    note = sign_checkpoint(ORIGIN, 900, bytes(32), signers=ours, at=1)
    house.witness("w", claiming(900, lambda: note))
    house.grow()
    house.ask()
    assert house.alarms == ["witness-w-ahead"]


def test_a_witness_that_another_cosigner_told_more_is_not_ahead(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sequencer that waits asks as well, and may be quicker with the next head."""
    house.witness("w")
    house.grow()
    cosign = cosigning.cosign

    def late(*args: Any, **more: Any) -> list[str]:
        monkeypatch.setattr(cosigning, "cosign", cosign)
        house.grow()
        assert house.ask() == 1
        return cosign(*args, **more)

    monkeypatch.setattr(cosigning, "cosign", late)
    assert house.ask() == 0
    assert house.alarms == []
    assert house.ask() == 0
    assert [size for size, _, _ in said()] == [7]
    house.place.seal()
    house.place.whole()


def test_a_cosignature_by_another_key_is_not_kept(house: House) -> None:
    stranger = Signer.generate("witness.example/w", kind=4)

    def respond(method: str, path: str, body: bytes) -> Answer:
        note = Checkpoint.parse(body.partition(b"\n\n")[2]).note
        return Answer(200, TEXT, stranger.cosign(note.text, at=5).encode())

    house.witness("w", respond)
    house.grow()
    with capture_logs() as told:
        assert house.ask() == 0
    assert [each["event"] for each in told] == ["witness-silent"]
    assert said() == []


def test_after_a_rotation_the_witness_that_knows_the_new_key_goes_on(house: House) -> None:
    place = house.place
    second = log_key.rotate(place.key, at=clock.real())
    log_key.add_to_policy(place.policy, second)
    house.witness("w")
    house.grow()
    assert house.ask() == 1
    assert place.trust().seen_by(
        Checkpoint.parse(notes.note(Checkpoint.parse(place.head.read_bytes()).note.text, [line(4)]))
    )


def test_a_broken_policy_is_told_and_mended_without_a_restart(house: House, settings: Any) -> None:
    settings.CUSTODIAN_WITNESS_SECONDS = 0.05
    house.witness("w")
    house.grow()
    text = house.place.policy.read_text()
    house.place.policy.write_text("nonsense\n")
    running = Copies()
    with capture_logs() as told:
        running.start()
        until(lambda: len(told) >= 2)
        house.place.policy.write_text(text)
        until(said)
        running.stop()
    assert {(each["event"], each["copy"]) for each in told} == {("copy-failed", "cosigner")}
    assert running.alarm == ""
