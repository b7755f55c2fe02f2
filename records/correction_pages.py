"""What the pages of a correction have in common at the desk and in the back office."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.gate import StepUpNeeded
from custodian.errors import CustodianError
from records import document_pages, purposes, recipients, references, representatives
from records.correction_forms import (
    BranchForm,
    PaperForm,
    RefuseForm,
    name_of,
)
from records.corrections import (
    clocks,
    drafting,
    groups,
    handling,
    looking,
    on_file,
    people,
    words,
)
from records.corrections.errors import NotNow
from records.corrections.groups import GROUPS
from records.models import Account, Correction, Customer

VALUES: Final = tuple(sorted({name_of(code) for code in groups.ELEMENTS}))
Status = Correction.Status
title = words.title


def require(actor: Actor, action: Action, *, channel: str) -> None:
    """Whoever may not at all is told so, and that is on record."""
    if not gate.may(actor, action):
        gate.permit(actor, action, purpose="", channel=channel)


def readable(ref: str, *, channel: str, purpose: str, actor: Actor) -> Correction:
    """One that was handed in, for whoever reaches the customer, or the person's own draft; else absent."""
    found = _find(ref, actor)
    if found is None or not (found.submitted_at or _own(found, actor)):
        gate.refuse_unknown(
            actor, Action.CORRECTION_READ, asked=ref[:40], purpose=purpose, channel=channel
        )
    return found


def draft(ref: str, *, channel: str, purpose: str, actor: Actor) -> Correction:
    """The person's own, while it is one."""
    found = readable(ref, channel=channel, purpose=purpose, actor=actor)
    if not _own(found, actor):
        gate.refuse_unknown(
            actor, Action.CORRECTION_RAISE, asked=ref[:40], purpose=purpose, channel=channel
        )
    if found.status != Status.DRAFT:
        raise NotNow
    return found


def _find(ref: str, actor: Actor) -> Correction | None:
    known = references.read(ref, kind="a")
    rows = Correction.objects.visible_to(actor).select_related(
        "raised_by", "handler", "approval", "subject"
    )
    found: Correction | None = rows.filter(ref=known).first() if known else None
    return found


def _own(correction: Correction, actor: Actor) -> bool:
    if actor.subjects:
        return correction.by_customer and correction.subject_id in actor.subjects
    return actor.id is not None and correction.raised_by_id == actor.id


def slots_of(subject: int) -> list[int]:
    """The accounts on file by their numbers."""
    rows = Account.objects.filter(subject_id=subject, until=None).order_by("slot")
    return list(rows.values_list("slot", flat=True))


def slot_number(subject: int, chosen: str) -> int:
    """As the form said it: nothing, the number of one on file, or a new one."""
    if not chosen:
        return 0
    return int(chosen) if chosen.isdigit() else on_file.next_slot(subject)


def is_new(correction: Correction) -> bool:
    """Whether it adds an account."""
    return correction.slot > 0 and correction.slot not in slots_of(correction.subject_id)


def has_values(correction: Correction) -> bool:
    return correction.items.exists()


def customer_ref(correction: Correction) -> str:
    refs = Customer.objects.filter(pk=correction.subject_id).values_list("ref", flat=True)
    return str(refs.first() or "")


def said(error: CustodianError) -> str:
    return str(error.message)


def stepped(
    request: HttpRequest, show: Callable[[], HttpResponseBase], *, back: str, ref: str
) -> HttpResponseBase:
    """What needs a fresh second factor leads there first, and back to the correction."""
    try:
        return show()
    except StepUpNeeded:
        return redirect(f"{reverse('step_up')}?next={reverse(back, args=[ref])}")


def paper(
    correction: Correction, number: int, *, purpose: str, channel: str, actor: Actor
) -> HttpResponseBase:
    """One document, looked at through the same door as everything else."""
    return document_pages.numbered(
        looking.papers(correction), number, of=correction.ref, purpose=purpose, channel=channel,
        actor=actor,
    )  # fmt: skip


def act(
    request: HttpRequest,
    correction: Correction,
    name: str,
    *,
    channel: str,
    purpose: str,
    actor: Actor,
) -> None:
    """One of the moves that need no form."""
    if name == "take":
        handling.take(correction, channel=channel, actor=actor)
        messages.success(request, _("由您核对，列在“我在核对”里。"))
    elif name == "hand-back":
        handling.hand_back(correction, channel=channel, actor=actor)
        messages.info(request, _("已退回，等另一人核对。"))
    elif name == "pass":
        handling.pass_on(correction, channel=channel, actor=actor)
        messages.success(request, _("已通过核对。"))
    elif name == "withdraw":
        drafting.withdraw(correction, channel=channel, purpose=purpose, actor=actor)
        messages.info(request, _("已撤回，资料没有改动。"))
    else:
        raise NotNow


def detail(
    correction: Correction,
    *,
    actor: Actor,
    look: looking.Look,
    lit: bool,
    forms: Mapping[str, Any],
) -> dict[str, Any]:
    """Everything that the page of one correction shows to the staff."""
    group = GROUPS[correction.group]
    stand = _Stand(correction, actor)
    return {
        "title": words.title(correction),
        "correction": correction,
        "group": group,
        "state": words.state(correction),
        "tone": words.tone(correction),
        "ref": customer_ref(correction),
        "look": look,
        "lit": lit,
        "seconds": settings.CUSTODIAN_LAMP_SECONDS,
        "purpose_label": purposes.label("policy_service"),
        "papers": looking.papers(correction),
        "steps": words.steps(correction),
        "partners": recipients.told(correction),
        "confirmations": words.confirmations(correction),
        "needed": words.still_needed(correction),
        "clocks": clocks.faces(correction),
        "remedy": words.REMEDY,
        "stand": stand,
        "acting": _acting(correction, actor),
        "approval": correction.approval,
        "standing": approvals.standing(correction.approval, actor) if correction.approval else None,
        "refuse_form": RefuseForm(),
        "branch_form": BranchForm(),
        "letter_form": PaperForm(needed=True, label=_("函件扫描件")),
        **forms,
    }


def _acting(correction: Correction, actor: Actor) -> representatives.Acting | None:
    """Who raised it in her place, if neither she nor one of the staff did."""
    if correction.raised_by_id is not None or correction.capacity in {"", "self"}:
        return None
    return representatives.acting(correction.capacity, correction.asker_id, actor=actor)


class _Stand:
    """What this person may do with it now, and what stands in the way."""

    def __init__(self, correction: Correction, actor: Actor) -> None:
        near = people.is_near(correction, actor.id)
        vouched = actor.id in people.vouched(correction)
        handles = gate.may(actor, Action.CORRECTION_CHECK)
        status = correction.status
        own = correction.handler_id is not None and correction.handler_id == actor.id
        self.near = near and (handles or gate.may(actor, Action.CORRECTION_CONFIRM))
        self.vouched = vouched and handles
        self.takes = handles and not near and not vouched and status == Status.SUBMITTED
        self.passes = own and not near and status == Status.CHECKING
        self.hands_back = own and status in handling.MOVABLE
        self.refuses = own and status in {*handling.MOVABLE, Status.APPROVING}
        self.withdraws = drafting.may_withdraw(correction, actor) and correction.is_open
        self.confirms = (
            GROUPS[correction.group].two_ways
            and gate.may(actor, Action.CORRECTION_CONFIRM)
            and not near
            and not own
            and status in {Status.SUBMITTED, Status.CHECKING, Status.CONFIRMING}
        )
