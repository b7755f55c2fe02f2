"""One time of an audit or report: planned, begun, reported with its paper; what it found becomes actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from access import actors, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.law.clocks import Book
from access.models import User
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove, Workflow
from incidents.models import AuditRound, Incident, RiskAction
from incidents.risks import actions, calendar, facts
from incidents.risks.standing import require_owner, require_words

State = AuditRound.State
ROUND: Final = Workflow(
    {
        "begin": (frozenset({State.PLANNED.value}), State.UNDER_WAY.value),
        "report": (frozenset({State.UNDER_WAY.value}), State.REPORTED.value),
    },
    field="state",
)
SAME: Final = "CN-AUD-4"  # audits of this clause may not be the same person's for ever (CN-AUD-15)


class Arranged(CustodianError):
    """This date has its round already."""

    code = "audit-round-arranged"
    status = 409
    message = _("这一次已经安排或登记过，请刷新后再看")


class SameAuditor(CustodianError):
    """The law lets the same one do it only so many times running."""

    code = "audit-round-same-auditor"
    message = _("同一机构或负责人对同一对象连续审计不得超过三次，请换一家")


class NotYet(CustodianError):
    """Its day lies ahead, or before its beginning."""

    code = "audit-round-day"
    message = _("完成日、报送日不能晚于今天")


class NotOrdered(CustodianError):
    """Only an audit that the authority ordered, whose findings are all put right, has such a report."""

    code = "audit-round-not-rectified"
    status = 409
    message = _("监管要求的审计、且发现都已整改并确认的，才登记整改报告")


@dataclass(frozen=True)
class Reported:
    """What is known once it is done. `paper` says where the report lies."""

    done_on: date
    conclusion: str
    paper: str
    sha256: str = ""
    filed_on: date | None = None
    filed_ref: str = ""

    @property
    def columns(self) -> Mapping[str, Any]:
        return {
            "done_on": self.done_on,
            "conclusion": self.conclusion,
            "paper": self.paper,
            "paper_sha256": self.sha256.lower(),
            "filed_on": self.filed_on,
            "filed_ref": self.filed_ref,
        }


def visible_to(actor: Actor) -> QuerySet[AuditRound]:
    """One that follows a case is shown to the group of the case alone."""
    mine = Incident.objects.visible_to(actor)
    return AuditRound.objects.filter(Q(about="") | Q(about__in=mine.values("code")))


def plan(
    rule: str,
    *,
    due_on: date,
    planned_on: date,
    lead: User,
    auditor: str,
    ordered: bool,
    about: str = "",
    actor: Actor,
) -> AuditRound:
    """Raises `UnknownClock`, `CannotOwn`, `SameAuditor`, `Arranged`."""
    row = _row(rule, due_on=due_on, lead=lead, auditor=auditor, about=about, actor=actor)
    row.planned_on, row.ordered = planned_on, ordered
    return _keep(row, "planned", actor)


def note_earlier(
    rule: str,
    said: Reported,
    *,
    due_on: date,
    lead: User,
    auditor: str,
    about: str = "",
    actor: Actor,
) -> AuditRound:
    """One that was done before it was kept here. Raises as `plan` and `report` do."""
    _require_over(said)
    row = _row(rule, due_on=due_on, lead=lead, auditor=auditor, about=about, actor=actor)
    row.planned_on, row.state = said.done_on, State.REPORTED
    for name, value in said.columns.items():
        setattr(row, name, value)
    return _keep(row, "noted", actor)


def begin(audit: AuditRound, *, actor: Actor) -> None:
    """Raises `IllegalMove`."""
    _move(audit, "begin", {"begun_at": clock.now()}, actor)


def report(audit: AuditRound, said: Reported, *, actor: Actor) -> None:
    """It is done, and its paper lies somewhere. Raises `NotYet`, `SaysNothing`, `IllegalMove`."""
    _require_over(said)
    _move(audit, "report", said.columns, actor)


def find(
    audit: AuditRound, *, found: str, title: str, owner: User, due_on: date, actor: Actor
) -> RiskAction:
    """What it found, and what is done about it. Raises `IllegalMove` before it has begun, …"""
    require_words(found)
    if audit.state == State.PLANNED:
        raise IllegalMove
    return actions.propose(audit, title=title, owner=owner, due_on=due_on, found=found, actor=actor)


def file_rectification(audit: AuditRound, *, on: date, reference: str, actor: Actor) -> None:
    """The report after an ordered audit. Raises `NotOrdered`, `NotYet`."""
    if on > clock.local().date():
        raise NotYet
    with transaction.atomic():
        row = AuditRound.objects.select_for_update().get(pk=audit.pk)
        if calendar.rectification_due(row) is None:
            raise NotOrdered
        _authorise(row, "rectified", actor)
        AuditRound.objects.filter(pk=row.pk).update(rectified_filed_on=on, rectified_ref=reference)


def _row(
    rule: str, *, due_on: date, lead: User, auditor: str, about: str, actor: Actor
) -> AuditRound:
    require_owner(lead)
    require_words(auditor)
    known = Book().of(rule)
    _require_another(known.clause, auditor, due_on)
    return AuditRound(
        rule=rule, about=about, due_on=due_on, lead=lead, auditor=auditor.strip(),
        planned_by_id=actors.person(actor),
    )  # fmt: skip


def _require_another(clause: str, auditor: str, due_on: date) -> None:
    if clause != SAME:
        return
    book, most = Book(), facts.house().most_running
    earlier = AuditRound.objects.filter(due_on__lt=due_on).order_by("-due_on")
    same = [each.auditor for each in earlier if book.of(each.rule).clause == SAME]
    if same[:most] == [auditor.strip()] * most:
        raise SameAuditor


def _keep(row: AuditRound, outcome: str, actor: Actor) -> AuditRound:
    with transaction.atomic():
        proposals.lock(AuditRound)
        same = AuditRound.objects.filter(rule=row.rule, about=row.about)
        if same.filter(due_on=row.due_on).exists() or (
            row.state == State.PLANNED and same.exclude(state=State.REPORTED).exists()
        ):
            raise Arranged
        _authorise(row, outcome, actor)
        row.save(force_insert=True)
    return row


def _move(audit: AuditRound, name: str, changes: Mapping[str, Any], actor: Actor) -> None:
    with transaction.atomic():
        row = AuditRound.objects.select_for_update().get(pk=audit.pk)
        if not ROUND.may(row, name):
            raise IllegalMove
        _authorise(row, name, actor)
        ROUND.move(row, name, changes)


def _require_over(said: Reported) -> None:
    today = clock.local().date()
    require_words(said.paper)
    if said.done_on > today or (said.filed_on is not None and said.filed_on > today):
        raise NotYet


def _authorise(row: AuditRound, outcome: str, actor: Actor) -> None:
    facts_of = {"audit-round": str(row.ref), "clock": row.rule, "outcome": outcome}
    gate.authorise(actor, Action.AUDIT_PLAN, channel=Channel.ADMIN, facts=facts_of)
