"""Sends syslog over UDP (RFC 5426), TCP and TLS (RFC 6587 octet counting, RFC 5425) or a local socket."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from contextlib import closing
from urllib.parse import urlsplit

SECONDS = 5.0
PORTS = {"udp": 514, "tcp": 601, "tls": 6514}
LARGEST_DATAGRAM = 60_000


class BadAddress(ValueError):
    """CUSTODIAN_SYSLOG is none of udp://, tcp://, tls:// with a host, or unix:// with a path."""


def send(address: str, messages: Iterable[bytes]) -> int:
    """Send them in order and say how many; raises OSError when the other side is not there."""
    parts = urlsplit(address)
    if parts.scheme == "unix" and parts.path:
        return _datagrams(socket.AF_UNIX, parts.path, messages)
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadAddress(address)
    place = (parts.hostname, parts.port or PORTS[parts.scheme])
    if parts.scheme == "udp":
        family = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0][0]
        return _datagrams(family, place, messages)
    return _stream(place, messages, tls=parts.scheme == "tls")


def _datagrams(family: int, place: object, messages: Iterable[bytes]) -> int:
    count = 0
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as out:
        out.settimeout(SECONDS)
        out.connect(place)  # type: ignore[arg-type]  # a path or a pair
        for message in messages:
            out.send(message[:LARGEST_DATAGRAM])
            count += 1
    return count


def _stream(place: tuple[str, int], messages: Iterable[bytes], *, tls: bool) -> int:
    count = 0
    with closing(socket.create_connection(place, timeout=SECONDS)) as raw:
        out: socket.socket = raw
        if tls:
            out = ssl.create_default_context().wrap_socket(raw, server_hostname=place[0])
        for message in messages:
            out.sendall(f"{len(message)} ".encode() + message)
            count += 1
        out.shutdown(socket.SHUT_WR)
    return count
