"""Syslog of other systems becomes alerts: only what is grave, each once, floods counted, numbers cut."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from custodian import clock
from incidents.models import Alert
from incidents.syslog import messages, taking
from incidents.syslog.messages import NoMessage
from incidents.syslog.taking import MOST, WINDOW, Taking, frames
from tests import databases as test_databases

FIREWALL = b"<131>1 2026-11-30T22:14:15.003+08:00 fw01 ips 812 ATTACK - \xef\xbb\xbfSQL injection from 203.0.113.9"
OLD = b"<34>Oct 11 22:14:15 mymachine su[230]: 'su root' failed for lonvick on /dev/pts/8"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (FIREWALL, (3, "fw01", "ips", "SQL injection from 203.0.113.9", "high")),
        (OLD, (2, "mymachine", "su", "'su root' failed for lonvick on /dev/pts/8", "urgent")),
        (b'<12>1 - - dlp - - [a b="x\\]y"][c] copied', (4, "", "dlp", "copied", "medium")),
        (b"<13>only words", (5, "", "", "only words", "medium")),
    ],
)
def test_both_forms_are_read(raw: bytes, said: tuple[Any, ...]) -> None:
    found = messages.read(raw)
    assert (found.level, found.host, found.app, found.text, found.severity) == said


@pytest.mark.parametrize("raw", [b"", b"hello", b"<>x", b"<999>x", b"<192>1 x", b"<13"])
def test_what_is_no_syslog_is_refused(raw: bytes) -> None:
    with pytest.raises(NoMessage):
        messages.read(raw)


@given(raw=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        found = messages.read(b"<11>" + raw)
    except NoMessage:
        return
    assert 0 <= found.level <= 7
    assert found.text.isprintable()


def test_long_numbers_do_not_come_along() -> None:
    found = messages.read(b"<11>1 - h 13800138000 - - - 320311198604180011 in mail, code 12345")
    assert "320311198604180011" not in found.text
    assert "320***" in found.text
    assert found.app == "138***"
    assert "12345" in found.text


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_stream_comes_apart_wherever_it_is_cut(cut: int) -> None:
    whole = b"%d %s" % (len(OLD), OLD) + FIREWALL + b"\n" + b"%d %s" % (len(OLD), OLD)
    buffer, found = bytearray(), []
    for at in range(0, len(whole), cut):
        buffer += whole[at : at + cut]
        found += list(frames(buffer))
    assert found == [OLD, FIREWALL, OLD]
    assert not buffer


def test_a_line_without_an_end_does_not_fill_the_memory() -> None:
    buffer = bytearray(b"<11>" + b"x" * messages.LONGEST * 3)
    assert len(list(frames(buffer))) == 3
    assert len(buffer) < messages.LONGEST


def heard() -> Any:
    """What other tests left behind is not looked at."""
    return Alert.objects.filter(source="external")


@pytest.mark.django_db
def test_what_is_grave_is_an_alert_once_and_what_is_not_is_none() -> None:
    take = Taking()
    assert take.take("10.0.0.1", FIREWALL)
    assert take.take("10.0.0.1", FIREWALL)
    assert not take.take("10.0.0.1", b"<14>1 - fw01 ips - - - all is well")
    assert not take.take("10.0.0.1", b"no syslog")
    alert = heard().get()
    assert (alert.source, alert.system, alert.severity) == ("external", "fw01 ips", "high")
    assert alert.summary == "SQL injection from 203.0.113.9"
    assert alert.happened_at is not None
    assert alert.happened_at.isoformat() == "2026-11-30T14:14:15.003000+00:00"


@pytest.mark.django_db
def test_a_flood_of_one_is_counted_and_drowns_nobody_else() -> None:
    with time_machine.travel(clock.now(), tick=False) as now:
        take = Taking()
        for number in range(MOST + 30):
            take.take("10.0.0.1", b"<11>1 - fw01 ips - - - attack %d" % number)
        assert take.take("10.0.0.2", OLD)
        assert heard().count() == MOST + 1
        now.shift(WINDOW + timedelta(seconds=1))
        take.turn()
        take.turn()
    assert heard().count() == MOST + 2
    assert heard().get(system="10.0.0.1").summary.startswith("还有 30 条")


@pytest.mark.django_db
def test_what_was_held_back_is_kept_when_it_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    take = Taking()
    for _n in range(3):
        take.hold_back("10.0.0.1")

    def away(*_args: Any) -> None:
        take.hold_back("10.0.0.2")  # the ears go on meanwhile
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(taking, "_raise", away)
        with pytest.raises(OSError):
            take.turn(over=True)
    take.turn(over=True)
    assert {each.system: each.summary[3:5] for each in heard()} == {
        "10.0.0.1": "3 ", "10.0.0.2": "1 ",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_moment_to_come_is_not_believed() -> None:
    later = (clock.now() + timedelta(days=1)).isoformat()
    Taking().take("10.0.0.1", f"<11>1 {later} fw01 ips - - - x".encode())
    assert heard().get().happened_at is None


def test_while_the_database_is_away_a_message_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from incidents.syslog import listening

    turns: list[bytes] = []

    class Away(taking.Taking):
        def take(self, sender: str, raw: bytes) -> bool:
            turns.append(raw)
            if len(turns) < 3:
                raise OperationalError
            return True

    monkeypatch.setattr(listening, "AGAIN", 0)
    monkeypatch.setattr(listening, "close_old_connections", lambda: None)
    listening.Listening([], Away())._one("10.0.0.1", OLD)
    assert turns == [OLD] * 3


@pytest.mark.django_db(transaction=True)
def test_the_command_hears_udp_and_tcp_and_writes_before_it_ends() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "listen_syslog", "--port", str(port)]
    variables = {**os.environ, **test_databases.environment()}
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as listener:
        try:
            assert listener.stdout is not None
            assert str(port) in listener.stdout.readline()
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                udp.sendto(OLD, ("127.0.0.1", port))
            with socket.create_connection(("127.0.0.1", port)) as tcp:
                tcp.sendall(b"%d %s" % (len(FIREWALL), FIREWALL))
            ends = time.monotonic() + 30
            while heard().count() < 2 and time.monotonic() < ends:
                time.sleep(0.2)
        finally:
            listener.send_signal(signal.SIGTERM)
            assert listener.wait(30) == 0
    assert set(heard().values_list("system", flat=True)) == {"fw01 ips", "mymachine su"}
