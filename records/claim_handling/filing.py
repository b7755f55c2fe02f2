"""Filing a claim: for oneself in the portal, or for a customer at the desk; from here on the clocks run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access import actors, scopes, work_items
from access.actions import Action
from access.actors import Actor
from access.models import Subject, Unit, User, WorkItem
from access.vocabulary import Role
from custodian import clock
from custodian.errors import CustodianError
from records import claims
from records.claim_handling import clocks, steps
from records.claims import NewClaim
from records.events import claim_filed
from records.models import Claim, Policy, PolicyRole

SYSTEM = "claims"
VALUES = ("claim.description", "claim.diagnosis")


class NotInsured(CustodianError):
    """She is not the insured of that contract, or it is not there for whoever asks."""

    code = "claim-not-insured"
    status = 422
    message = _("请选择一份以出险人为被保险人的保单")


class BadDay(CustodianError):
    """It happened after today, or before the contract began."""

    code = "claim-bad-day"
    status = 422
    message = _("出险日须在保单生效日至今天之间，请核对")


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is told of a loss. `values` are texts by element, of `VALUES`."""

    policy: Policy
    kind: str
    occurred_on: date | None
    channel: str  # of Claim.Channel
    values: Mapping[str, str] = field(repr=False)


def policies(subject: int, *, actor: Actor) -> QuerySet[Any]:
    """The contracts under which a claim about this customer can be filed."""
    roles = PolicyRole.objects.visible_to(actor).filter(
        subject_id=subject, role=PolicyRole.Role.INSURED
    )
    found: QuerySet[Any] = Policy.objects.visible_to(actor).filter(pk__in=roles.values("policy_id"))
    return found.select_related("product").order_by("-pk")


def file(subject: int, report: Report, *, channel: str, actor: Actor) -> Claim:
    """Write the claim, its first step and clock, and the work for whoever takes it.

    Raises `NotInsured`, `BadDay`, `Refused`. `channel` is the surface's, `report.channel` the customer's.
    """
    _require(subject, report, actor=actor)
    now = clock.now()
    with transaction.atomic():
        (claim,) = claims.register(
            [
                NewClaim(
                    source_key=uuid4().hex,
                    policy_id=report.policy.pk,
                    subject=subject,
                    values={code: text for code, text in report.values.items() if code in VALUES},
                    kind=report.kind,
                    reported_on=clock.local(now).date(),
                    origin=("claim", clock.local(now).date().isoformat()),
                )
            ],
            book=report.policy.book,
            channel=channel,
            actor=actor,
            action=Action.CLAIM_FILE,
        )
        claim.filed_at, claim.occurred_on = now, report.occurred_on
        claim.filed_by_id, claim.channel = actor.id, report.channel
        steps.note(claim, steps.Code.REPORTED, at=now, actor=actor)
        clocks.keep(claim)
        claim.item = open_item(claim, channel=channel)
        claim.save(update_fields=["filed_at", "filed_by", "occurred_on", "channel", "item"])
        claim_filed.send(sender=Claim, claim=claim.pk)
    return claim


def open_item(claim: Claim, *, channel: str) -> WorkItem:
    """The work of the claim, for whoever of the unit that handles such claims takes it."""
    actor = actors.system(SYSTEM)
    with scopes.acting(actor):
        subject = Subject.objects.select_related("unit").get(pk=claim.subject_id)
        return work_items.open_item(
            claim.subject_id,
            kind=WorkItem.Kind.CLAIM,
            unit=handling_unit(subject.unit),
            due_at=clocks.next_due(claim),
            channel=channel,
            actor=actor,
        )


def handling_unit(unit: Unit) -> Unit:
    """The nearest unit, from the customer's own upwards, in which claims are handled; else the topmost."""
    above = list(Unit.objects.over(unit.code).order_by("-path"))
    handlers = User.objects.filter(role=Role.CLAIMS_HANDLER, is_active=True)
    staffed = set(handlers.filter(unit__in=above).values_list("unit_id", flat=True))
    return next((each for each in above if each.pk in staffed), above[-1])


def _require(subject: int, report: Report, *, actor: Actor) -> None:
    if not policies(subject, actor=actor).filter(pk=report.policy.pk).exists():
        raise NotInsured
    day, starts = report.occurred_on, report.policy.starts_on
    if day is None:
        return
    if day > clock.local().date() or (starts is not None and day < starts):
        raise BadDay
