"""A report as it is frozen, signed and read: canonical JSON, its SHA-256, and the signature of the house.

The signed file is a paper like those between installations (`transfers.signed`), by the key of the identity
card, so that whoever has the card can check it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.law import clocks as law
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.tlog.verify import canonical
from incidents.models import Incident, IncidentReport
from incidents.reports import facts
from transfers import identity, signed

FORMAT: Final = "custodian incident report 1"
LARGEST: Final = 1024 * 1024
Said = dict[str, Any]
Stage = IncidentReport.Stage


class NotFrozen(CustodianError):
    """Only what two people have approved is signed and handed out as a file."""

    code = "incident-report-not-approved"
    status = 409
    message = _("还没有复核通过，只能打印草稿；复核通过后才有签名文件")


class Altered(CustodianError):
    """The row is not what was approved: somebody wrote into the database."""

    code = "incident-report-altered"
    status = 410
    message = _("报告内容与复核通过的不一致，不能取出；请联系系统管理员核对数据库")


def content(report: IncidentReport) -> Said:
    """Everything that it says as the case stands now."""
    case, names = report.incident, settings.CUSTODIAN_INSURER_NAME
    rule = law.of(report.rule)
    return {
        "insurer": {"code": settings.CUSTODIAN_INSURER, "zh": names["zh"], "en": names["en"]},
        "incident": case.code,
        "title": case.title,
        "rule": rule.code,
        "clause": rule.clause,
        "mark": rule.mark.value,
        "form": rule.action,
        "name": {"zh": rule.name, "en": rule.name_en},
        "to": {"zh": rule.to, "en": rule.to_en},
        "version": report.number,
        "as_of": facts.moment(clock.now()),
        "clock": _clock(case, report.rule),
        "facts": facts.of(case),
        "progress": facts.progress(case),
        "words": report.words,
        "answers": report.answers,
    }


def _clock(case: Incident, rule: str) -> Said | None:
    row = case.clocks.filter(rule=rule).order_by("number").last()
    if row is None:
        return None
    return {
        "number": row.number,
        "started": facts.moment(row.started_at),
        "due": facts.moment(row.due_at),
    }


def freeze(said: Said) -> tuple[str, str]:
    """The canonical text and its SHA-256."""
    body = canonical(said)
    return body, hashlib.sha256(body.encode()).hexdigest()


def said_by(report: IncidentReport) -> Said:
    """What a version says: as it was put up, or of one in work as the case stands. Raises `Altered`."""
    if report.stage in (Stage.DRAFT, Stage.RETURNED):
        return content(report)
    require_untouched(report)
    return dict(json.loads(report.body))


def require_untouched(report: IncidentReport) -> None:
    """Raises `Altered`."""
    if report.approval is None or not approvals.is_as_left(report.approval):
        raise Altered
    as_put_up(report)


def as_put_up(report: IncidentReport) -> Said:
    """What it says, the same as its approval names; for whoever holds the approval. Raises `Altered`."""
    named = report.approval.payload.get("sha256") if report.approval else None
    if not hashlib.sha256(report.body.encode()).hexdigest() == report.digest == named:
        raise Altered
    return dict(json.loads(report.body))


def altered() -> Iterator[Approval]:
    """Approvals of reports that do not say any more what was put up."""
    for row in IncidentReport.objects.exclude(approval=None).select_related("approval"):
        try:
            as_put_up(row)
        except Altered:
            if row.approval is not None:
                yield row.approval


def frozen(report: IncidentReport) -> Said:
    """What two people approved. Raises `NotFrozen`, `Altered`."""
    if report.stage not in (Stage.APPROVED, Stage.FILED):
        raise NotFrozen
    return said_by(report)


def sign(report: IncidentReport) -> bytes:
    """The file for the authority. Raises `NotFrozen`, `Altered`."""
    return signed.write(FORMAT, frozen(report), key=identity.own_key())


def read(content: bytes) -> Said:
    """What a file says that this installation signed. Raises `transfers.signed.BadPaper`."""
    return signed.read(FORMAT, content, key=identity.own_key().public_key(), largest=LARGEST)


def take(report: IncidentReport, *, form: str, purpose: str, actor: Actor) -> None:
    """On record before the first byte."""
    gate.permit(
        actor,
        Action.INCIDENT_REPORT_READ,
        purpose=purpose,
        channel=Channel.ADMIN,
        facts={
            "incident": report.incident.code,
            "report": str(report.ref),
            "report-form": form,
            "sha256": report.digest,
        },
    )
