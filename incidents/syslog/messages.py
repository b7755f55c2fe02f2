"""One syslog message as it comes off the wire (RFC 5424, and the older form of RFC 3164)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

LONGEST: Final = 8_192  # bytes; what is longer is cut
# Emergency, alert and critical are urgent, error is high, the rest is medium (RFC 5424 table 2).
_URGENT, _HIGH = 2, 3
_PRIORITY: Final = re.compile(r"<(\d{1,3})>")
_HEAD: Final = re.compile(
    r"1 (?P<at>\S+) (?P<host>\S+) (?P<app>\S+) (?P<process>\S+) (?P<kind>\S+) "
    r"(?P<data>-|(?:\[(?:[^\]\\]|\\.)*\])+)(?: (?P<text>.*))?",
    re.DOTALL,
)
_OLD_HEAD: Final = re.compile(
    r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?P<host>\S+) (?P<app>[^\s:\[]{1,48})(?:\[\d+\])?: ?(?P<text>.*)",
    re.DOTALL,
)
_DIGITS: Final = re.compile(r"\d{6,}")
_BLANK: Final = re.compile(r"\s+")


class NoMessage(Exception):
    """What came is no syslog message."""


@dataclass(frozen=True)
class Message:
    """`level` is 0 for an emergency to 7 for debugging; `at` only where the sender says its zone."""

    level: int
    host: str
    app: str
    text: str
    at: datetime | None
    digest: str

    @property
    def severity(self) -> str:
        """As alerts have it."""
        if self.level <= _URGENT:
            return "urgent"
        return "high" if self.level <= _HIGH else "medium"


def read(raw: bytes) -> Message:
    """Raises `NoMessage`. Long numbers are cut: what a detector found must not come along with its alarm."""
    said = raw[:LONGEST].decode("utf-8", "replace").lstrip("\ufeff").strip("\x00\r\n ")
    priority = _PRIORITY.match(said)
    if priority is None or int(priority[1]) >= 24 * 8:
        raise NoMessage
    rest = said[priority.end() :]
    head = _HEAD.fullmatch(rest) or _OLD_HEAD.fullmatch(rest)
    parts = head.groupdict() if head else {"text": rest}
    return Message(
        level=int(priority[1]) % 8,
        host=_name(parts.get("host")),
        app=_name(parts.get("app")),
        text=_told(parts.get("text") or ""),
        at=_moment(parts.get("at")),
        digest=sha256(raw).hexdigest()[:32],
    )


def _name(said: str | None) -> str:
    return "" if said in {None, "-"} else _told(str(said))[:48]


def _told(text: str) -> str:
    plain = _BLANK.sub(" ", text.replace("\ufeff", "")).strip()
    return _DIGITS.sub(lambda found: f"{found[0][:3]}***", "".join(filter(str.isprintable, plain)))


def _moment(said: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(said) if said else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None else None
