"""The desk's work: one's own open items and what waits for the unit, what is late first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access import gate, work_items
from access.actions import Action
from access.actors import Actor
from access.models import Grant, Subject, User, WorkItem
from access.vocabulary import Purpose
from access.work_items import TakenAlready
from custodian import clock
from custodian.elements import Masked
from records import purposes, vault
from records.catalogue import NAME
from records.desk_forms import WorkForm
from records.desk_pages import CHANNEL, customer_or_404, desk_page, frame
from records.models import Customer

SHOWN = 50
SOON = timedelta(days=1)


@dataclass
class Row:
    """An item as the list shows it; without a customer if she is out of the person's reach."""

    item: WorkItem
    customer: Any = None
    name: Masked | None = None
    purpose: str = ""  # under which its customer is opened
    tone: str = ""
    asked: bool = False  # for a grant that waits for approval

    @property
    def destroyed(self) -> bool:
        return self.customer is not None and self.customer.status == Subject.Status.DESTROYED


@require_safe
@desk_page()
def work(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    if not gate.may(actor, Action.WORK_ITEM_READ):
        gate.permit(actor, Action.WORK_ITEM_READ, purpose="", channel=CHANNEL)
    own = _first(WorkItem.objects.open().filter(user_id=actor.id or 0))
    waiting = _first(WorkItem.objects.waiting_for(actor).select_related("unit"))
    offered = purposes.offered(actor, channel=CHANNEL)
    purpose = work_items.purpose_of_all([each.kind for each in (*own, *waiting)], offered)
    rows, entry = _shown([*own, *waiting], offered, purpose, actor)
    context = {
        "title": _("待办"),
        "own": rows[: len(own)],
        "waiting": rows[len(own) :],
        "late": sum(row.tone == "danger" for row in rows[: len(own)]),
        "more": max(len(own), len(waiting)) == SHOWN,
        "entry": entry,
        "purpose": purposes.label(purpose) if purpose else "",
        "outcomes": WorkItem.Outcome.choices,
        **frame(actor),
    }
    return render(request, "desk/work.html", context)


def _first(items: Any) -> list[WorkItem]:
    """What is due first, and of what has no term the oldest."""
    return list(items.order_by(F("due_at").asc(nulls_last=True), "opened_at", "pk")[:SHOWN])


def _shown(
    items: Sequence[WorkItem], offered: Sequence[Purpose], purpose: str, actor: Actor
) -> tuple[list[Row], int]:
    """One permit and one entry for the names of all customers on the page, and no more than names."""
    subjects = {each.subject_id for each in items}
    found = Customer.objects.visible_to(actor).filter(pk__in=subjects)
    customers = {each.pk: each for each in found.annotate(status=F("subject__status"))}
    living = [pk for pk, each in customers.items() if each.status != Subject.Status.DESTROYED]
    names, entry = _names(living, purpose, actor)
    asked = _asked([each.pk for each in items if each.subject_id not in customers])
    rows = [
        Row(
            each,
            customers.get(each.subject_id),
            names.get(each.subject_id),
            work_items.purpose_for(each.kind, offered),
            _tone(each),
            each.pk in asked,
        )
        for each in items
    ]
    return rows, entry


def _asked(far: Sequence[int]) -> set[int]:
    """Those of the items whose customer somebody is about to lend."""
    if not far:
        return set()
    waiting = Grant.objects.filter(item__in=far, status=Grant.Status.WAITING)
    return set(waiting.values_list("item_id", flat=True))


def _names(subjects: Sequence[int], purpose: str, actor: Actor) -> tuple[dict[int, Masked], int]:
    codes: Iterable[str] = (NAME.code,) if subjects else ()
    permit = gate.permit(
        actor,
        Action.WORK_ITEM_READ,
        purpose=purpose,
        channel=CHANNEL,
        subjects=subjects,
        elements=list(codes),
        masked=True,
    )
    return {each.subject: each.masked for each in vault.listed(permit, marking=True)}, permit.entry


def _tone(item: WorkItem) -> str:
    now = clock.now()
    if item.due_at is None or item.due_at > now + SOON:
        return ""
    return "danger" if item.due_at < now else "warn"


@require_POST
@desk_page()
def take(request: HttpRequest, *, ref: UUID, actor: Actor) -> HttpResponse:
    _may(actor, Action.WORK_ITEM_TAKE)
    item = work_items.waiting(ref, channel=CHANNEL, actor=actor)
    try:
        work_items.take(item, channel=CHANNEL, actor=actor)
    except TakenAlready as late:
        messages.warning(request, late.message)
    else:
        messages.success(request, _("已由您接办，列在“我的事项”里。"))
    return redirect("desk:work")


@require_POST
@desk_page(body=("outcome",))
def close(request: HttpRequest, *, ref: UUID, actor: Actor) -> HttpResponse:
    _may(actor, Action.WORK_ITEM_CLOSE)
    item = work_items.closable(ref, channel=CHANNEL, actor=actor)
    outcome = request.POST.get("outcome", "")
    if outcome not in WorkItem.Outcome:
        messages.warning(request, _("请选择结果：已办结或已撤销。"))
    elif item.closed_at is not None:
        messages.warning(request, _("这一项先前已经办结，没有改动。"))
    else:
        work_items.close(item, outcome=outcome, channel=CHANNEL, actor=actor)
        messages.success(
            request, _("已记为%(outcome)s。") % {"outcome": item.get_outcome_display()}
        )
    return redirect("desk:work")


@require_POST
@desk_page(body=("kind", "due"))
def open_for(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """Open an item for oneself, from the customer's page."""
    _may(actor, Action.WORK_ITEM_OPEN)
    customer = customer_or_404(ref, action=Action.WORK_ITEM_OPEN, actor=actor)
    form = WorkForm(request.POST)
    if not form.is_valid():
        context = {"title": _("登记事项"), "ref": customer.ref, "form": form, **frame(actor)}
        return render(request, "desk/work_form.html", context, status=422)
    item = work_items.open_item(
        customer.pk,
        kind=form.cleaned_data["kind"],
        due_at=form.cleaned_data["due"],
        user=User.objects.get(pk=actor.id or 0),
        channel=CHANNEL,
        actor=actor,
    )
    said = {"kind": item.get_kind_display()}
    messages.success(request, _("已登记：%(kind)s。列在“待办”里。") % said)
    return redirect("desk:customer", ref=customer.ref)


def _may(actor: Actor, action: Action) -> None:
    """Whoever may not at all is told so, before he learns what exists."""
    if not gate.may(actor, action):
        gate.permit(actor, action, purpose="", channel=CHANNEL)
