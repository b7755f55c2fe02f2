"""Looks that an investigation keeps back: asked for by one, approved by another, dated, and told afterwards.

Whoever is looked at sees the row when it is released, or at the latest at the date, and that it came late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, keystore
from access.actions import Action
from access.actors import Actor
from access.models import Approval, DelayedLook, Entry, User
from access.own_looks.visits import Raw
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove, Workflow

KIND: Final = "delay-look"
_ELEMENT: Final = "delay.reason"
Status = DelayedLook.Status
DELAY = Workflow(
    {
        "open": (frozenset({Status.ASKED.value}), Status.OPEN.value),
        "return": (frozenset({Status.ASKED.value}), Status.RETURNED.value),
        "release": (frozenset({Status.OPEN.value}), Status.RELEASED.value),
    }
)


class TooLong(CustodianError):
    """A delay begins tomorrow at the earliest, and ends within the company's own limit."""

    code = "delay-too-long"
    message = _("请填明天起、公司规定天数以内的日期")


class NotOpen(CustodianError):
    """Only what was approved and not released can be released."""

    code = "delay-not-open"
    status = 409
    message = _("这项延后没有批准，或已经放行。请看最新的状态")


@dataclass(frozen=True)
class Scope:
    """One entry, or one person's looks from `since` until before `until`."""

    entry: int | None = None
    operator: User | None = None
    since: datetime | None = None
    until: datetime | None = None


def ask(scope: Scope, *, until: datetime, reason: str, actor: Actor) -> DelayedLook:
    """Ask that a look is shown later; nothing is kept back before somebody else has agreed.

    Raises `TooLong`, and `Refused` for whoever would keep back looks of his own.
    """
    _require_days(until)
    if actor.ref in _whose(scope):
        gate.refuse(actor, Action.LOOK_DELAY_ASK, because="about-you", channel=Channel.ADMIN)
    delay = DelayedLook(
        ref=uuid4(),
        entry=scope.entry,
        operator=scope.operator,
        looks_since=scope.since,
        looks_until=scope.until,
        until=until,
        asked_by_id=actors.person(actor),
        asked_at=clock.now(),
    )
    with transaction.atomic():
        delay.reason_sealed = _sealed(delay.ref, reason)
        payload = content(delay)
        gate.authorise(
            actor,
            Action.LOOK_DELAY_ASK,
            channel=Channel.ADMIN,
            facts={"delay": str(delay.ref), "digest": approvals.digest_of(KIND, payload)},
            reason=reason,
        )
        delay.approval = approvals.request(KIND, payload, actor=actor)
        delay.save()
    return delay


def release(delay: DelayedLook, *, actor: Actor) -> None:
    """Show it from now on; one person may, because it only ends what two had agreed on."""
    with transaction.atomic():
        facts = {"delay": str(delay.ref), "released": 1}
        gate.authorise(actor, Action.LOOK_DELAY_RELEASE, channel=Channel.ADMIN, facts=facts)
        try:
            DELAY.move(delay, "release", {"released_at": clock.now()})
        except IllegalMove:
            raise NotOpen from None
    delay.refresh_from_db()


def content(delay: DelayedLook) -> dict[str, Any]:
    """All that is approved; the reason by its hash, which the row's own key makes one of its own."""
    return {
        "ref": str(delay.ref),
        "entry": delay.entry,
        "operator": str(delay.operator.ref) if delay.operator else "",
        "since": _at(delay.looks_since),
        "looks-until": _at(delay.looks_until),
        "until": _at(delay.until),
        "reason": hashlib.sha256(bytes(delay.reason_sealed)).hexdigest(),
    }


def targets(payload: dict[str, Any]) -> frozenset[UUID]:
    """Whoever's looks are kept back decides nothing about it."""
    if payload["operator"]:
        return frozenset({UUID(payload["operator"])})
    return _made(payload["entry"])


def _whose(scope: Scope) -> frozenset[UUID]:
    if scope.operator is not None:
        return frozenset({scope.operator.ref})
    return _made(scope.entry)


def _made(entry: int | None) -> frozenset[UUID]:
    if entry is None:
        return frozenset()
    actor = Entry.objects.filter(id=entry).values_list("actor", flat=True).first()
    return frozenset({actor} if actor else ())


def reason_of(delay: DelayedLook) -> str:
    name = _name(delay.ref)
    key = keystore.of_named(name)
    plain: bytes = key.open(bytes(delay.reason_sealed), context=_context(key, name))
    return plain.decode()


def altered() -> Iterator[Approval]:
    """Approvals whose delay is not, or not any more, what was approved."""
    rows = DelayedLook.objects.select_related("approval", "operator").order_by("pk")
    for each in rows:
        same = each.approval.digest == approvals.digest_of(KIND, content(each))
        opened = each.status in {Status.OPEN, Status.RELEASED}
        agreed = opened == (each.approval.status == Approval.Status.APPROVED)
        if not (same and agreed and approvals.is_as_left(each.approval)):
            yield each.approval


def passed(raws: Sequence[Raw], delays: Sequence[DelayedLook] | None = None) -> Iterator[Raw]:
    """The entries without those that are kept back now; what was, bears a mark.

    `delays` are those that are `about` them and more, where somebody has read them already.
    """
    known = about(raws) if delays is None else delays
    now = clock.now()
    for raw in raws:
        its = [each for each in known if _covers(each, raw)]
        if any(each.status == Status.OPEN and each.until > now for each in its):
            continue
        yield replace(raw, late=True) if its else raw


def about(raws: Sequence[Raw]) -> list[DelayedLook]:
    """Delays, ended ones too, that keep back or kept back any of these."""
    if not raws:
        return []
    newest, oldest = max(each.at for each in raws), min(each.at for each in raws)
    people = {each.actor for each in raws if each.actor and not each.by_customer}
    rows = DelayedLook.objects.approved().filter(
        Q(entry__in=[each.index for each in raws])
        | Q(operator__ref__in=people, looks_since__lte=newest, looks_until__gt=oldest)
    )
    return list(rows.select_related("operator"))


def _covers(delay: DelayedLook, raw: Raw) -> bool:
    if delay.operator is None:
        return bool(delay.entry == raw.index)
    since, until = delay.looks_since, delay.looks_until
    if since is None or until is None:
        return False
    return raw.actor == delay.operator.ref and since <= raw.at < until


def longest() -> timedelta:
    """How long at most; the company's own choice, not law."""
    return timedelta(days=settings.CUSTODIAN_LOOK_DELAY_DAYS)


def _require_days(until: datetime) -> None:
    now = clock.now()
    if not now < until <= now + longest():
        raise TooLong


def _name(ref: UUID) -> str:
    return f"look-delay/{ref}"


def _context(key: keystore.DataKey, name: str) -> Any:
    return key.context(
        insurer=settings.CUSTODIAN_INSURER,
        holding=keystore.named_holding(name),
        element=_ELEMENT,
        version=1,
    )


def _sealed(ref: UUID, reason: str) -> bytes:
    name = _name(ref)
    key = keystore.of_named(name)
    return key.seal(reason.encode(), context=_context(key, name))


def _at(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""
