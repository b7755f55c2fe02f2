"""The back office's pages of the register: all risks as a matrix and a list, a new one, and one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import actor_of, enter, page, row_of
from access.models import Finding
from incidents import risk_acts, risk_events, risk_forms
from incidents.models import Incident, Risk
from incidents.risk_acts import OF_ACTIONS
from incidents.risk_frame import Act, Page, template
from incidents.risks import accepting, actions, checking, library, matrix, register
from incidents.risks.scales import MOST, scales
from transfers.admin_frame import done

READ, WORK = Action.RISK_READ, Action.RISK_WORK
SHOWN: Final = 50
Origin = Risk.Origin
ACTS: Final = (
    Act(
        risk_forms.ReviewForm, WORK,
        lambda risk, said, actor: register.review(
            risk, found=said["found"], next_on=said["next_on"], actor=actor
        ),
        gettext_lazy("复查已登记"), "next_on",
    ),
    Act(
        risk_forms.WeighForm, WORK,
        lambda risk, said, actor: register.weigh(
            risk, [said[name] for name in register.LEVELS], why=said["why"], actor=actor
        ),
        gettext_lazy("评估已更新"), "residual_impact",
    ),
    Act(
        risk_forms.ControlsForm, WORK,
        lambda risk, said, actor: register.settle_controls(
            risk, said["controls"], why=said["why"], actor=actor
        ),
        gettext_lazy("控制措施已更新"), "controls",
    ),
    Act(
        risk_forms.GiveForm, WORK,
        lambda risk, said, actor: register.give(risk, said["owner"], why=said["why"], actor=actor),
        gettext_lazy("负责人已更新"), "owner",
    ),
    Act(
        risk_forms.TreatForm, WORK,
        lambda risk, said, actor: accepting.treat(
            risk, said["treatment"], why=said["why"], actor=actor
        ),
        gettext_lazy("应对方式已登记；超过阈值的接受须另一人复核"), "treatment",
    ),
    Act(
        risk_forms.ActionForm, WORK,
        lambda risk, said, actor: actions.propose(risk, **said, actor=actor),
        gettext_lazy("整改措施已登记，负责人在自己的页面上看到这一项"), "owner",
    ),
    Act(
        risk_forms.CloseForm, WORK,
        lambda risk, said, actor: register.close(risk, why=said["why"], actor=actor),
        gettext_lazy("风险已销号"), "why",
    ),
    Act(
        risk_forms.ReopenForm, WORK,
        lambda risk, said, actor: register.reopen(risk, why=said["why"], actor=actor),
        gettext_lazy("风险重新在册"), "why",
    ),
    *OF_ACTIONS,
)  # fmt: skip


@page("risk/", name="risks", action=READ, logs_itself=True)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Open ones unless told; a cell of the matrix is a filter, and so is what is due."""
    enter(request, READ)
    actor, shown = actor_of(request), request.GET.get("show", "")
    place = _place(request.GET.get("at", ""))
    everyone = register.open_ones()
    rows = Risk.objects.filter(status="closed") if shown == "closed" else everyone
    if shown == "due":
        rows = register.due()
    if place:
        rows = rows.filter(residual_likelihood=place[0], residual_impact=place[1])
    ordered = rows.select_related("unit", "product", "owner").order_by(
        -F("residual_likelihood") * F("residual_impact"), "pk"
    )
    paged = Paginator(ordered, SHOWN).get_page(request.GET.get("page"))
    places = list(everyone.values_list("residual_likelihood", "residual_impact"))
    context = {
        "title": _("风险登记册"),
        "rows": [_line(each) for each in paged],
        "paged": paged,
        "show": shown,
        "at": place,
        "matrix": matrix.drawn(places, scales()),
        "heads": matrix.heads(scales()),
        "width": matrix.WIDTH,
        "height": matrix.HEIGHT,
        "count": len(places),
        "due": register.due().count(),
        "scales": scales(),
        "may_raise": gate.may(actor, WORK),
    }
    return template(request, "risks", context)


def _place(said: str) -> tuple[int, int] | None:
    first, _dash, second = said.partition("-")
    known = {str(each) for each in range(1, MOST + 1)}
    return (int(first), int(second)) if {first, second} <= known else None


def _line(risk: Risk) -> dict[str, Any]:
    return {"risk": risk, "band": scales().band(risk.residual), "tone": tone(risk.residual)}


