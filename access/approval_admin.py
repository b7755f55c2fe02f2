"""The back office's pages of approvals: what waits, what exactly it is, and the two seats."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from access import approvals, cases, gate, rules
from access.actions import Action
from access.admin_pages import (
    Headline,
    actor_of,
    enter,
    headlines,
    page,
    row_of,
)
from access.admin_scope import ScopedAdmin, drawn, link_to
from access.case_forms import NoteForm
from access.models import Approval

TONES = {"waiting": "warn", "approved": "ok", "returned": "danger"}


@admin.register(Approval)
class ApprovalAdmin(ScopedAdmin):
    read_action = Action.APPROVAL_READ
    newest_first = True
    shows = False
    columns = (
        *("ref", "kind", "status", "digest", "requested_at", "decided_at"),
        *("requested_by__name", "requested_by__staff_no"),
        *("decided_by__name", "decided_by__staff_no"),
    )
    list_select_related = ("requested_by", "decided_by")
    list_display = ("what", "requested_by", "requested_at", "state", "decided_by")
    list_filter = ("status",)
    change_list_template = "admin/approvals/list.html"
    lede = gettext_lazy("谁也不能复核自己提出的事项；批准的是内容本身，改动一字即作废")
    nothing = gettext_lazy("没有等待复核的事项。")

    def address(self, row: Any) -> str:
        return link_to("admin:approval", row.ref)

    @admin.display(description=gettext_lazy("事项"))
    def what(self, approval: Approval) -> str:
        return str(approvals.kind_of(approval).label)

    @admin.display(description=gettext_lazy("状态"))
    def state(self, approval: Approval) -> str:
        return drawn("tag", approval.get_status_display(), tone=TONES.get(approval.status, ""))


@page("approvals/<uuid:ref>/", name="approval", action=Action.APPROVAL_READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def approval_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    known = Approval.objects.visible_to(actor_of(request))
    rows = known.select_related("requested_by", "decided_by", "rule").filter(ref=ref)
    approval = row_of(request, Action.APPROVAL_READ, rows, asked=ref)
    if request.method == "POST":
        return _decide(request, approval)
    enter(request, Action.APPROVAL_READ, row=str(approval.ref))
    return _page(request, approval, NoteForm())


def _decide(request: HttpRequest, approval: Approval) -> HttpResponse:
    """Both ways need a fresh second factor, and name the content that was on the screen."""
    actor, seen = actor_of(request), request.POST.get("digest", "")
    if not actor.stepped_up:
        here = reverse("admin:approval", args=[approval.ref])
        return redirect(f"{reverse('step_up')}?next={here}")
    approves = request.POST.get("act") == "approve"
    form = NoteForm(None if approves else request.POST)
    if not approves and not form.is_valid():
        return _page(request, approval, form, status=422)
    try:
        started = False
        if approves:
            started = approvals.approve(approval, seen=seen, actor=actor)
        else:
            approvals.send_back(approval, seen=seen, note=form.cleaned_data["note"], actor=actor)
    except (approvals.ContentChanged, cases.NotOpen, rules.NotNewest) as error:
        approval.refresh_from_db()
        messages.error(request, str(error.message))
        return _page(request, approval, NoteForm(), status=error.status)
    messages.info(request, _decided(approves=approves, started=started))
    return redirect("admin:approval", approval.ref)


def _decided(*, approves: bool, started: bool) -> str:
    if not approves:
        return _("已退回。")
    return _("已批准并生效。") if started else _("已记下您的批准，还需另一人。")


def _page(
    request: HttpRequest, approval: Approval, form: NoteForm, *, status: int = 200
) -> HttpResponse:
    kind = approvals.kind_of(approval)
    context = {
        **admin.site.each_context(request),
        "title": kind.label,
        "approval": approval,
        "facts": kind.describe(approval.payload),
        "place": kind.place(approval.payload),
        "standing": approvals.standing(approval, actor_of(request)),
        "rule": approval.rule,
        "said": approval.decisions.select_related("decided_by"),
        "form": form,
        "state": approval.get_status_display(),
        "tone": TONES.get(approval.status, ""),
    }
    return render(request, "admin/approvals/approval.html", context, status=status)


def waiting(request: HttpRequest) -> Headline | None:
    """For the morning page: what this person can decide now."""
    actor = actor_of(request)
    if not gate.may(actor, Action.APPROVAL_READ):
        return None
    known = Approval.objects.visible_to(actor).waiting()
    open_ones = known.filter(rule__approvers__contains=[actor.role.value])
    count = sum(
        approvals.standing(each, actor).may for each in open_ones.select_related("rule")[:50]
    )
    if not count:
        return None
    words = ngettext("%(count)s 项等待您复核。", "%(count)s 项等待您复核。", count) % {
        "count": count
    }
    url = f"{reverse('admin:access_approval_changelist')}?status__exact=waiting"
    return Headline(25, words, _("申请人不能复核自己提出的事项。"), url, _("去复核"))


headlines.append(waiting)
