"""Short messages to customers. Errors and logs name a reason and never a number or what was said."""

from __future__ import annotations

import json
import ssl
import sys
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from custodian import outbox
from custodian.errors import CustodianError

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class NotSent(CustodianError):
    """The message did not go out; `reason` is a code."""

    code = "not-sent"
    status = 503

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()


class Sender(Protocol):
    """Whatever carries short messages."""

    def send(self, number: str, text: str, *, reference: str) -> None:
        """Hand one message over; the same reference twice is one message. Raises `NotSent`."""


class Console:
    """For a developer: the message on standard error, the number but for its end left out."""

    def send(self, number: str, text: str, *, reference: str) -> None:
        if settings.PRODUCTION:
            raise NotSent("no-gateway")
        print(f"[{reference[:8]}] ****{number[-2:]}: {text}", file=sys.stderr)  # noqa: T201


class Outbox:
    """For the demo and for tests: a folder."""

    def send(self, number: str, text: str, *, reference: str) -> None:
        outbox.put(number, text)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A gateway that sends elsewhere would take numbers and codes along."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


class Gateway:
    """POST of `{"to", "text", "reference"}` as JSON with a bearer token; any 2xx is taken for received."""

    def __init__(self, url: str, *, hosts: list[str], token: Path | None, seconds: int) -> None:
        self.url, self.hosts, self.token, self.seconds = url, hosts, token, seconds
        handlers = [
            urllib.request.ProxyHandler({}),
            _NoRedirect(),
            urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        ]
        self.opener = urllib.request.build_opener(*handlers)

    def send(self, number: str, text: str, *, reference: str) -> None:
        self._check()
        body = json.dumps({"to": number, "text": text, "reference": reference}).encode()
        request = urllib.request.Request(self.url, data=body, headers=self._headers())  # noqa: S310  checked above
        try:
            with self.opener.open(request, timeout=self.seconds) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
            error.close()
        except (OSError, ValueError):
            # From None: what urllib says of a failure may repeat what was sent.
            raise NotSent("gateway-unreachable") from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise NotSent(f"gateway-said-{status}")

    def _check(self) -> None:
        place = urlsplit(self.url)
        host = place.hostname or ""
        safe = place.scheme == "https" or (place.scheme == "http" and host in LOOPBACK)
        if not safe or host not in self.hosts:
            raise NotSent("gateway-not-allowed")

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json"}
        if self.token is not None:
            try:
                secret = self.token.read_text(encoding="ascii").strip()
            except (OSError, ValueError):
                raise NotSent("gateway-token") from None
            headers["Authorization"] = f"Bearer {secret}"
        return headers


def sender() -> Sender:
    if settings.CUSTODIAN_OUTBOX is not None:
        return Outbox()
    if settings.CUSTODIAN_TEXT_URL:
        return Gateway(
            settings.CUSTODIAN_TEXT_URL,
            hosts=settings.CUSTODIAN_TEXT_HOSTS,
            token=settings.CUSTODIAN_TEXT_TOKEN,
            seconds=settings.CUSTODIAN_TEXT_SECONDS,
        )
    return Console()


def send(number: str, text: str, *, reference: str) -> None:
    """Raises `NotSent`."""
    sender().send(number, text, reference=reference)
