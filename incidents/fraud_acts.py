"""What is done on the page of a suspicion: each act with its form, and the sentence that says it was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access.actions import Action
from access.actors import Actor
from incidents import fraud_forms as forms
from incidents.fraud import asking, deciding, evidence, giving, investigating, triage
from incidents.models import FraudAsk, FraudCase

TRIAGE, WORK, DECIDE = Action.FRAUD_TRIAGE, Action.FRAUD_WORK, Action.FRAUD_DECIDE
Said = Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    form: type[forms.FraudForm]
    needs: Action
    run: Callable[[FraudCase, Said, Actor], Any]
    says: Any
    at: str = ""  # the field that what stands in the way is told at


def _evidence(case: FraudCase, said: Said, actor: Actor) -> None:
    named = {"name": said["name"], "origin": said["origin"], "actor": actor}
    if said["place"]:
        evidence.note_elsewhere(case, place=said["place"], sha256="", **named)
    else:
        evidence.file(case, said["file"].content, **named)


def _asks(kind: str) -> Callable[[FraudCase, Said, Actor], Any]:
    def run(case: FraudCase, said: Said, actor: Actor) -> Any:
        return asking.ask(case, said["claim"], kind=kind, text=said["text"], actor=actor)

    return run


_ALL: Final = (
    Act(
        forms.TakeForm, TRIAGE,
        lambda case, said, actor: triage.take_up(case, **said, actor=actor),
        _("已转入调查，您是负责人；从现在起只有调查人员看得到"), "text",
    ),
    Act(
        forms.DismissForm, TRIAGE,
        lambda case, said, actor: triage.dismiss(case, **said, actor=actor),
        _("已甄别为不成立"), "text",
    ),
    Act(
        forms.SuppressForm, TRIAGE,
        lambda case, said, actor: triage.suppress(
            case, said["rule"], reason=said["reason"], until=said["until"], actor=actor
        ),
        _("信号已暂停，到期自动恢复"), "until",
    ),
    Act(
        forms.JoinForm, WORK,
        lambda case, said, actor: investigating.let_in(case, said["person"], actor=actor),
        _("已加入调查"), "person",
    ),
    Act(
        forms.LeaveForm, WORK,
        lambda case, said, actor: investigating.let_out(case, said["member"], actor=actor),
        _("已退出调查"), "member",
    ),
    Act(
        forms.NoteForm, WORK,
        lambda case, said, actor: investigating.note(case, **said, actor=actor),
        _("已写入调查记录"), "text",
    ),
    Act(
        forms.TaskForm, WORK,
        lambda case, said, actor: investigating.add_task(case, **said, actor=actor),
        _("任务已添加"), "title",
    ),
    Act(
        forms.SettleForm, WORK,
        lambda _case, said, actor: investigating.settle_task(
            said["task"], said["status"], note=said["note"], actor=actor
        ),
        _("任务已办结"), "note",
    ),
    Act(
        forms.LinkForm, WORK,
        lambda case, said, actor: investigating.link(
            case, said["thing"], said["number"], actor=actor
        ),
        _("已关联"), "number",
    ),
    Act(forms.EvidenceForm, WORK, _evidence, _("证据已归档"), "file"),
    Act(
        forms.HandForm, WORK,
        lambda _case, said, actor: evidence.hand_over(
            said["evidence"], to=said["to"], note=said["note"], actor=actor
        ),
        _("移交已记入保管链"), "to",
    ),
    Act(forms.AskForm, WORK, _asks(FraudAsk.Kind.CHECK), _("已请经办人核实；赔案照常办理"), "claim"),
    Act(
        forms.RefuseForm, WORK, _asks(FraudAsk.Kind.REFUSE),
        _("建议已送经办人；是否不予给付由赔案的核定和复核决定"), "claim",
    ),
    Act(
        forms.OutcomeForm, DECIDE,
        lambda case, said, actor: deciding.conclude(case, **said, actor=actor),
        _("定论已提交，等待另一名调查人员复核"), "measures",
    ),
    Act(
        forms.InternalForm, DECIDE,
        lambda case, _said, actor: deciding.hand_to_incidents(case, actor=actor),
        _("已提出事件告警，由分诊人员处理"),
    ),
    Act(
        forms.CloseForm, DECIDE,
        lambda case, said, actor: deciding.ask_to_close(case, **said, actor=actor),
        _("结案已提交，等待另一名调查人员复核"), "text",
    ),
    Act(
        forms.GiveForm, Action.FRAUD_SHARED_NOTE,
        lambda case, said, actor: giving.ask(case, giving.Asked(**said), actor=actor),
        _("已提交，等待另一人复核；批准后在合作方的提供页取走加锁文件"), "agreement",
    ),
)  # fmt: skip
ACTS: Final = {each.form.act: each for each in _ALL}
