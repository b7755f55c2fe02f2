"""Filing: a member notes that an approved version was handed in. Once, and its clock is met with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.cases import clocks, timeline
from incidents.cases.standing import held, require_real, require_work
from incidents.models import Incident, IncidentClock, IncidentReport, TimelineEntry
from incidents.models.reports import Met
from incidents.reports import kinds, papers
from incidents.reports.writing import REPORT

Stage = IncidentReport.Stage


class NotApproved(CustodianError):
    """Two people approve a report before it goes out."""

    code = "incident-report-file-unapproved"
    status = 409
    message = _("还没有复核通过，不能报送；请先提交复核")


class Filed(CustodianError):
    """Nothing is sent twice."""

    code = "incident-report-filed"
    status = 409
    message = _("这一版已登记报送，不能再登记；需要补正的，请起草下一版")


class Replaced(CustodianError):
    """A newer version was approved, and that one goes out."""

    code = "incident-report-replaced"
    status = 409
    message = _("已有更新的版本复核通过，请报送更新的版本")


class BeforeApproval(CustodianError):
    """What was handed in before its approval was something else."""

    code = "incident-report-before-approval"
    message = _("报送时间早于复核通过的时间；复核前口头或先行报送的，请在事件页办结时限")


def file(
    report: IncidentReport,
    *,
    at: datetime | None,
    channel: str,
    reference: str,
    why_late: str,
    actor: Actor,
) -> None:
    """Raises `NotApproved`, `Filed`, `Replaced`, `BeforeApproval`, `OwesReason`, `NotYet`, `Over`, …"""
    now = clock.now()
    moment = at or now
    if moment > now:
        raise timeline.NotYet
    with held(report.incident) as case:
        require_work(case, actor)
        require_real(case)
        row = IncidentReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
        moment = _require_approved(row, moment)
        running = case.clocks.filter(rule=row.rule, stopped_at=None).order_by("number").first()
        met, answered = _met(case, row, running)
        if met != Met.CLOCK:
            running = None
        said = {
            "incident": case.code,
            "report": str(row.ref),
            "clock": row.rule,
            "report-version": row.number,
            "sha256": row.digest,
        }
        gate.authorise(actor, Action.INCIDENT_REPORT_FILE, channel=Channel.ADMIN, facts=said)
        if running is not None:
            clocks.report(running, at=moment, reference=reference, why_late=why_late, actor=actor)
        changes: dict[str, Any] = {
            "filed_at": moment,
            "noted_at": now,
            "filed_by_id": actors.person(actor),
            "channel": channel,
            "reference": reference,
            "met": met,
            "clock": answered,
        }
        REPORT.move(row, "file", changes)
        told = {"rule": row.rule, "version": row.number, "sha256": row.digest, "met": met.value}
        text = " · ".join(filter(None, (channel, reference)))
        what = TimelineEntry.What.REPORTED
        timeline.write(case, what, actor=actor, at=moment, text=text, facts=told)
    report.refresh_from_db()


def _require_approved(row: IncidentReport, moment: datetime) -> datetime:
    """The moment of handing in: not before the approval, whose minute people write without seconds."""
    if row.stage == Stage.FILED:
        raise Filed
    if row.stage != Stage.APPROVED or row.approval is None or row.approval.decided_at is None:
        raise NotApproved
    papers.require_untouched(row)
    newer = IncidentReport.objects.filter(
        incident=row.incident, rule=row.rule, number__gt=row.number
    )
    if newer.filter(stage__in=(Stage.APPROVED, Stage.FILED)).exists():
        raise Replaced
    decided = row.approval.decided_at
    if moment < decided.replace(second=0, microsecond=0):
        raise BeforeApproval
    return max(moment, decided)


def _met(
    case: Incident, row: IncidentReport, running: IncidentClock | None
) -> tuple[Met, IncidentClock | None]:
    """What filing does to the clock, and which one it answers."""
    if running is not None:
        return (Met.TOGETHER if row.rule in kinds.TOGETHER else Met.CLOCK), running
    done = case.clocks.filter(rule=row.rule).order_by("number").last()
    if done is None:
        return Met.NONE, None
    filed = case.reports.filter(rule=row.rule, stage=Stage.FILED, clock=done)
    return (Met.EARLIER if filed.exists() else Met.BY_HAND), done
