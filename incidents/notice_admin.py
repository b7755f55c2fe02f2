"""The back office's page of what customers are told of an incident: words, four eyes, how they went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override
from django.views.decorators.http import require_http_methods, require_POST

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page
from access.models import Approval
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from incidents.case_admin import case_of
from incidents.case_frame import template
from incidents.cases.standing import Status, part_of
from incidents.models import Incident, IncidentNotice, Member, NoticeBatch
from incidents.notice_forms import ExemptForm, NoticeForm, ReturnedForm
from incidents.notices import drafting, exempting, printing, recipients, sending, texts
from incidents.notices.recipients import ListGone
from incidents.notices.sending import NoSuchLetter
from records.letters import showing
from records.letters.printing import NothingToPrint
from records.notices.contents import TAGS
from transfers.admin_frame import TOLD

READ, WORK, PRINT = Action.INCIDENT_READ, Action.INCIDENT_WORK, Action.INCIDENT_NOTICE_PRINT
HERE: Final = "admin:incident_notices"
Stage = NoticeBatch.Stage


@page("incident/<str:code>/notices/", name="incident_notices", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: HttpRequest, code: str) -> HttpResponse:
    incident = case_of(request, code)
    form = _form(request, incident)
    if request.method == "POST" and form.is_valid() and _kept(request, incident, form):
        return redirect(HERE, incident.code)
    enter(request, READ, row=incident.code)
    status = 422 if form.errors else 200
    return template(request, "notices", _page(request, incident, form), status=status)


def _form(request: HttpRequest, incident: Incident) -> NoticeForm:
    newest = incident.notice_batches.first()
    parts = texts.read(newest.parts) if newest else texts.proposed(incident)
    public = bool(newest and newest.public and newest.stage in {Stage.DRAFT, Stage.RETURNED})
    data = request.POST if request.method == "POST" else None
    return NoticeForm(data, parts=parts, public=public)


def _kept(request: HttpRequest, incident: Incident, form: NoticeForm) -> bool:
    """As a draft; and put up, if that was asked for."""
    actor = actor_of(request)
    try:
        batch = drafting.draft(
            incident, form.parts(), public=form.cleaned_data["public"], actor=actor
        )
        if request.POST.get("act") != "send":
            messages.info(request, _("草稿已保存。"))
            return True
        drafting.submit(batch, actor=actor)
    except texts.Incomplete as error:
        form.blame(error)
        return False
    except CustodianError as error:
        if error.status not in TOLD:
            raise
        form.add_error(None, _told(error))
        return False
    messages.success(request, _("已提交，待另一名成员复核后发送。"))
    return True


def _told(error: CustodianError) -> str:
    if isinstance(error, ListGone):
        return _("有一份受影响名单打不开，请在事件页复算后再试。")
    return str(getattr(error, "message", "") or _("状态已变，没有改动。"))


def _page(request: HttpRequest, incident: Incident, form: NoticeForm) -> dict[str, Any]:
    actor = actor_of(request)
    works = _works(incident, actor)
    batches = list(incident.notice_batches.select_related("approval", "asked_by"))
    waiting = next((each for each in batches if each.stage == Stage.WAITING), None)
    rows = IncidentNotice.objects.filter(incident=incident)
    asked = Approval.objects.waiting().filter(kind=exempting.KIND, payload__incident=incident.code)
    return {
        "title": _("告知受影响的客户"),
        "case": incident,
        "works": works,
        "batches": batches,
        "waiting": waiting,
        "running": _running(batches),
        "recipients": _counted(incident),
        "lists": recipients.lists(incident),
        "shown": [(tag, _words(batches[0], tag)) for tag in TAGS.values()] if batches else [],
        "form": form if works and waiting is None and gate.may(actor, WORK) else None,
        **showing.shown(rows),
        "restricted_words": _("资料只存不用、不能打开写信的，在客户服务里能看到。"),
        "may_print": works and gate.may(actor, PRINT),
        "print_url": reverse("admin:incident_notices_print", args=[incident.code]),
        "retry_url": reverse("admin:incident_notices_retry", args=[incident.code]) if works else "",
        "exemptions": [
            (each, exempting.words(each.ground), _clause(each.ground))
            for each in incident.exemptions.select_related("approval")
        ],
        "exempt_waiting": asked.first(),
        "exempt": ExemptForm() if works and exempting.grounds() else None,
        "returned": ReturnedForm() if works and rows.exclude(sent_at=None).exists() else None,
        "standing": [each for each in batches if _stands(each)],
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
    }


def _works(incident: Incident, actor: Any) -> bool:
    parts = {Member.Part.LEAD, Member.Part.MEMBER}
    return incident.status != Status.CLOSED and part_of(incident, actor) in parts


def _running(batches: list[NoticeBatch]) -> NoticeBatch | None:
    sent = (each for each in batches if each.stage == Stage.APPROVED)
    return next((each for each in sent if each.status != JobStatus.DONE), None)


def _counted(incident: Incident) -> recipients.Counts | None:
    """None where a list does not open; the page says so."""
    try:
        return recipients.counts(incident)
    except ListGone:
        return None


def _stands(batch: NoticeBatch) -> bool:
    return batch.public and batch.stage == Stage.APPROVED and batch.taken_down_at is None


def _clause(ground: str) -> str:
    found = exempting.grounds().get(ground)
    return found.clause if found else ""


def _words(batch: NoticeBatch, tag: str) -> texts.Told:
    """As everybody on it would read it together; a draft has no people yet."""
    with override(tag):
        said = texts.told(batch, clear=(), masked=()) if batch.facts else None
        if said is None:
            typed = texts.read(batch.parts)
            tongue = next(each for each, known in TAGS.items() if known == tag)
            parts = [(name, typed[key][tongue]) for key, name in texts.PARTS.items()]
            said = texts.Told(texts.title(), parts)
        return texts.Told(said.title, [(str(name), text) for name, text in said.parts if text])


def _act(request: HttpRequest, code: str, run: Callable[[Incident], str]) -> HttpResponse:
    """One act of a member, and the sentence that says what came of it."""
    incident = case_of(request, code)
    try:
        messages.success(request, run(incident))
    except CustodianError as error:
        if error.status not in TOLD:
            raise
        messages.error(request, _told(error))
    return redirect(HERE, incident.code)


@page(
    "incident/<str:code>/notices/exempt/",
    name="incident_notices_exempt",
    action=WORK,
    logs_itself=True,
)
@require_POST
def exempt(request: HttpRequest, code: str) -> HttpResponse:
    form, actor = ExemptForm(request.POST), actor_of(request)

    def run(incident: Incident) -> str:
        said = form.cleaned_data
        exempting.ask(incident, said["ground"], said["reason"], actor=actor)
        return _("已提交，待另一名成员复核。")

    if not form.is_valid():
        incident = case_of(request, code)
        messages.error(request, " ".join(_first(form)))
        return redirect(HERE, incident.code)
    return _act(request, code, run)


def _first(form: Any) -> list[str]:
    return [str(errors[0]) for errors in form.errors.values()]


@page(
    "incident/<str:code>/notices/returned/",
    name="incident_notices_returned",
    action=WORK,
    logs_itself=True,
)
@require_POST
def returned(request: HttpRequest, code: str) -> HttpResponse:
    """A message bounced, or paper came back."""
    form, actor = ReturnedForm(request.POST), actor_of(request)

    def run(incident: Incident) -> str:
        sending.came_back(incident, form.cleaned_data["number"], actor=actor)
        return _("已登记退回；有别的方式的，换一种方式再送。")

    if not form.is_valid():
        incident = case_of(request, code)
        messages.error(request, " ".join(_first(form)))
        return redirect(HERE, incident.code)
    try:
        return _act(request, code, run)
    except NoSuchLetter:
        messages.error(request, _("没有这个编号的已送出信件，请照信上的编号核对。"))
        return redirect(HERE, code)


@page(
    "incident/<str:code>/notices/retry/",
    name="incident_notices_retry",
    action=WORK,
    logs_itself=True,
)
@require_POST
def retry(request: HttpRequest, code: str) -> HttpResponse:
    """Those that reached nobody are looked at again: a contact may have been put right meanwhile."""
    actor = actor_of(request)

    def run(incident: Incident) -> str:
        n = sending.again(incident, actor=actor)
        return ngettext("重新发送 %(n)s 封。", "重新发送 %(n)s 封。", n) % {"n": f"{n:,}"}

    return _act(request, code, run)


@page(
    "incident/<str:code>/notices/take-down/",
    name="incident_notices_take_down",
    action=WORK,
    logs_itself=True,
)
@require_POST
def take_down(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)

    def run(incident: Incident) -> str:
        for each in incident.notice_batches.filter(public=True, taken_down_at=None):
            if each.stage == Stage.APPROVED:
                drafting.take_down(each, actor=actor)
        return _("已从公开网页撤下。")

    return _act(request, code, run)


@page(
    "incident/<str:code>/notices/print/",
    name="incident_notices_print",
    action=PRINT,
    logs_itself=True,
)
@require_POST
def print_notices(request: HttpRequest, code: str) -> HttpResponse:
    """The next sheet, or one that was lost, as PDF; on record before the first byte."""
    incident = case_of(request, code)
    asked, actor = request.POST.get("sheet", ""), actor_of(request)
    if not gate.may(actor, PRINT):
        enter(request, PRINT)  # which refuses, and that is on record
    try:
        if asked.isdecimal() and len(asked) < len("1000000"):
            number, body = int(asked), printing.print_again(incident, int(asked), actor=actor)
        else:
            number, body = printing.print_next(incident, actor=actor)
    except NothingToPrint as error:
        messages.error(request, str(error.message))
        return redirect(HERE, incident.code)
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{incident.code}-notices-{number}.pdf"'
    return response
