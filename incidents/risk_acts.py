"""What is done about the actions of a risk, a control or an audit, the same on each page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from incidents import own_telling, risk_forms
from incidents.models import RiskAction
from incidents.risk_frame import Act
from incidents.risks import actions

CHANNEL: Final = Channel.ADMIN.value
SETTLE: Final = Action.RISK_ACTION_SETTLE


def _end(_thing: Any, said: Mapping[str, Any], actor: Actor) -> None:
    if said["end"] == "dropped":
        actions.drop(said["action"], why=said["result"], actor=actor)
        return
    found = {"result": said["result"], "evidence": said["evidence"]}
    actions.finish(said["action"], **found, channel=CHANNEL, actor=actor)


OF_ACTIONS: Final = (
    Act(
        risk_forms.ActionMoveForm, SETTLE,
        lambda _thing, said, actor: actions.move(
            said["action"], owner=said["owner"], due_on=said["due_on"], why=said["why"], actor=actor
        ),
        _("负责人和期限已更新"), "due_on",
    ),
    Act(risk_forms.ActionEndForm, SETTLE, _end, _("已登记办理结果"), "result"),
    Act(
        risk_forms.ActionVerifyForm, SETTLE,
        lambda _thing, said, actor: actions.verify(
            said["action"], works=said["works"] == "yes", note=said["note"], actor=actor
        ),
        _("确认结果已记下"), "note",
    ),
)  # fmt: skip


def shown(thing: Any, actor: Actor) -> list[dict[str, Any]]:
    """The actions of a thing, with what this person may do about each."""
    rows = thing.actions.select_related("owner", "ended_by", "verified_by")
    keeps = gate.may(actor, Action.RISK_READ)
    return [_row(each, actor, keeps=keeps) for each in own_telling.attach(rows)]


def _row(row: RiskAction, actor: Actor, *, keeps: bool) -> dict[str, Any]:
    second = actor.id not in {row.owner_id, row.ended_by_id}
    return {
        "row": row,
        "may_end": row.state == RiskAction.State.OPEN and (keeps or row.owner_id == actor.id),
        "may_move": keeps and row.state == RiskAction.State.OPEN,
        "may_verify": keeps and row.waits_for_second and second,
    }
