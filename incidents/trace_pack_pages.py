"""The back office's page of a trace's evidence pack: what is in it, who took one, and taking it out."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from incidents.case_forms import text_field
from incidents.models import LeakTrace
from incidents.reports.packs import Pack
from incidents.tracing import packing
from transfers.admin_frame import done

TRACE, TAKE = Action.LEAK_TRACE, Action.LEAK_TRACE_TAKE


class TakeForm(forms.Form):
    use_required_attribute = False
    to = text_field(
        gettext_lazy("交给谁"), gettext_lazy("公安机关、监管部门或董事会，以及凭什么文书"), most=100
    )


@page("leak-tracing/<uuid:ref>/pack/", name="leak_trace_pack", action=TRACE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def pack(request: HttpRequest, ref: UUID) -> HttpResponse:
    job: LeakTrace = row_of(request, TRACE, LeakTrace.objects.filter(ref=ref), asked=ref)
    actor, posts, status = actor_of(request), request.method == "POST", 200
    if posts and not gate.may(actor, TAKE):
        enter(request, TAKE)  # which refuses, and that is on record
    form = TakeForm(request.POST if posts else None)
    if posts:
        status = 422
    if posts and form.is_valid():
        made: list[Pack] = []
        to = form.cleaned_data["to"]
        ok, status = done(
            form, lambda: made.append(packing.take(job, to=to, actor=actor)), field="to"
        )
        if ok:
            return _file(job, made[0])
    enter(request, TRACE, row=job.code)
    context = {
        "title": _("取证材料"),
        "job": job,
        "form": form if job.answer and gate.may(actor, TAKE) else None,
        "takings": job.takings.select_related("by"),
    }
    return render(request, "admin/incidents/leak_trace_pack.html", context, status=status)


def _file(job: LeakTrace, made: Pack) -> HttpResponse:
    response = HttpResponse(made.content, content_type="application/zip")
    response["Content-Disposition"] = (
        f'attachment; filename="{job.code}-evidence-{made.sha256[:12]}.zip"'
    )
    return response
