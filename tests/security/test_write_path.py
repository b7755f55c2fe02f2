"""No look without its entry, whatever happens to the writer, the server or the locks between them."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import psycopg2
import pytest
from django.db import transaction

from access import asking, gate, keystore, scopes
from access.actions import Action
from access.querylog import connection as log_connection
from access.querylog import leaf, write
from access.querylog import writer as writing
from access.querylog.connection import Connection, LogUnavailable
from access.querylog.leaf import Draft
from access.sequencer import drain as draining
from access.sequencer.drain import Drain
from access.vocabulary import Role
from custodian import clock, elements
from custodian.errors import NotVisible
from custodian.tlog.verify import canonical
from records.models import Customer
from tests import databases as test_databases
from tests import estate
from tests.security import chains
from tests.security.looking import backends, crowd, log, logged_in, look, opened, permit, unbounded

REPOSITORY = Path(__file__).resolve().parents[2]
WRITER = "custodian querylog"
APPEND = "querylog.append(text[], bytea[], bytea[], uuid[], int[])"


@pytest.fixture(autouse=True)
def _an_empty_log(request: pytest.FixtureRequest) -> None:
    """Tests that commit begin with a fresh database, unless tests that do not commit came before."""
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        request.getfixturevalue("transactional_db")
        if log():
            test_databases.renew()


@pytest.fixture
def agent() -> Any:
    unbounded()
    return estate.user(Role.AGENT)


@pytest.fixture
def customer(agent: Any) -> Customer:
    return estate.customer(of=[agent])


def verified() -> chains.Verdict:
    verdict = chains.verify(log())
    assert verdict.faults == []
    return verdict


# What an entry is worth


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_committed_before_its_permit_is_given(agent, customer) -> None:
    with estate.acting(agent) as actor, transaction.atomic():
        granted = permit(actor, customer)
        assert granted.entry in {row.id for row in log()}  # from outside the open transaction


@pytest.mark.django_db(transaction=True)
def test_a_rollback_keeps_the_look_and_drops_the_change(agent, customer) -> None:
    estate.drain()
    before = len(log())
    with transaction.atomic():
        with estate.acting(agent) as actor:
            entry = permit(actor, customer).entry
        estate.customer(of=[agent])
        transaction.set_rollback(True)
    assert estate.drain() == 0
    rows = log()
    assert rows[-1].id == entry
    assert [row.body["act"] for row in rows[before:]] == ["writer.open", "reveal"]
    verified()


@pytest.mark.django_db(transaction=True)
def test_a_crowds_looks_are_all_in_one_valid_chain(agent, customer) -> None:
    before = opened()
    with crowd(32, 20, lambda: look(agent, customer)) as looks:
        pass
    assert (len(looks.entries), looks.refused) == (640, 0)
    rows = {row.id: row.body for row in log()}
    assert {rows[entry]["act"] for entry in looks.entries} == {"reveal"}
    assert len(set(looks.entries)) == len([1 for body in rows.values() if body["act"] == "reveal"])
    assert opened() - before == 640
    assert 641 in verified().sessions.values()


@pytest.mark.django_db(transaction=True)
def test_times_in_a_chain_ascend_but_for_what_threads_wait(agent, customer) -> None:
    with crowd(16, 10, lambda: look(agent, customer)):
        pass
    times = [row.ts for row in log()]
    backwards = [b - a for a, b in itertools.pairwise(times) if b < a]
    assert all(abs(step).total_seconds() < log_connection.DEADLINE for step in backwards)


# What happens when something breaks


@pytest.mark.django_db(transaction=True)
def test_a_killed_writer_leaves_no_look_without_entry_and_names_what_it_lost(
    agent, customer
) -> None:
    look(agent, customer)
    killed = []
    with (
        crowd(16, 20, lambda: look(agent, customer)) as looks,
        logged_in("superuser") as cursor,
    ):
        for _ in range(4):
            time.sleep(0.15)
            for pid in backends(cursor, WRITER):
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
                killed.append(pid)
    look(agent, customer)
    assert len(killed) >= 2
    assert set(looks.entries) <= {row.id for row in log()}
    verdict = verified()
    ended = [name for name in verdict.sessions if name in verdict.lost]
    assert len(ended) >= 1
    assert len(verdict.sessions) - 1 <= len(verdict.lost) + 1


def refused_soon(agent: Any, customer: Customer, *, within: float) -> None:
    before, count, begun = opened(), len(log_ids()), time.monotonic()
    with pytest.raises(LogUnavailable):
        look(agent, customer)
    assert time.monotonic() - begun < within
    assert (opened(), len(log_ids())) == (before, count)


def log_ids() -> set[int]:
    """Without a lock conflict: row ids as the subject's projection has them."""
    with logged_in("auditor") as cursor:
        cursor.execute("SELECT entry_id FROM querylog.subject_access")
        return {row[0] for row in cursor.fetchall()}


