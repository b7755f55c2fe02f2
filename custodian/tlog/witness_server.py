"""A small HTTP server for one function: bounded bodies, times and connections, and no files."""

from __future__ import annotations

import contextlib
import io
import re
import signal
import socket
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TEXT = "text/plain; charset=utf-8"
MOST_BODY = 64 << 10
MOST_CONNECTIONS = 64
SECONDS = 10.0


@dataclass(frozen=True)
class Answer:
    status: int
    content_type: str
    body: bytes
    about: str = ""  # what the line in the log adds


# Method, path and body of a request.
Respond = Callable[[str, str, bytes], Answer]


class Server(ThreadingHTTPServer):
    """Listens as soon as it is made; port 0 takes any that is free."""

    daemon_threads = True
    request_queue_size = MOST_CONNECTIONS

    def __init__(self, host: str, port: int, respond: Respond) -> None:
        self.respond = respond
        self.seconds = SECONDS
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._room = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__((host, port), _Handler)

    @property
    def url(self) -> str:
        host, port = self.socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def server_bind(self) -> None:
        # HTTPServer would ask the name service for its own name, which can take long.
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        tell(f"- {type(sys.exc_info()[1]).__name__}")


def serve(server: Server, *, ready: Callable[[], object]) -> None:
    """Answer until SIGTERM or SIGINT; `ready` is called once both are heeded."""
    ends = {signal.SIGTERM, signal.SIGINT}
    # Waited for rather than handled: a handler may run where a lock is held.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    loop = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    loop.start()
    ready()
    while loop.is_alive() and signal.sigtimedwait(ends, 1.0) is None:
        pass
    server.shutdown()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def tell(line: str) -> None:
    with contextlib.suppress(OSError):
        sys.stderr.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}\n")


class _Timed(io.RawIOBase):
    """Reads from a connection until a moment that trickling does not put off."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.until = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: Server

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._timed = _Timed(self.connection)
        self.rfile = io.BufferedReader(self._timed)

    def handle_one_request(self) -> None:
        self._timed.until = time.monotonic() + self.server.seconds
        self._received = 0
        super().handle_one_request()

    def do_GET(self) -> None:
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # its body is not read, and is no next request
        self._send(self.server.respond("GET", self.path, b""))

    def do_POST(self) -> None:
        length = self._length()
        if length is None:
            return self.send_error(HTTPStatus.LENGTH_REQUIRED)
        # What is too long is read a little further, or the reset would overtake the answer.
        body = self.rfile.read(min(length, 2 * MOST_BODY))
        self._received = len(body)
        if length > MOST_BODY:
            return self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if len(body) < length:
            raise ConnectionAbortedError
        return self._send(self.server.respond("POST", self.path, body))

    def _length(self) -> int | None:
        lengths = self.headers.get_all("Content-Length", [])
        one = len(lengths) == 1 and re.fullmatch(r"[0-9]{1,15}", lengths[0])
        return int(lengths[0]) if one and "Transfer-Encoding" not in self.headers else None

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        self.close_connection = True
        self._send(Answer(code, TEXT, f"{HTTPStatus(code).phrase}\n".encode()))

    def _send(self, answer: Answer) -> None:
        self.connection.settimeout(self.server.seconds)
        self.send_response_only(answer.status)
        self.send_header("Date", self.date_time_string())
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)
        method = self.command if self.command in ("GET", "POST") else "-"
        sizes = f"in {self._received} out {len(answer.body)}"
        tell(f"{method} {answer.status} {sizes} {answer.about}".rstrip())
        self.wfile.flush()

    def log_message(self, *_said: Any) -> None:
        """One line a request is enough, and none of what the other side wrote."""
