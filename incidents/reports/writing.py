"""Versions of a report: begun from the last one, written, put up with the facts frozen, approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, rechecking
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.law import clock_words
from access.law import clocks as law
from access.law.clocks import ClockRule
from access.models import Approval
from access.vocabulary import Channel
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove, Workflow
from incidents.cases import timeline
from incidents.cases.clocks import Reckoned
from incidents.cases.decisions import CaseKind, put_up
from incidents.cases.standing import held, require_real, require_work
from incidents.models import Incident, IncidentReport, TimelineEntry
from incidents.reports import dora, facts, kinds, papers

KIND: Final = "incident-report"
Stage = IncidentReport.Stage
IN_WORK: Final = (Stage.DRAFT, Stage.WAITING, Stage.RETURNED)
_WRITABLE: Final = frozenset({Stage.DRAFT.value, Stage.RETURNED.value})
REPORT: Final = Workflow(
    {
        "submit": (_WRITABLE, Stage.WAITING.value),
        "withdraw": (frozenset({Stage.WAITING.value}), Stage.DRAFT.value),
        "return": (frozenset({Stage.WAITING.value}), Stage.RETURNED.value),
        "approve": (frozenset({Stage.WAITING.value}), Stage.APPROVED.value),
        "file": (frozenset({Stage.APPROVED.value}), Stage.FILED.value),
    },
    field="stage",
)


class NotOwed(CustodianError):
    """No clock of this case asks for such a report."""

    code = "incident-report-not-owed"
    status = 409
    message = _("本事件没有要求这份报告的时限；适用哪些由评定决定，请先核对评定")


class InWork(CustodianError):
    """One version at a time is being written."""

    code = "incident-report-in-work"
    status = 409
    message = _("这份报告已有一个版本在办，请在该版本上继续")


class NotInWork(CustodianError):
    """It was put up, approved or filed: its words stay."""

    code = "incident-report-not-in-work"
    status = 409
    message = _("这一版已提交或已定稿，不能再改；需要补正的，请起草下一版")


class Incomplete(CustodianError):
    """A section that this kind of report needs says nothing."""

    code = "incident-report-incomplete"
    status = 422


class FactsChanged(ContentChanged):
    """The case knows more than what was put up."""

    code = "incident-report-facts-changed"

    def __init__(self, names: Sequence[str]) -> None:
        told = gettext("、").join(str(NAMES[each]) for each in names)
        super().__init__(
            gettext("提交之后案情有变（%(names)s），不能按旧内容通过；请退回，由成员核对后重新提交")
            % {"names": told}
        )


NAMES: Final[Mapping[str, Any]] = {
    "kind": _("事件类型"),
    "times": _("时间认定"),
    "known": _("告警"),
    "people": _("受影响客户"),
    "elements": _("信息项"),
    "assessment": _("评定"),
}


def rules(incident: Incident) -> dict[str, ClockRule]:
    """The reports that the law asks of this case, or may yet ask, and those that were begun."""
    case = Reckoned(incident)
    found = {each.code: each for each in case.rules() if kinds.is_report(each)}
    live = {each.rule for each in case.rows}
    owed = {
        code: rule
        for code, rule in found.items()
        if code in live or case.applies(rule) is not False or "reported_to" in rule.when
    }
    begun = set(incident.reports.values_list("rule", flat=True)) | live
    more = {code: law.of(code) for code in begun - set(owed)}
    return owed | {code: rule for code, rule in more.items() if kinds.is_report(rule)}


def begin(incident: Incident, rule: str, *, actor: Actor) -> IncidentReport:
    """The next version, with the last one's words. Raises `NotOwed`, `InWork`, `Observes`, `Over`."""
    with held(incident) as case:
        require_work(case, actor)
        if rule not in rules(case):
            raise NotOwed
        last = case.reports.filter(rule=rule).order_by("number").last()
        if last is not None and last.stage in IN_WORK:
            raise InWork
        number = last.number + 1 if last else 1
        _authorise(case, rule, number, actor)
        before = last or case.reports.order_by("pk").last()  # what was told another authority helps
        try:
            with transaction.atomic():
                return IncidentReport.objects.create(
                    incident=case,
                    rule=rule,
                    number=number,
                    words=before.words if before else {},
                    answers=before.answers if before else {},
                    begun_by_id=actors.person(actor),
                )
        except IntegrityError:
            raise InWork from None


def write(report: IncidentReport, words: Mapping[str, Mapping[str, str]], *, actor: Actor) -> None:
    """Raises `NotInWork`, `Observes`, `Over`."""
    _change(report, {"words": _tidied(words)}, actor)


def answer(report: IncidentReport, form: str, answers: Mapping[str, Any], *, actor: Actor) -> None:
    """What only a person can say for an export. Raises `NotInWork`, `Observes`, `Over`."""
    _change(report, {"answers": {**report.answers, form: dict(answers)}}, actor)


