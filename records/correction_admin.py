"""The back office's pages of corrections: what runs and is late, and one with both sides and its approval."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import CHANNEL, Headline, actor_of, enter, headlines, page, purpose_of
from records import correction_pages as pages
from records import purposes
from records.correction_forms import RefuseForm
from records.corrections import handling, looking, worklist
from records.models import Correction

READ, CHECK = Action.CORRECTION_READ, Action.CORRECTION_CHECK
LIST, PAGE = "admin:records_correction_changelist", "admin:records_correction"


@page("corrections/", name="records_correction_changelist", action=READ)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    parts = worklist.parts(actor)
    part = worklist.chosen(parts, request.GET.get("show", ""))
    context = {
        **admin.site.each_context(request),
        "title": _("更正"),
        "part": part,
        "parts": parts,
        "rows": worklist.rows(part, actor=actor),
    }
    return render(request, "admin/corrections/list.html", context)


@page("corrections/<str:ref>/", name="records_correction", action=READ, logs_itself=True)
@require_safe
def correction(request: HttpRequest, ref: str) -> HttpResponse:
    return _page(request, _of(request, ref))


@page(
    "corrections/<str:ref>/reveal/", name="records_correction_reveal", action=READ, logs_itself=True
)
@require_POST
def reveal(request: HttpRequest, ref: str) -> HttpResponseBase:
    """Both sides in clear for whoever decides, recorded first."""
    found = _of(request, ref)
    how = _how(request)
    return pages.stepped(
        request,
        lambda: _page(request, found, look=looking.revealed(found, **how), lit=True),
        back=PAGE,
        ref=found.ref,
    )


@page(
    "corrections/<str:ref>/papers/<int:number>/", name="records_correction_paper", action=READ,
    logs_itself=True,
)  # fmt: skip
@require_safe
def paper(request: HttpRequest, ref: str, number: int) -> HttpResponseBase:
    found = _of(request, ref)
    return pages.stepped(
        request, lambda: pages.paper(found, number, **_how(request)), back=PAGE, ref=found.ref
    )


@page("corrections/<str:ref>/act/", name="records_correction_act", action=CHECK, logs_itself=True)
@require_POST
def act(request: HttpRequest, ref: str) -> HttpResponse:
    """An officer may take one as well; bank accounts are checked by nobody else."""
    found = _of(request, ref)
    actor = actor_of(request)
    pages.require(actor, CHECK, channel=CHANNEL)
    pages.act(request, found, request.POST.get("act", ""), **_how(request))
    return redirect(PAGE, found.ref)


@page(
    "corrections/<str:ref>/refuse/", name="records_correction_refuse", action=CHECK,
    logs_itself=True,
)  # fmt: skip
@require_POST
def refuse(request: HttpRequest, ref: str) -> HttpResponse:
    found = _of(request, ref)
    actor = actor_of(request)
    pages.require(actor, CHECK, channel=CHANNEL)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, refuse_form=form, status=422)
    said = form.cleaned_data
    handling.refuse(
        found, because=said["because"], words=said["words"], channel=CHANNEL, actor=actor
    )
    messages.info(request, _("已记为不予更正，客户能看到理由和救济途径。"))
    return redirect(PAGE, found.ref)


def _of(request: HttpRequest, ref: str) -> Correction:
    """Whoever may not read any is refused, and so is one that is not there; each with its entry."""
    actor = actor_of(request)
    if not gate.may(actor, READ):
        enter(request, READ)
    return pages.readable(ref, channel=CHANNEL, purpose=purpose_of(actor), actor=actor)


def _how(request: HttpRequest) -> dict[str, Any]:
    actor = actor_of(request)
    return {"purpose": purpose_of(actor), "channel": CHANNEL, "actor": actor}


def _page(
    request: HttpRequest,
    found: Correction,
    *,
    look: looking.Look | None = None,
    lit: bool = False,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    actor = actor_of(request)
    context = {
        **admin.site.each_context(request),
        **pages.detail(
            found, actor=actor, look=look or looking.masked(found, **_how(request)), lit=lit,
            forms=forms,
        ),
        "purpose_label": purposes.label(purpose_of(actor)),
        "hide_url": reverse(PAGE, args=[found.ref]),
        "marked": True,
    }  # fmt: skip
    return render(request, "admin/corrections/detail.html", context, status=status)


def late(request: HttpRequest) -> Headline | None:
    """For the morning page: what is over its time."""
    actor = actor_of(request)
    count = worklist.late() if gate.may(actor, READ) else 0
    if not count:
        return None
    words = ngettext("%(count)s 件更正已逾期。", "%(count)s 件更正已逾期。", count)
    return Headline(
        15,
        words % {"count": count},
        gettext_lazy("法定或公司时限已过，须尽快办结并写明原因。"),
        reverse(LIST),
        _("去办理"),
    )


def waiting(request: HttpRequest) -> int:
    """How many wait to be taken; for the navigation."""
    actor = actor_of(request)
    if not gate.may(actor, CHECK):
        return 0
    return worklist.of(worklist.WAITING, actor=actor).count()


headlines.append(late)