def tone(score: int) -> str:
    return {"low": "ok", "medium": "", "high": "warn"}.get(scales().band(score).code, "danger")


@page("risk/new/", name="risk_new", action=WORK, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Also from the review of a case, or from a finding: `incident` or `finding` names it."""
    actor, origin = actor_of(request), _origin(request)
    enter(request, WORK)
    posts = request.method == "POST"
    form = risk_forms.RaiseForm(request.POST if posts else None, initial=_begun(request))
    status = 422 if posts else 200
    if posts and form.is_valid():
        made: list[Risk] = []
        ok, status = done(form, lambda: made.append(_raise(form, origin, actor)), field="owner")
        if ok:
            messages.success(request, _("风险已登记"))
            return redirect("admin:risk", made[0].code)
    context = {"title": _("登记风险"), "form": form, "origin": _told(origin, actor)}
    return template(request, "new", context, status=status)


def _origin(request: HttpRequest) -> tuple[Origin, str]:
    """What it is raised from, if this person may see that."""
    asked = request.POST if request.method == "POST" else request.GET
    code, ref = asked.get("incident", ""), asked.get("finding", "")
    if code and Incident.objects.visible_to(actor_of(request)).filter(code=code).exists():
        return Origin.INCIDENT, code
    may = gate.may(actor_of(request), Action.FINDING_READ)
    if ref and may and _is_finding(ref):
        return Origin.FINDING, ref
    return Origin.OWN, ""


def _is_finding(ref: str) -> bool:
    try:
        return Finding.objects.filter(ref=UUID(ref)).exists()
    except ValueError:
        return False


def _begun(request: HttpRequest) -> dict[str, Any]:
    return {"owner": getattr(request.user, "staff_no", ""), "inherent_likelihood": 3}


def _raise(form: risk_forms.RaiseForm, origin: tuple[Origin, str], actor: Actor) -> Risk:
    said = {name: form.cleaned_data[name] for name in register.TOLD[:6]}
    return register.raise_risk(
        {**said, "origin": origin[0], "origin_ref": origin[1]},
        levels=form.levels,
        controls=form.cleaned_data["controls"],
        owner=form.cleaned_data["owner"],
        review_on=form.cleaned_data["review_on"],
        actor=actor,
    )


def _told(origin: tuple[str, str], actor: Actor) -> dict[str, str]:
    """Whence it came; the number of a case only to those who are in it."""
    kind, ref = origin
    if kind == Origin.INCIDENT:
        seen = Incident.objects.visible_to(actor).filter(code=ref).exists()
        return {"kind": kind, "ref": ref if seen else "", "words": str(Origin(kind).label)}
    return {"kind": kind, "ref": ref, "words": str(Origin(kind).label)}


@page("risk/register/<str:code>/", name="risk", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, code: str) -> HttpResponse:
    rows = Risk.objects.filter(code=code).select_related("unit", "product", "owner", "acceptance")
    risk, actor = row_of(request, READ, rows, asked=code), actor_of(request)
    acts = Page(request, risk, ACTS)
    if acts.posted():
        return redirect("admin:risk", code)
    enter(request, READ, row=risk.code)
    return template(request, "risk", {**_shown(risk, actor), **acts.context}, status=acts.status)


def _shown(risk: Risk, actor: Actor) -> dict[str, Any]:
    return {
        "title": f"{risk.code} {risk.title}",
        "risk": risk,
        "levels": [_level(risk, which) for which in ("inherent", "residual")],
        "origin": _told((risk.origin, risk.origin_ref), actor),
        "controls": _controls(risk),
        "actions": risk_acts.shown(risk, actor),
        "waiting": accepting.waiting(risk),
        "threshold": scales().accept_by_two_from,
        "history": risk_events.told(register.history(risk)),
        "here": "admin:risks",
    }


def _level(risk: Risk, which: str) -> Mapping[str, Any]:
    likelihood = getattr(risk, f"{which}_likelihood")
    impact = getattr(risk, f"{which}_impact")
    product = likelihood * impact
    return {
        "label": _("固有风险") if which == "inherent" else _("剩余风险"),
        "likelihood": scales().likelihood[likelihood - 1],
        "impact": scales().impact[impact - 1],
        "score": product,
        "band": scales().band(product),
        "tone": tone(product),
    }


def _controls(risk: Risk) -> list[checking.Standing]:
    known = library.controls()
    return [checking.standing(known[code]) for code in risk.controls if code in known]
