"""What two people of the working group decide: the words stand on the timeline as they were approved."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import TextChoices
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, proposals, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Approval, User
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.cases import clocks, closing, naming, timeline
from incidents.cases.standing import (
    ACTOR,
    INCIDENT,
    Over,
    Status,
    held,
    part_of,
    require_lead,
    require_real,
    require_work,
)
from incidents.cases.todo import open_ones
from incidents.models import Incident, Member, TimelineEntry

DECIDE: Final = "incident-decision"
CLOSE: Final = "incident-close"
REVIEW: Final = "incident-review"
What = TimelineEntry.What


class Decision(TextChoices):
    CONTAIN = "contain", _("处置措施")
    NOTIFY = "notify", _("是否告知客户")
    REPORT = "report", _("是否报告监管")
    REFER = "refer", _("报案或移送")
    OTHER = "other", _("其他决定")


class Pending(CustodianError):
    """The same question waits for its second person already."""

    code = "incident-decision-pending"
    status = 409
    message = _("同类决定已经提交，正在等待另一人复核")


class NotOfTheGroup(CustodianError):
    """Only members of the working group approve what it decides."""

    code = "incident-approver-not-of-the-group"
    status = 403
    message = _("只有工作组成员可以复核这项决定")


class Unfinished(CustodianError):
    """Something is still to be done."""

    code = "incident-unfinished"
    status = 409


def ask(incident: Incident, decision: str, text: str, *, actor: Actor) -> Approval:
    """Raises `Pending`, `Observes`, `Over`."""
    with held(incident) as row:
        require_work(row, actor)
        if proposals.waiting(DECIDE, incident=row.code, decision=decision) is not None:
            raise Pending
        payload = {"incident": row.code, "decision": Decision(decision).value, "text": text}
        return put_up(DECIDE, payload, actor)


def end_handling(incident: Incident, *, text: str, actor: Actor) -> None:
    """Handling is over: from now on the clocks that count from it run. Raises `Unfinished`, `NotTheLead`."""
    with held(incident) as row:
        require_lead(row, actor)
        if left := open_ones(row).count():
            raise Unfinished(
                gettext("还有 %(n)s 项任务没有办结，先办结或写明不需要的理由") % {"n": left}
            )
        facts = {"incident": row.code, "timeline": What.HANDLED.value}
        gate.authorise(actor, Action.INCIDENT_LEAD, channel=Channel.ADMIN, facts=facts)
        INCIDENT.move(row, "handle", {"handled_at": clock.now()})
        clocks.sync(row)
        timeline.write(row, What.HANDLED, actor=actor, text=text)


def reopen(incident: Incident, *, text: str, actor: Actor) -> None:
    """Something came up: closing and review are void. Raises `NotTheLead`, `IllegalMove`, `Over`."""
    with held(incident) as row:
        require_lead(row, actor)
        facts = {"incident": row.code, "timeline": What.REOPENED.value}
        gate.authorise(actor, Action.INCIDENT_LEAD, channel=Channel.ADMIN, facts=facts)
        INCIDENT.move(row, "reopen", {"handled_at": None})
        clocks.sync(row)
        for kind in (CLOSE, REVIEW):
            waiting = proposals.waiting(kind, incident=row.code)
            if waiting is not None:
                approvals.void(waiting)
        timeline.write(row, What.REOPENED, actor=actor, text=text)


def ask_to_close(incident: Incident, *, text: str, actor: Actor) -> Approval:
    """Once it is handled. Raises `Unfinished`, `Pending`, `NotTheLead`, `Over`."""
    with held(incident) as row:
        require_lead(row, actor)
        require_real(row)
        _require_complete(row)
        if proposals.waiting(CLOSE, incident=row.code) is not None:
            raise Pending
        payload = {"incident": row.code, "text": text, "remedies": closing.unfinished(row)}
        return put_up(CLOSE, payload, actor)


def _require_complete(incident: Incident) -> None:
    """Raises `Unfinished` with all that is still lacking."""
    if lacking := closing.lacks(incident):
        raise Unfinished(closing.told(incident, lacking))


def put_up(kind: str, payload: Mapping[str, Any], actor: Actor) -> Approval:
    facts = {"incident": payload["incident"], "digest": approvals.digest_of(kind, payload)}
    gate.authorise(actor, Action.INCIDENT_DECIDE, channel=Channel.ADMIN, facts=facts)
    return approvals.request(kind, payload, actor=actor)


def concerned(code: str) -> frozenset[UUID]:
    """The operators whom an incident is about, by their references; also for who may not see the case."""
    with scopes.acting(actors.system(ACTOR)):
        links = Incident.objects.filter(code=code).values("links__operator")
        return frozenset(User.objects.filter(pk__in=links).values_list("ref", flat=True))


class CaseKind(ABC):
    """What its kinds have in common: the content is for members alone, on the page of approvals too."""

    action = Action.INCIDENT_DECIDE_APPROVE

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:incident", args=[payload["incident"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """The operators whom the incident is about: none of them, nor their line, approves anything in it."""
        return concerned(payload["incident"])

    def drop(self, approval: Approval, *, actor: Actor) -> None:  # noqa: B027  most begin nothing
        """Nothing was begun."""

    @abstractmethod
    def _words(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        """The content, line by line."""

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        actor = scopes.current()
        incident = Incident.objects.filter(code=payload["incident"]).first()
        if incident is None or actor is None or not part_of(incident, actor):
            return [(_("内容"), [_("只有事件工作组的成员可以阅看")])]
        title = f"{incident.code} {naming.title(incident)}"
        if incident.exercise:
            title = gettext("演练：%(title)s") % {"title": title}
        return [(_("事件"), [title]), *self._words(payload)]

    def held(self, approval: Approval, actor: Actor) -> Incident:
        """Raises `NotOfTheGroup`, `Over`."""
        row = Incident.objects.select_for_update().filter(code=approval.payload["incident"]).first()
        if row is None or part_of(row, actor) not in {Member.Part.LEAD, Member.Part.MEMBER}:
            raise NotOfTheGroup
        if row.status == Status.CLOSED:
            raise Over
        return row


class _Decide(CaseKind):
    label = _("事件中的决定")

    def _words(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        return [(Decision(payload["decision"]).label, [payload["text"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        row, said = self.held(approval, actor), approval.payload
        facts = {"decision": said["decision"], "approval": str(approval.ref)}
        timeline.write(row, What.DECISION, actor=actor, text=said["text"], facts=facts)


class _Close(CaseKind):
    label = _("事件结案")

    def _words(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        left = [_remedy(each) for each in payload.get("remedies", ())]
        more = [(_("结案后继续办的整改措施"), left)] if left else []
        return [(_("结案意见"), [payload["text"]]), *more]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing may have come up since it was asked for. Raises `Unfinished`."""
        row, said = self.held(approval, actor), approval.payload
        left = said.get("remedies", [])
        _require_complete(row)
        if closing.unnamed(row, left):
            raise Unfinished(gettext("提交之后又有新的整改措施，请退回，由负责人重新提交结案"))
        INCIDENT.move(row, "close", {"closed_at": clock.now(), "closing": approval})
        facts = {"approval": str(approval.ref), "remedies": left}
        timeline.write(row, What.CLOSED, actor=actor, text=said["text"], facts=facts)


def _remedy(said: Mapping[str, str]) -> str:
    return " · ".join(filter(None, (said["title"], said["owner"], said["due"])))


def ready() -> None:
    approvals.register(DECIDE, _Decide())
    approvals.register(CLOSE, _Close())
