"""What is done to a claim at the desk: taken, examined, decided, approved, paid; and its values in clear."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access import approvals, gate, step_up, work_items
from access.actions import Action
from access.actors import Actor
from access.case_forms import NoteForm
from access.gate import Refused, StepUpNeeded
from access.models import Approval
from access.policy import STEP_UP
from access.step_up import TooManyCodes
from access.vocabulary import Purpose
from custodian import elements
from custodian.errors import CustodianError, NotVisible
from records import explanations, purposes, vault
from records.catalogue import BANK_ACCOUNT, BANK_NAME, NAME
from records.claim_handling import deciding, examining, paying, terms
from records.claim_handling.lifecycle import NotNow
from records.desk_claim_forms import AskForm, DecideForm, PayForm
from records.desk_claims import VALUES, claim_or_404, claim_page, purpose_of
from records.desk_forms import RevealForm
from records.desk_pages import CHANNEL, UnknownParameter, actor_of, desk_page, frame
from records.models import Claim, ClaimDecision, Finances, Identity, PolicyRole

_NEEDS: Final = frozenset({"receive", "waive"})
_WITHDRAW: Final = "withdraw"
_YES_NO: Final = frozenset({"approve", "return"})


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=("act", "need", "decision", "digest", "note"))
def claim(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """GET shows one claim, masked; POST does one act that needs no more words."""
    if request.method != "POST":
        return claim_page(
            request, claim_or_404(ref, action=Action.CLAIM_READ, actor=actor), actor=actor
        )
    act = request.POST.get("act", "")
    if act in _YES_NO:
        return _judge(request, ref, actor)
    if act not in {*_ACTS, *_NEEDS, _WITHDRAW}:
        raise UnknownParameter
    action = Action.CLAIM_AGREE if act == "agree" else Action.CLAIM_HANDLE
    found = claim_or_404(ref, action=action, actor=actor)
    try:
        messages.success(request, _done(request, act, found, actor))
    except (CustodianError, work_items.TakenAlready) as error:
        if isinstance(error, NotVisible | Refused) or not error.message:
            raise
        messages.error(request, str(error.message))
    return redirect("desk:claim", ref=found.ref)


def _done(request: HttpRequest, act: str, claim: Claim, actor: Actor) -> str:
    if act in _NEEDS:
        need = claim.needs.filter(slot=_number(request, "need")).first()
        if need is None:
            raise UnknownParameter
        settle = examining.receive if act == "receive" else examining.waive
        settle(need, channel=CHANNEL, actor=actor)
        return _("已记下。")
    if act == _WITHDRAW:
        deciding.withdraw(_waiting(request, claim), channel=CHANNEL, actor=actor)
        return _("已撤回核定意见。")
    deed, said = _ACTS[act]
    deed(claim, channel=CHANNEL, actor=actor)
    return said()


_ACTS: Final[Mapping[str, tuple[Callable[..., None], Callable[[], str]]]] = {
    "take": (examining.take, lambda: _("已由您接办。")),
    "complete": (examining.complete, lambda: _("已记下：材料齐全。")),
    "agree": (paying.agree, lambda: _("已记下：双方达成协议，十日内付款。")),
    "notice": (paying.send_notice, lambda: _("已记下：拒绝给付通知书已发出。")),
}


def _waiting(request: HttpRequest, claim: Claim) -> ClaimDecision:
    slot = _number(request, "decision")
    rows = claim.decisions.filter(slot=slot, status=ClaimDecision.Status.WAITING)
    found: ClaimDecision | None = rows.select_related("claim", "approval__rule").first()
    if found is None:
        raise approvals.ContentChanged
    return found


def _number(request: HttpRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    if not typed.isdecimal() or len(typed) > 4:
        raise UnknownParameter
    return int(typed)


def _judge(request: HttpRequest, ref: str, actor: Actor) -> HttpResponse:
    """The second person's yes or no, to exactly what was on his screen."""
    found = claim_or_404(ref, action=Action.CLAIM_DECIDE, actor=actor)
    here = reverse("desk:claim", args=[found.ref])
    try:
        approval = _approval(request, found)
        if not actor.stepped_up and approvals.standing(approval, actor).may:
            return redirect(f"{reverse('step_up')}?next={here}")
        said = _judged(request, approval, actor)
    except CustodianError as error:
        if isinstance(error, NotVisible | Refused) or not error.message:
            raise
        messages.error(request, str(error.message))
    else:
        messages.success(request, said)
    return redirect(here)


