"""Opening a campaign: an officer proposes, another one approves, and with that it begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access import actors, approvals, gate
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, Campaign, HeldRight, Unit
from access.recertification import progress, scope
from access.vocabulary import Channel, Role
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import Workflow

KIND = "recertification"
# The company's own habit, not law.
MONTHS = 6
DAYS = 14
SHORTEST, LONGEST = timedelta(days=1), timedelta(days=92)
BATCH = 1000
Status = Campaign.Status
CAMPAIGN = Workflow(
    {
        "open": (frozenset({Status.WAITING.value}), Status.OPEN.value),
        "return": (frozenset({Status.WAITING.value}), Status.RETURNED.value),
        "close": (frozenset({Status.OPEN.value}), Status.CLOSED.value),
    }
)


class BadDate(CustodianError):
    """A campaign ends on a day to come, within three months."""

    code = "campaign-date"
    message = _("请填明天起三个月以内的日期")


class NobodyMeant(CustodianError):
    """Nobody in office is of these roles in this unit."""

    code = "campaign-of-nobody"
    message = _("所选机构和岗位里没有在岗的人")


def end_of(day: date) -> datetime:
    """The moment at which the office's day is over."""
    return datetime.combine(day + timedelta(days=1), time(), clock.OFFICE)


def propose(
    name: str,
    *,
    unit: Unit | None,
    roles: Sequence[str],
    due_at: datetime,
    repeat_months: int | None,
    actor: Actor,
) -> Campaign:
    """Put a campaign up for approval; raises `BadDate`, `NobodyMeant`."""
    now = clock.now()
    if not now + SHORTEST <= due_at <= now + LONGEST:
        raise BadDate
    if not scope.people_of(unit, roles).exists():
        raise NobodyMeant
    campaign = Campaign(
        name=name,
        unit=unit,
        roles=sorted(set(roles)),
        due_at=due_at,
        repeat_months=repeat_months,
        opened_by_id=actors.person(actor),
        opened_at=now,
    )
    payload = content(campaign)
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.RECERTIFICATION_OPEN,
            channel=Channel.ADMIN,
            facts={"campaign": payload["campaign"], "digest": approvals.digest_of(KIND, payload)},
        )
        campaign.approval = approvals.request(KIND, payload, actor=actor)
        campaign.save()
    return campaign


def content(campaign: Campaign) -> dict[str, Any]:
    """All that is approved."""
    return {
        "campaign": str(campaign.ref),
        "name": campaign.name,
        "unit": campaign.unit.code if campaign.unit else "",
        "roles": list(campaign.roles),
        "due": campaign.due_at.astimezone(UTC).isoformat(),
        "repeat": campaign.repeat_months,
    }


def altered() -> Iterator[Campaign]:
    """Running campaigns that cover somebody else, or end at another time, than was approved."""
    for campaign in Campaign.objects.open().select_related("unit", "approval"):
        if not is_as_approved(campaign):
            yield campaign


def is_as_approved(campaign: Campaign) -> bool:
    approval = campaign.approval
    same = approval.digest == approvals.digest_of(KIND, content(campaign))
    return same and approval.status == Approval.Status.APPROVED and approvals.is_as_left(approval)


class _Kind:
    action = Action.RECERTIFICATION_APPROVE
    label = _("权限复核")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:recertification", args=[payload["campaign"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """It is about everybody alike, the two who open it among them."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        unit = Unit.objects.filter(code=payload["unit"]).first()
        found = scope.preview(unit, payload["roles"])
        due = clock.local(datetime.fromisoformat(payload["due"]))
        counts = _("此刻 %(people)s 人、%(rights)s 项权限，其中 %(pool)s 人没有上级，由合规官复核")
        numbers = {
            "people": f"{found.people:,}",
            "rights": f"{found.rights:,}",
            "pool": f"{found.without_reviewer:,}",
        }
        return [
            (_("名称"), [payload["name"]]),
            (_("机构"), [unit or _("全部机构")]),
            (_("岗位"), roles_in_words(payload["roles"])),
            (_("涉及"), [counts % numbers]),
            (_("截止"), [f"{due:%Y-%m-%d %H:%M}"]),
            (_("重复"), [_repeats(payload["repeat"])]),
            (_("后果"), [_("批准即开始；到截止时没有确认的权限自动取消，岗位被取消的人停用")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        campaign = (
            Campaign.objects.select_for_update(of=("self",))
            .select_related("unit")
            .get(approval=approval)
        )
        if content(campaign) != approval.payload or campaign.due_at <= clock.now():
            raise ContentChanged
        CAMPAIGN.move(campaign, "open", {"started_at": clock.now()})
        HeldRight.objects.bulk_create(scope.rows_of(campaign), batch_size=BATCH)
        transaction.on_commit(progress.forget)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        CAMPAIGN.move(Campaign.objects.get(approval=approval), "return")


def _repeats(months: int | None) -> Any:
    if months is None:
        return _("不重复")
    return ngettext("每 %(n)s 个月", "每 %(n)s 个月", months) % {"n": months}


def roles_in_words(roles: Sequence[str]) -> list[Any]:
    return [Role(each).label for each in roles] or [_("全部岗位")]


approvals.register(KIND, _Kind())
