"""Examining a claim: taken by a handler, missing papers asked for once (保险法 art. 22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes, work_items
from access.actions import Action
from access.actors import Actor
from access.models import User, WorkItem
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from records.claim_handling import clocks, filing, holding, steps
from records.claim_handling.holding import Held
from records.claim_handling.lifecycle import OPEN, NotNow, move
from records.models import Claim, ClaimNeed, ClaimPaper, ClaimStep

Status = Claim.Status
Code = steps.Code
PURPOSE = "claim"


class AskedAlready(CustodianError):
    """The law lets an insurer ask for missing papers once."""

    code = "claim-papers-asked"
    status = 409
    message = _("材料只能一次性通知补充（保险法第二十二条）；这件赔案已经通知过")


class NotYourClaim(CustodianError):
    """Whoever handles the claim acts on it; another takes it over first."""

    code = "claim-not-yours"
    status = 409
    message = _("这件赔案由他人经办，接办之后才能办理")


@dataclass(frozen=True)
class Needed:
    """One paper that is missing, and what exactly, in words to the customer."""

    kind: str
    words: str = field(default="", repr=False)


def take(claim: Claim, *, channel: str, actor: Actor) -> None:
    """Become the handler; from a colleague it goes over, and then it is one's own word that explains it.

    Raises `NotNow` for a claim that is over, `TakenAlready` when somebody was first.
    """
    person = actors.person(actor)
    with transaction.atomic():
        held = locked(claim)
        if held.status not in OPEN or held.handler_id == person:
            raise NotNow
        _authorise(held, Action.CLAIM_HANDLE, "take", channel=channel, actor=actor)
        before = held.handler_id
        held.item = _item_for(held, before, channel=channel, actor=actor)
        held.handler_id = person
        Claim.objects.filter(pk=held.pk).update(handler_id=person, item=held.item)
        if held.status == Status.REPORTED:
            move(held, "examine")
            steps.note(held, Code.TAKEN, actor=actor)
        elif before is not None:
            steps.note(held, Code.HANDED_ON, actor=actor)
    claim.refresh_from_db()


def _item_for(claim: Claim, before: int | None, *, channel: str, actor: Actor) -> WorkItem:
    item = _item_of(claim)
    if item is None and before is None:
        item = filing.open_item(claim, channel=channel)
    if item is not None and item.closed_at is None and item.user_id is None:
        waiting = work_items.waiting(item.ref, channel=channel, actor=actor)
        work_items.take(waiting, channel=channel, actor=actor)
        return waiting
    end_item(claim, outcome=WorkItem.Outcome.WITHDRAWN, channel=channel)
    return work_items.open_item(
        claim.subject_id,
        kind=WorkItem.Kind.CLAIM,
        user=User.objects.get(pk=actors.person(actor)),
        due_at=clocks.next_due(claim),
        channel=channel,
        actor=actor,
    )


def _item_of(claim: Claim) -> WorkItem | None:
    """Whosever it is: a colleague's item is out of a person's reach, and says who has the claim."""
    with scopes.acting(actors.system(filing.SYSTEM)):
        return WorkItem.objects.filter(pk=claim.item_id or 0).first()


def end_item(claim: Claim, *, outcome: str, channel: str) -> None:
    """The work is over: closed by the system, because whoever ends the claim need not be its handler."""
    item = _item_of(claim)
    if item is not None and item.closed_at is None:
        system = actors.system(filing.SYSTEM)
        with scopes.acting(system):
            work_items.close(item, outcome=outcome, channel=channel, actor=system)


def ask_for(claim: Claim, needed: Sequence[Needed], *, channel: str, actor: Actor) -> None:
    """The one notice of what is missing; the time to decide stands still until it has come.

    Raises `AskedAlready`, `NotYourClaim`, `NotNow`, `Damaged`.
    """
    now = clock.now()
    with transaction.atomic():
        held = Held.lock(claim)
        row = held.claim
        require_handler(row, actor)
        if row.needs.exists():
            raise AskedAlready
        move(row, "ask")
        slots = range(1, len(needed) + 1)
        words = {
            holding.place("needed", at): each.words for at, each in zip(slots, needed, strict=True)
        }
        sealed = held.seal({at: text for at, text in words.items() if text}, source="desk")
        for slot, each in zip(slots, needed, strict=True):
            ClaimNeed.objects.create(
                claim=row, subject_id=row.subject_id, slot=slot, kind=each.kind, asked_at=now,
                **holding.columns(sealed, slot, "needed"),
            )  # fmt: skip
        _authorise(
            row, Action.CLAIM_HANDLE, "ask", channel=channel, actor=actor,
            facts={"needs": len(needed), **holding.facts(sealed)},
        )  # fmt: skip
        steps.note(row, Code.PAPERS_ASKED, at=now, actor=actor)
        clocks.keep(row)
    claim.refresh_from_db()


def receive(need: ClaimNeed, *, channel: str, actor: Actor) -> None:
    """Note that a paper has come; with the last one the time runs on."""
    _settle(need, "received_at", channel=channel, actor=actor)


def waive(need: ClaimNeed, *, channel: str, actor: Actor) -> None:
    """Do without a paper; with the last one the time runs on."""
    _settle(need, "waived_at", channel=channel, actor=actor)


def _settle(need: ClaimNeed, column: str, *, channel: str, actor: Actor) -> None:
    now = clock.now()
    with transaction.atomic():
        row = locked(need.claim)
        require_handler(row, actor)
        open_ones = ClaimNeed.objects.filter(pk=need.pk, received_at=None, waived_at=None)
        if not open_ones.update(**{column: now}):
            raise NotNow
        what = "receive" if column == "received_at" else "waive"
        _authorise(row, Action.CLAIM_HANDLE, what, channel=channel, actor=actor)
        if column == "received_at":
            steps.note(row, Code.PAPER_RECEIVED, at=now, actor=actor)
        go_on(row, at=now, actor=actor)


def go_on(claim: Claim, *, at: datetime, actor: Actor) -> None:
    """With the last paper that was asked for the time runs on; in the transaction that holds the claim."""
    missing = claim.needs.filter(received_at=None, waived_at=None).exists()
    if claim.status == Status.WAITING and not missing:
        move(claim, "resume")
        steps.note(claim, Code.PAPERS_COMPLETE, at=at, actor=actor)
    clocks.keep(claim)


def complete(claim: Claim, *, channel: str, actor: Actor) -> None:
    """Say that nothing is missing: it was all there when the last paper came. Raises `NotNow`."""
    with transaction.atomic():
        row = locked(claim)
        require_handler(row, actor)
        if row.status != Status.EXAMINING:
            raise NotNow
        _authorise(row, Action.CLAIM_HANDLE, "complete", channel=channel, actor=actor)
        steps.note(row, Code.PAPERS_COMPLETE, at=complete_since(row), actor=actor)
        clocks.keep(row)
    claim.refresh_from_db()


def complete_since(claim: Claim) -> datetime:
    """When the last paper came, or the claim itself; of an imported claim only that it is so now."""
    papers: Any = ClaimPaper.objects.filter(claim=claim).order_by("-added_at")
    last: datetime | None = papers.values_list("added_at", flat=True).first()
    filed = claim.filed_at or clock.now()
    return max(filed, last) if last else filed


def require_handler(claim: Claim, actor: Actor) -> None:
    if claim.handler_id != actors.person(actor):
        raise NotYourClaim


def says(claim: Claim, code: ClaimStep.Code) -> bool:
    return bool(ClaimStep.objects.filter(claim=claim, code=code).exists())


def locked(claim: Claim) -> Claim:
    rows = Claim.objects.select_for_update(no_key=True, of=("self",))
    row: Claim | None = rows.filter(pk=claim.pk).first()
    if row is None:
        raise NotVisible
    return row


def _authorise(
    claim: Claim, action: Action, what: str, *, channel: str, actor: Actor,
    facts: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    gate.authorise(
        actor,
        action,
        channel=channel,
        purpose=PURPOSE,
        subjects=gate.tagged(scopes.find([claim.subject_id])),
        facts={"claim": claim.ref, "did": what, **(facts or {})},
    )
