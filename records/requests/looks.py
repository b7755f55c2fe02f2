"""Looks that a request is about: those before a fraud call, and the one that a customer asks about.

The officers see every entry that carries her tag. She herself is told of them as in her own list of looks:
nobody's name, nobody else's affairs, and nothing that an investigation keeps back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from access import actors, findings, own_looks, scopes
from access.actors import Actor, system
from access.models import Entry, Finding, Subject, SubjectAccess, User
from access.models.findings import TELLERS
from access.models.rules import CLASSES
from access.own_looks.visits import GAP
from access.querylog import explore
from access.querylog.telling import Told, tell
from custodian import clock
from custodian.errors import NotVisible
from records.models import CustomerRequest
from records.own_data import telling
from records.requests.accepting import on_acceptance
from records.requests.stepping import ACTOR

FRAUD, LOOK = "fraud-call", "look-question"
# How far back a fraud call asks, and of how many looks at most; company default.
DAYS: Final = 14
MOST: Final = findings.MOST_ENTRIES
PAGES: Final = 4  # of her list that are gone through for it
ACTS: Final = ("list", "search", "view", "reveal", "export")
JOINED: Final = frozenset(ACTS) - {"export"}  # several of them are one visit


@dataclass(frozen=True)
class LookDay:
    """One day of what she is told."""

    on: date
    lines: list[Any]


@dataclass(frozen=True)
class Seen:
    """Looks of one day by people of one role and unit for one purpose."""

    day: date
    role: str
    unit: str
    purpose: str
    kinds: tuple[str, ...]
    times: int
    opened: bool  # something was shown in clear


def entries_of(uid: UUID, *, since: datetime, most: int = MOST) -> list[int]:
    """The newest entries that showed this customer to a person, oldest last."""
    begin = explore.index_at(since - explore.SKEW)
    hers = SubjectAccess.objects.filter(subject=uid, entry_id__gte=begin).values("entry_id")
    rows = Entry.objects.filter(id__in=hers, ts__gte=since, act__in=ACTS, outcome="ok")
    people = rows.exclude(staff_no=actors.CUSTOMER).exclude(staff_no__startswith="SYS-")
    return list(people.order_by("-id").values_list("id", flat=True)[:most])


def summary(entries: Sequence[int]) -> list[Seen]:
    """These entries by day, role, unit and purpose, the newest day first."""
    found: dict[tuple[Any, ...], list[Told]] = {}
    for told in tell(Entry.objects.filter(id__in=list(entries)).order_by("-id")):
        key = (clock.local(told.at).date(), told.role, told.unit, told.purpose)
        found.setdefault(key, []).append(told)
    return [_seen(key, looks) for key, looks in found.items()]


def _seen(key: tuple[Any, ...], looks: Sequence[Told]) -> Seen:
    labels = {code: str(label) for code, label in CLASSES}
    classes = {each.cls.value for told in looks for each in told.elements}
    kinds = tuple(label for code, label in labels.items() if code in classes)
    opened = any(told.entry.act in {"reveal", "export"} for told in looks)
    day, role, unit, purpose = key
    return Seen(day, role, unit, purpose, kinds, len(looks), opened)


def told(request: CustomerRequest, *, capacity: str) -> list[Any]:
    """The days before the call as the customer may be told of them, newest first.

    What an investigation keeps back is not among them, and appears when it is released.
    """
    subject = Subject.objects.get(pk=request.subject_id)
    since = clock.local(request.received_at - timedelta(days=DAYS)).date()
    found: dict[date, list[Any]] = {}
    before: int | None = None
    for _page in range(PAGES):
        page = own_looks.page(subject, before=before, capacity=capacity)
        for day in telling.told(page.days, page.standing):
            found.setdefault(day.on, []).extend(day.lines)  # a page may end in the middle of a day
        before = page.older
        if before is None or (page.days and page.days[-1].on < since):
            break
    return [LookDay(on, lines) for on, lines in found.items() if lines and on >= since]


def asked_about(request: CustomerRequest) -> list[Entry]:
    """For whoever may read the log: the whole visit, newest first, as it stands in her list.

    What was revealed has an entry of its own before that of the page which then stood open.
    """
    if not request.about.isdecimal():
        return []
    asked = Entry.objects.filter(pk=int(request.about)).first()
    if asked is None:
        return []
    uid = Subject.objects.values_list("uid", flat=True).get(pk=request.subject_id)
    hers = SubjectAccess.objects.filter(subject=uid, entry_id__lt=asked.pk).values("entry_id")
    rows = Entry.objects.filter(
        id__in=hers, act__in=ACTS, outcome="ok", actor=asked.actor, purpose=asked.purpose,
        channel=asked.channel, ts__gte=asked.ts - timedelta(days=1),
    ).order_by("-id")  # fmt: skip
    visit = [asked]
    for row in rows[:MOST] if asked.act in JOINED else ():
        if row.act in JOINED and visit[-1].ts - row.ts <= GAP:
            visit.append(row)
    return visit


def on_fraud_call(request: CustomerRequest, actor: Actor) -> None:
    """At once: who saw her lately, and a finding for the officers, which makes an alert."""
    uid = Subject.objects.values_list("uid", flat=True).get(pk=request.subject_id)
    entries = entries_of(uid, since=request.received_at - timedelta(days=DAYS))
    people = Entry.objects.filter(id__in=entries).order_by().values("actor").distinct().count()
    finding = findings.raise_finding(
        FRAUD,
        severity=Finding.Severity.HIGH,
        facts={"request": request.ref, "days": DAYS, "looks": len(entries), "people": people},
        entries=entries,
    )
    details = {**request.details, "entries": entries, "days": DAYS}
    CustomerRequest.objects.filter(pk=request.pk).update(finding=finding, details=details)
    request.finding, request.details = finding, details


def ask_operator(request: CustomerRequest, *, channel: str, actor: Actor) -> Finding:
    """Ask whoever looked what the look was for; he answers on his own page. Raises `NotVisible`."""
    with transaction.atomic():
        finding = request.finding or _finding(request)
        findings.ask(finding, channel=channel, actor=actor)
    return finding


def _finding(request: CustomerRequest) -> Finding:
    operator = operator_of(request)
    if operator is None:
        raise NotVisible
    with scopes.acting(system(ACTOR)):
        finding = findings.raise_finding(
            LOOK,
            severity=Finding.Severity.MEDIUM,
            facts={"request": request.ref},
            operator=operator,
            entries=[each.pk for each in asked_about(request)],
        )
        CustomerRequest.objects.filter(pk=request.pk).update(finding=finding)
    request.finding = finding
    return finding


def operator_of(request: CustomerRequest) -> User | None:
    if not request.about.isdecimal():
        return None
    looked = Entry.objects.filter(pk=int(request.about)).values_list("actor", flat=True).first()
    return User.objects.filter(ref=looked).first() if looked else None


def _of_call(facts: Mapping[str, Any]) -> str:
    said = _(
        "客户反映接到诈骗来电（申请 %(request)s）：近 %(days)s 天有 %(looks)s 次查询，%(people)s 人"
    )
    return said % facts


def _of_look(facts: Mapping[str, Any]) -> str:
    return _("客户认为一次查询说不通（申请 %(request)s）") % facts


TELLERS[FRAUD], TELLERS[LOOK] = _of_call, _of_look
on_acceptance[CustomerRequest.Kind.FRAUD_CALL] = on_fraud_call
