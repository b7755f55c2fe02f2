"""The desk's pages of what relatives ask: the list, and one with its papers and what may be done."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.actors import Actor
from custodian import elements
from custodian.errors import CustodianError
from records.desk_pages import CHANNEL, desk_page, frame
from records.models import Customer, RelativeAsk
from records.relatives import deciding, limits

HERE = "desk:requests"
SHOWN = 100


@require_safe
@desk_page()
def everything(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """Open ones first, oldest in front; no word of anybody stands in the list."""
    gate.permit(
        actor, Action.RELATIVE_LIST, purpose=deciding.purpose_of(actor), channel=CHANNEL
    ).spend()
    rows = RelativeAsk.objects.visible_to(actor)
    context = {
        "title": _("已故客户的亲属"),
        "open": list(rows.filter(closed_at=None)[:SHOWN]),
        "closed": list(rows.exclude(closed_at=None).order_by("-closed_at")[:SHOWN]),
        "here": HERE,
        **frame(actor),
    }
    return render(request, "desk/relatives.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=("act",))
def one(request: HttpRequest, *, ref: UUID, actor: Actor) -> HttpResponse:
    post = request.method == "POST"
    action = Action.RELATIVE_WORK if post else Action.RELATIVE_READ
    found = _find(ref, action=action, actor=actor)
    if not post:
        return _page(request, found, actor)
    try:
        _do(request, found, actor)
    except CustodianError as error:
        if error.status not in {409, 422}:
            raise
        messages.error(request, error.message)
    return redirect("desk:relative", ref=found.ref)


def _do(request: HttpRequest, found: RelativeAsk, actor: Actor) -> None:
    act = request.POST.get("act", "")
    if act == "file":
        made = deciding.take_into_file(found, channel=CHANNEL, actor=actor)
        messages.success(request, _("已归档 %(n)s 份材料。") % {"n": len(made)})
    elif act in RelativeAsk.Outcome.values:
        deciding.close(found, act, channel=CHANNEL, actor=actor)
        messages.success(request, _("已办结。告知申请人有了答复，不含任何内容。"))
    else:
        gate.refuse_unknown(
            actor, Action.RELATIVE_WORK, asked=act[:20], purpose=deciding.purpose_of(actor),
            channel=CHANNEL,
        )  # fmt: skip


def _page(request: HttpRequest, found: RelativeAsk, actor: Actor) -> HttpResponse:
    read = deciding.read(found, channel=CHANNEL, actor=actor)
    customer = Customer.objects.visible_to(actor).filter(pk=found.subject_id or 0).first()
    id_number = elements.get("identity.id_number")
    context = {
        "title": _("亲属申请"),
        "asked": found,
        "said": read.said,
        "entry": read.entry,
        "id_number": id_number.mask(read.said.id_number),
        "papers": [(each, read.names.get(each.number, "")) for each in found.papers.all()],
        "customer": customer,
        "to_file": found.papers.filter(document=None).exists(),
        "may_represent": gate.may(actor, Action.REPRESENTATIVE_PROPOSE),
        "kept": limits.NOBODY_KEPT.days,
        "here": HERE,
        **frame(actor),
    }
    return render(request, "desk/relative.html", context)


@require_safe
@desk_page()
def paper(request: HttpRequest, *, ref: UUID, number: int, actor: Actor) -> HttpResponse:
    found = _find(ref, action=Action.RELATIVE_READ, actor=actor)
    held = found.papers.filter(number=number).first()
    if held is None:
        gate.refuse_unknown(
            actor, Action.RELATIVE_READ, asked=f"{ref}/{number}",
            purpose=deciding.purpose_of(actor), channel=CHANNEL,
        )  # fmt: skip
    body = deciding.paper(held, channel=CHANNEL, actor=actor)
    response = HttpResponse(body, content_type=held.media_type)
    ending = "pdf" if held.media_type == "application/pdf" else "jpg"
    response.headers["Content-Disposition"] = f'inline; filename="relative-{number}.{ending}"'
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _find(ref: UUID, *, action: Action, actor: Actor) -> RelativeAsk:
    if not gate.may(actor, action):
        gate.refuse(actor, action, because="role-not-covered", channel=CHANNEL)
    found: RelativeAsk | None = RelativeAsk.objects.visible_to(actor).filter(ref=ref).first()
    if found is None:
        gate.refuse_unknown(
            actor, action, asked=str(ref), purpose=deciding.purpose_of(actor), channel=CHANNEL
        )
    return found
