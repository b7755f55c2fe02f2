"""The back office's pages of agreements: draft, put up, keep papers, review, end, and show the proof."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from records.evidence import EvidenceRefused
from records.evidence.upload import takes_evidence
from transfers import assessing
from transfers.agreement_forms import EndForm, PaperForm, ProofForm, ReviewForm, TermsForm
from transfers.agreements import drafting, ending, papers, reviewing, terms, words
from transfers.agreements.terms import Terms
from transfers.models import Agreement, AgreementPaper, Share
from transfers.partner_admin import party_of, template
from transfers.shares import words as share_words

READ, PROPOSE, KEEP = Action.COUNTERPARTY_READ, Action.AGREEMENT_PROPOSE, Action.AGREEMENT_KEEP
PAGE = "admin:agreement"
_ATTACHED = {"contract": "contract", "assessment": "assessment"}


@page("partners/<uuid:ref>/agreements/new/", name="agreement_new", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, ref: UUID) -> HttpResponse:
    party = party_of(request, ref, PROPOSE)
    enter(request, PROPOSE, row=party.code)
    posted = request.POST if request.method == "POST" else None
    form = TermsForm(posted, part=request.GET.get("part", "")[:10])
    if form.is_bound and form.is_valid():
        try:
            opened = drafting.open_draft(party, form.terms(), actor=actor_of(request))
        except drafting.PartnerClosed as error:
            form.add_error(None, str(error.message))
        else:
            messages.info(request, _("已存为草稿。接着归档合同和安全评估报告。"))
            return redirect(PAGE, opened.ref)
    context = {"title": _("起草协议"), "party": party, "form": form}
    return template(request, "terms", context, status=422 if form.is_bound else 200)


@page("agreements/<uuid:ref>/edit/", name="agreement_edit", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, ref: UUID) -> HttpResponse:
    agreement = agreement_of(request, ref, PROPOSE)
    enter(request, PROPOSE, row=agreement.code)
    said = agreement.draft or agreement.terms
    form = TermsForm(
        request.POST if request.method == "POST" else None,
        of=Terms.read(said) if said else None,
        papers=papers.by_ref(agreement).values(),
    )
    if form.is_bound and form.is_valid():
        try:
            drafting.save_draft(agreement, form.terms(), actor=actor_of(request))
        except drafting.AtReview as error:
            messages.error(request, str(error.message))
        else:
            messages.info(request, _("草稿已保存。"))
        return redirect(PAGE, ref)
    context = {
        "title": agreement.code,
        "party": agreement.counterparty,
        "agreement": agreement,
        "form": form,
    }
    return template(request, "terms", context, status=422 if form.is_bound else 200)


@page("agreements/<uuid:ref>/", name="agreement", action=READ, logs_itself=True)
@require_safe
def agreement_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    agreement = agreement_of(request, ref, READ)
    enter(request, READ, row=agreement.code)
    return _page(request, agreement)


@page("agreements/<uuid:ref>/act/", name="agreement_act", action=PROPOSE, logs_itself=True)
@require_POST
def act(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Put the draft up, take it back, or drop it."""
    agreement = agreement_of(request, ref, PROPOSE)
    acts = {"withdraw": drafting.withdraw, "drop": drafting.drop_draft}
    try:
        acts.get(request.POST.get("act", ""), drafting.ask)(agreement, actor=actor_of(request))
    except (drafting.Incomplete, drafting.AtReview) as error:
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("已提交。"))
    return redirect(PAGE, ref)


@page("agreements/<uuid:ref>/end/", name="agreement_end", action=PROPOSE, logs_itself=True)
@require_POST
def end(request: HttpRequest, ref: UUID) -> HttpResponse:
    agreement = agreement_of(request, ref, PROPOSE)
    form = EndForm(request.POST)
    if not form.is_valid():
        enter(request, READ, row=agreement.code)
        return _page(request, agreement, end_form=form, status=422)
    try:
        ending.ask_end(agreement, actor=actor_of(request), **form.cleaned_data)
    except ending.NotInForce as error:
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("已提交；另一人同意时立即结束。"))
    return redirect(PAGE, ref)


@takes_evidence
@page("agreements/<uuid:ref>/papers/", name="agreement_papers", action=KEEP, logs_itself=True)
@require_POST
def file_paper(request: HttpRequest, ref: UUID) -> HttpResponse:
    agreement = agreement_of(request, ref, KEEP)
    form = PaperForm(request.POST, request.FILES)
    drawn = _drawn(form)
    if drawn is None:
        enter(request, READ, row=agreement.code)
        return _page(request, agreement, paper_form=form, status=422)
    kind, actor = form.cleaned_data["kind"], actor_of(request)
    paper = papers.file(agreement, drawn, kind=kind, actor=actor)
    if kind in _ATTACHED and agreement.draft is not None:
        draft = Terms.read({**agreement.draft, _ATTACHED[kind]: str(paper.ref)})
        # What lies with the second person stays as it was put up.
        with suppress(drafting.AtReview):
            drafting.save_draft(agreement, draft, actor=actor)
    messages.info(request, _("已归档。"))
    return redirect(PAGE, ref)


