"""The back office's page of a referral to the police: what is in the pack, and taking it out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, purpose_of
from incidents.case_forms import text_field
from incidents.case_frame import template
from incidents.models import Incident
from incidents.report_pages import READ, case_of, works
from incidents.reports import packs, referring
from transfers.admin_frame import done

REFER = Action.INCIDENT_REFER


class ReferralForm(forms.Form):
    use_required_attribute = False
    to = text_field(
        gettext_lazy("交给谁"),
        gettext_lazy("公安机关的名称和承办人；写入每件证据的保管链"),
        most=100,
    )
    note = text_field(
        gettext_lazy("凭什么文书"), gettext_lazy("例如：调取证据通知书的编号"), most=200
    )


@page("incident/<str:code>/referral/", name="incident_referral", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def referral(request: HttpRequest, code: str) -> HttpResponse:
    """A page to read for members; the pack itself leaves only by POST."""
    incident, actor = case_of(request, code), actor_of(request)
    posts, status = request.method == "POST", 200
    if posts and not gate.may(actor, REFER):
        enter(request, REFER)  # which refuses, and that is on record
    form = ReferralForm(request.POST if posts else None)
    if posts:
        status = 422
    if posts and form.is_valid():
        made: list[packs.Pack] = []
        terms = {**form.cleaned_data, "purpose": purpose_of(actor), "actor": actor}
        ok, status = done(form, lambda: made.append(referring.take(incident, **terms)), field="to")
        if ok:
            return _file(incident, made[0])
    enter(request, READ, row=incident.code)
    return template(request, "referral", _page(request, incident, form), status=status)


def _page(request: HttpRequest, incident: Incident, form: ReferralForm) -> dict[str, Any]:
    actor = actor_of(request)
    decided = referring.decision(incident)
    may = decided and works(incident, actor) and gate.may(actor, REFER)
    return {
        "title": _("移送公安"),
        "case": incident,
        "decided": decided,
        "pieces": incident.evidence.order_by("pk"),
        "takings": referring.takings(incident),
        "form": form if may else None,
    }


def _file(incident: Incident, pack: packs.Pack) -> HttpResponse:
    response = HttpResponse(pack.content, content_type="application/zip")
    name = f"{incident.code}-referral-{pack.sha256[:12]}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
