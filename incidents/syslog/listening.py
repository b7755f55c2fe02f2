"""The ears: UDP and TCP on one port, a queue, and one thread that writes what came to the database."""

from __future__ import annotations

import asyncio
import queue
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, Final

import structlog
from django.db import DatabaseError, close_old_connections

from custodian.errors import Unavailable
from incidents.syslog.taking import Taking, frames

QUEUE: Final = 10_000
IDLE: Final = 120  # seconds until a silent connection is ended
AGAIN: Final = 2  # seconds until the database is tried again
_log = structlog.get_logger("incidents")


class Listening:
    """A full queue drops, counts, and tells of it as of a flood; while the database is away it waits."""

    def __init__(self, known: Sequence[IPv4Network | IPv6Network], taking: Taking) -> None:
        self._known, self._taking = known, taking
        self._waiting: queue.Queue[tuple[str, bytes]] = queue.Queue(QUEUE)
        self._ended = threading.Event()

    async def run(self, host: str, port: int, say: Callable[[str], Any]) -> None:
        """Until SIGTERM or SIGINT; what had arrived is written first. Raises OSError for a taken port."""
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, stop.set)
        datagrams, _protocol = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self), local_addr=(host, port)
        )
        server = await asyncio.start_server(self._connected, host, port)
        writer = threading.Thread(target=self._write)
        writer.start()
        say(f"syslog {host}:{port}")
        await stop.wait()
        datagrams.close()
        server.close()
        self._ended.set()
        await asyncio.to_thread(writer.join)

    def arrived(self, sender: str, raw: bytes) -> None:
        if not any(ip_address(sender) in each for each in self._known):
            return
        try:
            self._waiting.put_nowait((sender, raw))
        except queue.Full:
            self._taking.hold_back(sender)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender, buffer = writer.get_extra_info("peername")[0], bytearray()
        with suppress(TimeoutError, ConnectionError):
            while piece := await asyncio.wait_for(reader.read(65_536), IDLE):
                buffer += piece
                for each in frames(buffer):
                    self.arrived(sender, each)
        if buffer.strip():
            self.arrived(sender, bytes(buffer))
        writer.close()

    def _write(self) -> None:
        while not (self._ended.is_set() and self._waiting.empty()):
            with suppress(queue.Empty):
                self._one(*self._waiting.get(timeout=1))
            self._safely(self._taking.turn)
        self._safely(lambda: self._taking.turn(over=True))

    def _one(self, sender: str, raw: bytes) -> None:
        while not self._safely(lambda: self._taking.take(sender, raw)):
            if self._ended.wait(AGAIN):
                return

    def _safely(self, do: Callable[[], Any]) -> bool:
        """Whether it was done; only the database may be away."""
        try:
            close_old_connections()
            do()
        except (DatabaseError, Unavailable) as error:
            _log.warning("syslog-waits", reason=type(error).__name__)
            return False
        return True


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, listening: Listening) -> None:
        self._listening = listening

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        self._listening.arrived(addr[0], data)
