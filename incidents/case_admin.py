"""The back office's pages of incidents: those whose working group one is in, and the board of one."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from access import approvals, gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, purpose_of, row_of
from access.models import Approval
from custodian import clock
from custodian.jobs import OPEN as OPEN_JOBS
from incidents import affected_pages, due_panels, remedy_acts, report_pages
from incidents.case_acts import ACTS, LEAD
from incidents.case_forms import CaseForm, OpenForm
from incidents.case_frame import template
from incidents.cases import (
    assessing,
    clocks,
    evidence,
    links,
    naming,
    opening,
    timeline,
    todo,
    unit_cutting,
)
from incidents.cases.decisions import Decision
from incidents.cases.standing import Status, part_of
from incidents.models import Incident, IncidentEvidence, IncidentNotice, Member
from records.evidence.upload import takes_evidence_from
from records.letters import showing
from transfers.admin_frame import done

READ, OPEN, WORK = Action.INCIDENT_READ, Action.INCIDENT_OPEN, Action.INCIDENT_WORK
TAKE_OUT = Action.INCIDENT_EVIDENCE_READ
SHOWN: Final = 50


def case_of(request: HttpRequest, code: str) -> Incident:
    """One whose working group the actor is in; any other one is not there."""
    rows = Incident.objects.visible_to(actor_of(request)).filter(code=code)
    return row_of(request, READ, rows.select_related("opened_by", "closing"), asked=code)


@page("incident/", name="incidents", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Those that one works on, and opening one that no alert announced."""
    actor, posts = actor_of(request), request.method == "POST"
    if posts and not gate.may(actor, OPEN):
        enter(request, OPEN)  # which refuses, and that is on record
    form = OpenForm(request.POST if posts else None)
    if posts and form.is_valid():
        made: list[Incident] = []
        ok, _status = done(
            form,
            lambda: made.append(opening.open_case(**form.cleaned_data, actor=actor)),
            field="occurred_at",
        )
        if ok:
            messages.success(request, _("已立案，您是负责人"))
            return redirect("admin:incident", made[0].code)
    enter(request, READ)
    paged = Paginator(Incident.objects.visible_to(actor), SHOWN).get_page(request.GET.get("page"))
    context = {
        "title": _("事件处置"),
        "rows": [_row(each, actor) for each in paged],
        "paged": paged,
        "due": due_panels.rows(actor),
        "form": form if gate.may(actor, OPEN) else None,
    }
    return template(request, "incidents", context, status=422 if form.errors else 200)


def _row(incident: Incident, actor: Any) -> dict[str, Any]:
    left = todo.open_ones(incident)
    return {
        "case": incident,
        "title": naming.title(incident),
        "part": Member.Part(part_of(incident, actor)).label,
        "open": left.count(),
        "late": left.filter(due_at__lt=clock.now()).count(),
    }


def _works(request: HttpRequest) -> bool:
    actor = getattr(request, "actor", None)
    return actor is not None and gate.may(actor, WORK)


@page("incident/<str:code>/", name="incident", action=READ, logs_itself=True)
@takes_evidence_from(_works)
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest, code: str) -> HttpResponse:
    incident = case_of(request, code)
    failed: CaseForm | None = None
    status = 200
    if request.method == "POST":
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            enter(request, READ, row=incident.code)
            return redirect("admin:incident", code)
        failed = act.form(incident, request.POST, request.FILES)
        status = 422
        if failed.is_valid():
            said, actor = failed.cleaned_data, actor_of(request)
            ok, status = done(failed, lambda: act.run(incident, said, actor), field=act.at)
            if ok:
                messages.success(request, act.says)
                return redirect("admin:incident", code)
    enter(request, READ, row=incident.code)
    return template(request, "incident", _board(request, incident, failed), status=status)


