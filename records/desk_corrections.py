"""Corrections at the desk: raised for a customer, followed, and by the service desk confirmed and checked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Purpose
from custodian.errors import CustodianError
from records import correction_pages as pages
from records.correction_forms import (
    BranchForm,
    GroupForm,
    PaperForm,
    RefuseForm,
    ValueForm,
)
from records.corrections import confirming, drafting, handling, looking, on_file, worklist
from records.corrections.errors import Incomplete
from records.corrections.groups import GROUPS
from records.desk_pages import CHANNEL, customer_or_404, desk_page, frame
from records.evidence import EvidenceRefused
from records.evidence.upload import takes_evidence
from records.models import Correction

HERE = "desk:corrections"
PURPOSE = Purpose.POLICY_SERVICE.value
ADD, SUBMIT = "add", "submit"


@require_safe
@desk_page(query=("show",))
def corrections(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    """What one has raised, and for the service desk what waits to be checked."""
    gate.permit(actor, Action.CORRECTION_READ, purpose=PURPOSE, channel=CHANNEL)
    parts = worklist.parts(actor)
    chosen = worklist.chosen(parts, request.GET.get("show", ""))
    context = {
        "title": _("更正"),
        "here": HERE,
        "part": chosen,
        "parts": parts,
        "rows": worklist.rows(chosen, actor=actor),
        "handles": gate.may(actor, Action.CORRECTION_CHECK),
        **frame(actor),
    }
    return render(request, "desk/corrections/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=("group",))
def begin(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """Which element of this customer is wrong."""
    customer = customer_or_404(ref, action=Action.CORRECTION_RAISE, actor=actor)
    pages.require(actor, Action.CORRECTION_RAISE, channel=CHANNEL)
    on_file.require_usable(customer.pk, [customer.identity_holding, customer.finances_holding])
    posted = request.POST if request.method == "POST" else None
    form = GroupForm(
        posted,
        kind=customer.kind,
        slots=pages.slots_of(customer.pk),
        hint=_("须客户本人用两种方式确认，业务员不能代办"),
    )
    if form.is_bound and form.is_valid():
        group, slot = form.chosen
        try:
            correction = drafting.begin(
                customer, group, slot=pages.slot_number(customer.pk, slot), channel=CHANNEL,
                purpose=PURPOSE, actor=actor,
            )  # fmt: skip
        except CustodianError as error:
            form.add_error("group", pages.said(error))
        else:
            return redirect("desk:correction_edit", ref=correction.ref)
    context = {"title": _("提出更正"), "here": HERE, "form": form, "ref": customer.ref}
    status = 422 if form.errors else 200
    return render(
        request, "desk/corrections/begin.html", {**context, **frame(actor)}, status=status
    )


@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=("act", *pages.VALUES, "note"), files=("paper",))
def edit(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """The draft on one page: the right value, papers, and handing it in."""
    correction = pages.draft(ref, channel=CHANNEL, purpose=PURPOSE, actor=actor)
    group = GROUPS[correction.group]
    act = request.POST.get("act", "")
    posted = request.POST if request.method == "POST" else None
    completes = (
        not pages.has_values(correction) and bool(correction.slot) and pages.is_new(correction)
    )
    value = ValueForm(posted if act == SUBMIT else None, group=group, completes=completes)
    paper = PaperForm(
        posted if act else None,
        request.FILES if act else None,
        needed=act == ADD,
        label=group.proof,
    )
    if posted is not None and act in {ADD, SUBMIT}:
        done = _edited(request, correction, value, paper, act=act, actor=actor)
        if done is not None:
            return done
    context = {
        "title": pages.title(correction),
        "here": HERE,
        "correction": correction,
        "group": group,
        "form": value if act != ADD else paper,
        "value": value,
        "paper": paper,
        "papers": looking.papers(correction),
        "look": looking.masked(correction, purpose=PURPOSE, channel=CHANNEL, actor=actor),
        "ref": pages.customer_ref(correction),
        **frame(actor),
    }
    wrong = value.errors or paper.errors
    return render(request, "desk/corrections/edit.html", context, status=422 if wrong else 200)


def _edited(
    request: HttpRequest,
    correction: Correction,
    value: ValueForm,
    paper: PaperForm,
    *,
    act: str,
    actor: Actor,
) -> HttpResponse | None:
    """Where to go, or nothing while something is wrong; what is right is kept all the same."""
    how: dict[str, Any] = {"channel": CHANNEL, "purpose": PURPOSE, "actor": actor}
    if not paper.is_valid() or (act == SUBMIT and not value.is_valid()):
        return None
    try:
        if act == SUBMIT:
            proposal = drafting.propose(correction, value.written, note=value.note, **how)
            value.show(proposal.flaws)
            if not proposal.sound:
                return None
        if paper.upload is not None:
            upload = paper.upload
            drafting.attach(correction, upload.content, name=str(upload.name), **how)
        if act == ADD:
            messages.success(request, _("材料已加密保存，拍摄地点等附加信息已去除。"))
            return redirect("desk:correction_edit", ref=correction.ref)
        drafting.hand_in(correction, **how)
    except EvidenceRefused as error:
        paper.refuse(error)
        return None
    except Incomplete as error:
        paper.add_error("paper", str(error.message))
        return None
    messages.success(request, _("已提交，编号 %(ref)s。") % {"ref": correction.ref})
    return redirect("desk:correction", ref=correction.ref)


@require_safe
@desk_page()
def correction(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    found = pages.readable(ref, channel=CHANNEL, purpose=PURPOSE, actor=actor)
    if found.status == Correction.Status.DRAFT:
        return redirect("desk:correction_edit", ref=found.ref)
    return _page(request, found, actor)


@require_POST
@desk_page()
def reveal(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponseBase:
    """Both sides in clear, recorded first; the lamp goes out by itself."""
    found = pages.readable(ref, channel=CHANNEL, purpose=PURPOSE, actor=actor)
    return pages.stepped(
        request,
        lambda: _page(
            request, found, actor,
            look=looking.revealed(found, purpose=PURPOSE, channel=CHANNEL, actor=actor), lit=True,
        ),
        back="desk:correction", ref=found.ref,
    )  # fmt: skip


@require_safe
@desk_page()
def paper(request: HttpRequest, *, ref: str, number: int, actor: Actor) -> HttpResponseBase:
    found = pages.readable(ref, channel=CHANNEL, purpose=PURPOSE, actor=actor)
    return pages.stepped(
        request,
        lambda: pages.paper(found, number, purpose=PURPOSE, channel=CHANNEL, actor=actor),
        back="desk:correction", ref=found.ref,
    )  # fmt: skip


@require_POST
@desk_page(body=("act",))
def act(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """Take it, hand it back, pass it on, or take it back."""
    found = pages.readable(ref, channel=CHANNEL, purpose=PURPOSE, actor=actor)
    pages.act(
        request, found, request.POST.get("act", ""), channel=CHANNEL, purpose=PURPOSE, actor=actor
    )
    return redirect("desk:correction", ref=found.ref)


@require_POST
@desk_page(body=("because", "words"))
def refuse(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    found = pages.readable(ref, channel=CHANNEL, purpose=PURPOSE, actor=actor)
    pages.require(actor, Action.CORRECTION_CHECK, channel=CHANNEL)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, actor, refuse_form=form, status=422)
    said = form.cleaned_data
    handling.refuse(
        found, because=said["because"], words=said["words"], channel=CHANNEL, actor=actor
    )
    messages.info(request, _("已记为不予更正，客户能看到理由和救济途径。"))
    return redirect("desk:correction", ref=found.ref)


@takes_evidence
@require_POST
@desk_page(body=("way", "seen"), files=("paper",))
def confirm(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """The customer is at the counter, or has written."""
    found = pages.readable(ref, channel=CHANNEL, purpose=PURPOSE, actor=actor)
    pages.require(actor, Action.CORRECTION_CONFIRM, channel=CHANNEL)
    way = request.POST.get("way", "")
    try:
        wrong = _confirmed(request, found, way, actor)
    except CustodianError as error:
        if error.status not in {409, 422, 429, 503}:
            raise
        messages.error(request, pages.said(error))
        return redirect("desk:correction", ref=found.ref)
    if wrong is not None:
        return _page(request, found, actor, status=422, **wrong)
    return redirect("desk:correction", ref=found.ref)


def _confirmed(
    request: HttpRequest, found: Correction, way: str, actor: Actor
) -> dict[str, Any] | None:
    if way == "branch":
        seen = BranchForm(request.POST)
        if not seen.is_valid():
            return {"branch_form": seen}
        confirming.at_branch(found, channel=CHANNEL, actor=actor)
        messages.success(request, _("已记录：客户本人到柜面确认。"))
    else:
        letter = PaperForm(request.POST, request.FILES, needed=True, label=_("函件扫描件"))
        if not letter.is_valid() or letter.upload is None:
            return {"letter_form": letter}
        confirming.by_letter(
            found, letter.upload.content, name=str(letter.upload.name), channel=CHANNEL, actor=actor
        )
        messages.success(request, _("已记录：收到客户签名的函件。"))
    return None


def _page(
    request: HttpRequest,
    found: Correction,
    actor: Actor,
    *,
    look: looking.Look | None = None,
    lit: bool = False,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    look = look or looking.masked(found, purpose=PURPOSE, channel=CHANNEL, actor=actor)
    context = {
        **pages.detail(found, actor=actor, look=look, lit=lit, forms=forms),
        "here": HERE,
        "hide_url": reverse("desk:correction", args=[found.ref]),
        **frame(actor),
    }
    return render(request, "desk/corrections/detail.html", context, status=status)
