"""The back office's calendar of audits and reports: what falls due when, and the rounds of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of
from access.law import clock_words
from access.law.clocks import Book
from custodian import clock
from incidents import risk_acts
from incidents.models import AuditRound, RiskAction
from incidents.risk_acts import OF_ACTIONS
from incidents.risk_frame import Act, ActForm, DayField, OwnerField, Page, template, text_field
from incidents.risks import calendar, facts, rounds
from incidents.risks.calendar import Duty
from incidents.risks.facts import Answer
from incidents.risks.rounds import Reported

READ, PLAN = Action.RISK_READ, Action.AUDIT_PLAN
State = AuditRound.State
WORDS: Final = {
    "late": (gettext_lazy("逾期"), "danger"),
    "under_way": (gettext_lazy("进行中"), "info"),
    "planned": (gettext_lazy("已安排"), "info"),
    "soon": (gettext_lazy("临近"), "warn"),
    "later": (gettext_lazy("未到期"), ""),
}


def _lead() -> Any:
    field = OwnerField()
    field.help_text = gettext_lazy("工号；对这一次负责的人")
    return field


def _auditor() -> Any:
    return text_field(
        gettext_lazy("审计机构或负责人"), gettext_lazy("谁来做；内部审计写部门或姓名"), most=80
    )


class PlanForm(ActForm):
    act = "plan"
    planned_on = DayField(label=gettext_lazy("计划开始"), help_text=gettext_lazy("例如 2026-12-31"))
    lead = _lead()
    auditor = _auditor()
    ordered = forms.BooleanField(
        label=gettext_lazy("监管机构要求的审计"),
        required=False,
        help_text=gettext_lazy("整改完成后须报送整改报告"),
    )


class BeginForm(ActForm):
    act = "begin"


class _PaperFields(ActForm):
    done_on = DayField(label=gettext_lazy("完成日"), help_text=gettext_lazy("例如 2026-12-31"))
    conclusion = text_field(
        gettext_lazy("结论"), gettext_lazy("一句话，请勿写客户资料"), most=300, required=False
    )
    paper = text_field(
        gettext_lazy("报告存放"), gettext_lazy("档案号或存放处，别人找得到"), most=100
    )
    sha256 = forms.RegexField(
        r"^[0-9a-fA-F]{64}$",
        label=gettext_lazy("文件指纹"),
        required=False,
        help_text=gettext_lazy("报告文件的 SHA-256，64 个字符"),
        error_messages={"invalid": gettext_lazy("指纹须为 64 个十六进制字符，请核对")},
    )
    filed_on = DayField(
        label=gettext_lazy("报送日"),
        required=False,
        help_text=gettext_lazy("报给监管机构的日期；不需报送就不填"),
    )
    filed_ref = text_field(gettext_lazy("报送编号"), "", most=60, required=False)


class ReportForm(_PaperFields):
    act = "report"


class EarlierForm(_PaperFields):
    act = "earlier"
    field_order = ("due_on", "lead", "auditor")
    due_on = DayField(
        label=gettext_lazy("针对的到期日"), help_text=gettext_lazy("这一次办的是哪个到期日")
    )
    lead = _lead()
    auditor = _auditor()

    def fill(self) -> None:
        self.start("due_on", self.thing.due_on.isoformat())


class FindingForm(ActForm):
    act = "finding"
    found = text_field(gettext_lazy("审计发现"), gettext_lazy("请勿写客户资料"), most=300)
    title = text_field(gettext_lazy("要做什么"), gettext_lazy("负责人看得到"), most=120)
    owner = OwnerField()
    due_on = DayField(label=gettext_lazy("期限"), help_text=gettext_lazy("例如 2026-12-31"))

    def fill(self) -> None:
        owner: Any = self.fields["owner"]
        owner.help_text = gettext_lazy("工号；他在“我的整改措施”里看到这一项")


class RectifiedForm(ActForm):
    act = "rectified"
    on = DayField(label=gettext_lazy("报送日"), help_text=gettext_lazy("例如 2026-12-31"))
    reference = text_field(gettext_lazy("报送编号"), "", most=60, required=False)


class _Thing:
    """A duty with its rounds, and the actions of the one that is worked on."""

    def __init__(self, duty: Duty, rows: list[AuditRound]) -> None:
        self.duty, self.rounds, self.due_on = duty, rows, duty.due_on
        # What is found is put to the one that is under way, else to the newest that was reported.
        self.current = duty.now or next(iter(rows), None)

    @property
    def actions(self) -> Any:
        return RiskAction.objects.filter(round__in=[each.pk for each in self.rounds])


def _current(thing: _Thing) -> AuditRound:
    if thing.current is None:
        raise rounds.Arranged
    return thing.current


def _reported(said: Mapping[str, Any]) -> Reported:
    names = ("done_on", "conclusion", "paper", "sha256", "filed_on", "filed_ref")
    return Reported(**{name: said[name] for name in names})


def _note_earlier(thing: _Thing, said: Mapping[str, Any], actor: Actor) -> None:
    who = {name: said[name] for name in ("due_on", "lead", "auditor")}
    about = thing.duty.about
    rounds.note_earlier(thing.duty.rule.code, _reported(said), **who, about=about, actor=actor)


ACTS: Final = (
    Act(
        PlanForm, PLAN,
        lambda thing, said, actor: rounds.plan(
            thing.duty.rule.code, due_on=thing.due_on, about=thing.duty.about, **said, actor=actor
        ),
        gettext_lazy("已安排"), "auditor",
    ),
    Act(
        BeginForm, PLAN, lambda thing, _said, actor: rounds.begin(_current(thing), actor=actor),
        gettext_lazy("已开始"),
    ),
    Act(
        ReportForm, PLAN,
        lambda thing, said, actor: rounds.report(_current(thing), _reported(said), actor=actor),
        gettext_lazy("报告已登记，下一次的到期日已重算"), "done_on",
    ),
    Act(EarlierForm, PLAN, _note_earlier, gettext_lazy("已登记，下一次的到期日已重算"), "done_on"),
    Act(
        FindingForm, PLAN,
        lambda thing, said, actor: rounds.find(_current(thing), **said, actor=actor),
        gettext_lazy("审计发现已登记，负责人在自己的页面上看到要做的事"), "owner",
    ),
    Act(
        RectifiedForm, PLAN,
        lambda thing, said, actor: rounds.file_rectification(
            _current(thing), on=said["on"], reference=said["reference"], actor=actor
        ),
        gettext_lazy("整改报告已登记"), "on",
    ),
    *OF_ACTIONS,
)  # fmt: skip


@page("risk/calendar/", name="risk_calendar", action=READ, logs_itself=True)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    enter(request, READ)
    actor = actor_of(request)
    found = calendar.duties(actor)
    ordered = rounds.visible_to(actor).filter(ordered=True, rectified_filed_on=None)
    owed = [(each, calendar.rectification_due(each)) for each in ordered]
    context = {
        "title": _("审计日历"),
        "rows": [_line(each) for each in found],
        "late": sum(each.is_late for each in found),
        "owed": [(_named(row), row, day) for row, day in owed if day],
        "people": calendar.people_counted(),
        "counted_at": clock.now(),
        "facts": facts.house().facts.values(),
        "answers": {
            Answer.YES: _("是"),
            Answer.NO: _("否"),
            Answer.UNKNOWN: _("待核"),
        },
    }
    return template(request, "calendar", context)


def _named(row: AuditRound) -> str:
    return clock_words.name(Book().of(row.rule))


def _line(duty: Duty) -> dict[str, Any]:
    word, tone = WORDS[duty.state]
    rule = duty.rule
    return {
        "duty": duty,
        "name": clock_words.name(rule),
        "when": clock_words.counted(rule),
        "note": clock_words.note(rule),
        "mark": rule.mark,
        "clause": rule.clause,
        "state_word": word,
        "tone": tone,
        "unknown": duty.applies is Answer.UNKNOWN,
    }


@page("risk/calendar/<str:code>/", name="risk_duty", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One duty; a special audit is named with the case that it follows, to the group of the case."""
    actor = actor_of(request)
    if not gate.may(actor, READ):
        enter(request, READ)  # which refuses, and that is on record
    about = request.GET.get("about", "")
    duty = next(
        (each for each in calendar.duties(actor) if each.rule.code == code and each.about == about),
        None,
    )  # fmt: skip
    if duty is None:
        gate.refuse_unknown(
            actor, READ, asked=code[:40], purpose=purpose_of(actor), channel=CHANNEL
        )
    rows = rounds.visible_to(actor).filter(rule=code, about=about).select_related("lead")
    thing = _Thing(duty, list(rows))
    acts = Page(request, thing, ACTS)
    if acts.posted():
        return redirect(request.get_full_path())
    enter(request, READ, row=code)
    return template(request, "duty", {**_shown(thing, actor), **acts.context}, status=acts.status)


def _shown(thing: _Thing, actor: Actor) -> dict[str, Any]:
    current = thing.current
    plans = gate.may(actor, PLAN)
    return {
        "title": clock_words.name(thing.duty.rule),
        **_line(thing.duty),
        "rounds": thing.rounds,
        "current": current,
        "actions": risk_acts.shown(thing, actor),
        "may_plan": plans and thing.duty.now is None,
        "may_begin": plans and current is not None and current.state == State.PLANNED,
        "may_report": plans and current is not None and current.state == State.UNDER_WAY,
        "may_find": plans and current is not None and current.state != State.PLANNED,
        "rectified_by": calendar.rectification_due(current) if current else None,
        "may_change": gate.may(actor, Action.LAW_PROPOSE),
        "here": "admin:risk_calendar",
    }
