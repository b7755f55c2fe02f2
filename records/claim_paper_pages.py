"""What the pages of a claim's papers have in common in the portal and at the desk."""

from __future__ import annotations

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext as _

from access.actors import Actor
from custodian.errors import CustodianError, NotVisible
from records import document_pages
from records.claim_handling import papers
from records.claim_paper_forms import ClaimPaperForm
from records.desk_pages import UnknownParameter
from records.models import Claim, ClaimNeed

QUERY = ("need",)
BODY = ("need", "kind_of")


def form_of(request: HttpRequest, claim: Claim) -> ClaimPaperForm:
    """The form for the paper that the address or the form itself names, or for any other."""
    posts = request.method == "POST"
    need = _need(claim, (request.POST if posts else request.GET).get("need", ""))
    return ClaimPaperForm(
        request.POST if posts else None, request.FILES if posts else None, need=need
    )


def _need(claim: Claim, typed: str) -> ClaimNeed | None:
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 4:
        raise UnknownParameter
    found: ClaimNeed | None = claim.needs.filter(slot=int(typed)).first()
    if found is None:
        raise UnknownParameter
    return found


def why_not(claim: Claim, need: ClaimNeed | None) -> str:
    """Why no paper is taken now; empty if one is."""
    try:
        papers.require_room(claim)
    except CustodianError as error:
        return str(error.message)
    return str(papers.PaperThere.message) if need is not None and not need.open else ""


def filed(claim: Claim, form: ClaimPaperForm, *, channel: str, purpose: str, actor: Actor) -> str:
    """What to say to whoever brought it; empty while something is wrong, which the form then says."""
    brought = form.brought() if form.is_valid() else None
    if brought is None:
        return ""
    waited = claim.status == Claim.Status.WAITING
    try:
        papers.file(claim, brought, channel=channel, purpose=purpose, actor=actor)
    except CustodianError as error:
        if isinstance(error, NotVisible) or error.status not in {409, 422}:
            raise
        form.add_error("paper", str(error.message))
        return ""
    claim.refresh_from_db()
    if waited and claim.status != Claim.Status.WAITING:
        return _("已收到。材料已收齐，核定时限从现在起继续计算。")
    return _("已收到，材料已加密保存；拍摄地点等附加信息已去除。")


def shown(
    claim: Claim, number: int, *, purpose: str, channel: str, actor: Actor
) -> StreamingHttpResponse:
    """One paper in clear; one that is absent leaves an entry as well."""
    return document_pages.numbered(
        papers.of(claim), number, of=claim.ref, purpose=purpose, channel=channel, actor=actor
    )