def recovered(agent: Any, customer: Customer) -> None:
    assert look(agent, customer) in {row.id for row in log()}
    verified()


OBSTACLES = {
    "the right to append is gone": (
        f"REVOKE EXECUTE ON FUNCTION {APPEND} FROM custodian_log_writer",
        f"GRANT EXECUTE ON FUNCTION {APPEND} TO custodian_log_writer",
    ),
    "the table takes no row": (
        "ALTER TABLE querylog.entry ADD CONSTRAINT full_disk CHECK (false) NOT VALID",
        "ALTER TABLE querylog.entry DROP CONSTRAINT full_disk",
    ),
    "somebody holds the fence": ("BEGIN; SELECT pg_advisory_xact_lock(4242)", "ROLLBACK"),
    "somebody holds the table": (
        "BEGIN; LOCK TABLE querylog.entry IN ACCESS EXCLUSIVE MODE",
        "ROLLBACK",
    ),
}


@pytest.mark.django_db(transaction=True)
def test_an_obstacle_opens_nothing_is_told_in_about_a_second_and_passes(agent, customer) -> None:
    look(agent, customer)
    with logged_in("superuser") as cursor:
        for into_the_way, out_of_it in OBSTACLES.values():
            cursor.execute(into_the_way)
            refused_soon(agent, customer, within=1.9)
            cursor.execute(out_of_it)
            recovered(agent, customer)


@pytest.fixture
def stopping() -> Iterator[Callable[[int], None]]:
    """Stops processes of this database's server, and lets them all go on afterwards."""
    stopped: list[int] = []

    def stop(pid: int) -> None:
        os.kill(pid, signal.SIGSTOP)
        stopped.append(pid)

    yield stop
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@pytest.mark.django_db(transaction=True)
def test_a_hung_server_process_costs_three_seconds_and_no_value(
    agent, customer, stopping: Callable[[int], None]
) -> None:
    look(agent, customer)
    with logged_in("superuser") as cursor:
        (pid,) = backends(cursor, WRITER)
    stopping(pid)
    refused_soon(agent, customer, within=3.5)
    look(agent, customer)  # on a connection of its own, while the other still hangs
    os.kill(pid, signal.SIGCONT)
    time.sleep(0.2)
    recovered(agent, customer)


class Hanging(Connection):
    """A server that accepts and then says nothing."""

    released = threading.Event()
    patience = 1.0

    def append(self, entries: Any) -> list[int]:
        if not self.released.wait(self.patience):
            raise LogUnavailable
        return super().append(entries)


@pytest.mark.django_db(transaction=True)
def test_while_the_log_hangs_one_waits_and_the_others_hear_at_once(
    agent, customer, monkeypatch
) -> None:
    monkeypatch.setattr(writing, "Connection", Hanging)
    Hanging.released.clear()
    with pytest.raises(LogUnavailable):
        look(agent, customer)
    with crowd(1, 1, lambda: look(agent, customer)) as probing:
        time.sleep(0.3)
        begun = time.monotonic()
        for _ in range(10):
            with pytest.raises(LogUnavailable):
                look(agent, customer)
        assert time.monotonic() - begun < 0.5
    assert probing.refused == 1
    Hanging.released.set()
    recovered(agent, customer)


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_cannot_be_written_takes_nobody_elses_with_it(agent, customer) -> None:
    odd = Draft(actor=estate.system(), act="nul \0", at=clock.now(), channel="desk")
    with crowd(8, 10, lambda: look(agent, customer)) as looks:
        for _ in range(10):
            with pytest.raises(LogUnavailable):
                write.commit(odd)
    assert (len(looks.entries), looks.refused) == (80, 0)
    verified()


