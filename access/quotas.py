"""Brakes on bulk: how many customers and reveals a person has had lately, counted as he asks for more.

The database counts and decides in one statement, one person at a time, so that of many requests at once
none slips by. What is refused does not count; what is allowed counts before the entry is written. The
counts are brakes and no evidence: a crash may forget the last moment's, and the log has every look.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from django.db import connection, transaction
from django.db.models import Sum

from access.actors import Actor
from access.vocabulary import Role
from custodian import clock, elements

# Rows are imported where they are used: the gate, and so this module, is read before Django is set up.
ANY = "any"
CUSTOMERS, REVEALS = "customers", "reveals"
SLOW, OVER = "quota-pace", "quota"
KIND = "quota"
_FRESH = 1.0
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # before every window
_HARMS = frozenset(each.value for each in elements.Harm)
_USE = "SELECT access_use(%s, %s, %s, %s, %s, %s)"
# The counts are no evidence: a look need not wait for the disk twice. Whatever else is written may.
_ALONE = f"SELECT set_config('synchronous_commit', 'off', true);{_USE}"


@dataclass(frozen=True)
class Limit:
    """One quota as the database is told of it."""

    code: str
    version: int
    role: str
    measure: str
    kind: str
    hours: int | None
    warn: int | None
    finding: int | None
    block: int | None
    pace: int


@dataclass(frozen=True)
class Answer:
    """`because` is empty when the look may be had; else `code` names the quota and `wait` the seconds."""

    because: str = ""
    code: str = ""
    wait: int = 0
    used: Mapping[str, int] = field(default_factory=dict)
    limits: Sequence[Limit] = ()


_cache: dict[str, tuple[float, tuple[Limit, ...]]] = {}


def of(role: str) -> tuple[Limit, ...]:
    """The quotas of a role in force now, at most a second old."""
    now = time.monotonic()
    cached = _cache.get(role)
    if cached is None or now - cached[0] > _FRESH:
        cached = _cache[role] = (now, _load(role))
    return cached[1]


# Whom this process just counted for a person: masks of the same customer again change no count.
_RECENT = timedelta(seconds=30)
_MOST_RECENT = 20_000
_recent: dict[tuple[int, int], datetime] = {}


def forget() -> None:
    _cache.clear()
    _recent.clear()


def take(
    actor: Actor,
    subjects: Collection[int],
    codes: Sequence[str],
    *,
    masked: bool,
    rules: Mapping[tuple[str, int], int] = MappingProxyType({}),
) -> Answer:
    """Count a look at these customers, unless it is one too many; `rules` are those with an end a day."""
    if actor.id is None or actor.role is Role.SYSTEM or not subjects:
        return Answer()
    kinds = [*_kinds(codes, masked=masked), *sorted(code for code, _version in rules)]
    limits = [each for each in of(actor.role) if _concerns(each, kinds, masked=masked)]
    limits += [_of_rule(actor.role, code, version, most) for (code, version), most in rules.items()]
    now = clock.now()
    if not limits or (masked and _just_counted(actor.id, subjects, now)):
        return Answer()
    opened = 0 if masked else len(subjects)
    told = json.dumps([vars(each) for each in limits])
    with connection.cursor() as cursor:
        use = _USE if connection.in_atomic_block else _ALONE
        cursor.execute(use, [actor.id, kinds, list(subjects), opened, now, told])
        (said,) = cursor.fetchone()
    answer = json.loads(said) if isinstance(said, str) else said
    if answer["verdict"] == "ok":
        _note(actor.id, subjects, now)
    return Answer(
        because={"ok": "", "slow": SLOW, "over": OVER}[answer["verdict"]],
        code=answer["by"] or "",
        wait=answer["wait"],
        used=answer["used"],
        limits=limits,
    )


def add(actor: Actor, subjects: Collection[int], codes: Sequence[str]) -> Answer:
    """Count customers that somebody else has approved: in the totals, and in no hour, day or month.

    Nothing is refused or slowed. They are noted as seen long ago, so that a later look at one of them counts.
    """
    if actor.id is None or actor.role is Role.SYSTEM or not subjects:
        return Answer()
    kinds = _kinds(codes, masked=False)
    limits = [
        replace(each, warn=None, block=None)
        for each in of(actor.role)
        if each.hours is None and each.measure == CUSTOMERS and each.kind in kinds
    ]
    told = json.dumps([vars(each) for each in limits])
    with connection.cursor() as cursor:
        cursor.execute(_USE, [actor.id, kinds, list(subjects), 0, _LONG_AGO, told])
        (said,) = cursor.fetchone()
    answer = json.loads(said) if isinstance(said, str) else said
    return Answer(used=answer["used"], limits=limits)


def _of_rule(role: str, code: str, version: int, most: int) -> Limit:
    """What an access rule itself allows in a day, counted under its own name."""
    return Limit(
        code=code,
        version=version,
        role=role,
        measure=CUSTOMERS,
        kind=code,
        hours=24,
        warn=None,
        finding=None,
        block=most,
        pace=1,
    )


def _just_counted(person: int, subjects: Collection[int], now: datetime) -> bool:
    return all(
        (at := _recent.get((person, each))) is not None and timedelta() <= now - at < _RECENT
        for each in subjects
    )


def _note(person: int, subjects: Collection[int], now: datetime) -> None:
    if len(_recent) > _MOST_RECENT:
        _recent.clear()
    _recent.update(((person, each), now) for each in subjects)


def report(actor: Actor, answer: Answer, *, entry: int) -> None:
    """Tell the officer of each step that this look reached, once in a day of the office."""
    for limit in answer.limits:
        used = answer.used.get(limit.code, 0)
        if answer.because == OVER and answer.code == limit.code:
            _raise(actor, limit, used, step="block", entry=entry)
        elif limit.finding is not None and used >= limit.finding:
            _raise(actor, limit, used, step="finding", entry=entry)


@dataclass(frozen=True)
class Standing:
    """How far a person has come today: customers seen in 24 hours, and where it ends."""

    used: int
    block: int | None
    warn: int | None

    @property
    def share(self) -> float:
        return self.used / self.block if self.block else 0.0


def today(actor: Actor) -> Standing | None:
    """For the person himself; None where no daily limit applies."""
    from access.models import Seen

    daily = [
        each
        for each in of(actor.role)
        if (each.measure, each.kind, each.hours) == (CUSTOMERS, ANY, 24)
    ]
    if not daily or actor.id is None:
        return None
    limit = min(daily, key=lambda each: each.block or 0)
    since = clock.now() - timedelta(hours=24)
    used = Seen.objects.filter(user_id=actor.id, kind=ANY, last_at__gt=since).count()
    return Standing(used, limit.block, limit.warn)


@dataclass(frozen=True)
class Used:
    """One quota of a person, and how far he has come in it."""

    limit: Limit
    used: int

    @property
    def most(self) -> int:
        """Where it ends, or the last step that it has."""
        return self.limit.block or self.limit.finding or self.limit.warn or 0

    @property
    def share(self) -> float:
        return min(self.used / self.most, 1.0) if self.most else 0.0


def used(person: int, role: str) -> list[Used]:
    """All quotas of a person as they stand now."""
    return [Used(limit, _used(person, limit)) for limit in of(role)]


def _used(person: int, limit: Limit) -> int:
    from access.models import Seen, Tally, Total

    since = clock.now() - timedelta(hours=limit.hours) if limit.hours else None
    if limit.measure == REVEALS:
        hours = Tally.objects.filter(user_id=person)
        if since is not None:
            hours = hours.filter(hour__gt=since - timedelta(hours=1))
        return int(hours.aggregate(n=Sum("reveals"))["n"] or 0)
    if since is None:
        held = Total.objects.filter(user_id=person, kind=limit.kind)
        return int(held.values_list("customers", flat=True).first() or 0)
    return Seen.objects.filter(user_id=person, kind=limit.kind, last_at__gt=since).count()


def erase(subjects: Sequence[int]) -> None:
    """Destroyed customers are on nobody's list of seen ones."""
    from access.models import Seen

    Seen.objects.filter(subject_id__in=subjects).delete()


