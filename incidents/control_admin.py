"""The back office's pages of controls: the library with what is due, and the tests of one."""

from __future__ import annotations

from datetime import datetime
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
from access.vocabulary import Role
from incidents import risk_acts
from incidents.models import ControlCheck, Risk, RiskAction
from incidents.risk_acts import OF_ACTIONS
from incidents.risk_frame import Act, ActForm, Page, template, text_field
from incidents.risks import checking, library, machine, register
from incidents.risks.checking import Standing
from incidents.risks.library import Control

READ, CHECK, CONFIRM = Action.CONTROL_READ, Action.CONTROL_CHECK, Action.CONTROL_CONFIRM
SHOWN: Final = 24
STATES: Final = {
    "failed": (gettext_lazy("失效"), "danger"),
    "never": (gettext_lazy("从未自查"), "danger"),
    "late": (gettext_lazy("逾期未查"), "danger"),
    "soon": (gettext_lazy("临近"), "warn"),
    "holds": (gettext_lazy("有效"), "ok"),
}


class CheckForm(ActForm):
    act = "check"
    result = forms.ChoiceField(
        label=gettext_lazy("结果"),
        choices=ControlCheck.Result,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择有效还是失效")},
    )
    note = text_field(
        gettext_lazy("查到了什么"), gettext_lazy("看了多少、怎样看的；请勿写客户资料"), most=300
    )
    evidence = text_field(
        gettext_lazy("凭据"), gettext_lazy("在哪里能看到，例如底稿编号"), most=100, required=False
    )


class ConfirmForm(ActForm):
    act = "confirm"
    note = text_field(gettext_lazy("怎样确认的"), gettext_lazy("一句话，请勿写客户资料"))


def _confirm(thing: _Thing, said: Any, actor: Actor) -> None:
    if thing.last is None:
        raise checking.NotFailed
    checking.confirm(thing.last, note=said["note"], actor=actor)


class _Thing:
    """A control with its last test, and with the actions that hang on its tests."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.now: Standing = checking.standing(control)

    @property
    def last(self) -> ControlCheck | None:
        return self.now.last

    @property
    def actions(self) -> Any:
        return RiskAction.objects.filter(check_row__control=self.control.code).order_by("-pk")


ACTS: Final = (
    Act(
        CheckForm, CHECK,
        lambda thing, said, actor: checking.record(thing.control, **said, actor=actor),
        gettext_lazy("自查结果已登记"), "result",
    ),
    Act(ConfirmForm, CONFIRM, _confirm, gettext_lazy("已确认恢复有效"), "note"),
    *OF_ACTIONS,
)  # fmt: skip


@page("risk/control/", name="risk_controls", action=READ, logs_itself=True)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    enter(request, READ)
    rows = [_line(each) for each in checking.standings()]
    wrong = [each for each in rows if each["now"].is_wrong]
    context = {"title": _("控制自查"), "rows": rows, "wrong": len(wrong)}
    return template(request, "controls", context)


def _line(now: Standing) -> dict[str, Any]:
    word, tone = STATES[now.state]
    return {
        "now": now,
        "state_word": word,
        "tone": tone,
        "owner": Role(now.control.owner).label,
        "machine": machine.SOURCES.get(now.control.machine, ""),
    }


@page("risk/control/<str:code>/", name="risk_control", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, code: str) -> HttpResponse:
    control = library.controls().get(code)
    actor = actor_of(request)
    if not gate.may(actor, READ):
        enter(request, READ)  # which refuses, and that is on record
    if control is None:
        gate.refuse_unknown(
            actor, READ, asked=code[:40], purpose=purpose_of(actor), channel=CHANNEL
        )
    thing = _Thing(control)
    acts = Page(request, thing, ACTS)
    if acts.posted():
        return redirect("admin:risk_control", code)
    enter(request, READ, row=code)
    return template(
        request, "control", {**_shown(thing, actor), **acts.context}, status=acts.status
    )


def _shown(thing: _Thing, actor: Actor) -> dict[str, Any]:
    control, now = thing.control, thing.now
    rows = ControlCheck.objects.filter(control=control.code).select_related("by", "confirmed_by")
    may_read_risks = gate.may(actor, Action.RISK_READ)
    risks = register.open_ones().filter(controls__contains=[control.code])
    return {
        "title": f"{control.code} {control.words}",
        **_line(now),
        "control": control,
        "checks": [(each, measured(each)) for each in rows[:SHOWN]],
        "actions": risk_acts.shown(thing, actor),
        "risks": list(risks.order_by("code")) if may_read_risks else list(Risk.objects.none()),
        "tests": not control.machine and actor.role == control.owner and now.state != "failed",
        "confirms": now.state == "failed" and gate.may(actor, CONFIRM),
        "live": _live(control),
        "here": "admin:risk_controls",
    }


def measured(row: ControlCheck) -> dict[str, Any]:
    """What the house found, with its source and its time."""
    if not row.measured:
        return {}
    return {
        "source": machine.SOURCES[row.measured["source"]],
        "at": datetime.fromisoformat(row.measured["at"]),
        "numbers": _numbers(row.measured["numbers"]),
    }


def _numbers(numbers: Any) -> list[tuple[Any, int]]:
    return [(machine.NUMBERS[name], value) for name, value in numbers.items()]


def _live(control: Control) -> dict[str, Any]:
    """The house's own result at this moment, which a test may not have taken yet."""
    found = machine.ask(control) if control.machine else None
    if found is None:
        return {}
    return {"holds": found.holds, "at": found.at, "numbers": _numbers(found.numbers)}