@pytest.mark.django_db(transaction=True)
def test_however_many_sessions_were_lost_the_next_one_can_say_so(agent, customer) -> None:
    lost = [{"w": f"{number:08x}", "upto": 9} for number in range(5_000)]
    writing.writer()._lost = lost
    recovered(agent, customer)
    opening = next(row.body for row in log() if "lost" in row.body)
    assert (opening["lost"][-1], opening["unnamed"]) == (lost[-1], 5_000 - len(opening["lost"]))


@pytest.mark.django_db(transaction=True)
def test_a_forked_child_writes_on_a_session_of_its_own() -> None:
    def one(word: str) -> int:
        return write.commit(Draft(actor=estate.system(), act=word, at=clock.now(), channel="task"))

    one("view")
    child = os.fork()
    if child == 0:
        try:
            one("list")
            writing.stop()
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    one("view")
    sessions = {
        row.body["w"]: row.body["act"] for row in log() if row.body["act"] in ("view", "list")
    }
    assert sorted(sessions.values()) == ["list", "view"]
    verified()


BUSY = """
import sys, threading, time
from custodian import embedded
embedded.ensure()
import django
django.setup()
import signal
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
from access import actors
from access.querylog import write
from access.querylog.leaf import Draft
from custodian import clock
guard = threading.Lock()
def work():
    while True:
        entry = write.commit(Draft(actor=actors.system("tests"), act="view", at=clock.now(), channel="task"))
        with guard:
            sys.stdout.write(f"{entry}\\n"); sys.stdout.flush()
for _ in range(8):
    threading.Thread(target=work, daemon=True).start()
time.sleep(60)
"""


@pytest.mark.django_db(transaction=True)
def test_a_process_told_to_end_writes_what_is_waiting_and_closes_its_chain() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **test_databases.environment()},
    )
    assert process.stdout
    answered = [int(process.stdout.readline()) for _ in range(50)]
    process.send_signal(signal.SIGTERM)
    answered += [int(line) for line in process.communicate(timeout=20)[0].split()]
    rows = log()
    assert set(answered) <= {row.id for row in rows}
    assert rows[-1].body["act"] == "writer.close"
    verified()


# What an entry says


@pytest.mark.django_db(transaction=True)
def test_tags_are_those_of_the_customers_own_key(agent, customer) -> None:
    other = estate.customer(of=[agent], source_key="another")
    entry = look(agent, customer)
    row = next(row for row in log() if row.id == entry)
    with estate.acting(agent):
        found = scopes.find([customer.pk, other.pk])
    keys = keystore.subject_keys({one.id: (one.kek, one.wrapped) for one in found.values()})

    def mark(key: bytes) -> bytes:
        message = b"custodian/subject/v1\0" + row.body["uid"].encode()
        return hmac.new(key, message, hashlib.sha256).digest()[:16]

    assert row.tags == mark(keys[customer.pk])
    assert row.tags != mark(keys[other.pk])


def random_value(dice: Random, depth: int = 3) -> Any:
    """Anything the profile allows: ASCII keys, strings of any characters, whole numbers, no floats."""
    sort = dice.randrange(7 if depth else 5)
    if sort < 2:
        return "".join(random_character(dice) for _ in range(dice.randrange(12)))
    if sort < 5:
        return [dice.randint(-(2**53) + 1, 2**53 - 1), dice.randrange(100), None, True][sort - 2 :][
            0
        ]
    many = range(dice.randrange(4))
    if sort == 5:
        return [random_value(dice, depth - 1) for _ in many]
    return {chr(dice.randrange(128)) * 2: random_value(dice, depth - 1) for _ in many}


