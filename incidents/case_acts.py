"""What is done on the page of a case: each act with its form, and the sentence that says it was done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access.actions import Action
from access.actors import Actor
from incidents import case_forms, case_step_forms, remedy_acts
from incidents.affected import jobs as affected
from incidents.case_act import Act
from incidents.cases import (
    assessing,
    clocks,
    cutting,
    decisions,
    evidence,
    group,
    links,
    opening,
    timeline,
    todo,
    unit_cutting,
)
from incidents.models import Incident


def _evidence(case: Incident, said: Mapping[str, Any], actor: Actor) -> None:
    named = {"name": said["name"], "origin": said["origin"], "actor": actor}
    if said["place"]:
        evidence.note_elsewhere(case, place=said["place"], sha256=said["sha256"], **named)
    else:
        evidence.file(case, said["file"].content, **named)


WORK, LEAD, DECIDE = Action.INCIDENT_WORK, Action.INCIDENT_LEAD, Action.INCIDENT_DECIDE
_ALL: Final = (
    Act(
        case_forms.NoteForm, WORK,
        lambda case, said, actor: timeline.note(case, said["text"], at=said["at"], actor=actor),
        _("已写入时间线"), "at",
    ),
    Act(
        case_forms.TaskForm, WORK,
        lambda case, said, actor: todo.add(
            case, said["title"], owner=said["owner"], due_at=said["due_at"], actor=actor
        ),
        _("任务已添加"), "owner",
    ),
    Act(
        case_forms.SettleForm, WORK,
        lambda _case, said, actor: todo.settle(
            said["task"], said["status"], note=said["note"], actor=actor
        ),
        _("任务已办结"), "note",
    ),
    Act(
        case_forms.GiveForm, WORK,
        lambda _case, said, actor: todo.give(said["task"], said["owner"], actor=actor),
        _("负责人已指定"), "owner",
    ),
    Act(
        case_forms.JoinForm, LEAD,
        lambda case, said, actor: group.let_in(case, said["person"], said["part"], actor=actor),
        _("已加入工作组，从现在起能看到本事件"), "person",
    ),
    Act(
        case_forms.LeaveForm, LEAD,
        lambda case, said, actor: group.let_out(case, said["member"], actor=actor),
        _("已退出工作组，从下一次请求起看不到本事件"),
    ),
    Act(case_forms.EvidenceForm, WORK, _evidence, _("证据已归档，保管链从现在开始"), "file"),
    Act(
        case_forms.HandForm, WORK,
        lambda _case, said, actor: evidence.hand_over(
            said["evidence"], to=said["to"], note=said["note"], actor=actor
        ),
        _("移交已记入保管链"), "to",
    ),
    Act(
        case_forms.LinkForm, WORK,
        lambda case, said, actor: links.link(
            case, said["thing"], said["number"], why=said["why"], actor=actor
        ),
        _("已关联"), "number",
    ),
    Act(
        case_step_forms.AffectedForm, WORK,
        lambda case, said, actor: affected.ask(case, **said, actor=actor),
        _("正在从查询日志核算，完成后列在下面"), "until",
    ),
    Act(
        case_step_forms.AgainForm, WORK,
        lambda _case, said, actor: affected.again(said["affected"], actor=actor),
        _("正在按日志复算"),
    ),
    Act(
        case_step_forms.DecideForm, DECIDE,
        lambda case, said, actor: decisions.ask(case, said["decision"], said["text"], actor=actor),
        _("已提交，等待另一名成员复核"), "decision",
    ),
    Act(
        case_step_forms.AssessForm, DECIDE,
        lambda case, said, actor: assessing.ask(case, said, actor=actor),
        _("已提交，另一名成员复核后时限随之重算"), "level",
    ),
    Act(
        case_step_forms.ReportForm, WORK,
        lambda _case, said, actor: clocks.report(
            said["clock"], at=said["at"], reference=said["reference"], why_late=said["why_late"],
            actor=actor,
        ),
        _("时限已办结"), "why_late",
    ),
    Act(
        case_step_forms.CutForm, DECIDE,
        lambda case, said, actor: cutting.ask(case, list(said["links"]), said["text"], actor=actor),
        _("已提交，另一名成员复核后立即生效"), "links",
    ),
    Act(
        case_step_forms.CutUnitForm, DECIDE,
        lambda case, said, actor: unit_cutting.ask(case, said["unit"], said["text"], actor=actor),
        _("已提交，另一名成员复核后立即生效"), "unit",
    ),
    Act(
        case_step_forms.RestoreUnitForm, DECIDE,
        lambda case, said, actor: unit_cutting.ask_back(
            case, said["unit"], said["text"], actor=actor
        ),
        _("已提交，另一名成员复核后立即恢复"), "unit",
    ),
    Act(
        case_step_forms.TimesForm, LEAD,
        lambda case, said, actor: opening.settle_times(case, **said, actor=actor),
        _("时间已更正，各项期限随之重算"), "aware_at",
    ),
    Act(
        case_step_forms.HandleForm, LEAD,
        lambda case, said, actor: decisions.end_handling(case, text=said["text"], actor=actor),
        _("处置已结束，可以结案"), "text",
    ),
    Act(
        case_step_forms.ReopenForm, LEAD,
        lambda case, said, actor: decisions.reopen(case, text=said["text"], actor=actor),
        _("事件重新处置"), "text",
    ),
    Act(
        case_step_forms.CloseForm, DECIDE,
        lambda case, said, actor: decisions.ask_to_close(case, text=said["text"], actor=actor),
        _("已提交结案，等待另一名成员复核"),
    ),
    *remedy_acts.ALL,
)  # fmt: skip
ACTS: Final[Mapping[str, Act]] = {each.form.act: each for each in _ALL}
