"""What the group does on the page of a matter, act by act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access.actions import Action
from access.actors import Actor
from incidents import sanction_forms as forms
from incidents.models import SanctionCase
from incidents.sanction_forms import MatterForm
from incidents.sanctions import closing, deciding, hearing, investigating, people, serving

WORK, LEAD = Action.SANCTION_WORK, Action.SANCTION_LEAD


@dataclass(frozen=True)
class Act:
    form: type[MatterForm]
    run: Callable[[SanctionCase, Mapping[str, Any], Actor], Any]
    says: Any
    at: str = ""  # the field that what stands in the way is told at


def _words(said: Mapping[str, Any]) -> dict[str, str]:
    return {"zh": said["zh"], "en": said["en"]}


_ALL: Final = (
    Act(
        forms.NoteForm,
        lambda row, said, actor: investigating.note(row, said["text"], actor=actor),
        _("已记下"), "text",
    ),
    Act(
        forms.EvidenceForm,
        lambda row, said, actor: investigating.refer_to_evidence(row, said["text"], actor=actor),
        _("证据索引已记下"), "text",
    ),
    Act(
        forms.ActsForm,
        lambda row, said, actor: investigating.settle_acts(
            row, said["acts"], why=said["why"], actor=actor
        ),
        _("行为认定已更新"), "acts",
    ),
    Act(
        forms.IdentityForm,
        lambda row, said, actor: people.know(row, said["id_number"], actor=actor),
        _("证件号码已加密登记"), "id_number",
    ),
    Act(
        forms.SuperiorForm,
        lambda row, said, actor: investigating.judge(
            row, said["person"], said["verdict"], why=said["why"], actor=actor
        ),
        _("管理责任已认定"), "person",
    ),
    Act(
        forms.FindingsForm,
        lambda row, said, actor: serving.issue_findings(row, _words(said), actor=actor),
        _("告知书已制作；送达之后登记送达"), "zh",
    ),
    Act(
        forms.ServeForm,
        lambda _row, said, actor: serving.note_service(
            said["paper"], said["on"], said["how"], note=said["note"], actor=actor
        ),
        _("送达已登记"), "on",
    ),
    Act(
        forms.RecordForm,
        lambda row, said, actor: hearing.record(row, said["kind"], said["text"], actor=actor),
        _("本人的答复已登记"), "text",
    ),
    Act(
        forms.HeardForm,
        lambda row, said, actor: hearing.hold(row, said["outcome"], said["minutes"], actor=actor),
        _("申辩结果已登记"), "outcome",
    ),
    Act(
        forms.DecideForm,
        lambda row, said, actor: deciding.propose(
            row, said["measures"], _words(said), actor=actor
        ),
        _("决定已提交，等待另一名成员复核"), "measures",
    ),
    Act(
        forms.SettleForm,
        lambda row, said, actor: deciding.propose_on_appeal(
            row, said["outcome"], said["measures"], _words(said), actor=actor
        ),
        _("申诉决定已提交，等待另一名成员复核"), "outcome",
    ),
    Act(
        forms.WithdrawForm,
        lambda row, _said, actor: deciding.withdraw(row, actor=actor),
        _("已撤回，可以修改后重新提交"),
    ),
    Act(
        forms.JoinForm,
        lambda row, said, actor: people.let_in(row, said["person"], said["part"], actor=actor),
        _("已加入工作组"), "person",
    ),
    Act(
        forms.LeaveForm,
        lambda row, said, actor: people.let_out(row, said["member"], actor=actor),
        _("已退出工作组，从下一次请求起看不到这件事"), "member",
    ),
    Act(
        forms.CloseForm,
        lambda row, said, actor: closing.close(row, note=said["note"], actor=actor),
        _("已结案"), "note",
    ),
)  # fmt: skip
ACTS: Final[Mapping[str, Act]] = {each.form.act: each for each in _ALL}
