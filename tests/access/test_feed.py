"""The log for the insurer's monitoring: every sealed entry at least once, in order, and nothing personal."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection
from structlog.testing import capture_logs

from access import tasks
from access.feed import lines, pump, syslog
from access.gate import Refused
from access.models import Entry, Feed
from custodian.tlog.verify import leaf_hash
from tests import estate
from tests.security.canary import Scanner
from tests.security.looking import look, permit
from tests.sequencer.trees import append

pytestmark = pytest.mark.xdist_group("feed")
# RFC 5424, 6: priority, version, time, host, application, process, kind, no structured data, a BOM, the text.
HEADER = re.compile(
    rb"<(\d{1,3})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([!-~]{1,255}) custodian -"
    rb" ([!-~]{1,32}) - \xef\xbb\xbf(\{.*\})",
    re.DOTALL,
)


@pytest.fixture(scope="module")
def entries(house):
    """Looks, a refusal and a change, sealed; and entries after them that are not."""
    look(house.agent, house.customer)
    with estate.acting(house.second) as actor, suppress(Refused):
        permit(actor, house.customer, "financial.bank_account", reason="客户来电 13800138000")
    house.asked()
    house.seal()
    append(3)
    return Entry.objects.order_by("id")


@pytest.fixture(autouse=True)
def _from_the_beginning(house):
    Feed.objects.all().delete()


@pytest.fixture
def to(settings):
    def name(address: str) -> None:
        settings.CUSTODIAN_SYSLOG = address

    return name


def sealed(entries):
    from access.querylog.proofs import announced

    return list(entries.filter(id__lt=announced()).values_list("id", "leaf"))


def read(message):
    found = HEADER.fullmatch(message)
    assert found, message
    return int(found[1]), found[2].decode(), found[4].decode(), json.loads(found[5])


def indexes(messages):
    return [read(message)[3]["index"] for message in messages]


# Whoever listens


class Collector:
    """A syslog server: over TCP as RFC 6587 frames them, over datagrams one each."""

    def __init__(self, kind: str, folder: Path, *, context: ssl.SSLContext | None = None) -> None:
        self.raw: list[bytes] = []
        self.kind, self._context, self._stopped = kind, context, threading.Event()
        family = socket.AF_UNIX if kind == "unix" else socket.AF_INET
        stream = kind in {"tcp", "tls"}
        self.socket = socket.socket(family, socket.SOCK_STREAM if stream else socket.SOCK_DGRAM)
        self.socket.bind(str(folder / "s") if kind == "unix" else ("127.0.0.1", 0))
        self.socket.settimeout(0.05)
        if stream:
            self.socket.listen(8)
        else:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        place = self.socket.getsockname()
        host = "localhost" if kind == "tls" else "127.0.0.1"
        self.address = f"unix://{place}" if kind == "unix" else f"{kind}://{host}:{place[1]}"
        self._thread = threading.Thread(target=self._stream if stream else self._datagrams)
        self._thread.start()

    def close(self) -> None:
        self._stopped.set()
        self._thread.join()
        self.socket.close()

    def wait(self, count: int) -> list[bytes]:
        until = time.monotonic() + 5
        while len(self.messages) < count:
            assert time.monotonic() < until, f"{len(self.messages)} of {count}"
            time.sleep(0.01)
        return self.messages

    @property
    def messages(self) -> list[bytes]:
        if self.kind in {"udp", "unix"}:
            return list(self.raw)
        return [each for stream in self.raw for each in unframed(stream)]

    def _datagrams(self) -> None:
        while not self._stopped.is_set():
            with suppress(TimeoutError):
                self.raw.append(self.socket.recv(1 << 16))

    def _stream(self) -> None:
        while not self._stopped.is_set():
            with suppress(TimeoutError, ssl.SSLError, ConnectionError):
                self._take(self.socket.accept()[0])

    def _take(self, plain: socket.socket) -> None:
        plain.settimeout(5)
        with plain:
            inner = self._context.wrap_socket(plain, server_side=True) if self._context else plain
            received = b""
            while chunk := inner.recv(1 << 16):
                received += chunk
            self.raw.append(received)
            inner.close()


def unframed(stream: bytes) -> list[bytes]:
    """Octet counting: the length in digits, a space, so many bytes."""
    found = []
    while stream:
        digits, _, rest = stream.partition(b" ")
        length = int(digits)
        assert len(rest) >= length
        found.append(rest[:length])
        stream = rest[length:]
    return found


@contextmanager
def listening(kind: str, folder: Path, **more) -> Iterator[Collector]:
    collector = Collector(kind, folder, **more)
    try:
        yield collector
    finally:
        collector.close()


@pytest.fixture
def folder(tmp_path_factory):
    # The path of a socket is at most a hundred bytes long.
    return tmp_path_factory.mktemp("s")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def context(certificate):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate)
    return made


# What is sent


@pytest.mark.parametrize("kind", ["udp", "tcp", "unix", "tls"])
def test_every_sealed_entry_arrives_once_and_in_order(
    entries, to, folder, kind, context, certificate, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    expected = sealed(entries)
    more = {"context": context} if kind == "tls" else {}
    with listening(kind, folder, **more) as collector:
        to(collector.address)
        assert pump.pump() == len(expected)
        messages = collector.wait(len(expected))
        assert pump.pump() == 0
    told = [read(message) for message in messages]
    assert [each[3]["index"] for each in told] == [index for index, _ in expected]
    assert [each[3]["leaf"] for each in told] == [
        leaf_hash(raw.encode()).hex() for _, raw in expected
    ]
    assert entries.count() >= len(expected) + 3
    assert Feed.objects.get().next_index == expected[-1][0] + 1


def test_a_line_says_what_was_done_in_codes_and_a_refusal_is_a_notice(entries):
    rows = sealed(entries)
    told = {json.loads(raw)["act"]: read(lines.message(index, raw)) for index, raw in rows}
    for index, raw in rows:
        leaf = json.loads(raw)
        priority, at, kind, content = read(lines.message(index, raw))
        assert priority == 13 * 8 + (6 if leaf["out"] == "ok" else 5)
        assert (at, kind) == (leaf["ts"], leaf["act"])
        assert content["operator"] == leaf["actor"]
    looked, refused, changed = told["reveal"][3], told["denied"][3], told["change"][3]
    assert (looked["elements"], looked["level"], looked["n"]) == (["identity.mobile"], 3, 1)
    assert (looked["purpose"], looked["channel"], looked["masked"]) == ("follow_up", "desk", False)
    assert (refused["level"], refused["out"], refused["n"]) == (4, "denied", 0)
    assert changed["what"] == "access:case:open"
    assert changed["at"] <= changed["ts"]


def test_an_odd_host_or_act_stays_one_line(entries, monkeypatch):
    index, raw = sealed(entries)[0]
    monkeypatch.setattr(socket, "gethostname", lambda: "数据 中心\n<1>1")
    leaf = json.dumps({**json.loads(raw), "act": "a b\n<34>1 x"})
    message = lines.message(index, leaf)
    assert b"\n" not in message
    assert read(message)[2] == "ab<34>1x"


def test_nothing_personal_is_ever_sent(house, entries, to, folder):
    planted = {**estate.ZHANG, **estate.ACCOUNT, "reason": "客户来电 13800138000"}
    scanner = Scanner(planted, fragments=8)
    assert scanner.text(json.dumps({"text": "客户来电 13800138000"}))
    with listening("tcp", folder) as collector:
        to(collector.address)
        sent = pump.pump()
        body = b"\n".join(collector.wait(sent))
    assert scanner.scan(body) == set()
    people = [house.agent, house.second, house.first]
    names = [text for each in people for text in (each.name, each.staff_no, each.username)]
    names += [house.customer.ref, str(house.customer.subject.uid)]
    with house.everywhere():
        names += [bytes(entry.tags).hex() for entry in entries if entry.tags]
    escaped = [json.dumps(name)[1:-1] for name in names]
    assert [name for name in (*names, *escaped) if name.encode() in body] == []
    assert str(house.agent.ref).encode() in body


# What goes wrong


def test_while_nobody_listens_nothing_is_lost(house, entries, to, folder):
    expected = [index for index, _ in sealed(entries)]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for address in (
        f"tcp://127.0.0.1:{port}",
        f"unix://{folder}/nobody",
        f"tls://127.0.0.1:{port}",
    ):
        to(address)
        with capture_logs() as told:
            assert pump.pump() == 0
        assert [each["event"] for each in told] == ["feed-not-sent"]
    assert not Feed.objects.filter(next_index__gt=0).exists()
    with listening("tcp", folder) as collector:
        to(collector.address)
        pump.pump()
        assert indexes(collector.wait(len(expected))) == expected


def test_whoever_breaks_off_gets_the_same_again(entries, to, folder):
    """The bytes were taken by the system, and by nobody else."""
    expected = [index for index, _ in sealed(entries)]
    for linger in (b"\x01\x00\x00\x00\x00\x00\x00\x00", struct.pack("ii", 1, 0)):
        with socket.create_server(("127.0.0.1", 0)) as server:

            def hang_up(server=server, linger=linger) -> None:
                accepted = server.accept()[0]
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                accepted.recv(16)
                accepted.close()

            thread = threading.Thread(target=hang_up)
            thread.start()
            to(f"tcp://127.0.0.1:{server.getsockname()[1]}")
            assert pump.pump() == 0
            thread.join()
    with listening("tcp", folder) as collector:
        to(collector.address)
        assert pump.pump() == len(expected)
        assert indexes(collector.wait(len(expected))) == expected


def test_whoever_never_says_that_he_has_read_it_has_not(entries, to, monkeypatch):
    monkeypatch.setattr(syslog, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        to(f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        begun = time.monotonic()
        assert pump.pump() == 0
        assert time.monotonic() - begun < 3
    assert not Feed.objects.filter(next_index__gt=0).exists()


def test_a_death_between_sending_and_noting_repeats_and_never_skips(entries, to, folder):
    expected = [index for index, _ in sealed(entries)]
    with listening("tcp", folder) as collector:
        to(collector.address)
        Feed.objects.create(name="syslog")
        connection.close()  # the child would say goodbye on the parent's connection
        pid = os.fork()
        if not pid:
            Feed.save = lambda *_anything, **_more: os.kill(os.getpid(), signal.SIGKILL)
            try:
                pump.pump()
            finally:
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        assert indexes(collector.wait(len(expected))) == expected
        assert not Feed.objects.filter(next_index__gt=0).exists()
        assert pump.pump() == len(expected)
        assert indexes(collector.wait(2 * len(expected))) == expected * 2
        assert pump.pump() == 0


def test_one_run_is_bounded_and_the_task_goes_on_to_the_end(
    house, entries, to, folder, monkeypatch
):
    monkeypatch.setattr(pump, "MOST", 4)
    monkeypatch.setattr(tasks, "MOST", 4)
    append(9)
    house.seal()
    expected = [index for index, _ in sealed(entries)]
    assert len(expected) > 12
    with listening("tcp", folder) as collector:
        to(collector.address)
        assert pump.pump() == 4
        assert pump.pump() == 4
        assert indexes(collector.wait(8)) == expected[:8]
        tasks.feed()
        assert indexes(collector.wait(len(expected))) == expected


def test_two_workers_do_not_send_twice(entries, to, folder):
    expected = [index for index, _ in sealed(entries)]
    with listening("tcp", folder) as collector:
        to(collector.address)
        Feed.objects.create(name="syslog")
        inside, go, counts = threading.Event(), threading.Event(), []
        original = syslog.send

        def slowly(*given):
            inside.set()
            assert go.wait(5)
            return original(*given)

        def work() -> None:
            try:
                with pytest.MonkeyPatch.context() as patch:
                    patch.setattr(syslog, "send", slowly)
                    counts.append(pump.pump())
            finally:
                connection.close()

        first = threading.Thread(target=work)
        first.start()
        assert inside.wait(5)
        assert pump.pump() == 0
        go.set()
        first.join()
        assert counts == [len(expected)]
        assert indexes(collector.wait(len(expected))) == expected


@pytest.mark.parametrize(
    "address",
    [
        "localhost:514",
        "syslog://x",
        "udp://",
        "unix://",
        "tcp://h:99999",
        "tcp://h:x",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_is_none_is_told_and_moves_nothing(entries, to, address):
    to(address)
    with capture_logs() as told:
        assert pump.pump() == 0
    assert [(each["event"], each["reason"]) for each in told] == [("feed-not-sent", "BadAddress")]
    assert address not in str(told)
    assert not Feed.objects.filter(next_index__gt=0).exists()


def test_without_an_address_there_is_no_feed(entries, to):
    to("")
    assert pump.pump() == 0
    assert not Feed.objects.exists()


def test_nothing_goes_out_in_clear_to_a_server_that_is_not_the_one(
    entries, to, folder, context, monkeypatch
):
    """Its certificate is signed by nobody whom this host trusts."""
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    with listening("tls", folder, context=context) as collector:
        to(collector.address)
        assert pump.pump() == 0
    with listening("tcp", folder) as collector:  # one that speaks no TLS at all
        to(collector.address.replace("tcp://127.0.0.1", "tls://localhost"))
        monkeypatch.setattr(syslog, "SECONDS", 0.5)
        assert pump.pump() == 0
    assert b"custodian" not in b"".join(collector.raw)
    assert not Feed.objects.filter(next_index__gt=0).exists()
