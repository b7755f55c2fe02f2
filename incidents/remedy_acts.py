"""What the working group does on the page of a case about remedies and the review, and what it sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from incidents import own_telling, remedy_forms
from incidents.case_act import Act
from incidents.cases import closing, milestones, remedying, reviewing
from incidents.cases.standing import part_of
from incidents.models import Incident, IncidentRemedy

WORK, LEAD, DECIDE = Action.INCIDENT_WORK, Action.INCIDENT_LEAD, Action.INCIDENT_DECIDE
CHANNEL: Final = Channel.ADMIN.value


def _end(_case: Incident, said: Mapping[str, Any], actor: Actor) -> None:
    if said["end"] == "dropped":
        remedying.drop(said["remedy"], why=said["result"], actor=actor)
        return
    found = {"result": said["result"], "evidence": said["evidence"]}
    remedying.finish(said["remedy"], **found, channel=CHANNEL, actor=actor)


ALL: Final = (
    Act(
        remedy_forms.RemedyForm, WORK,
        lambda case, said, actor: remedying.propose(case, **said, actor=actor),
        _("整改措施已登记，负责人在自己的页面上看到这一项"), "owner",
    ),
    Act(
        remedy_forms.RemedyOwnerForm, WORK,
        lambda _case, said, actor: remedying.settle_owner(
            said["remedy"], said["owner"], said["due_on"], why=said["why"], actor=actor
        ),
        _("负责人和期限已更新"), "owner",
    ),
    Act(remedy_forms.RemedyEndForm, Action.INCIDENT_REMEDY_SETTLE, _end, _("已登记办理结果"), "result"),
    Act(
        remedy_forms.RemedyVerifyForm, WORK,
        lambda _case, said, actor: remedying.verify(
            said["remedy"], works=said["works"] == "yes", note=said["note"], actor=actor
        ),
        _("确认结果已记下"), "note",
    ),
    Act(
        remedy_forms.ReviewForm, DECIDE,
        lambda case, said, actor: reviewing.ask(case, said, actor=actor),
        _("复盘已提交，等待另一名成员复核"), "cause",
    ),
)  # fmt: skip


def shown(incident: Incident, actor: Actor) -> dict[str, Any]:
    """For the board; remedies are worked on after closing as well."""
    review = incident.reviews.last()
    standing = closing.standing_review(incident)
    rows = incident.remedies.select_related("owner", "ended_by", "verified_by")
    handled = incident.status == Incident.Status.HANDLED
    times = milestones.read(review.measured) if review else milestones.of(incident)
    return {
        "remedies": [_row(each, actor) for each in own_telling.attach(rows)],
        "settles": part_of(incident, actor) in remedying.WORKS and gate.may(actor, WORK),
        "review": review,
        "review_stands": standing is not None,
        "may_raise_risk": gate.may(actor, Action.RISK_WORK) and not incident.exercise,
        "times": milestones.drawn(times),
        "may_review": handled and standing is None and not incident.exercise,
        "lacking": closing.lacks(incident) if handled and not incident.exercise else [],
    }


def _row(remedy: IncidentRemedy, actor: Actor) -> dict[str, Any]:
    second = actor.id not in {remedy.owner_id, remedy.ended_by_id}
    return {"row": remedy, "may_verify": remedy.waits_for_second and second}
