"""What keys there are, how old and how much used, and when they change next; no key is in it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from access import ports
from access.audits import reports
from access.key_rotation import jobs, retiring
from access.models import RetiredKek
from custodian import clock, keys
from custodian.crypto import signing
from custodian.crypto.key_file import Series
from custodian.tlog.verify import Malformed, Policy

CURRENT, PREPARED, RETIRING, DESTROYED = "current", "prepared", "retiring", "destroyed"
TONES: Mapping[str, str] = {CURRENT: "ok", PREPARED: "info", RETIRING: "warn", DESTROYED: ""}


@dataclass(frozen=True)
class KeyLine:
    """One key-encrypting key or index root. Shares are parts of one, for the bars."""

    number: int
    state: str
    made: datetime | None
    gone: datetime | None
    used: int
    used_share: float
    age: timedelta | None
    age_share: float

    @property
    def word(self) -> str:
        return {
            CURRENT: _("现用"),
            PREPARED: _("已备好"),
            RETIRING: _("退役中"),
            DESTROYED: _("已销毁"),
        }[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def days(self) -> int | None:
        return self.age.days if self.age is not None else None

    @property
    def overdue(self) -> bool:
        return self.age_share > 1


@dataclass(frozen=True)
class PublicKey:
    """The public half of a signing key."""

    use: str
    fingerprint: str
    note: str = ""


def keks() -> list[KeyLine]:
    """The newest first, those that were destroyed last."""
    ring = jobs.source()
    gone = {row.kek: row.destroyed_at or row.at for row in RetiredKek.objects.all()}
    lines = lines_of(ring.keks, used=retiring.in_use(), lifetime=retiring.lifetime())
    destroyed = [
        KeyLine(number, DESTROYED, None, gone[number], 0, 0.0, None, 0.0)
        for number in sorted(gone, reverse=True)
        if number not in ring.keks.keys
    ]
    return lines + destroyed


def indexes() -> list[KeyLine]:
    used = ports.holders().index_counts()
    return lines_of(jobs.source().indexes, used=used, lifetime=None)


def staff_apart() -> int:
    """Fingerprints of the staff that no customer has taken along to the current root."""
    return ports.holders().staff_apart(jobs.source().current_index)


def lines_of(
    series: Series, *, used: Mapping[int, int], lifetime: timedelta | None
) -> list[KeyLine]:
    total = sum(used.values()) or 1
    return [
        _line(n, series, used.get(n, 0), total, lifetime) for n in sorted(series.keys, reverse=True)
    ]


def _line(
    number: int, series: Series, used: int, total: int, lifetime: timedelta | None
) -> KeyLine:
    made = series.made.get(number, "")
    since = datetime.fromisoformat(made) if made else None
    age = max(clock.now() - since, timedelta()) if since else None
    state = (
        CURRENT if number == series.current else PREPARED if number > series.current else RETIRING
    )
    share = age / lifetime if age is not None and lifetime and state == CURRENT else 0.0
    return KeyLine(number, state, since, None, used, used / total, age, share)


def public_keys() -> list[PublicKey]:
    """Of what signs documents here, and of the query log as its policy names them."""
    ring, uses = keys.keyring(), {reports.KEY: _("审计报告"), **ports.holders().signers()}
    ours = [PublicKey(use, signing.key_id(ring.signing_key(name))) for name, use in uses.items()]
    return ours + _of_the_log()


def _of_the_log() -> list[PublicKey]:
    try:
        policy = Policy.parse(settings.CUSTODIAN_LOG_POLICY.read_text("utf-8"))
    except (OSError, Malformed):
        return []
    return [
        PublicKey(_("查询日志"), hashlib.sha256(each.public).hexdigest()[:16], each.name)
        for each in policy.logs
    ]


def next_change() -> dict[str, Any]:
    """When the current KEK is replaced, and why then."""
    due = retiring.next_rotation()
    return {
        "due": due,
        "overdue": due is None or due <= clock.now(),
        "days": settings.CUSTODIAN_KEY_DAYS,
        "grace": settings.CUSTODIAN_KEY_GRACE,
        "destroys": _destroys(),
    }


def _destroys() -> datetime | None:
    """When the earlier KEKs are destroyed, if some are still there and nothing stands against it."""
    ring, ended = jobs.source(), retiring.ended_at()
    older = [number for number in ring.keks.keys if number < ring.current_kek]
    return ended + retiring.grace() if ended and older else None
