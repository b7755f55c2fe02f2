"""Findings: raised once, found again rather than raised anew, asked about, and judged by somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.events import finding_changed, finding_raised
from access.models import Finding, User
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from custodian.workflow import Workflow

FINDING = Workflow(
    {"decide": (frozenset({Finding.Status.OPEN.value}), Finding.Status.CLOSED.value)}
)
# How long a finding may wait for its verdict; company default.
DUE: Final[Mapping[str, timedelta]] = {
    Finding.Severity.URGENT: timedelta(days=1),
    Finding.Severity.HIGH: timedelta(days=3),
    Finding.Severity.MEDIUM: timedelta(days=10),
    Finding.Severity.LOW: timedelta(days=30),
}
RISING: Final = (
    Finding.Severity.LOW,
    Finding.Severity.MEDIUM,
    Finding.Severity.HIGH,
    Finding.Severity.URGENT,
)
# Within this time the same rule about the same person is the same matter again.
COUNTS_FOR: Final = timedelta(days=90)
# From this time on that it is found, it weighs one step more.
ESCALATES_AT: Final = 3
HARMLESS: Final = (
    Finding.Verdict.JUSTIFIED,
    Finding.Verdict.RULE_TOO_BROAD,
    Finding.Verdict.SETTLED,
)
MOST_ENTRIES: Final = 200


class Decided(CustodianError):
    """Somebody has judged the finding already."""

    code = "finding-decided"
    status = 409
    message = _("这项发现已经定性")


def raise_finding(
    kind: str,
    *,
    severity: Finding.Severity,
    summary: str = "",
    facts: Mapping[str, Any] | None = None,
    operator: User | None = None,
    entries: Sequence[int] = (),
    **more: Any,
) -> Finding:
    """Write a finding and tell its listeners in the same transaction.

    What is told, by `summary` or by the teller of the kind from `facts`, holds no value of a customer.
    """
    with transaction.atomic():
        finding = Finding.objects.create(
            kind=kind,
            severity=severity,
            summary=summary,
            facts=dict(facts or {}),
            operator=operator,
            entries=list(entries),
            due_at=clock.now() + DUE[severity],
            **more,
        )
        finding_raised.send(sender=Finding, finding=finding)
    return finding


def find_again(
    kind: str,
    *,
    severity: Finding.Severity,
    facts: Mapping[str, Any],
    operator: User,
    entries: Sequence[int],
    run: Any,
) -> Finding:
    """A finding of an audit: the one still open grows, and one that comes back weighs more."""
    with transaction.atomic():
        held = (
            Finding.objects.select_for_update()
            .filter(kind=kind, operator=operator, status=Finding.Status.OPEN)
            .first()
        )
        if held is None:
            times = 1 + _before(kind, operator)
            return raise_finding(
                kind,
                severity=_risen(severity, times),
                facts=facts,
                operator=operator,
                entries=entries,
                run=run,
                times=times,
            )
        if run is None or held.run_id != run.pk:
            held.times += 1
        # What nobody judged in time and goes on weighs more as well.
        late = held.due_at is not None and held.due_at < clock.now()
        times = held.times if late else 1
        held.facts, held.severity = dict(facts), _heavier(held.severity, severity, times)
        held.entries = _joined(held.entries, entries)
        held.save(update_fields=["facts", "severity", "entries", "times"])
        finding_changed.send(sender=Finding, finding=held)
        return held


def ask(finding: Finding, *, channel: str, actor: Actor) -> None:
    """Ask the person what the looks were for; he reads the times and numbers, never the rule's threshold."""
    with transaction.atomic():
        gate.authorise(actor, Action.FINDING_ASK, channel=channel, facts=_facts(finding))
        open_ones = Finding.objects.filter(pk=finding.pk, status=Finding.Status.OPEN)
        if not open_ones.exclude(operator=None).update(asked_at=clock.now()):
            raise Decided


