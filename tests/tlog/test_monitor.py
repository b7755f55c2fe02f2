"""Asking a witness what it holds: its note when it says it, and nothing, in time, when it does not."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from custodian.tlog import monitor, notes
from custodian.tlog.notes import Signer, sign_checkpoint
from custodian.tlog.verify import Checkpoint
from custodian.tlog.witness import Witness
from custodian.tlog.witness_server import TEXT, Answer, Server
from tests.tlog.golden import Tree, leaf

ORIGIN = "example.com/access-log"
NOW = 1_790_000_000
ROOT = Tree([leaf(index) for index in range(9)]).root(0, 9)


@contextmanager
def listening(respond: Callable[[str, str, bytes], Answer]) -> Iterator[str]:
    with Server("127.0.0.1", 0, respond) as server:
        loop = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        loop.start()
        yield server.url
        server.shutdown()
        loop.join()


@contextmanager
def saying(*pieces: bytes, pause: float = 0) -> Iterator[str]:
    """A server that sends these bytes, whatever it is asked."""

    def work() -> None:
        with contextlib.suppress(OSError), server.accept()[0] as connection:
            connection.recv(4096)
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=work)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        thread.join()


def test_the_note_that_a_witness_cosigned_comes_back(tmp_path: Path) -> None:
    log = Signer.generate(ORIGIN, kind=1)
    signer = Signer.generate("witness.example/w", kind=4)
    checkpoint = sign_checkpoint(ORIGIN, 9, ROOT, signers=[log], at=NOW)
    with ExitStack() as stack:
        ours = stack.enter_context(Witness(tmp_path, signer, {ORIGIN: [log.key]}))
        url = stack.enter_context(listening(ours.respond))
        assert monitor.latest(url, ORIGIN) is None
        body = b"old 0\n" + notes.hash_lines([]) + b"\n" + checkpoint
        assert ours.add_checkpoint(body, at=NOW).status == 200
        for address in (url, f"{url}/"):
            held = monitor.latest(address, ORIGIN)
            assert held is not None
            assert (Checkpoint.parse(held).size, Checkpoint.parse(held).root) == (9, ROOT)
            assert Checkpoint.parse(held).note.signed_by(signer.key) == NOW
        assert monitor.latest(url, "another.example/log") is None


def test_it_is_asked_where_the_policy_says_and_nowhere_else() -> None:
    asked: list[tuple[str, str, bytes]] = []

    def respond(method: str, path: str, body: bytes) -> Answer:
        asked.append((method, path, body))
        return Answer(302, TEXT, b"http://127.0.0.1/")

    with listening(respond) as url:
        assert monitor.latest(f"{url}/of/us", ORIGIN) is None
    ((method, path, body),) = asked
    assert (method, body) == ("GET", b"")
    assert path.startswith("/of/us/latest/")
    assert len(path) == len("/of/us/latest/") + 64


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"hello\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        HEAD + b"Content-Length: 99\r\n\r\nshort",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"X: " + b"y" * 100_000 + b"\r\n\r\n",
        HEAD + b"X: y\r\n" * 1000 + b"\r\n",
        HEAD + b"Content-Length: 70000\r\n\r\n" + b"x" * 70_000,
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
        b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_whatever_is_no_answer_of_a_witness_is_nothing(said: bytes) -> None:
    with saying(said) as url:
        assert monitor.latest(url, ORIGIN, timeout=2) is None


@pytest.mark.parametrize(
    "url",
    ["", "file:///etc/passwd", "ftp://127.0.0.1/", "http://", "http://127.0.0.1:99999",
     "http://127.0.0.1:1", "http://127.0.0.1:1/?a", "http://[::1", "https://127.0.0.1:1"],
)  # fmt: skip
def test_where_nobody_is_there_is_nothing(url: str) -> None:
    assert monitor.latest(url, ORIGIN, timeout=1) is None


def test_a_witness_that_trickles_holds_nobody_up() -> None:
    begun = time.monotonic()
    with saying(HEAD, *[b"x: y\r\n"] * 40, pause=0.05) as url:
        assert monitor.latest(url, ORIGIN, timeout=0.3) is None
        assert time.monotonic() - begun < 2
