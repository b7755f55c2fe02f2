"""From a message to an alert: only what is grave enough, and a flood of one sender as one alert."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.utils.translation import gettext as _
from django.utils.translation import override

from access import actors, scopes
from access.vocabulary import Channel
from custodian import clock
from incidents import triage
from incidents.cases.standing import ACTOR
from incidents.models import Alert
from incidents.syslog import messages
from incidents.syslog.messages import Message, NoMessage

WARNING: Final = 4
MOST: Final = 20  # alerts of one sender in a window
WINDOW: Final = timedelta(minutes=5)
_log = structlog.get_logger("incidents")


@dataclass
class Taking:
    """Up to which level something is raised; what it has counted is of this process alone."""

    up_to: int = WARNING
    _since: datetime = field(default_factory=clock.now)
    _raised: Counter[str] = field(default_factory=Counter)
    _held: Counter[str] = field(default_factory=Counter)

    def take(self, sender: str, raw: bytes) -> bool:
        """Whether it became an alert, or was one already."""
        self.turn()
        try:
            message = messages.read(raw)
        except NoMessage:
            _log.warning("syslog-unreadable", sender=sender, bytes=len(raw))
            return False
        if message.level > self.up_to:
            return False
        if self._raised[sender] >= MOST:
            self.hold_back(sender)
            return False
        self._raised[sender] += 1
        _raise(_system(sender, message), message.digest, message.text, message.severity, message.at)
        return True

    def hold_back(self, sender: str) -> None:
        """Not raised by itself; the end of the window tells how many there were."""
        self._held[sender] += 1

    def turn(self, *, over: bool = False) -> None:
        """At the end of a window, and of the work, what was held back is told by its number."""
        if not over and clock.now() < self._since + WINDOW:
            return
        # The ears count on in their own thread: each sender is taken out by itself, and put back if it fails.
        for sender in list(self._held):
            number = self._held.pop(sender)
            try:
                self._tell(sender, number)
            except BaseException:
                self._held[sender] += number
                raise
        self._since, self._raised = clock.now(), Counter()

    def _tell(self, sender: str, number: int) -> None:
        with override("zh-hans"):
            told = _("还有 %(n)s 条来自同一设备的告警没有逐条列出") % {"n": f"{number:,}"}
        _raise(sender, f"held {self._since:%Y-%m-%dT%H:%M:%S%z}", told, "high", None)


def _system(sender: str, message: Message) -> str:
    return " ".join(filter(None, (message.host or sender, message.app)))[:60]


def _raise(system: str, number: str, text: str, severity: str, at: datetime | None) -> None:
    actor = actors.system(ACTOR)
    now = clock.now()
    with scopes.acting(actor):
        triage.raise_alert(
            Alert.Source.EXTERNAL,
            text or system,
            severity=severity,
            happened_at=at if at is not None and at <= now else None,
            system=system,
            number=number,
            channel=Channel.COMMAND,
            actor=actor,
        )


def frames(buffer: bytearray) -> Iterable[bytes]:
    """Whole messages out of a stream, by counted octets or by lines (RFC 6587); what is left stays in it."""
    while buffer:
        head, blank, rest = bytes(buffer).partition(b" ")
        if head.isdigit() and len(head) <= 5 and blank:
            size = int(head)
            if len(rest) < min(size, messages.LONGEST):
                return
            del buffer[: len(head) + 1 + size]
            yield rest[:size]
        else:
            line, end, _rest = bytes(buffer).partition(b"\n")
            if not end and len(buffer) < messages.LONGEST:
                return
            taken = line[: messages.LONGEST]
            del buffer[: len(taken) + len(end if len(line) == len(taken) else b"")]
            if taken.strip():
                yield taken
