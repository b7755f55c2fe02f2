"""How a customer is reached at a contact on file. One function, so that another line can take its place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final, Protocol

import structlog
from django.conf import settings
from django.utils.translation import get_language, override

from custodian import clock

OUTBOX: Final = "customer-outbox.jsonl"
_log = structlog.get_logger("records")


class Messenger(Protocol):
    """A line to customers: text messages, e-mail, or what stands in for both."""

    def send(self, *, element: str, address: str, text: str) -> bool:
        """Whether it went out. `element` says which kind of contact the address is."""


class Outbox:
    """Stands in where no line is set up: a file that only this host's operator reads. Never in production."""

    def send(self, *, element: str, address: str, text: str) -> bool:
        if settings.PRODUCTION:
            return False
        path = Path(settings.VAR) / OUTBOX
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            said = {"at": clock.now().isoformat(), "to": element, "address": address, "text": text}
            file.write(json.dumps(said, ensure_ascii=False) + "\n")
        return True


_line: list[Messenger] = [Outbox()]


def use(messenger: Messenger) -> None:
    """Replace the line, in `ready()`."""
    _line[:] = [messenger]


def send(*, element: str, address: str, text: str) -> bool:
    """Nothing of address or text is ever in a log line; a line that breaks is told by its kind alone."""
    try:
        return _line[0].send(element=element, address=address, text=text)
    except OSError as error:
        _log.warning("customer-not-reached", reason=type(error).__name__)
        return False


def in_language(language: str) -> override:
    """Messages are written in the language that the customer reads."""
    return override(language or get_language() or "zh-hans")