def _change(report: IncidentReport, changes: Mapping[str, Any], actor: Actor) -> None:
    with held(report.incident) as case:
        require_work(case, actor)
        _authorise(case, report.rule, report.number, actor)
        rows = IncidentReport.objects.filter(pk=report.pk, stage__in=_WRITABLE)
        if rows.update(**changes) != 1:
            raise NotInWork
    report.refresh_from_db()


def _tidied(words: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    found = {
        name: {language: text.strip() for language, text in texts.items() if text.strip()}
        for name, texts in words.items()
        if name in kinds.SECTIONS
    }
    return {name: texts for name, texts in found.items() if texts}


def _authorise(case: Incident, rule: str, number: int, actor: Actor) -> None:
    said = {"incident": case.code, "clock": rule, "report-version": number}
    gate.authorise(actor, Action.INCIDENT_WORK, channel=Channel.ADMIN, facts=said)


def submit(report: IncidentReport, *, actor: Actor) -> Approval:
    """The facts of now go into it. Raises `Incomplete`, `Unanswered`, `NotInWork`, `Observes`, `Over`."""
    with held(report.incident) as case:
        require_work(case, actor)
        require_real(case)
        row = IncidentReport.objects.select_for_update().get(pk=report.pk)
        if row.stage not in _WRITABLE:
            raise NotInWork
        _require_whole(row)
        content = papers.content(row)
        if dora.applies(row.rule) and (left := dora.missing(content)):
            raise dora.Unanswered(left)
        body, digest = papers.freeze(content)
        payload = {
            "incident": case.code,
            "report": str(row.ref),
            "rule": row.rule,
            "version": row.number,
            "sha256": digest,
        }
        approval = put_up(KIND, payload, actor)
        REPORT.move(row, "submit", {"body": body, "digest": digest, "approval": approval})
    report.refresh_from_db()
    return approval


def _require_whole(report: IncidentReport) -> None:
    if left := kinds.missing(law.of(report.rule), report.words):
        told = gettext("、").join(str(kinds.SECTIONS[each]) for each in left)
        raise Incomplete(gettext("还没有写：%(names)s（中文或英文写一种即可）") % {"names": told})


def withdraw(report: IncidentReport, *, actor: Actor) -> None:
    """Back to the desk before anybody decided. Raises `NotInWork`, `Observes`, `Over`."""
    with held(report.incident) as case:
        require_work(case, actor)
        row = IncidentReport.objects.select_for_update().get(pk=report.pk)
        if row.stage != Stage.WAITING or row.approval is None:
            raise NotInWork
        _authorise(case, row.rule, row.number, actor)
        try:
            approvals.void(row.approval)
        except IllegalMove:
            raise NotInWork from None
        REPORT.move(row, "withdraw", _UNFROZEN)
    report.refresh_from_db()


_UNFROZEN: Final[Mapping[str, Any]] = {"body": "", "digest": "", "approval": None}


def sent_back(report: IncidentReport) -> Approval | None:
    """Where it says why the approver did not want it so."""
    rows = Approval.objects.filter(kind=KIND, payload__report=str(report.ref))
    return rows.filter(status=Approval.Status.RETURNED).order_by("-pk").first()


def name(payload: Mapping[str, Any]) -> str:
    return gettext("%(name)s 第 %(n)s 版") % {
        "name": clock_words.name(law.of(payload["rule"])),
        "n": payload["version"],
    }


class _Report(CaseKind):
    label = _("监管报告")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:incident_report", args=[payload["report"]])

    def _words(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        to = clock_words.to(law.of(payload["rule"]))
        return [
            (_("报告"), [name(payload)]),
            (_("报给"), [to or "—"]),
            (_("指纹"), [payload["sha256"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Raises `FactsChanged`, `NotOfTheGroup`, `Over`."""
        case, said = self.held(approval, actor), approval.payload
        row = _put_up(UUID(said["report"]), approval)
        before = papers.as_put_up(row)["facts"]
        if names := facts.changed(before, facts.of(case)):
            raise FactsChanged(names)
        REPORT.move(row, "approve")
        told = {"approval": str(approval.ref), "rule": row.rule, "version": row.number}
        timeline.write(case, TimelineEntry.What.DECISION, actor=actor, facts=told)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        self.held(approval, actor)
        row = _put_up(UUID(approval.payload["report"]), approval)
        REPORT.move(row, "return", _UNFROZEN)


def _put_up(ref: UUID, approval: Approval) -> IncidentReport:
    rows = IncidentReport.objects.select_for_update().filter(ref=ref, approval=approval)
    row = rows.filter(stage=Stage.WAITING).first()
    if row is None:
        raise ContentChanged
    return row


def ready() -> None:
    approvals.register(KIND, _Report())
    rechecking.sources.append(papers.altered)
