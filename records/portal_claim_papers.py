"""The portal's papers of a claim: one at a time, for what is missing or by itself, and her own again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access.actions import Action
from access.actors import Actor
from records import claim_paper_pages as pages
from records.evidence.upload import takes_evidence
from records.models import Claim, Customer
from records.portal_claims import HERE, claim_of, plain
from records.portal_pages import CHANNEL, PURPOSE, portal_page

WORDS = "claim.needed"


@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(query=pages.QUERY, body=pages.BODY, files=("paper",))
def new(request: HttpRequest, *, ref: str, actor: Actor, customer: Customer) -> HttpResponse:
    """Send one paper. What the notice said of it stands above, in clear: she needs it here."""
    found = claim_of(ref, action=Action.DOCUMENT_ADD, customer=customer, actor=actor)
    form = pages.form_of(request, found)
    if why := pages.why_not(found, form.need):
        messages.info(request, why)
        return redirect("portal:claim", ref=found.ref)
    if form.is_bound and (
        said := pages.filed(found, form, channel=CHANNEL, purpose=PURPOSE, actor=actor)
    ):
        messages.success(request, said)
        return redirect("portal:claim", ref=found.ref)
    kind = form.need.get_kind_display() if form.need else ""
    context = {
        "title": _("上传：%(paper)s") % {"paper": kind} if kind else _("再交一份材料"),
        "here": HERE,
        "claim": found,
        "form": form,
        "words": _words(found, actor) if form.need else [],
    }
    return render(request, "portal/claim_paper.html", context, status=422 if form.errors else 200)


def _words(found: Claim, actor: Actor) -> list[str]:
    """Her own look at the notice, on record like any other; none if there are no words."""
    if not found.needs.filter(needed_sealed__isnull=False).exists():
        return []
    return [each.text for each in plain(found, [WORDS], actor=actor) if each.element == WORDS]


@require_safe
@portal_page()
def paper(
    request: HttpRequest, *, ref: str, number: int, actor: Actor, customer: Customer
) -> HttpResponseBase:
    found = claim_of(ref, action=Action.DOCUMENT_READ, customer=customer, actor=actor)
    return pages.shown(found, number, purpose=PURPOSE, channel=CHANNEL, actor=actor)
