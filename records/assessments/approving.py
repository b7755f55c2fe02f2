"""The second person's yes to an assessment, over the hash of its text, and what was asked as a condition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, rechecking
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.exports.approving import element_words
from access.models import Approval, User
from access.vocabulary import Channel
from custodian import clock, elements
from custodian.errors import CustodianError
from records.assessments import papers, standing, things
from records.assessments.writing import ASSESSMENT, KIND, UNFROZEN
from records.models import AssessmentCondition, ImpactAssessment
from records.models.assessments import LABELS

Stage, Conclusion = ImpactAssessment.Stage, ImpactAssessment.Conclusion


class FactsChanged(ContentChanged):
    """What it is about has become more since it was put up."""

    code = "impact-assessment-facts-changed"
    message = _("提交之后所评估的处理有变，不能按旧内容批准；请退回，由起草人核对后重新提交")


class Settled(CustodianError):
    """It is done already."""

    code = "assessment-condition-settled"
    status = 409
    message = _("这项条件已经落实")


class _Kind:
    action = Action.ASSESSMENT_APPROVE
    label = _("个人信息保护影响评估")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:assessment", args=[payload["ref"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """It is about processing, and nobody in particular."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        row = ImpactAssessment.objects.filter(ref=payload["ref"]).first()
        said: list[tuple[Any, Sequence[Any]]] = [
            (_("评估"), [f"{payload['assessment']}/{payload['version']}"]),
            (_("指纹"), [payload["sha256"]]),
        ]
        if row is None:
            return said
        codes = row.facts.get("elements", ())
        return [
            (_("名称"), [row.title]),
            (_("评估情形"), [LABELS[row.occasion]]),
            (_("评估对象"), [things.label_of(row.kind), row.facts.get("name", "")]),
            (_("信息项"), [element_words(code) for code in codes if elements.known(code)]),
            (
                pgettext_lazy("评估", "结论"),
                [Conclusion(row.conclusion).label] if row.conclusion else ["—"],
            ),
            (pgettext_lazy("评估", "条件"), [_condition(each) for each in row.conditions] or ["—"]),
            (_("复评日"), [row.review_on or "—"]),
            *said,
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Raises `FactsChanged`, `papers.Altered`."""
        row = _put_up(approval)
        papers.as_put_up(row)
        if row.kind != things.OTHER and standing.beyond(
            row.facts, things.planned(row.kind, row.about)
        ):
            raise FactsChanged
        for number, each in enumerate(row.conditions, 1):
            owner = User.objects.get(ref=each["owner"])
            due = date.fromisoformat(each["due"])
            if row.conclusion == Conclusion.CONDITIONS:
                AssessmentCondition.objects.create(
                    assessment=row, number=number, what=each["what"], owner=owner, due_on=due
                )
        ASSESSMENT.move(row, "approve", {"approved_at": clock.now()})

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        row = ImpactAssessment.objects.filter(approval=approval, stage=Stage.WAITING).first()
        if row is not None:
            ASSESSMENT.move(row, "return", UNFROZEN)


def _condition(each: Mapping[str, str]) -> str:
    said = {"what": each["what"], "who": each["name"], "due": each["due"]}
    return gettext("%(what)s（%(who)s，%(due)s 之前）") % said


def _put_up(approval: Approval) -> ImpactAssessment:
    rows = ImpactAssessment.objects.select_for_update(of=("self",)).select_related("approval")
    row = rows.filter(approval=approval, stage=Stage.WAITING).first()
    if row is None:
        raise ContentChanged
    return row


def settle(condition: AssessmentCondition, *, note: str, actor: Actor) -> None:
    """Note how a condition was met. Raises `Settled`."""
    with transaction.atomic():
        rows = AssessmentCondition.objects.select_for_update(of=("self",))
        held = rows.select_related("assessment").get(pk=condition.pk)
        if held.done_at is not None:
            raise Settled
        facts = {"assessment": str(held.assessment), "did": "condition"}
        gate.authorise(
            actor, Action.ASSESSMENT_WRITE, channel=Channel.ADMIN, facts=facts, reason=note
        )
        changes = {"done_at": clock.now(), "done_by_id": actors.person(actor), "note": note}
        AssessmentCondition.objects.filter(pk=held.pk).update(**changes)


def sent_back(row: ImpactAssessment) -> Approval | None:
    """Where it says why the approver did not want it so."""
    rows = Approval.objects.filter(kind=KIND, payload__ref=str(row.ref))
    return rows.filter(status=Approval.Status.RETURNED).order_by("-pk").first()


def ready() -> None:
    approvals.register(KIND, _Kind())
    rechecking.sources.append(papers.altered)
