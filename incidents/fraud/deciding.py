"""What two investigators decide: what came of it and which ways it goes, and that it is over.

The claim itself is decided by its handler and his second person; nothing of that is done here.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, proposals, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, User
from custodian import clock
from custodian.errors import CustodianError
from incidents import triage as alerts
from incidents.fraud import sealing
from incidents.fraud.standing import (
    ACTOR,
    State,
    WrongStep,
    authorise,
    held,
    member_of,
    move,
    require_member,
    require_words,
    write,
)
from incidents.models import Alert, FraudAsk, FraudCase, FraudEntry, FraudTask

OUTCOME: Final = "fraud-outcome"
CLOSE: Final = "fraud-close"
DECIDE: Final = Action.FRAUD_DECIDE
Measure, Outcome, What = FraudCase.Measure, FraudCase.Outcome, FraudEntry.What


class Pending(CustodianError):
    """It waits for its second person already."""

    code = "fraud-decision-pending"
    status = 409
    message = _("已经提交，正在等待另一名调查人员复核")


class NotOfTheCase(CustodianError):
    """Only whoever investigates it approves what is decided in it."""

    code = "fraud-approver-not-of-the-case"
    status = 403
    message = _("只有这件疑点的另一名调查人员可以复核")


class Unfinished(CustodianError):
    """Something that was decided is still to be done."""

    code = "fraud-unfinished"
    status = 409
    message = _("还有任务或已定的处理没有完成，见“结案还缺什么”")


class NotSo(CustodianError):
    """What is unfounded has no consequences, and what is founded has one at least."""

    code = "fraud-outcome-measures"
    message = _("成立的至少选择一项处理；不成立的不能选择")


def conclude(
    case: FraudCase, outcome: str, measures: Sequence[str], *, text: str, actor: Actor
) -> Approval:
    """Put an outcome up. Raises `Pending`, `NotSo`, `SaysNothing`, `NotAnInvestigator`, `WrongStep`."""
    with held(case, State.OPEN) as row:
        require_member(row, actor)
        said = sorted({Measure(each).value for each in measures})
        if (Outcome(outcome) == Outcome.FOUNDED) != bool(said):
            raise NotSo
        return _put_up(OUTCOME, row, text, actor, outcome=Outcome(outcome).value, measures=said)


def ask_to_close(case: FraudCase, *, text: str, actor: Actor) -> Approval:
    """Once everything is done. Raises `Unfinished`, `Pending`, `WrongStep`, …"""
    with held(case, State.CONCLUDED) as row:
        require_member(row, actor)
        if lacks(row):
            raise Unfinished
        return _put_up(CLOSE, row, text, actor, outcome=row.outcome, measures=list(row.measures))


def _put_up(kind: str, case: FraudCase, text: str, actor: Actor, **said: Any) -> Approval:
    """The words lie sealed, outside the approval, which names their hash."""
    if proposals.waiting(kind, fraud=case.code) is not None:
        raise Pending
    words = require_words(text)
    sealed = sealing.seal(case.ref, kind, words)
    payload = {
        "fraud": case.code,
        "sealed": sealed.hex(),
        "words": hashlib.sha256(sealed).hexdigest(),
        **said,
    }
    authorise(case, DECIDE, kind, actor=actor, digest=approvals.digest_of(kind, payload))
    return approvals.request(kind, payload, actor=actor)


def lacks(case: FraudCase) -> list[Any]:
    """What stands between a case and its end, in words."""
    found = []
    if case.tasks.filter(status=FraudTask.Status.OPEN).exists():
        found.append(_("还有任务没有办结"))
    done = set(case.entries.values_list("what", flat=True))
    if Measure.REFUSE in case.measures and not case.asks.filter(kind=FraudAsk.Kind.REFUSE).exists():
        found.append(_("还没有向经办人提出不予给付的建议"))
    if Measure.POLICE in case.measures and What.REFERRED not in done:
        found.append(_("还没有取出报案材料"))
    if Measure.INTERNAL in case.measures and case.alert_id is None:
        found.append(_("还没有移交事件处置"))
    return found


def hand_to_incidents(case: FraudCase, *, actor: Actor) -> Alert:
    """An alert that names the case and nobody in it; who triages it asks the lead. Raises `WrongStep`, …"""
    with held(case, State.CONCLUDED) as row:
        require_member(row, actor)
        if Measure.INTERNAL not in row.measures or row.alert_id is not None:
            raise WrongStep
        summary = _("反欺诈调查 %(code)s 已定论，涉及内部人员。详情问该案的调查负责人。")
        alert, _new = alerts.raise_alert(
            Alert.Source.STAFF, str(summary) % {"code": row.code}, severity="high", actor=actor
        )
        authorise(row, DECIDE, "internal", actor=actor, alert=str(alert.ref))
        FraudCase.objects.filter(pk=row.pk).update(alert=alert)
        write(row, What.INTERNAL, actor=actor, told={"alert": str(alert.ref)})
    return alert


class _CaseKind(ABC):
    """The content is for the investigators alone, on the page of approvals too."""

    action = Action.FRAUD_DECIDE_APPROVE

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:fraud_case", args=[payload["fraud"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """Operators whom it is about: none of them, nor their line, approves anything in it."""
        with scopes.acting(actors.system(ACTOR)):
            known = FraudCase.objects.filter(code=payload["fraud"]).values_list(
                "kept_from", flat=True
            )
            about = [each for kept in known for each in kept]
            return frozenset(User.objects.filter(pk__in=about).values_list("ref", flat=True))

    def drop(self, approval: Approval, *, actor: Actor) -> None:  # noqa: B027  nothing was begun
        """Nothing was begun."""

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        actor = scopes.current()
        case = FraudCase.objects.filter(code=payload["fraud"]).first()
        if case is None or actor is None or member_of(case, actor) is None:
            return [(_("内容"), [_("只有这件疑点的调查人员可以阅看")])]
        rows: list[tuple[Any, Sequence[Any]]] = [
            (_("疑点"), [case.code]),
            (_("结论"), [Outcome(payload["outcome"]).label]),
        ]
        if payload["measures"]:
            rows.append((_("处理"), [Measure(each).label for each in payload["measures"]]))
        return [*rows, (_("理由"), [words_of(case, self.kind, payload)])]

    @property
    @abstractmethod
    def kind(self) -> str: ...

    def held(self, approval: Approval, actor: Actor, state: str) -> FraudCase:
        """Raises `NotOfTheCase`, `WrongStep`, `ContentChanged`."""
        said = approval.payload
        rows = FraudCase.objects.select_for_update(of=("self",)).filter(code=said["fraud"])
        row = rows.first()
        if row is None or member_of(row, actor) is None:
            raise NotOfTheCase
        if row.state != state:
            raise WrongStep
        if hashlib.sha256(bytes.fromhex(said["sealed"])).hexdigest() != said["words"]:
            raise ContentChanged
        return row


class _Outcome(_CaseKind):
    label = _("欺诈疑点的定论")
    kind = OUTCOME

    def start(self, approval: Approval, *, actor: Actor) -> None:
        row, said = self.held(approval, actor, State.OPEN), approval.payload
        text = words_of(row, OUTCOME, said)
        changes = {
            "outcome": said["outcome"], "measures": said["measures"],
            "concluded_at": clock.now(), "conclusion": approval,
        }  # fmt: skip
        move(row, "conclude", changes)
        told = {key: said[key] for key in ("outcome", "measures")}
        write(row, What.CONCLUDED, actor=actor, text=text, told=told)


class _Close(_CaseKind):
    label = _("欺诈疑点的结案")
    kind = CLOSE

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing may have come up since. Raises `Unfinished`."""
        row, said = self.held(approval, actor, State.CONCLUDED), approval.payload
        if lacks(row):
            raise Unfinished
        text = words_of(row, CLOSE, said)
        with transaction.atomic():
            move(row, "close", {"closed_at": clock.now(), "closing": approval})
            write(row, What.CLOSED, actor=actor, text=text)


def words_of(case: FraudCase, kind: str, payload: Mapping[str, Any]) -> str:
    return sealing.opened(case.ref, kind, bytes.fromhex(payload["sealed"]))


def waiting(case: FraudCase) -> list[Approval]:
    rows = Approval.objects.waiting().filter(payload__fraud=case.code, kind__in=(OUTCOME, CLOSE))
    return list(rows.select_related("requested_by"))


def ready() -> None:
    approvals.register(OUTCOME, _Outcome())
    approvals.register(CLOSE, _Close())