def answer(finding: Finding, said: str, *, channel: str, actor: Actor) -> None:
    """The person's own words to a question about his looks; he may add to them until it is judged."""
    if finding.operator_id != actor.id or finding.asked_at is None:
        raise NotVisible
    with transaction.atomic():
        gate.authorise(actor, Action.FINDING_ANSWER, channel=channel, facts=_facts(finding))
        open_ones = Finding.objects.filter(pk=finding.pk, status=Finding.Status.OPEN)
        if not open_ones.update(answer=said, answered_at=clock.now()):
            raise Decided


def own(finding: Finding, owner: User, *, channel: str, actor: Actor) -> None:
    """Say who sees to it; raises `NotVisible` for somebody whom it is about."""
    if owner.pk == finding.operator_id:
        raise NotVisible
    with transaction.atomic():
        facts = {**_facts(finding), "owner": str(owner.ref)}
        gate.authorise(actor, Action.FINDING_DECIDE, channel=channel, facts=facts)
        Finding.objects.filter(pk=finding.pk).update(owner=owner)


def decide(finding: Finding, verdict: str, *, note: str, channel: str, actor: Actor) -> None:
    """Judge a finding. Raises `Refused` for whoever it is about, `Decided` when somebody was first."""
    judge = actors.person(actor)
    if finding.operator_id == judge:
        gate.refuse(actor, Action.FINDING_DECIDE, because="finding-own", channel=channel)
    with transaction.atomic():
        held = Finding.objects.select_for_update().get(pk=finding.pk)
        if held.status != Finding.Status.OPEN:
            raise Decided
        gate.authorise(
            actor,
            Action.FINDING_DECIDE,
            channel=channel,
            facts={**_facts(held), "verdict": verdict},
            reason=note,
        )
        changes = {
            "verdict": verdict,
            "verdict_note": note,
            "decided_by_id": judge,
            "decided_at": clock.now(),
        }
        FINDING.move(held, "decide", changes)
        finding_changed.send(sender=Finding, finding=held)


def settle(finding: Finding, *, channel: str, actor: Actor) -> None:
    """Close a finding about no person, whose cause is gone. Twice is as once."""
    verdict = Finding.Verdict.SETTLED
    with transaction.atomic():
        held = Finding.objects.select_for_update().get(pk=finding.pk)
        if held.status != Finding.Status.OPEN or held.operator_id is not None:
            return
        facts = {**_facts(held), "verdict": verdict.value}
        gate.authorise(actor, Action.FINDING_DECIDE, channel=channel, facts=facts)
        FINDING.move(held, "decide", {"verdict": verdict, "decided_at": clock.now()})
        finding_changed.send(sender=Finding, finding=held)


def precision(findings: Iterable[Finding]) -> tuple[int, int]:
    """Of those judged, how many were held against somebody, and how many were judged at all."""
    judged = [each for each in findings if each.verdict]
    return sum(each.verdict not in HARMLESS for each in judged), len(judged)


def _before(kind: str, operator: User) -> int:
    """How often it was held against the person lately."""
    lately = Finding.objects.filter(
        kind=kind, operator=operator, found_at__gte=clock.now() - COUNTS_FOR
    )
    return lately.exclude(verdict__in=HARMLESS).count()


def _risen(severity: str, times: int) -> Finding.Severity:
    place = RISING.index(Finding.Severity(severity)) + (times >= ESCALATES_AT)
    return RISING[min(place, len(RISING) - 1)]


def _heavier(held: str, severity: str, times: int) -> Finding.Severity:
    return max(Finding.Severity(held), _risen(severity, times), key=RISING.index)


def _joined(held: Sequence[int], more: Sequence[int]) -> list[int]:
    return list(dict.fromkeys([*held, *more]))[:MOST_ENTRIES]


def _facts(finding: Finding) -> dict[str, Any]:
    return {"finding": str(finding.ref), "kind": finding.kind}
