"""Triage: each alert becomes a case, part of one, a double of another, or a false alarm with its reason."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.models import Finding
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.cases import timeline
from incidents.cases.standing import held, require_real, require_work
from incidents.models import Alert, Incident, TimelineEntry

Status, Source = Alert.Status, Alert.Source


class Decided(CustodianError):
    """Somebody was faster."""

    code = "alert-decided"
    status = 409
    message = _("这条告警已经有人分诊，请重新打开")


class NotTheSame(CustodianError):
    """An alert is no double of itself, nor of one that is a double."""

    code = "alert-not-the-same"
    message = _("不能与自身或另一条重复告警合并，请填写原告警的编号")


class AboutYou(CustodianError):
    """Nobody judges an alert about himself."""

    code = "alert-about-you"
    status = 403
    message = _("这条告警涉及您本人，请由另一人分诊")


class Reasonless(CustodianError):
    """A false alarm says why it is one."""

    code = "alert-reasonless"
    message = _("判为误报须写明理由")


def raise_alert(
    source: str,
    summary: str,
    *,
    severity: str = Finding.Severity.MEDIUM,
    happened_at: datetime | None = None,
    system: str = "",
    number: str = "",
    channel: str = Channel.ADMIN,
    actor: Actor,
) -> tuple[Alert, bool]:
    """A new alert, and whether it is new: the same number of the same system comes once."""
    alert = Alert(
        source=Source(source),
        severity=severity,
        summary=summary[:300],
        happened_at=happened_at,
        system=system,
        number=number,
    )
    try:
        with transaction.atomic():
            facts = {"alert": str(alert.ref), "alert-source": alert.source}
            gate.authorise(actor, Action.ALERT_RAISE, channel=channel, facts=facts)
            alert.save(force_insert=True)
    except IntegrityError:
        return Alert.objects.get(system=system, number=number), False
    return alert, True


def take(alert: Alert, incident: Incident, *, actor: Actor) -> None:
    """Into a case that is being opened, or one that the actor works on; in the caller's transaction."""
    _decide(alert, Status.CASE, actor=actor, incident=incident)
    facts = {"alert": str(alert.ref)}
    timeline.write(
        incident,
        TimelineEntry.What.ALERT,
        actor=actor,
        at=alert.happened_at or alert.raised_at,
        text=alert.words[:1000],
        facts=facts,
    )


def merge(alert: Alert, incident: Incident, *, actor: Actor) -> None:
    """Raises `Decided`, `Observes`, `Over`."""
    with held(incident) as row:
        require_work(row, actor)
        require_real(row)
        _authorise(alert, actor, incident=row.code)
        take(alert, row, actor=actor)


def same_as(alert: Alert, other: Alert, *, actor: Actor) -> None:
    """Raises `Decided`, `NotTheSame`."""
    if other.pk == alert.pk or other.status == Status.DUPLICATE:
        raise NotTheSame
    with transaction.atomic():
        _authorise(alert, actor, same=str(other.ref))
        _decide(alert, Status.DUPLICATE, actor=actor, same_as=other.ref)


def dismiss(alert: Alert, *, why: str, actor: Actor) -> None:
    """Raises `Decided`, `Reasonless`."""
    if not why.strip():
        raise Reasonless
    with transaction.atomic():
        _authorise(alert, actor, false=1)
        _decide(alert, Status.FALSE_ALARM, actor=actor, why=why)


def _authorise(alert: Alert, actor: Actor, **facts: object) -> None:
    said = {"alert": str(alert.ref), **facts}
    gate.authorise(actor, Action.ALERT_TRIAGE, channel=Channel.ADMIN, facts=said)


def _decide(alert: Alert, status: str, *, actor: Actor, **changes: object) -> None:
    if alert.finding is not None and alert.finding.operator_id == actor.id:
        raise AboutYou
    said = {"decided_by_id": actors.person(actor), "decided_at": clock.now(), **changes}
    waiting = Alert.objects.filter(pk=alert.pk, status=Status.NEW)
    if waiting.update(status=status, **said) != 1:
        raise Decided
    alert.refresh_from_db()
