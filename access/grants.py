"""Time-boxed grants: some customers of others within one's reach, for one purpose, until a moment.

What is asked for is approved as it was typed: customers by their numbers, or one's own piece of work, whose
customer is lent until it is closed. Whoever asks is not told which of the customers exist; whoever decides
is. Reach begins with the approval and ends by the clock, by hand, with the work, or with the person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, ports
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.audits.explaining import SERVES
from access.models import Approval, Assignment, Grant, User, WorkItem
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import Workflow

KIND = "grant"
MOST = 20
LONGEST = timedelta(days=14)
Status = Grant.Status
GRANT = Workflow(
    {
        "open": (frozenset({Status.WAITING.value}), Status.OPEN.value),
        "return": (frozenset({Status.WAITING.value}), Status.RETURNED.value),
        "end": (frozenset({Status.OPEN.value, Status.WAITING.value}), Status.ENDED.value),
    }
)


class TooLong(CustodianError):
    """A grant ends within days, and its end is still to come."""

    code = "grant-too-long"
    message = _("请填今天起 14 天以内的日期")


class NotForThisWork(CustodianError):
    """The work is closed or somebody else's, or it is not done for this purpose."""

    code = "grant-not-for-this-work"
    status = 409
    message = _("这一事项已办结、不由您经办，或不需要此用途。请看最新的待办")


class NobodyFound(CustodianError):
    """None of the customers exists, so there is nothing to approve; told to whoever decides."""

    code = "grant-of-nobody"
    status = 409
    message = _("所列客户编号都不存在，只能退回")


def request(
    customers: Sequence[str], *, purpose: str, reason: str, until: datetime, actor: Actor
) -> Grant:
    """Ask for oneself; raises `TooLong`, `Refused`. The answer is the same whoever exists."""
    if not 0 < len(customers) <= MOST:
        raise TooLong
    named = sorted(set(customers))
    return _ask(Grant(customers=named, purpose=purpose, reason=reason, until=until), actor)


def request_for(
    item: WorkItem, *, purpose: str, reason: str, until: datetime, actor: Actor
) -> Grant:
    """Ask for the customer of one's own open work; raises `TooLong`, `NotForThisWork`, `Refused`."""
    if item.closed_at is not None or item.user_id != actor.id or purpose not in SERVES[item.kind]:
        raise NotForThisWork
    return _ask(Grant(item=item, customers=[], purpose=purpose, reason=reason, until=until), actor)


def _ask(grant: Grant, actor: Actor) -> Grant:
    now = clock.now()
    if not now < grant.until <= now + LONGEST:
        raise TooLong
    grant.user_id = actors.person(actor)
    payload = content(grant, actor.ref)
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.GRANT_REQUEST,
            channel=Channel.DESK,
            purpose=grant.purpose,
            facts={"grant": str(grant.ref), "digest": approvals.digest_of(KIND, payload)},
            reason=grant.reason,
        )
        grant.approval = approvals.request(KIND, payload, actor=actor)
        grant.save()
    return grant


def end(grant: Grant, *, channel: str, actor: Actor) -> None:
    """Take it back now, from the next statement on."""
    with transaction.atomic():
        gate.authorise(actor, Action.GRANT_END, channel=channel, facts={"grant": str(grant.ref)})
        _end(grant)


def end_with(items: Sequence[int]) -> None:
    """The work is done, and so is the reach that was lent for it, or asked for."""
    asked = Grant.objects.filter(item__in=items, status__in=[Status.WAITING, Status.OPEN])
    for grant in asked.select_for_update(of=("self",)).select_related("approval"):
        if grant.status == Status.WAITING:
            approvals.void(grant.approval)
        _end(grant)


def open_ones() -> Any:
    """Those that give reach now."""
    return Grant.objects.filter(status=Status.OPEN, until__gt=clock.now())