def random_character(dice: Random) -> str:
    first, beyond = dice.choice([(0, 0x30), (0x20, 0x7F), (0x7F, 0xD800), (0xE000, 0x110000)])
    return chr(dice.randrange(first, beyond))


def test_a_leafs_bytes_are_those_of_rfc_8785() -> None:
    dice = Random(8785)
    for _ in range(3000):
        document = {f"{number}{chr(40 + number)}": random_value(dice) for number in range(6)}
        text = canonical(document)
        assert text == chains.rfc8785(document)
        assert leaf.encode(document) == text.encode()
        assert json.loads(text) == document


CODE = re.compile(r"[A-Za-z0-9_.:/+-]{0,80}", re.ASCII)
HEX = {"uid": 16, "subj": 64, "w": 8, "wp": 16, "q": 32, "ctx": 64, "state": 64}
REQUIRED = set(
    "v ts actor no unit ch act purp n fields out why q rule ctx uid subj w ws wp".split()
)


def uncoded(value: Any) -> bool:
    """Whether free text could hide in the value: anything but codes, numbers and dates."""
    if isinstance(value, dict):
        return any(uncoded(key) or uncoded(each) for key, each in value.items())
    if isinstance(value, list):
        return any(map(uncoded, value))
    return isinstance(value, str) and not CODE.fullmatch(value)


def wrong_in(body: dict[str, Any]) -> list[str]:
    faults = [f"{name} is missing" for name in REQUIRED - body.keys()]
    faults += [f"{name} is free text" for name, value in body.items() if uncoded(value)]
    faults += [
        f"{name} is not {size} hex digits"
        for name, size in HEX.items()
        if (value := body.get(name)) is not None and not re.fullmatch(f"[0-9a-f]{{{size}}}", value)
    ]
    faults += [f"{code} is no element" for code in body["fields"] if not elements.known(code)]
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", body["ts"]):
        faults.append("ts is not a time")
    return faults


def every_kind(agent: Any, customer: Customer) -> None:
    """A look, a list, a search, refusals of each sort, changes and the sessions' own marks."""
    said = {"reason": "张三丰来电 13800138000\n", "facts": {"asked": "张三丰"}}
    with estate.acting(agent) as actor:
        permit(actor, customer, **said)
        permit(actor, customer, masked=True, query=write.query_tag("320311198604180014"), **said)
        for action in (Action.CUSTOMER_LIST, Action.CUSTOMER_SEARCH, Action.CUSTOMER_VIEW):
            gate.permit(actor, action, purpose="follow_up", channel="api", subjects=[customer.pk])
        for codes in (["financial.bank_account"], ["policy.query_password"]):
            with pytest.raises(gate.Refused):
                permit(actor, customer, *codes, **said)
        with pytest.raises(NotVisible):
            gate.refuse_unknown(
                actor, Action.CUSTOMER_VIEW, asked="张三丰", purpose="other", channel="desk"
            )
    estate.drain()
    writing.stop()


@pytest.mark.django_db(transaction=True)
def test_a_leaf_holds_codes_only(agent, customer) -> None:
    every_kind(agent, customer)
    bodies = [row.body for row in log()]
    acts = {body["act"] for body in bodies}
    assert acts >= {"reveal", "list", "search", "view", "denied", "change"}
    assert acts >= {"writer.open", "writer.close"}
    assert {body["act"]: wrong_in(body) for body in bodies if wrong_in(body)} == {}
    assert wrong_in({**bodies[-1], "why": ["张三丰"]}) == ["why is free text"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    [
        {"purpose": "张三丰"},
        {"channel": "desk\n"},
        {"elements": ["identity.mobile", "13800138000"]},
    ],
    ids=lambda asked: next(iter(asked)),
)
def test_words_that_are_no_codes_do_not_come_through_the_gate(agent, customer, asked) -> None:
    words = {"purpose": "follow_up", "channel": "desk", "subjects": [customer.pk + 1], **asked}
    with estate.acting(agent) as actor, pytest.raises(asking.UnknownCode):
        gate.permit(actor, Action.CUSTOMER_REVEAL, **words)


