"""F10: the entry is committed and nobody hears of it. Then more is on record than was shown, never less."""

from __future__ import annotations

import contextlib
import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.test import Client

from access.querylog import connection as log_connection
from access.querylog import writer as writing
from access.querylog.connection import LogUnavailable
from access.vocabulary import Role
from custodian import clock, databases
from tests import databases as test_databases
from tests import estate
from tests.api.callers import FOR, Caller
from tests.records import desk_estate
from tests.security import chains
from tests.security.looking import crowd, log, look, opened, unbounded

pytestmark = pytest.mark.django_db(transaction=True)
PASS, LOSE, HANG, CUT = "pass", "lose the reply", "never reply", "cut before the server"


class Proxy:
    """Between the log's writer and the server; `deeds` says what becomes of each append, one after the other."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._guard = threading.Lock()
        self._ends: list[socket.socket] = []
        self.port = self._listener.getsockname()[1]
        self.deeds: Iterator[str] = iter(())
        self.done: list[str] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()
        for end in self._ends:
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
                self._ends += [client, server]
                _Line(self, client, server)

    def deed(self) -> str:
        with self._guard:
            self.done.append(next(self.deeds, PASS))
            return self.done[-1]


class _Line:
    """One connection; `_deed` is what is done with the reply to the append that is under way."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._deed = PASS
        for work in (self._upwards, self._downwards):
            threading.Thread(target=self._guarded, args=[work], daemon=True).start()

    def _guarded(self, work: Callable[[], None]) -> None:
        with contextlib.suppress(OSError):
            work()
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _upwards(self) -> None:
        while data := self._client.recv(1 << 20):
            if b"querylog.append" in data:
                self._deed = self._proxy.deed()
                if self._deed == CUT:
                    return
            self._server.sendall(data)

    def _downwards(self) -> None:
        while data := self._server.recv(1 << 20):
            if self._deed == LOSE:
                return
            if self._deed != HANG:
                self._client.sendall(data)


@pytest.fixture
def proxy(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    if log():
        test_databases.renew()
    parts = urlsplit(databases.url("log_writer"))
    proxy = Proxy(str(parts.hostname), int(parts.port or 5432))
    place = f"{parts.username}:{parts.password}@127.0.0.1:{proxy.port}"
    monkeypatch.setenv("DATABASE_LOG_WRITER_URL", urlunsplit(parts._replace(netloc=place)))
    writing.stop()
    yield proxy
    writing.stop()
    proxy.close()


@pytest.fixture
def agent(proxy: Proxy) -> Any:
    unbounded()
    return estate.user(Role.AGENT)


@pytest.fixture
def customer(agent: Any) -> Any:
    return estate.customer(of=[agent])


def reveals() -> list[int]:
    return [row.id for row in log() if row.body["act"] == "reveal"]


def verified() -> chains.Verdict:
    verdict = chains.verify(log())
    assert verdict.faults == []
    return verdict


def test_a_reply_that_is_lost_once_costs_one_entry_too_many(
    proxy: Proxy, agent: Any, customer: Any
) -> None:
    proxy.deeds = iter([LOSE])
    entry = look(agent, customer)
    assert proxy.done == [LOSE, PASS]
    assert len(reveals()) == 2
    assert reveals()[-1] == entry
    verdict = verified()
    (lost,) = verdict.lost.items()  # the session that nobody heard of, and how far it may have come
    assert lost == (next(row.body["w"] for row in log()), 2)


@pytest.mark.parametrize(
    "deeds", [[LOSE, LOSE], [HANG], [CUT, LOSE], [LOSE, CUT]], ids=" then ".join
)
def test_an_outcome_that_stays_unknown_shows_nothing_and_is_named_afterwards(
    proxy: Proxy, agent: Any, customer: Any, monkeypatch: pytest.MonkeyPatch, deeds: list[str]
) -> None:
    monkeypatch.setattr(log_connection, "DEADLINE", 0.5)
    before, proxy.deeds = opened(), iter(deeds)
    with pytest.raises(LogUnavailable):
        look(agent, customer)
    assert opened() == before
    written = len(reveals())
    assert written == sum(deed != CUT for deed in deeds)  # on record, though nothing was shown
    entry = look(agent, customer)
    assert reveals()[-1] == entry
    assert len(reveals()) == written + 1
    verdict = verified()
    opening = next(row.body for row in log() if row.id == entry - 1)
    assert opening["act"] == "writer.open"
    assert {each["w"] for each in opening["lost"]} >= set(verdict.sessions) - {opening["w"]}


def test_an_append_that_never_arrived_is_made_again_and_stands_there_once(
    proxy: Proxy, agent: Any, customer: Any
) -> None:
    proxy.deeds = iter([CUT])
    entry = look(agent, customer)
    assert proxy.done == [CUT, PASS]
    assert reveals() == [entry]
    verified()


def test_the_page_says_that_it_shows_nothing(
    proxy: Proxy, agent: Any, customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = clock.local
    monkeypatch.setattr(clock, "local", lambda moment=None: local(moment).replace(hour=10))
    desk_estate.open_all_day()
    api = Caller(estate.login(Client(), agent, stepped_up=True))
    body = {**FOR, "elements": ["identity.mobile"], "reason": "回访"}
    proxy.deeds = iter([LOSE, LOSE])
    answer = api.post(f"customers/{customer.ref}/reveal", body)
    assert (answer.status_code, json.loads(answer.content)["type"]) == (
        503,
        "urn:custodian:log-unavailable",
    )
    assert estate.ZHANG["identity.mobile"].encode() not in answer.content
    answer = api.post(f"customers/{customer.ref}/reveal", body)
    assert answer.status_code == 200
    assert json.loads(answer.content)["entry"] in reveals()


def test_on_a_line_that_keeps_losing_replies_nothing_that_was_shown_is_missing(
    proxy: Proxy, agent: Any, customer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_connection, "DEADLINE", 0.3)
    before = opened()
    proxy.deeds = itertools.cycle([PASS, LOSE, PASS, CUT, PASS, HANG, PASS, LOSE, LOSE, CUT])
    with crowd(8, 12, lambda: look(agent, customer)) as looks:
        pass
    proxy.deeds = iter(())
    look(agent, customer)
    assert {LOSE, HANG, CUT} <= set(proxy.done)
    assert looks.entries
    assert looks.refused
    assert opened() - before == len(looks.entries) + 1
    assert len(set(looks.entries)) == len(looks.entries)
    assert set(looks.entries) <= set(reveals())
    verdict = verified()
    ended = {name for name in verdict.sessions if name in verdict.lost}
    assert len(verdict.sessions) - len(ended) <= 1  # every session but the last is named as lost
