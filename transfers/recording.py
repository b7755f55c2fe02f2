"""Putting on record what happened outside: an authority's decision, the start of a time, a publication."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.law.reading import today
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.regimes.routes import Gate, RouteGate
from transfers import papers, routes
from transfers.models import Publication, Stage, Transfer, TransferAct, TransferClock
from transfers.progress import gates, moving


class Ahead(CustodianError):
    """What has not happened yet cannot be put on record."""

    code = "transfer-day-ahead"
    message = _("日期不能晚于今天")


class Incomplete(CustodianError):
    """A decision has a number and its paper; a publication has its proof."""

    code = "transfer-record-incomplete"
    message = _("请写明文号并附上凭证")


class Twice(CustodianError):
    """The same paper of the same day counts once."""

    code = "publication-twice"
    status = 409
    message = _("同一媒体同一天的公告已登记，只算一次")


class UnknownGate(CustodianError):
    """The stage that runs has no such condition."""

    code = "transfer-gate-unknown"
    status = 409
    message = _("现在的阶段没有这项条件")


def gates_of(transfer: Transfer, *kinds: Gate) -> list[RouteGate]:
    """Those of the stage that runs, on this side."""
    row = moving.now_at(transfer)
    found = routes.stage_of(transfer, row.stage).gates if row else ()
    return [each for each in found if each.kind in kinds and transfer.side in each.of]


def record(
    transfer: Transfer,
    code: str,
    *,
    day: date,
    number: str = "",
    granted: bool = True,
    proof: bytes | None = None,
    actor: Actor,
) -> TransferAct:
    """A decision with its number and paper, or the day on which a waiting time begins.

    Raises `UnknownGate`, `Ahead`, `Incomplete`, `EvidenceRefused`, `NotYet`.
    """
    stage, found = _gate(transfer, code, Gate.DECISION, Gate.CLOCK)
    decides = found.kind is Gate.DECISION
    _require_past(day)
    if decides and (not number.strip() or proof is None):
        raise Incomplete
    with transaction.atomic():
        moving.require(transfer, stage)
        facts = {"transfer": transfer.code, "transfer-stage": stage, "transfer-gate": code}
        gate.authorise(actor, Action.TRANSFER_FILE, channel=Channel.ADMIN, facts=facts)
        paper = papers.file(transfer, stage, code, proof, actor=actor) if proof else None
        act = TransferAct.objects.create(
            transfer=transfer,
            stage=stage,
            gate=code,
            day=day,
            number=number.strip()[:60],
            granted=granted,
            paper=paper,
            recorded_by_id=actors.person(actor),
        )
        if not decides:
            _start(transfer, stage, found.clock, day)
    return act


def publish(
    transfer: Transfer,
    *,
    medium: str,
    name: str,
    day: date,
    until: date | None = None,
    side: str = "",
    proof: bytes | None,
    actor: Actor,
) -> Publication:
    """A notice in a newspaper or gazette, or on the other party's website; it counts with its proof.

    Raises `UnknownGate`, `Ahead`, `Incomplete`, `Twice`, `EvidenceRefused`, `NotYet`.
    """
    stage, found = _gate_of_medium(transfer, medium)
    _require_past(day)
    if proof is None or not name.strip():
        raise Incomplete
    with transaction.atomic():
        moving.require(transfer, stage)
        facts = {"transfer": transfer.code, "transfer-stage": stage, "transfer-gate": found.code}
        gate.authorise(actor, Action.TRANSFER_FILE, channel=Channel.ADMIN, facts=facts)
        paper = papers.file(transfer, stage, found.code, proof, actor=actor)
        return put(
            transfer, medium=medium, name=name.strip()[:100], day=day, until=until, side=side,
            paper=paper, recorded_by_id=actors.person(actor),
        )  # fmt: skip


def put(transfer: Transfer, **said: Any) -> Publication:
    """The row itself, and the clock of the websites that it may begin; in the caller's transaction."""
    try:
        with transaction.atomic():
            row = Publication.objects.create(transfer=transfer, **said)
    except IntegrityError:
        raise Twice from None
    if row.medium == Publication.Medium.WEBSITE:
        _start_online(transfer)
    return row


def _start_online(transfer: Transfer) -> None:
    """The time on the websites counts from the day on which the last of them has the notice."""
    for stage in routes.of(transfer).needed:
        for found in stage.gates:
            if found.kind is Gate.ONLINE:
                first = [gates.shown_at(transfer, side) for side in found.sites]
                if all(first):
                    day = max(min(each.day for each in rows) for rows in first)
                    _start(transfer, stage.stage, found.clock, day)


def _start(transfer: Transfer, stage: str, rule: str, day: date) -> None:
    """The clock by its rule, or begun on another day than was thought."""
    began = datetime.combine(day, time(), clock.OFFICE)
    row = TransferClock.objects.filter(transfer=transfer, rule=rule).first()
    row = row or TransferClock(transfer=transfer, stage=Stage(stage), rule=rule)
    row.started_at = began
    row.save()


def _gate(transfer: Transfer, code: str, *kinds: Gate) -> tuple[str, RouteGate]:
    for each in gates_of(transfer, *kinds):
        if each.code == code:
            return _now(transfer), each
    raise UnknownGate


def _gate_of_medium(transfer: Transfer, medium: str) -> tuple[str, RouteGate]:
    for each in gates_of(transfer, Gate.PRINTED, Gate.ONLINE):
        online = each.kind is Gate.ONLINE
        if each.medium == medium or (online and medium == Publication.Medium.WEBSITE):
            return _now(transfer), each
    raise UnknownGate


def _now(transfer: Transfer) -> str:
    row = moving.now_at(transfer)
    if row is None:
        raise UnknownGate
    return str(row.stage)


def _require_past(day: date) -> None:
    if day > today():
        raise Ahead
