"""Asks a witness what it holds: the read side that our witness offers (C2SP leaves it open)."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request

SECONDS = 5.0
_MOST = 64 << 10


def latest(url: str, origin: str, *, timeout: float = SECONDS) -> bytes | None:
    """The newest note it cosigned of the log `origin`; None when it does not say."""
    digest = hashlib.sha256(origin.encode()).hexdigest()
    address = f"{url.rstrip('/')}/latest/{digest}"
    if not address.startswith(("http://", "https://")):
        return None
    try:
        with _opener().open(address, timeout=timeout) as answer:
            return bytes(answer.read(_MOST))
    except (urllib.error.URLError, OSError, ValueError):
        return None


class _Stay(urllib.request.HTTPRedirectHandler):
    """A witness answers itself or not at all."""

    def redirect_request(self, *_anything: object) -> None:
        return None


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(_Stay)
