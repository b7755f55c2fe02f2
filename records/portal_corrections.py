"""The portal's corrections: one question a page, the draft kept after each, her word last."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import portal_sessions
from access.actors import Actor
from custodian.errors import CustodianError
from records import correction_pages as pages
from records import recipients
from records.correction_forms import CodeForm, ContactForm, GroupForm, PaperForm, ValueForm
from records.corrections import clocks, codes, confirming, drafting, looking, waiting, words
from records.corrections.confirming import OPEN
from records.corrections.errors import NotNow
from records.corrections.groups import GROUPS
from records.evidence import EvidenceRefused
from records.evidence.upload import takes_evidence
from records.models import Correction, Customer
from records.portal_corrections_words import contact_labels, why
from records.portal_pages import CHANNEL, PURPOSE, portal_page

HERE: Final = "portal:requests"
STEPS: Final = 5
Status = Correction.Status


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(body=("group",))
def new(request: HttpRequest, *, actor: Actor, customer: Customer) -> HttpResponse:
    """Step 1: which element."""
    posted = request.POST if request.method == "POST" else None
    form = GroupForm(posted, kind=customer.kind, slots=pages.slots_of(customer.pk))
    if form.is_bound and form.is_valid():
        group, slot = form.chosen
        try:
            found = drafting.begin(
                customer, group, slot=pages.slot_number(customer.pk, slot), **_how(actor)
            )
        except CustodianError as error:
            form.add_error("group", pages.said(error))
        else:
            return redirect("portal:correction_value", ref=found.ref)
    context = {
        "title": _("哪一项需要更正？"),
        "here": HERE,
        "form": form,
        "now": 1,
        "drafts": waiting.drafts(customer.pk, actor=actor),
    }
    return _drawn(request, "choose", context, form)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(body=(*pages.VALUES, "note"))
def value(request: HttpRequest, *, ref: str, actor: Actor, customer: Customer) -> HttpResponse:
    """Step 2: what it should be."""
    found = _draft(ref, actor)
    group = GROUPS[found.group]
    posted = request.POST if request.method == "POST" else None
    completes = not pages.has_values(found) and pages.is_new(found)
    form = ValueForm(posted, group=group, completes=completes)
    if form.is_bound and form.is_valid():
        proposal = drafting.propose(found, form.written, note=form.note, **_how(actor))
        form.show(proposal.flaws)
        if proposal.sound:
            return redirect("portal:correction_evidence", ref=found.ref)
    context = {
        **_step(found, 2, back=reverse("portal:correction_new")),
        "title": _("%(question)s？") % {"question": group.question},
        "form": form,
        "look": looking.masked(found, **_how(actor)),
    }
    return _drawn(request, "value", context, form)


@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(body=("act",), files=("paper",))
def evidence(request: HttpRequest, *, ref: str, actor: Actor, customer: Customer) -> HttpResponse:
    """Step 3: what shows it. A file that is chosen is taken along by going on."""
    found = _filled(ref, actor)
    group, papers = GROUPS[found.group], looking.papers(found)
    posted = request.POST if request.method == "POST" else None
    act = request.POST.get("act", "next")
    if act.startswith("remove-"):
        return _remove(found, act.removeprefix("remove-"), actor)
    needed = act == "add" or (group.needs_proof and not papers)
    form = PaperForm(posted, request.FILES or None if posted is not None else None, needed=needed)
    if form.is_bound and form.is_valid() and _attached(found, form, actor):
        step = "evidence" if act == "add" else "check"
        return redirect(f"portal:correction_{step}", ref=found.ref)
    context = {
        **_step(found, 3, back=reverse("portal:correction_value", args=[found.ref])),
        "title": _("请上传证明材料") if group.needs_proof else _("有证明材料吗？"),
        "form": form,
        "papers": papers,
        "look": looking.revealed(found, after_only=True, **_how(actor)),
        "why": why(group),
    }
    return _drawn(request, "evidence", context, form)


@require_safe
@portal_page()
def check(request: HttpRequest, *, ref: str, actor: Actor, customer: Customer) -> HttpResponse:
    """Step 4: before and after, once more."""
    found = _filled(ref, actor)
    if _lacks_proof(found):
        return redirect("portal:correction_evidence", ref=found.ref)
    context = {
        **_step(found, 4, back=reverse("portal:correction_evidence", args=[found.ref])),
        "title": _("请核对改前和改后"),
        "papers": looking.papers(found),
        "look": looking.revealed(found, after_only=True, **_how(actor)),
    }
    return render(request, "portal/corrections/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@portal_page(body=("act", "contact", "code"))
def confirm(request: HttpRequest, *, ref: str, actor: Actor, customer: Customer) -> HttpResponse:
    """Step 5: her word. Also for what somebody else raised for her."""
    found = _mine(ref, actor)
    if found.status != Status.DRAFT and found.status not in OPEN:
        return redirect("portal:correction", ref=found.ref)
    if found.status == Status.DRAFT:
        found = _filled(ref, actor)
        if _lacks_proof(found):
            return redirect("portal:correction_evidence", ref=found.ref)
    more: dict[str, Any] = {}
    if request.method == "POST":
        done = _confirmed(request, found, actor, more)
        if done is not None:
            return done
    return _confirm_page(request, found, actor, more)


@require_safe
@portal_page()
def correction(request: HttpRequest, *, ref: str, actor: Actor, customer: Customer) -> HttpResponse:
    """How it stands."""
    found = _mine(ref, actor)
    if found.status == Status.DRAFT:
        return redirect("portal:correction_value", ref=found.ref)
    look = looking.revealed(found, after_only=True, **_how(actor))
    context = {
        "title": words.title(found),
        "here": HERE,
        "correction": found,
        "group": GROUPS[found.group],
        "state": words.state(found),
        "tone": words.tone(found),
        "look": look,
        "papers": looking.papers(found),
        "steps": words.steps(found),
        "partners": recipients.told(found),
        "confirmations": words.confirmations(found),
        "needed": words.still_needed(found) if found.status in OPEN else 0,
        "clocks": clocks.faces(found, for_customer=True),
        "withdraws": drafting.may_withdraw(found, actor) and found.is_open,
        "remedy": words.REMEDY,
    }
    return render(request, "portal/corrections/correction.html", context)


@require_safe
@portal_page()
def paper(
    request: HttpRequest, *, ref: str, number: int, actor: Actor, customer: Customer
) -> HttpResponseBase:
    return pages.paper(_mine(ref, actor), number, **_how(actor))


@require_POST
@portal_page()
def withdraw(request: HttpRequest, *, ref: str, actor: Actor, customer: Customer) -> HttpResponse:
    found = _mine(ref, actor)
    drafting.withdraw(found, **_how(actor))
    messages.info(request, _("已撤回，登记的资料没有改动。"))
    if found.submitted_at is None:
        return redirect("portal:correction_new")
    return redirect("portal:correction", ref=found.ref)


def _how(actor: Actor) -> dict[str, Any]:
    return {"channel": CHANNEL, "purpose": PURPOSE, "actor": actor}


def _mine(ref: str, actor: Actor) -> Correction:
    return pages.readable(ref, **_how(actor))


def _draft(ref: str, actor: Actor) -> Correction:
    return pages.draft(ref, **_how(actor))


def _filled(ref: str, actor: Actor) -> Correction:
    """A draft that says already what it should be."""
    found = _draft(ref, actor)
    if not pages.has_values(found):
        raise NotNow
    return found


def _lacks_proof(found: Correction) -> bool:
    """Nobody reads on to the end and learns there that a paper is missing."""
    return GROUPS[found.group].needs_proof and not looking.papers(found)


def _step(found: Correction, now: int, *, back: str) -> dict[str, Any]:
    return {
        "here": HERE,
        "correction": found,
        "group": GROUPS[found.group],
        "what": words.title(found),
        "now": now,
        "total": STEPS,
        "back": back,
    }


def _drawn(request: HttpRequest, name: str, context: dict[str, Any], form: Any) -> HttpResponse:
    context.setdefault("total", STEPS)
    status = 422 if form.errors else 200
    return render(request, f"portal/corrections/{name}.html", context, status=status)


def _attached(found: Correction, form: PaperForm, actor: Actor) -> bool:
    """Whether there is nothing wrong with the file, or none."""
    if form.upload is None:
        return True
    try:
        drafting.attach(found, form.upload.content, name=str(form.upload.name), **_how(actor))
    except EvidenceRefused as error:
        form.refuse(error)
    except CustodianError as error:
        form.add_error("paper", pages.said(error))
    return not form.errors


def _remove(found: Correction, number: str, actor: Actor) -> HttpResponse:
    if number.isdigit():
        drafting.detach(found, int(number), **_how(actor))
    return redirect("portal:correction_evidence", ref=found.ref)


def _confirmed(
    request: HttpRequest, found: Correction, actor: Actor, more: dict[str, Any]
) -> HttpResponse | None:
    """Where to go, or nothing while something is wrong; what is wrong goes into `more`."""
    act = request.POST.get("act", "")
    try:
        if act == "submit":
            return _submitted(request, found, actor)
        if act == "send":
            form = ContactForm(request.POST, contacts=contact_labels(found, actor))
            more["contact_form"] = form
            if form.is_valid():
                confirming.send_code(
                    found, form.cleaned_data["contact"], channel=CHANNEL, actor=actor
                )
                messages.success(request, _("验证码正在发送，10 分钟内有效。"))
                return redirect("portal:correction_confirm", ref=found.ref)
        if act == "code":
            typed = CodeForm(request.POST)
            more["code_form"] = typed
            if typed.is_valid():
                confirming.by_code(found, typed.cleaned_data["code"], channel=CHANNEL, actor=actor)
                return _thanks(request, found)
    except CustodianError as error:
        if error.status not in {409, 422, 429}:
            raise
        more["wrong"] = pages.said(error)
    return None


def _submitted(request: HttpRequest, found: Correction, actor: Actor) -> HttpResponse:
    """Handed in if it is a draft, and this session counts as one way if it may."""
    if found.status == Status.DRAFT:
        drafting.hand_in(found, **_how(actor))
    proof = portal_sessions.proof_of(request)
    two_ways = GROUPS[found.group].two_ways
    if two_ways and confirming.may_use_session(found, proof, actor=actor):
        confirming.in_portal(found, proof=proof, channel=CHANNEL, actor=actor)
    if two_ways and not confirming.enough(found):
        return redirect("portal:correction_confirm", ref=found.ref)
    return _thanks(request, found)


def _thanks(request: HttpRequest, found: Correction) -> HttpResponse:
    if found.status in OPEN and not confirming.enough(found):
        return redirect("portal:correction_confirm", ref=found.ref)
    messages.success(request, _("已收到，编号 %(ref)s。") % {"ref": found.ref})
    return redirect("portal:correction", ref=found.ref)


def _confirm_page(
    request: HttpRequest, found: Correction, actor: Actor, more: dict[str, Any]
) -> HttpResponse:
    group, proof = GROUPS[found.group], portal_sessions.proof_of(request)
    given = confirming.given(found)
    session_counts = group.two_ways and confirming.may_use_session(found, proof, actor=actor)
    said = {each.way for each in given}
    labels = contact_labels(found, actor) if group.two_ways else []
    # The one that this session was proven by is no second way.
    others = [
        (each, label) for each, label in labels if each.element != confirming.PROVEN_BY.get(proof)
    ]
    draft = found.status == Status.DRAFT
    context = {
        **_step(found, STEPS, back=reverse("portal:correction_check", args=[found.ref])),
        "title": _("提交更正") if draft else _("请您确认这件更正"),
        "draft": draft,
        "look": looking.revealed(found, after_only=True, **_how(actor)),
        "given": words.confirmations(found),
        "session_counts": session_counts,
        "session_open": session_counts and "portal" not in said,
        "needed": words.still_needed(found),
        "others": others,
        "sent": codes.is_sent(found) and "code" not in said,
        "raised_by": found.raised_by is not None,
        "contact_form": ContactForm(contacts=others),
        "code_form": CodeForm(),
        **more,
    }
    context["form"] = more.get("code_form") or more.get("contact_form")
    status = 422 if more else 200
    return render(request, "portal/corrections/confirm.html", context, status=status)
