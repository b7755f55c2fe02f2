"""The back office's pages of reports: all of a case by clock, one version, and its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import actor_of, enter, page, row_of
from access.law import clock_words
from access.law import clocks as law
from access.law.clocks import Book
from custodian.errors import CustodianError
from incidents.case_frame import template
from incidents.cases import clocks
from incidents.cases.clocks import Reckoned
from incidents.cases.standing import Status, part_of
from incidents.models import Incident, IncidentReport, Member
from incidents.report_answer_forms import FORMS, AnswersForm
from incidents.report_forms import FilingForm, WordsForm
from incidents.reports import dora, filing, kinds, papers, telling, writing
from records.notices import comparing
from transfers.admin_frame import TOLD, done

READ, TAKE = Action.INCIDENT_READ, Action.INCIDENT_REPORT_READ
Stage = IncidentReport.Stage
Form = WordsForm | FilingForm | AnswersForm
SAID: Final[Mapping[str, Any]] = {
    "submit": gettext_lazy("已提交，等待另一名成员复核"),
    "file": gettext_lazy("已登记报送"),
}
TONES: Final = {
    Stage.DRAFT: "",
    Stage.WAITING: "info",
    Stage.RETURNED: "warn",
    Stage.APPROVED: "info",
    Stage.FILED: "ok",
}


def works(incident: Incident, actor: Actor) -> bool:
    part = part_of(incident, actor)
    live = incident.status != Status.CLOSED
    inside = part in {Member.Part.LEAD, Member.Part.MEMBER}
    return live and inside and gate.may(actor, Action.INCIDENT_WORK)


def case_of(request: HttpRequest, code: str) -> Incident:
    rows = Incident.objects.visible_to(actor_of(request)).filter(code=code)
    return row_of(request, READ, rows, asked=code)


@page("incident/<str:code>/reports/", name="incident_reports", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest, code: str) -> HttpResponse:
    """What is owed to whom and by when, and the versions of each."""
    incident, actor = case_of(request, code), actor_of(request)
    if request.method == "POST" and (rule := request.POST.get("rule")):
        made: list[IncidentReport] = []
        if _told(request, lambda: made.append(writing.begin(incident, rule, actor=actor))):
            messages.success(request, _("已起草，事实由系统填入"))
            return redirect("admin:incident_report", made[0].ref)
        return redirect("admin:incident_reports", code)
    enter(request, READ, row=incident.code)
    context = {
        "title": _("监管报告"),
        "case": incident,
        "owed": owed(incident),
        "works": works(incident, actor),
    }
    return template(request, "reports", context)


def _told(request: HttpRequest, act: Callable[[], Any]) -> bool:
    """Whether it was done; what stood in the way is said on the next page."""
    try:
        act()
    except CustodianError as error:
        if error.status not in TOLD:
            raise
        messages.error(request, str(error.message))
        return False
    return True


def owed(incident: Incident) -> list[dict[str, Any]]:
    """Each report with its clock as it runs, and its versions, the newest first."""
    case, book = Reckoned(incident), Book()
    rows = case.rows
    versions = list(incident.reports.order_by("-number"))
    found = []
    for code, rule in writing.rules(incident).items():
        row = next((each for each in reversed(rows) if each.rule == code), None)
        mine = [each for each in versions if each.rule == code]
        found.append(
            {
                "code": code,
                "rule": rule,
                "form": kinds.LABELS[rule.action],
                "face": law.shown(row, book=book) if row else clocks.not_running(case, rule),
                "versions": [{"row": each, "tone": TONES[Stage(each.stage)]} for each in mine],
                "may_begin": not any(each.stage in writing.IN_WORK for each in mine),
                "due": row.due_at if row and row.stopped_at is None else None,
            }
        )
    return sorted(found, key=lambda each: (each["due"] is None, each["due"], each["code"]))


def report_of(request: HttpRequest, ref: UUID, action: Action = READ) -> IncidentReport:
    cases = Incident.objects.visible_to(actor_of(request))
    rows = IncidentReport.objects.filter(ref=ref, incident__in=cases).select_related(
        "incident", "approval__requested_by", "approval__decided_by", "begun_by", "filed_by"
    )
    return row_of(request, action, rows, asked=ref)


@page("incident-report/<uuid:ref>/", name="incident_report", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, ref: UUID) -> HttpResponse:
    row, act, status = report_of(request, ref), request.POST.get("act", ""), 200
    shown: dict[str, Form | None] = {"write": WordsForm(row), "file": FilingForm()}
    shown |= {name: form(row) for name, form in FORMS.items()}
    failed: Form | None = None
    if request.method == "POST":
        failed = _form(row, act, request.POST)
        ok, status = _act(request, row, act, failed)
        if ok:
            return redirect("admin:incident_report", row.ref)
        shown["write" if act == "submit" else act] = failed
    enter(request, READ, row=row.incident.code, report=str(row.ref))
    context = {**_page(request, row, shown), "failed": failed, "failed_act": act}
    return template(request, "incident_report", context, status=status)


def _form(row: IncidentReport, act: str, data: Any) -> Form | None:
    if act in {"write", "submit"}:
        return WordsForm(row, data)
    if act == "file":
        return FilingForm(data)
    return FORMS[act](row, data) if act in FORMS else None


def _act(
    request: HttpRequest, row: IncidentReport, act: str, form: Form | None
) -> tuple[bool, int]:
    """Whether it was done, and else the status of the page that says what stood in the way."""
    actor = actor_of(request)
    if form is None:
        withdraws = act == "withdraw"
        if withdraws and _told(request, lambda: writing.withdraw(row, actor=actor)):
            messages.success(request, _("已撤回，可以继续修改"))
        return True, 302
    if not form.is_valid():
        return False, 422
    ok, status = done(form, lambda: _do(row, act, form, actor), field="at")
    if ok:
        messages.success(request, SAID.get(act, _("已保存")))
    return ok, status


def _do(row: IncidentReport, act: str, form: Form, actor: Actor) -> None:
    if isinstance(form, FilingForm):
        filing.file(row, **form.cleaned_data, actor=actor)
    elif isinstance(form, AnswersForm):
        writing.answer(row, act, form.answers, actor=actor)
    else:
        writing.write(row, form.words, actor=actor)
        if act == "submit":
            writing.submit(row, actor=actor)


def _page(request: HttpRequest, row: IncidentReport, shown: Mapping[str, Any]) -> dict[str, Any]:
    actor, said = actor_of(request), _said(row)
    may = works(row.incident, actor)
    in_work = row.stage in {Stage.DRAFT, Stage.RETURNED}
    rule = law.of(row.rule)
    before = row.incident.reports.filter(rule=row.rule, number__lt=row.number).last()
    return {
        "title": writing.name({"rule": row.rule, "version": row.number}),
        "case": row.incident,
        "report": row,
        "form": kinds.LABELS[rule.action],
        "to": clock_words.to(rule),
        "tone": TONES[Stage(row.stage)],
        "altered": said is None,
        "facts": telling.facts(said["facts"]) if said else [],
        "progress": telling.progress(said["progress"]) if said else [],
        "as_of": telling.when(said["as_of"]) if said else "",
        "sections": _sections(row),
        "words": shown["write"] if may and in_work else None,
        "dora": shown["dora"] if may and in_work and dora.applies(row.rule) else None,
        "veris": shown["veris"] if may and in_work else None,
        "takes_dora": dora.applies(row.rule),
        "filing": shown["file"] if may and row.stage == Stage.APPROVED else None,
        "may_withdraw": may and row.stage == Stage.WAITING,
        "signed": row.stage in {Stage.APPROVED, Stage.FILED},
        "may_take": gate.may(actor, TAKE),
        "standing": approvals.standing(row.approval, actor)
        if row.approval and row.stage == Stage.WAITING
        else None,
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
        "returned": writing.sent_back(row) if row.stage == Stage.RETURNED else None,
        "before": before,
        "changes": _changes(before, row) if before else [],
        "moved": _moved(_said(before), said) if before and said else [],
    }


def _said(row: IncidentReport) -> papers.Said | None:
    try:
        return papers.said_by(row)
    except papers.Altered:
        return None


def _sections(row: IncidentReport) -> list[dict[str, Any]]:
    return [
        {"label": label, "texts": row.words[name]}
        for name, label in kinds.SECTIONS.items()
        if row.words.get(name)
    ]


def _moved(before: papers.Said | None, now: papers.Said) -> list[tuple[str, str, str]]:
    """Facts that read otherwise than in the last version: each with both."""
    if before is None:
        return []
    was = {each.label: each.value for each in telling.facts(before["facts"])}
    rows = [
        (each.label, was.get(each.label, "—"), each.value) for each in telling.facts(now["facts"])
    ]
    return [each for each in rows if each[1] != each[2]]


def _changes(before: IncidentReport, row: IncidentReport) -> list[comparing.Part]:
    """What this version's words say otherwise than the last one's."""
    found = []
    for name, label in kinds.SECTIONS.items():
        for language, told in (("zh", _("中文")), ("en", _("英文"))):
            old = before.words.get(name, {}).get(language, "")
            new = row.words.get(name, {}).get(language, "")
            if old != new:
                parts = tuple(comparing.paragraphs(old.splitlines(), new.splitlines()))
                title = _("%(section)s（%(language)s）") % {"section": label, "language": told}
                found.append(comparing.Part(f"{name}-{language}", title, parts))
    return found