def altered() -> Iterator[Grant]:
    """Grants that give reach to something else than was approved."""
    rows = open_ones().select_related("approval", "user", "item")
    for grant in rows.prefetch_related("assignments"):
        approved = grant.approval.status == approvals.Status.APPROVED
        same = grant.approval.digest == approvals.digest_of(KIND, content(grant, grant.user.ref))
        subjects = _subjects(grant)
        held = all(
            (each.subject_id in subjects, each.user_id, each.purpose)
            == (True, grant.user_id, grant.purpose)
            and each.until is not None
            and each.until <= grant.until
            for each in grant.assignments.all()
        )
        lasts = grant.item is None or grant.item.closed_at is None
        if not (approved and same and held and lasts and approvals.is_as_left(grant.approval)):
            yield grant


def content(grant: Grant, person: UUID) -> dict[str, Any]:
    """All that is approved."""
    return {
        "grant": str(grant.ref),
        "person": str(person),
        "customers": list(grant.customers),
        "purpose": grant.purpose,
        "reason": grant.reason,
        "until": grant.until.astimezone(UTC).isoformat(),
        **({"item": str(grant.item.ref)} if grant.item is not None else {}),
    }


def _subjects(grant: Grant) -> set[int]:
    """Those that are lent by it."""
    if grant.item is not None:
        return {grant.item.subject_id}
    return set(ports.customers().ordinals_of(grant.customers).values())


def _end(grant: Grant) -> None:
    now = clock.now()
    GRANT.move(grant, "end", {"ended_at": now})
    grant.assignments.filter(until__gt=now).update(until=now)


class _Kind:
    action = Action.GRANT_APPROVE
    label = _("临时授权")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:grants")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        return frozenset({UUID(payload["person"])})

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        person = User.objects.select_related("unit").get(ref=payload["person"])
        until = clock.local(datetime.fromisoformat(payload["until"]))
        return [
            (_("人员"), [f"{person} · {person.unit} · {person.get_role_display()}"]),
            _whose(payload),
            (_("用途"), [dict(Purpose.choices).get(payload["purpose"], payload["purpose"])]),
            (_("理由"), [payload["reason"]]),
            (_("至"), [f"{until:%Y-%m-%d %H:%M}"]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        grant = Grant.objects.select_for_update().get(approval=approval)
        person = User.objects.get(pk=grant.user_id)
        now = clock.now()
        work = grant.item
        if (
            content(grant, person.ref) != approval.payload
            or grant.until <= now
            or not person.is_active
            or (work is not None and (work.closed_at is not None or work.user_id != person.pk))
        ):
            raise ContentChanged
        subjects = _subjects(grant)
        if not subjects:
            raise NobodyFound
        GRANT.move(grant, "open")
        Assignment.objects.bulk_create(
            Assignment(
                subject_id=ordinal, user_id=grant.user_id, since=now, until=grant.until,
                grant=grant, purpose=grant.purpose,
            )
            for ordinal in sorted(subjects)
        )  # fmt: skip

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        GRANT.move(Grant.objects.get(approval=approval), "return")


def _whose(payload: Mapping[str, Any]) -> tuple[Any, Sequence[Any]]:
    """The customers whom whoever decides is asked to lend, or the work whose customer it is."""
    if "item" in payload:
        item = WorkItem.objects.select_related("subject").get(ref=payload["item"])
        called = ports.customers().called([item.subject.uid]).get(item.subject.uid)
        words = {"kind": item.get_kind_display(), "number": str(item), "ref": called and called.ref}
        return _("办理事项的客户"), [_("%(kind)s %(number)s：%(ref)s") % words]
    known = ports.customers().ordinals_of(payload["customers"])
    named = [ref if ref in known else _absent(ref) for ref in payload["customers"]]
    return _("客户编号"), named


def _absent(ref: str) -> Any:
    return _("%(ref)s（没有这个编号）") % {"ref": ref}


approvals.register(KIND, _Kind())
