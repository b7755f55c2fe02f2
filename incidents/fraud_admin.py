"""The back office's pages of fraud suspicion: the board, one case, the rules, and the pack for the police."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import actor_of, enter, page, purpose_of, row_of
from access.vocabulary import Channel
from incidents.fraud import (
    asking,
    board,
    claim_clocks,
    deciding,
    evidence,
    investigating,
    police,
    scoring,
    words,
)
from incidents.fraud.rules import book
from incidents.fraud.standing import State, member_of, words_of
from incidents.fraud_acts import ACTS
from incidents.fraud_desk import raised
from incidents.fraud_forms import FraudForm, RaiseForm
from incidents.models import FraudCase, FraudEvidence
from incidents.referral_pages import ReferralForm
from incidents.reports import packs
from records.evidence.upload import takes_evidence_from
from transfers.admin_frame import done

READ, WORK, TAKE_OUT = Action.FRAUD_READ, Action.FRAUD_WORK, Action.FRAUD_EVIDENCE_READ
RAISE: Final = Action.FRAUD_RAISE
SHOWN: Final = 50
HERE: Final = "admin:fraud_case"


def template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), "marked": True, **context}
    return render(request, f"admin/fraud/{name}.html", more, status=status)


def case_of(request: HttpRequest, code: str) -> FraudCase:
    """One that the actor triages or investigates; any other one is not there."""
    rows = FraudCase.objects.visible_to(actor_of(request)).filter(code=code)
    rows = rows.select_related("subject", "operator", "conclusion", "alert", "triaged_by")
    return row_of(request, READ, rows, asked=code)


@page("fraud/", name="fraud_board", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """How suspicions stand, how right the rules are, the cases that one sees, and raising one."""
    actor, posts = actor_of(request), request.method == "POST"
    if posts and not gate.may(actor, RAISE):
        enter(request, RAISE)  # which refuses, and that is on record
    form, status = RaiseForm(request.POST if posts else None), 200
    if posts:
        ok, status = raised(form, channel=Channel.ADMIN, actor=actor)
        if ok:
            messages.success(request, _("已提交甄别；赔案照常办理"))
            return redirect("admin:fraud_board")
    enter(request, READ)
    rows = FraudCase.objects.visible_to(actor)
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:12]))
    found = list(rows.select_related("operator")[: SHOWN + 1])
    context = {
        "title": _("欺诈疑点"),
        "lines": board.by_state(),
        "ages": [label for _limit, label in board.AGES],
        "rates": board.rates(),
        "undue": claim_clocks.undue(actor),
        "rows": [_row(each) for each in found[:SHOWN]],
        "older": f"?before={found[SHOWN - 1].pk}" if len(found) > SHOWN else "",
        "form": form if gate.may(actor, RAISE) else None,
    }
    return template(request, "board", context, status=status)


def _row(case: FraudCase) -> dict[str, Any]:
    signals = list(case.signals.all())
    return {
        "case": case,
        "about": _about(case),
        "rules": [words.rule(each.rule) for each in scoring.terms(signals)],
        "tone": _TONES[State(case.state)],
        "idle": case.state in {State.SUSPECTED, State.OPEN} and claim_clocks.idle(case),
    }


_TONES: Final = {
    State.SUSPECTED: "warn",
    State.DISMISSED: "",
    State.OPEN: "info",
    State.CONCLUDED: "info",
    State.CLOSED: "ok",
}


def _about(case: FraudCase) -> str:
    """A customer by her number, an operator by his."""
    if case.subject_id is None:
        return str(case.operator)
    customer = getattr(case.subject, "customer", None)
    return customer.ref if customer else "—"


@page("fraud/rules/", name="fraud_rules", action=READ, logs_itself=True)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    enter(request, READ)
    rows = sorted(book().rules.values(), key=lambda each: (-each.weight, each.code))
    most = max(each.weight for each in rows)
    context = {
        "title": _("信号规则"),
        "book": book(),
        "rows": [(each, each.weight / most) for each in rows],
    }
    return template(request, "rules", context)


def _works(request: HttpRequest) -> bool:
    actor = getattr(request, "actor", None)
    return actor is not None and gate.may(actor, WORK)


@page("fraud/case/<str:code>/", name="fraud_case", action=READ, logs_itself=True)
@takes_evidence_from(_works)
@require_http_methods(["GET", "HEAD", "POST"])
def case_page(request: HttpRequest, code: str) -> HttpResponse:
    case, actor = case_of(request, code), actor_of(request)
    failed: FraudForm | None = None
    status = 200
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            enter(request, READ, row=case.code)
            return redirect(HERE, code)
        if not gate.may(actor, act.needs):
            enter(request, act.needs, row=case.code)  # which refuses, and that is on record
        failed, status = act.form(case, request.POST, request.FILES), 422
        if failed.is_valid():
            said = failed.cleaned_data
            ok, status = done(failed, lambda: act.run(case, said, actor), field=act.at)
            if ok:
                messages.success(request, act.says)
                return redirect(HERE, code)
    enter(request, READ, row=case.code)
    case = case_of(request, code)
    return template(request, "case", _shown(case, actor, failed), status=status)


def _shown(case: FraudCase, actor: Actor, failed: FraudForm | None) -> dict[str, Any]:
    signals = list(case.signals.select_related("claim"))
    member = member_of(case, actor)
    live = case.state in investigating.WORKED
    works = live and member is not None and gate.may(actor, WORK)
    return {
        "title": f"{case.code} {_about(case)}",
        "case": case,
        "about": _about(case),
        "tone": _TONES[State(case.state)],
        "terms": scoring.terms(signals),
        "arithmetic": scoring.arithmetic(signals),
        "opens": book().opens,
        "signals": [(each, words.rule(each.rule), words.signal(each)) for each in signals],
        "claims": claim_clocks.of(case),
        "undue": claim_clocks.beside(case),
        "triages": case.state == State.SUSPECTED and gate.may(actor, Action.FRAUD_TRIAGE),
        "works": works,
        "leads": works and member is not None and member.leads,
        "concludes": works and case.state == State.OPEN,
        "concluded": works and case.state == State.CONCLUDED,
        "gives": works and gate.may(actor, Action.FRAUD_SHARED_NOTE),
        "may_suppress": bool(signals) and gate.may(actor, Action.FRAUD_TRIAGE),
        "failed": failed,
        "forms": _forms(case, failed),
        **_kept(case),
    }


def _kept(case: FraudCase) -> dict[str, Any]:
    """What lies in it: opened for whoever sees the case, after the entry of this page."""
    asks = list(case.asks.select_related("claim", "handler"))
    return {
        "members": case.members.now().select_related("user__unit"),
        "tasks": case.tasks.select_related("owner", "done_by"),
        "pieces": case.evidence.select_related("filed_by").prefetch_related("custody__by"),
        "links": [
            (investigating.THINGS[investigating.thing_of(each)], investigating.name(each))
            for each in case.links.select_related("claim", "policy", "operator__unit")
        ],
        "asks": [(each, *asking.words_of(each)) for each in asks],
        "suppressions": [
            (each, words.rule(each.rule)) for each in case.suppressions.select_related("made_by")
        ],
        "entries": [
            (each, words.entry(each), words_of(each))
            for each in case.entries.select_related("by", "case")
        ],
        "shared": case.shared.select_related("partner", "share"),
        "measures": [FraudCase.Measure(each).label for each in case.measures],
        "lacks": deciding.lacks(case) if case.state == State.CONCLUDED else [],
        "waiting": [(each, approvals.kind_of(each).label) for each in deciding.waiting(case)],
        "refuses": FraudCase.Measure.REFUSE in case.measures,
        "police": FraudCase.Measure.POLICE in case.measures,
        "internal": FraudCase.Measure.INTERNAL in case.measures and case.alert_id is None,
    }


def _forms(case: FraudCase, failed: FraudForm | None) -> dict[str, FraudForm]:
    made = {name: act.form(case) for name, act in ACTS.items()}
    if failed is not None:
        made[failed.act] = failed
    return made


def _piece(request: HttpRequest, ref: UUID) -> FraudEvidence:
    """Of a case that one investigates; what is kept elsewhere does not come out of here."""
    cases = FraudCase.objects.visible_to(actor_of(request))
    rows = FraudEvidence.objects.filter(ref=ref, place="", case__in=cases)
    return row_of(request, TAKE_OUT, rows.select_related("case"), asked=ref)


@page("fraud/evidence/<uuid:ref>/", name="fraud_evidence", action=TAKE_OUT, logs_itself=True)
@require_POST
def take_out(request: HttpRequest, ref: UUID) -> HttpResponse:
    """As it came, on record and in its chain before the first byte."""
    row, actor = _piece(request, ref), actor_of(request)
    body = evidence.take_out(row, purpose=purpose_of(actor), actor=actor)
    response = HttpResponse(body, content_type="application/octet-stream")
    name = f"{row.case.code}-{row.sha256[:12]}.bin"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(
    "fraud/evidence/<uuid:ref>/check/",
    name="fraud_evidence_check",
    action=TAKE_OUT,
    logs_itself=True,
)
@require_POST
def check(request: HttpRequest, ref: UUID) -> HttpResponse:
    row, actor = _piece(request, ref), actor_of(request)
    if evidence.check(row, purpose=purpose_of(actor), actor=actor):
        messages.success(request, _("指纹相符，已记入保管链"))
    else:
        messages.error(request, _("指纹不符：文件已不是归档时的那一份。已记入保管链"))
    return redirect(HERE, row.case.code)


@page("fraud/case/<str:code>/referral/", name="fraud_referral", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def referral(request: HttpRequest, code: str) -> HttpResponse:
    """A page to read for investigators; the pack itself leaves only by POST."""
    case, actor = case_of(request, code), actor_of(request)
    posts, status = request.method == "POST", 200
    if posts and not gate.may(actor, Action.FRAUD_REFER):
        enter(request, Action.FRAUD_REFER)  # which refuses, and that is on record
    form = ReferralForm(request.POST if posts else None)
    if posts:
        status = 422
    if posts and form.is_valid():
        made: list[packs.Pack] = []
        terms = {**form.cleaned_data, "purpose": purpose_of(actor), "actor": actor}
        ok, status = done(form, lambda: made.append(police.take(case, **terms)), field="to")
        if ok:
            response = HttpResponse(made[0].content, content_type="application/zip")
            name = f"{case.code}-referral-{made[0].sha256[:12]}.zip"
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            return response
    enter(request, READ, row=case.code)
    may = member_of(case, actor) is not None and gate.may(actor, Action.FRAUD_REFER)
    context = {
        "title": _("报案材料"),
        "case": case,
        "ready": police.ready(case),
        "pieces": case.evidence.order_by("pk"),
        "takings": [(each, words_of(each)) for each in police.takings(case)],
        "form": form if may and police.ready(case) else None,
    }
    return template(request, "referral", context, status=status)
