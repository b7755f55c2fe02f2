"""Sends syslog over UDP (RFC 5426), TCP and TLS (RFC 6587 octet counting, RFC 5425) or a local socket."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from contextlib import closing
from urllib.parse import SplitResult, urlsplit

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
    place = _place(parts)
    if parts.scheme == "udp":
        family = socket.getaddrinfo(*place, type=socket.SOCK_DGRAM)[0][0]
        return _datagrams(family, place, messages)
    return _stream(place, messages, tls=parts.scheme == "tls")


def _place(parts: SplitResult) -> tuple[str, int]:
    try:
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise BadAddress from None
    if not parts.hostname:
        raise BadAddress
    return parts.hostname, port


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
    with closing(_connected(place, tls=tls)) as out:
        for message in messages:
            out.sendall(f"{len(message)} ".encode() + message)
            count += 1
        # Only its end shows that the other side has read all: whoever is gone leaves a reset, or silence.
        out.shutdown(socket.SHUT_WR)
        while out.recv(4096):
            pass
    return count


def _connected(place: tuple[str, int], *, tls: bool) -> socket.socket:
    plain = socket.create_connection(place, timeout=SECONDS)
    if not tls:
        return plain
    # From here on the plain socket is the other's; it is closed when nobody can be trusted.
    return ssl.create_default_context().wrap_socket(plain, server_hostname=place[0])