def _approval(request: HttpRequest, claim: Claim) -> Approval:
    held = _waiting(request, claim).approval
    if held is None:
        raise approvals.ContentChanged
    return held


def _judged(request: HttpRequest, approval: Approval, actor: Actor) -> str:
    seen = request.POST.get("digest", "")
    if request.POST["act"] == "approve":
        approvals.approve(approval, seen=seen, channel=CHANNEL, actor=actor)
        return _("已批准并生效。")
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _("请写明退回的理由。")
    note = form.cleaned_data["note"]
    approvals.send_back(approval, seen=seen, note=note, channel=CHANNEL, actor=actor)
    return _("已退回。")


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=("kinds", "words"))
def ask(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """The one notice of missing papers."""
    found = claim_or_404(ref, action=Action.CLAIM_HANDLE, actor=actor)
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            examining.ask_for(found, form.needed(), channel=CHANNEL, actor=actor)
        except (examining.AskedAlready, examining.NotYourClaim, NotNow) as error:
            form.add_error(None, str(error.message))
        else:
            messages.success(request, _("已通知客户补充材料；收齐之前，核定时限暂停。"))
            return redirect("desk:claim", ref=found.ref)
    return _form(request, "ask", found, form, title=_("通知补充材料"), actor=actor)


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=("kind", "amount", "ground", "reasons", "asks_agreement"))
def decide(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    found = claim_or_404(ref, action=Action.CLAIM_HANDLE, actor=actor)
    form = DecideForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = deciding.propose(found, form.proposal(), channel=CHANNEL, actor=actor)
        except CustodianError as error:
            if isinstance(error, Refused) or not error.message:
                raise
            form.add_error(None, str(error.message))
        else:
            waits = made.status == ClaimDecision.Status.WAITING
            said = _("已提出，等第二人复核后生效。") if waits else _("核定已生效。")
            messages.success(request, said)
            return redirect("desk:claim", ref=found.ref)
    own = terms.house()
    limit = terms.in_words("limit", own.limit)
    return _form(
        request, "decide", found, form, title=_("核定"), actor=actor, limit=limit, terms=own
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=("account", "paid_on", "reference"))
def pay(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """Record that what was decided has been paid; the amount is nobody's to type."""
    found = claim_or_404(ref, action=Action.CLAIM_PAY, actor=actor)
    places = _places(found, actor)
    named = _named(found, places, actor)
    form = PayForm(request.POST if request.method == "POST" else None, accounts=list(named.items()))
    if form.is_bound and form.is_valid():
        try:
            owed = paying.due(found, channel=CHANNEL, actor=actor)
            paying.pay(owed, form.payment(places), channel=CHANNEL, actor=actor)
        except CustodianError as error:
            if isinstance(error, Refused) or not error.message:
                raise
            form.add_error(form.FIELDS.get(error.code), str(error.message))
        else:
            messages.success(request, _("已登记付款。"))
            return redirect("desk:claim", ref=found.ref)
    return _form(
        request, "pay", found, form, title=_("登记付款"), actor=actor, accounts=bool(places)
    )


def _places(claim: Claim, actor: Actor) -> dict[str, tuple[int, int]]:
    """Keys of rows never leave the process: a choice says which of the list it is."""
    pairs = paying.accounts(claim, actor=actor)
    return {str(at): pair for at, pair in enumerate(pairs, 1)}


def _named(claim: Claim, places: dict[str, tuple[int, int]], actor: Actor) -> dict[str, Any]:
    """Each account as its owner's masked name and its own mask: a look at each of them, logged as one."""
    payees = sorted({payee for payee, _slot in places.values()})
    if not payees:
        return {}
    holdings = [
        *Identity.objects.visible_to(actor).filter(pk__in=payees).values_list("holding", flat=True),
        *Finances.objects.visible_to(actor).filter(pk__in=payees).values_list("holding", flat=True),
    ]
    permit = gate.permit(
        actor,
        Action.CUSTOMER_VIEW,
        purpose=Purpose.PAYMENT.value,
        channel=CHANNEL,
        subjects=payees,
        elements=[NAME.code, BANK_NAME.code, BANK_ACCOUNT.code],
        holdings=holdings,
        masked=True,
    )
    masks = {(each.subject, each.element, each.slot): each.masked for each in vault.listed(permit)}
    roles = _roles(claim, payees, actor)
    return {
        choice: f"{roles.get(payee, '')} {masks.get((payee, NAME.code, 0), '')} · "
        f"{masks.get((payee, BANK_ACCOUNT.code, slot), '—')}"
        for choice, (payee, slot) in places.items()
    }


def _roles(claim: Claim, payees: list[int], actor: Actor) -> dict[int, Any]:
    rows = PolicyRole.objects.visible_to(actor).filter(
        policy_id=claim.policy_id, subject__in=payees
    )
    found = {
        subject: PolicyRole.Role(role).label
        for subject, role in rows.values_list("subject_id", "role")
    }
    return {**found, claim.subject_id: PolicyRole.Role.INSURED.label}


def _form(
    request: HttpRequest,
    name: str,
    claim: Claim,
    form: Any,
    *,
    title: str,
    actor: Actor,
    **more: Any,
) -> HttpResponse:
    context = {"title": title, "form": form, "claim": claim, **frame(actor), **more}
    status = 422 if form.is_bound else 200
    return render(request, f"desk/claim_{name}.html", context, status=status)


# -- in clear -----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(query=("element",), body=("element", "purpose", "reason", "code"))
def reveal(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """GET asks what for; POST records and answers with the claim's page, the lamp lit."""
    found = claim_or_404(ref, action=Action.CUSTOMER_REVEAL, actor=actor)
    data = request.POST if request.method == "POST" else None
    wanted = (data or request.GET).getlist("element")
    form = _reveal_form(found, actor, data, [code for code in wanted if code in VALUES])
    if data is None or not form.is_valid():
        return _ask_reveal(request, found, form, actor, 200 if data is None else 422)
    return _record_and_reveal(request, found, form, actor)


def _reveal_form(claim: Claim, actor: Actor, data: Any, wanted: list[str]) -> RevealForm:
    offered = purposes.offered(actor, channel=CHANNEL)
    first = purpose_of(actor)
    return RevealForm(
        data,
        initial={"purpose": first, "element": wanted},
        elements=[(code, elements.get(code).label) for code in VALUES],
        purposes=sorted(offered, key=lambda each: each.value != first),
        hints={},
        asks_code=not actor.stepped_up and any(_steps_up(actor, code) for code in wanted or VALUES),
    )


def _steps_up(actor: Actor, code: str) -> bool:
    seen = gate.foresee(
        actor, code=code, purpose=purpose_of(actor), channel=CHANNEL, nearness=actor.reach
    )
    return STEP_UP in seen.obligations


def _record_and_reveal(
    request: HttpRequest, claim: Claim, form: RevealForm, actor: Actor
) -> HttpResponse:
    chosen = form.cleaned_data
    if chosen["code"]:
        try:
            proven = step_up.verify(request, chosen["code"])
        except TooManyCodes as error:
            form.ask_code(error.message)
            return _ask_reveal(request, claim, form, actor, error.status)
        if not proven:
            form.ask_code(_("验证码不符或已过期，请输入验证器上现在的 6 位数字"))
            return _ask_reveal(request, claim, form, actor, 422)
        actor = actor_of(request) or actor
    try:
        permit = gate.permit(
            actor,
            Action.CUSTOMER_REVEAL,
            purpose=chosen["purpose"],
            channel=CHANNEL,
            subjects=[claim.subject_id],
            elements=chosen["element"],
            holdings=[claim.holding],
            reason=chosen["reason"],
        )
    except StepUpNeeded:
        form.ask_code(_("此等级的信息须二次验证，请输入验证器上的 6 位数字"))
        return _ask_reveal(request, claim, form, actor, 422)
    except Refused as refused:
        why = explanations.plainly(refused.decision)
        return _ask_reveal(request, claim, form, actor, refused.status, why=why)
    plain = tuple(vault.reveal(permit))
    return claim_page(request, claim, actor=actor, plain=plain, entries=(permit.entry,))


def _ask_reveal(
    request: HttpRequest, claim: Claim, form: RevealForm, actor: Actor, status: int, **more: Any
) -> HttpResponse:
    context = {
        "title": _("揭示赔案内容"),
        "form": form,
        "claim": claim,
        "seconds": settings.CUSTODIAN_LAMP_SECONDS,
        **frame(actor),
        **more,
    }
    return render(request, "desk/claim_reveal.html", context, status=status)
