"""The desk's papers of a claim: what comes over the counter is scanned in, and what came is looked at."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access.actions import Action
from access.actors import Actor
from access.gate import StepUpNeeded
from access.vocabulary import Purpose
from records import claim_paper_pages as pages
from records.desk_claims import claim_or_404, purpose_of
from records.desk_pages import CHANNEL, desk_page, frame
from records.evidence.upload import takes_evidence


@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(query=pages.QUERY, body=pages.BODY, files=("paper",))
def new(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """By whoever takes reports at the desk: a customer hands her papers in at any counter."""
    found = claim_or_404(ref, action=Action.CLAIM_FILE, actor=actor)
    form = pages.form_of(request, found)
    if why := pages.why_not(found, form.need):
        messages.info(request, why)
        return redirect("desk:claim", ref=found.ref)
    purpose = Purpose.CLAIM.value
    if form.is_bound and (
        said := pages.filed(found, form, channel=CHANNEL, purpose=purpose, actor=actor)
    ):
        messages.success(request, said)
        return redirect("desk:claim", ref=found.ref)
    context = {
        "title": _("上传材料"),
        "claim": found,
        "form": form,
        "need": form.need,
        **frame(actor),
    }
    return render(request, "desk/claim_paper.html", context, status=422 if form.errors else 200)


@require_safe
@desk_page()
def paper(request: HttpRequest, *, ref: str, number: int, actor: Actor) -> HttpResponseBase:
    """In clear, for the nearest of the person's purposes; a second factor is asked for first."""
    found = claim_or_404(ref, action=Action.DOCUMENT_READ, actor=actor)
    try:
        return pages.shown(found, number, purpose=purpose_of(actor), channel=CHANNEL, actor=actor)
    except StepUpNeeded:
        return redirect(f"{reverse('step_up')}?next={reverse('desk:claim', args=[found.ref])}")
