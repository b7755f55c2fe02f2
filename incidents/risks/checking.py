"""Tests of controls: due by their cycle, done by who answers for them, failures followed by an action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.models import ControlCheck, RiskAction
from incidents.risks import actions, library, machine, register
from incidents.risks.library import Control
from incidents.risks.machine import Measured
from incidents.risks.standing import require_words

Result = ControlCheck.Result
SOON: Final = timedelta(days=14)


class NotYourControl(CustodianError):
    """Another role answers for it."""

    code = "control-not-yours"
    status = 403
    message = _("这项控制措施由别的岗位自查")


class Measures(CustodianError):
    """The house tests it itself, and nobody's word stands in for that."""

    code = "control-is-measured"
    status = 409
    message = _("这项控制措施由系统检查，不能手工登记结果")


class NotFailed(CustodianError):
    """There is nothing to confirm: it did not fail, is confirmed, or was tested again since."""

    code = "control-not-failed"
    status = 409
    message = _("没有待确认的失效，请刷新后再看")


class NotConfirmed(CustodianError):
    """It failed; before it is tested anew somebody else confirms that it holds again."""

    code = "control-not-confirmed"
    status = 409
    message = _("上一次失效还没有确认恢复，先由另一人确认")


class NotMended(CustodianError):
    """What was to be done about it is not done."""

    code = "control-not-mended"
    status = 409
    message = _("整改措施还没有办结，或系统检查仍未通过，之后再确认")


class NotTheSecond(CustodianError):
    """Whoever found it failing, or mended it, does not say that it holds."""

    code = "control-not-the-second"
    status = 409
    message = _("须由另一人确认：不能是自查人，也不能是办理整改的人")


@dataclass(frozen=True)
class Standing:
    """A control as it stands today."""

    control: Control
    last: ControlCheck | None
    due_on: date

    @property
    def state(self) -> str:
        """never, failed, late, soon or holds; what failed comes before what is late."""
        today = clock.local().date()
        if self.last is not None and not self.last.holds:
            return "failed"
        if self.last is None:
            return "never"
        if self.due_on < today:
            return "late"
        return "soon" if self.due_on <= today + SOON else "holds"

    @property
    def is_wrong(self) -> bool:
        return self.state in {"failed", "late", "never"}


def standings() -> list[Standing]:
    """Every control of the library, in its order."""
    last = newest()
    return [_standing(each, last.get(code)) for code, each in library.controls().items()]


def standing(control: Control) -> Standing:
    return _standing(control, ControlCheck.objects.filter(control=control.code).first())


def _standing(control: Control, last: ControlCheck | None) -> Standing:
    day = clock.local(last.at).date() if last else None
    return Standing(control, last, control.next_due(day, clock.local().date()))


def newest() -> Mapping[str, ControlCheck]:
    """The last test of each control."""
    rows = ControlCheck.objects.order_by("control", "-pk").distinct("control")
    return {each.control: each for each in rows.select_related("by", "confirmed_by")}


def record(
    control: Control, result: str, *, note: str, evidence: str, actor: Actor
) -> ControlCheck:
    """By a person of its role. Raises `NotYourControl`, `Measures`, `NotConfirmed`, `SaysNothing`."""
    if control.machine:
        raise Measures
    if actor.role != control.owner:
        raise NotYourControl
    require_words(note)
    with transaction.atomic():
        proposals.lock(ControlCheck)
        now = standing(control)
        if now.state == "failed":
            raise NotConfirmed
        _authorise(control, Action.CONTROL_CHECK, result, actor)
        row = ControlCheck.objects.create(
            control=control.code, due_on=now.due_on, by_id=actors.person(actor),
            result=Result(result), note=note, evidence=evidence,
        )  # fmt: skip
        if row.result == Result.FAILED:
            _fail(control, row, note, actor)
    return row


def measure(control: Control, found: Measured, *, actor: Actor) -> ControlCheck | None:
    """The house's own result, once a day and whenever it is another one.

    After a failure nothing is kept before somebody has confirmed that the control holds again.
    """
    with transaction.atomic():
        proposals.lock(ControlCheck)
        now = standing(control)
        if not _is_news(now.last, found):
            return None
        result = Result.PASSED if found.holds else Result.FAILED
        _authorise(control, Action.CONTROL_MEASURE, result.value, actor)
        row = ControlCheck.objects.create(
            control=control.code, due_on=now.due_on, result=result, measured=found.kept
        )
        if result is Result.FAILED:
            _fail(control, row, "", actor)
    return row


def _is_news(last: ControlCheck | None, found: Measured) -> bool:
    if last is None:
        return True
    if not last.holds or last.measured == found.kept:
        return False
    same_day = clock.local(last.at).date() == clock.local().date()
    return not (same_day and found.holds and last.result == Result.PASSED)


def measure_all(*, actor: Actor) -> int:
    """Take what the house has found by itself; how many results were new."""
    count = 0
    for each in library.controls().values():
        found = machine.ask(each) if each.machine else None
        if found is not None and measure(each, found, actor=actor) is not None:
            count += 1
    return count


def confirm(row: ControlCheck, *, note: str, actor: Actor) -> None:
    """A failed control holds again, says somebody else. Raises `NotFailed`, `NotMended`, `NotTheSecond`."""
    require_words(note)
    with transaction.atomic():
        held = ControlCheck.objects.select_for_update().get(pk=row.pk)
        newest = ControlCheck.objects.filter(control=held.control).first()
        if held.holds or newest != held:
            raise NotFailed
        left = held.actions.exclude(state=RiskAction.State.DROPPED)
        if left.filter(state=RiskAction.State.OPEN).exists():
            raise NotMended
        control = library.controls()[held.control]
        found = machine.ask(control) if control.machine else None
        if found is not None and not found.holds:
            raise NotMended
        if actor.id == held.by_id or left.filter(ended_by=actor.id).exists():
            raise NotTheSecond
        _authorise(control, Action.CONTROL_CONFIRM, "confirmed", actor)
        seen = {
            "confirmed_at": clock.now(),
            "confirmed_by_id": actors.person(actor),
            "confirmed_note": note[:200],
        }
        ControlCheck.objects.filter(pk=held.pk).update(**seen)


def failed() -> list[Standing]:
    return [each for each in standings() if each.state == "failed"]


def _fail(control: Control, row: ControlCheck, note: str, actor: Actor) -> None:
    """Something is done about it by a day, and the risks that it holds are looked at."""
    day = clock.local().date() + timedelta(days=control.mend_days)
    title = str(
        _("恢复控制措施 %(code)s：%(what)s") % {"code": control.code, "what": control.words.zh}
    )
    actions.propose(row, title=title, owner=None, due_on=day, found=note, actor=actor)
    register.control_failed(control.code, actor=actor if actor.id else None)


def _authorise(control: Control, action: Action, outcome: str, actor: Actor) -> None:
    channel = Channel.TASK if actor.id is None else Channel.ADMIN
    facts = {"control": control.code, "outcome": outcome}
    gate.authorise(actor, action, channel=channel, facts=facts)