@takes_evidence
@page("agreements/<uuid:ref>/proof/", name="agreement_proof", action=KEEP, logs_itself=True)
@require_POST
def prove(request: HttpRequest, ref: UUID) -> HttpResponse:
    agreement = agreement_of(request, ref, KEEP)
    form = ProofForm(request.POST, request.FILES)
    drawn = _drawn(form)
    if drawn is None:
        enter(request, READ, row=agreement.code)
        return _page(request, agreement, proof_form=form, status=422)
    try:
        ending.prove(agreement, drawn, proven=form.cleaned_data["proven"], actor=actor_of(request))
    except ending.NotOver as error:
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("证明已归档，不再提醒。"))
    return redirect(PAGE, ref)


@page("agreements/<uuid:ref>/review/", name="agreement_review", action=KEEP, logs_itself=True)
@require_POST
def review(request: HttpRequest, ref: UUID) -> HttpResponse:
    agreement = agreement_of(request, ref, KEEP)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        enter(request, READ, row=agreement.code)
        return _page(request, agreement, review_form=form, status=422)
    try:
        reviewing.review(agreement, actor=actor_of(request), **form.cleaned_data)
    except reviewing.NothingToReview as error:
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("已记录复查。"))
    return redirect(PAGE, ref)


@page("agreement-papers/<uuid:ref>/", name="agreement_paper", action=READ, logs_itself=True)
@require_safe
def paper_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    paper = row_of(request, READ, AgreementPaper.objects.filter(ref=ref), asked=ref)
    enter(request, READ, row=str(paper.ref))
    response = HttpResponse(b"".join(papers.read(paper)), content_type=paper.media_type)
    end = paper.media_type.partition("/")[2].partition("+")[0]
    response["Content-Disposition"] = f'attachment; filename="{paper.kind}-{str(ref)[:8]}.{end}"'
    return response


def agreement_of(request: HttpRequest, ref: UUID, action: Action) -> Agreement:
    rows = Agreement.objects.filter(ref=ref).select_related(
        "counterparty", "opened_by",
        "approval__requested_by", "approval__decided_by",
        "end_approval__requested_by", "end_approval__decided_by",
    )  # fmt: skip
    return row_of(request, action, rows, asked=ref)


def _drawn(form: PaperForm) -> papers.Drawn | None:
    """The file drawn anew, or None with the reason at its field."""
    if not form.is_valid():
        return None
    upload = form.cleaned_data["paper"]
    try:
        return papers.draw(upload.content, name=upload.name or "")
    except EvidenceRefused as error:
        form.add_error("paper", str(error.message))
        return None


def _page(
    request: HttpRequest, agreement: Agreement, *, status: int = 200, **bound: Any
) -> HttpResponse:
    known = papers.by_ref(agreement)
    state, tone = words.state(agreement)
    draft = Terms.read(agreement.draft) if agreement.draft else None
    held = Terms.read(agreement.terms) if agreement.terms else None
    waiting, going = drafting.waiting_of(agreement), ending.ending_of(agreement)
    context = {
        "title": f"{agreement.code} {agreement.title}",
        "agreement": agreement,
        "party": agreement.counterparty,
        "state": state,
        "tone": tone,
        "held": words.lines(held, known) if held else None,
        "draft": words.lines(draft, known, before=held) if draft else None,
        "lacking": drafting.lacking_now(agreement) if waiting is None else [],
        "assessed": _assessed(agreement, held or draft),
        "waiting": waiting,
        "ending": going,
        "settled": _settled(held or draft),
        "papers": known.values(),
        "shares": [_share(each) for each in _shares(agreement)],
        "may_share": agreement.is_running and gate.may(actor_of(request), Action.SHARE_PROPOSE),
        "reviews": agreement.reviews.select_related("reviewed_by"),
        "versions": agreement.versions.select_related("approval__decided_by"),
        "overdue": reviewing.is_overdue(agreement),
        "free": waiting is None and not agreement.is_over,
        **_forms(request, agreement, bound),
    }
    return template(request, "agreement", context, status=status)


def _assessed(agreement: Agreement, said: Terms | None) -> assessing.Verdict | None:
    """The assessment that what is agreed, or is meant to be, rests on."""
    return assessing.verdict(assessing.of_agreement(agreement, said)) if said else None


def _shares(agreement: Agreement) -> Iterable[Share]:
    return Share.objects.filter(agreement=agreement).select_related("agreement", "approval")[:50]


def _share(share: Share) -> dict[str, Any]:
    state, tone = share_words.state(share)
    return {"row": share, "state": state, "tone": tone}


def _forms(request: HttpRequest, agreement: Agreement, bound: dict[str, Any]) -> dict[str, Any]:
    actor = actor_of(request)
    may_propose, may_keep = gate.may(actor, PROPOSE), gate.may(actor, KEEP)
    live, over = agreement.terms is not None, agreement.is_over
    found: dict[str, Any] = {"may_propose": may_propose}
    if may_keep:
        found["paper_form"] = bound.get("paper_form") or PaperForm()
    if may_keep and agreement.is_running:
        found["review_form"] = bound.get("review_form") or ReviewForm()
    if may_keep and over and agreement.proven_at is None:
        found["proof_form"] = bound.get("proof_form") or ProofForm()
    if may_propose and live and not over and ending.ending_of(agreement) is None:
        found["end_form"] = bound.get("end_form") or EndForm()
    return found


def _settled(said: Terms | None) -> list[dict[str, Any]]:
    """What the law wants in the contract, and whether it is there."""
    if said is None:
        return []
    return [
        {
            "name": terms.term_name(each),
            "clause": each.clause,
            "mark": each.mark.value,
            "there": each.code in said.settled,
        }
        for each in terms.required(said.part, said.first_day)
    ]