def _kinds(codes: Sequence[str], *, masked: bool) -> list[str]:
    if masked:
        return [ANY]
    return [ANY, *sorted({elements.get(code).harm.value for code in codes})]


def _concerns(limit: Limit, kinds: Collection[str], *, masked: bool) -> bool:
    if limit.measure == REVEALS:
        return not masked
    return limit.kind in kinds


def _load(role: str) -> tuple[Limit, ...]:
    from access.models import Quota

    rows = Quota.objects.in_force().filter(role__in=["", role]).order_by("code")
    return tuple(
        Limit(
            code=row.code,
            version=row.version,
            role=row.role,
            measure=row.measure,
            kind=row.harm or ANY,
            hours=row.hours,
            warn=row.warn,
            finding=row.finding,
            block=row.block,
            pace=row.pace,
        )
        for row in rows
    )


def _raise(actor: Actor, limit: Limit, used: int, *, step: str, entry: int) -> None:
    from access import findings
    from access.models import Finding, User

    facts = {"quota": limit.code, "day": clock.local().date().isoformat(), "step": step}
    told = Finding.objects.filter(kind=KIND, operator_id=actor.id, facts__contains=facts)
    if told.exists():
        return
    with transaction.atomic():
        # So that of many requests at once one tells it.
        operator = User.objects.select_for_update(no_key=True).get(ref=actor.ref)
        if told.exists():
            return
        findings.raise_finding(
            KIND,
            severity=Finding.Severity.HIGH if step == "block" else Finding.Severity.MEDIUM,
            facts={
                **facts,
                "version": limit.version,
                "used": used,
                "limit": limit.block if step == "block" else limit.finding,
                "hours": limit.hours,
                "measure": limit.measure,
                "harm": limit.kind if limit.kind in _HARMS else "",
                "rule": limit.kind == limit.code,
            },
            operator=operator,
            entries=[entry],
        )