def _board(request: HttpRequest, incident: Incident, failed: CaseForm | None) -> dict[str, Any]:
    actor = actor_of(request)
    part = part_of(incident, actor)
    live = incident.status != Status.CLOSED
    works = live and part in {Member.Part.LEAD, Member.Part.MEMBER} and gate.may(actor, WORK)
    leads = live and part == Member.Part.LEAD and gate.may(actor, LEAD)
    forms = {name: act.form(incident) for name, act in ACTS.items()}
    if failed is not None:
        forms[failed.act] = failed
    lists = list(incident.affected.select_related("requested_by"))
    assessment = incident.assessments.last()
    assessed = assessment.counted if assessment else {}
    waiting = Approval.objects.waiting().filter(payload__incident=incident.code)
    return {
        "title": f"{incident.code} {naming.title(incident)}",
        "case": incident,
        "works": works,
        "leads": leads,
        "restores": part in {Member.Part.LEAD, Member.Part.MEMBER}
        and gate.may(actor, Action.INCIDENT_DECIDE)
        and unit_cutting.is_cut(incident),
        "decides": works and gate.may(actor, Action.INCIDENT_DECIDE),
        "failed": failed,
        "forms": forms,
        "tasks": [_task(each) for each in incident.tasks.select_related("owner", "done_by")],
        "entries": [_entry(each) for each in incident.timeline.select_related("recorded_by")],
        "pieces": _pieces(incident),
        "members": incident.members.now().select_related("user", "user__unit"),
        "clocks": clocks.faces(incident),
        "assessment": assessment,
        "reports": report_pages.owed(incident),
        "counted": assessing.counted(incident),
        "assessed_numbers": assessing.told_numbers(assessed),
        "assessed_circumstances": assessing.told_circumstances(assessed),
        "affected": [affected_pages.told(each) for each in lists],
        "reckoning": any(each.status in OPEN_JOBS for each in lists),
        "may_read_affected": gate.may(actor, Action.INCIDENT_AFFECTED_READ),
        "may_read_agreements": gate.may(actor, Action.COUNTERPARTY_READ),
        "told": showing.delivery(IncidentNotice.objects.filter(incident=incident)),
        "exempted": incident.exemptions.exists(),
        "links": [_link(each) for each in incident.links.all()],
        "alerts": incident.alerts.select_related("finding"),
        "waiting": [(each, _asked(each)) for each in waiting.select_related("requested_by")],
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
        **remedy_acts.shown(incident, actor),
    }


def _task(task: Any) -> dict[str, Any]:
    late = task.status == "open" and task.due_at is not None and task.due_at < clock.now()
    return {"row": task, "title": todo.title(task), "late": late}


def _entry(entry: Any) -> dict[str, Any]:
    decision = entry.facts.get("decision")
    words = Decision(decision).label if decision else timeline.words(entry)
    return {"row": entry, "words": words}


def _pieces(incident: Incident) -> list[Any]:
    rows = incident.evidence.select_related("filed_by").prefetch_related("custody__by")
    return list(rows)


def _link(row: Any) -> dict[str, Any]:
    thing = links.thing_of(row)
    return {"row": row, "thing": links.LABELS[thing], "name": links.name(row)}


def _asked(approval: Approval) -> Any:
    """Of a decision which one it is; else what the act is called."""
    decision = approval.payload.get("decision")
    return Decision(decision).label if decision else approvals.kind_of(approval).label


def _piece(request: HttpRequest, ref: UUID) -> IncidentEvidence:
    """Of a case whose group one is in; what is kept elsewhere does not come out of here."""
    cases = Incident.objects.visible_to(actor_of(request))
    rows = IncidentEvidence.objects.filter(ref=ref, place="", incident__in=cases)
    return row_of(request, TAKE_OUT, rows.select_related("incident"), asked=ref)


@page("incident-evidence/<uuid:ref>/", name="incident_evidence", action=TAKE_OUT, logs_itself=True)
@require_POST
def take_out(request: HttpRequest, ref: UUID) -> HttpResponse:
    """As it came, on record and in its chain before the first byte."""
    row, actor = _piece(request, ref), actor_of(request)
    body = evidence.take_out(row, purpose=purpose_of(actor), actor=actor)
    response = HttpResponse(body, content_type=row.media_type)
    response["Content-Disposition"] = f'attachment; filename="{evidence.file_name(row)}"'
    return response


@page(
    "incident-evidence/<uuid:ref>/check/",
    name="incident_evidence_check",
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
    return redirect("admin:incident", row.incident.code)
