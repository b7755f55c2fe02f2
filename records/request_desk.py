"""The desk's pages of requests: the service desk's list, one of them, and what came by letter or phone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Purpose
from custodian.errors import CustodianError
from records import representatives, request_lists
from records.desk_pages import CHANNEL, customer_or_404, desk_page, frame
from records.models import CustomerRequest
from records.relatives import deciding
from records.request_forms import IntakeForm
from records.requests import detail, opening
from records.requests.detail import BODY, BadForm
from records.requests.opening import AlreadyOpen, Arrival

READ, LIST, OPEN = Action.REQUEST_READ, Action.REQUEST_LIST, Action.REQUEST_OPEN
INTAKE = (
    "kind", "came_by", "received_on", "asked_by", "representative", "proof", "purpose",
    "consents", "insurer", "text",
)  # fmt: skip


@require_safe
@desk_page(query=("show",))
def work(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    _may(actor, LIST)
    rows = CustomerRequest.objects.visible_to(actor).filter(office=CustomerRequest.Office.SERVICE)
    parts = request_lists.parts(rows, actor)
    part = request.GET.get("show", "open")
    part = part if part in parts else "open"
    found = list(
        request_lists.ordered(parts[part], part).select_related("clock", "handler")[
            : request_lists.SHOWN
        ]
    )
    shown, entry = request_lists.shown(
        found, purpose=Purpose.POLICY_SERVICE.value, channel=CHANNEL, actor=actor
    )
    context = {
        "title": pgettext("列表", "客户申请"),
        "part": part,
        "parts": [(name, label, parts[name].count()) for name, label in request_lists.PARTS],
        "rows": shown,
        "late": sum(each.late for each in shown),
        "more": len(found) == request_lists.SHOWN,
        "entry": entry,
        "relatives": deciding.waiting(actor=actor),
        **frame(actor),
    }
    return render(request, "desk/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=BODY)
def one(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    action = Action.REQUEST_HANDLE if request.method == "POST" else READ
    _may(actor, action)
    found = detail.row(ref, action=action, channel=CHANNEL, actor=actor)
    if request.method != "POST":
        return _page(request, found, actor)
    try:
        messages.success(request, detail.act(found, request.POST, channel=CHANNEL, actor=actor))
    except BadForm as bad:
        return _page(request, found, actor, wrong=bad.forms, status=422)
    except CustodianError as error:
        if error.status not in {409, 422}:
            raise
        messages.error(request, error.message)
    return redirect("desk:request", ref=found.ref)


def _page(
    request: HttpRequest,
    found: CustomerRequest,
    actor: Actor,
    *,
    wrong: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    page = detail.page(found, channel=CHANNEL, actor=actor, wrong=wrong)
    context = {
        "title": found.get_kind_display(),
        "page": page,
        "asked": found,
        "here": "desk:requests",
        **frame(actor),
    }
    return render(request, "desk/request.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=INTAKE)
def intake(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """What came by letter, telephone or at the counter; until it is proven who asks, nothing is told."""
    _may(actor, OPEN)
    customer = customer_or_404(ref, action=OPEN, actor=actor)
    form = IntakeForm(
        request.POST if request.method == "POST" else None,
        acting=representatives.registered(customer, actor=actor),
    )
    if not form.is_bound or not form.is_valid():
        context = {
            "title": _("登记客户申请"),
            "form": form,
            "ref": customer.ref,
            "here": "desk:requests",
            **frame(actor),
        }
        status = 422 if form.is_bound else 200
        return render(request, "desk/request_new.html", context, status=status)
    said, acting = form.cleaned_data, form.asker
    try:
        opened = opening.open_request(
            customer.pk,
            kind=said["kind"],
            text=said["text"],
            about=form.about,
            insurer=said["insurer"],
            details=form.details,
            arrival=Arrival(
                came_by=said["came_by"], asked_by=said["asked_by"], proof=said["proof"],
                received_at=said["received_on"], capacity=acting.kind if acting else "",
                asker=acting.representative_id if acting else None,
            ),
            channel=CHANNEL,
            actor=actor,
        )  # fmt: skip
    except AlreadyOpen as same:
        messages.warning(request, _("同样的申请还在办理，没有再开一项。请在这里补充。"))
        return redirect("desk:request", ref=same.request.ref)
    messages.success(request, _("已登记，编号 %(ref)s。") % {"ref": opened.ref})
    return redirect("desk:request", ref=opened.ref)


def _may(actor: Actor, action: Action) -> None:
    """Whoever may not at all is told so, before he learns what exists."""
    if not gate.may(actor, action):
        gate.permit(actor, action, purpose="", channel=CHANNEL)