HOSTILE = {
    "line breaks": "x\r\n2026-01-01 admin logged in",
    "escape": "\x1b[2J\x1b]0;title\x07",
    "nul": "a\0b",
    "line separator": "a\u2028b\u2029c\x85d",
    "bidi": "\u202egnp.exe\u2066",
    "half a character": "\ud800",
    "very long": "长" * 350_000,
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_makes_one_record_and_comes_back_as_it_was(
    agent, customer, entries_since, name: str
) -> None:
    text = HOSTILE[name]
    with estate.acting(agent) as actor:
        entry = permit(actor, customer, reason=text).entry
        with pytest.raises(NotVisible):
            gate.refuse_unknown(
                actor, Action.CUSTOMER_SEARCH, asked=text, purpose="other", channel="desk"
            )
    made = [each for each in entries_since() if not each.act.startswith("writer.")][-2:]
    assert ([each.act for each in made], made[0].id) == (["reveal", "denied"], entry)
    assert all(not wrong_in(json.loads(each.leaf)) and each.leaf.isprintable() for each in made)
    with logged_in("auditor") as cursor:
        cursor.execute("SELECT body_sealed FROM querylog.context WHERE entry_id = %s", [entry])
        sealed = bytes(cursor.fetchone()[0])
    assert write.open_context(sealed, month=f"{clock.now():%Y-%m}")["reason"] == text
    assert json.loads(made[0].leaf)["ctx"] == hashlib.sha256(sealed).hexdigest()


# Changes


def change(*marks: str) -> None:
    """One transaction with an entry for each mark."""
    with transaction.atomic():
        for mark in marks:
            gate.authorise(
                estate.system(), Action.CUSTOMER_CHANGE, channel="task", facts={"mark": mark}
            )


def marks() -> list[str]:
    return [row.body["mark"] for row in log() if "mark" in row.body]


def waiting() -> int:
    with logged_in("sequencer") as cursor:
        cursor.execute("SELECT count(*) FROM querylog.outbox")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_two_drains_at_once_move_every_change_once_and_in_order(monkeypatch) -> None:
    monkeypatch.setattr(draining, "BATCH", 7)
    for number in range(60):
        change(*(f"{number}-{part}" for part in range(3)))
    drains = [Drain() for _ in range(3)]

    def work(drain: Drain) -> None:
        while waiting():
            drain.once()
        drain.close()

    threads = [threading.Thread(target=work, args=[drain]) for drain in drains]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert marks() == [f"{number}-{part}" for number in range(60) for part in range(3)]
    verified()


@pytest.mark.django_db(transaction=True)
def test_a_drain_killed_between_taking_and_writing_loses_nothing() -> None:
    change("a", "b", "c")
    drain, failures = Drain(), []

    def work() -> None:
        try:
            drain.once()
        except psycopg2.Error as error:
            failures.append(error)

    with logged_in("superuser") as cursor:
        cursor.execute("SELECT pg_advisory_lock(4242)")
        thread = threading.Thread(target=work)
        thread.start()
        deadline = time.monotonic() + 5
        blocked: list[int] = []
        while not blocked and time.monotonic() < deadline:
            cursor.execute(
                "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 4242 AND NOT granted"
            )
            blocked = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT pg_terminate_backend(%s)", blocked)
        thread.join(5)
        cursor.execute("SELECT pg_advisory_unlock(4242)")
    assert (len(failures), waiting(), marks()) == (1, 3, [])
    assert drain.once() == 3
    drain.close()
    assert (waiting(), marks()) == (0, ["a", "b", "c"])
    verified()


@pytest.mark.django_db(transaction=True)
def test_a_change_without_a_transaction_is_a_mistake_that_shows() -> None:
    with pytest.raises(RuntimeError, match="share a transaction"):
        gate.authorise(estate.system(), Action.CUSTOMER_CHANGE, channel="task")
