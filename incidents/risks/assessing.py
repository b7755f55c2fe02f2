"""Assessments: begun with counts that stay, answered, reckoned, and signed by somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate
from access.actions import Action
from access.actors import Actor
from access.models import Approval, Unit
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import Workflow
from incidents.models import RiskAssessment
from incidents.risks import counting, questionnaires, scoring
from incidents.risks.counting import Scope
from incidents.risks.questionnaires import Questionnaire
from incidents.risks.scoring import Line, Outcome
from records.models import Book, Product

KIND: Final = "risk-assessment"
FILL: Final = Action.RISK_ASSESS
State = RiskAssessment.State
ASSESSMENT: Final = Workflow(
    {
        "put_up": (frozenset({State.DRAFT.value}), State.WAITING.value),
        "sign": (frozenset({State.WAITING.value}), State.SIGNED.value),
        "back": (frozenset({State.WAITING.value}), State.DRAFT.value),
    },
    field="state",
)


class BadWindow(CustodianError):
    """It begins before it ends, and ends today at the latest."""

    code = "risk-assessment-window"
    message = _("起止日期有误：起日须早于止日，止日不能晚于今天")


class BadScope(CustodianError):
    """Products are assessed one by one, customers by book or unit, the market as a whole."""

    code = "risk-assessment-scope"
    message = _("产品评估须选一个险种；客户评估可选账册或机构；市场评估不选")


class Unanswered(CustodianError):
    """A question has no answer."""

    code = "risk-assessment-unanswered"
    message = _("还有问题没有作答，请逐题选择")


class PutUp(CustodianError):
    """It waits for its second person or is signed, and is not changed any more."""

    code = "risk-assessment-put-up"
    status = 409
    message = _("评估已提交或已签署，不能再改")


class Altered(CustodianError):
    """It is not what was put up."""

    code = "risk-assessment-altered"
    status = 409
    message = _("内容与提交时不同，请退回重新提交")


def begin(
    kind: str,
    *,
    since: date,
    until: date,
    book: Book | None = None,
    unit: Unit | None = None,
    product: Product | None = None,
    actor: Actor,
) -> RiskAssessment:
    """Counted at this moment, once. Raises `BadWindow`, `BadScope`, `SegmentTooSmall`."""
    chosen = RiskAssessment.Kind(kind)
    _require_scope(chosen, book, unit, product)
    if not since < until <= clock.local().date():
        raise BadWindow
    form = questionnaires.newest(chosen.value)
    counted = counting.count(form, Scope(since, until, book, unit, product))
    row = RiskAssessment(
        kind=chosen, version=form.version, digest=form.digest, book=book, unit=unit, product=product,
        since=since, until=until, asked_at=clock.now(), numbers=[each.kept for each in counted],
        begun_by_id=actors.person(actor),
    )  # fmt: skip
    with transaction.atomic():
        _authorise(row, "begun", actor)
        row.save(force_insert=True)
    return row


def answer(
    assessment: RiskAssessment, answers: Mapping[str, str], *, summary: str, actor: Actor
) -> None:
    """Kept as far as they go. Raises `PutUp`."""
    form = form_of(assessment)
    known = {each.code: {option.code for option in each.options} for each in form.questions}
    kept = {code: said for code, said in answers.items() if said in known.get(code, ())}
    with transaction.atomic():
        row = _held(assessment)
        if row.state != State.DRAFT:
            raise PutUp
        _authorise(row, "answered", actor)
        RiskAssessment.objects.filter(pk=row.pk).update(answers=kept, summary=summary)


def put_up(assessment: RiskAssessment, *, actor: Actor) -> Approval:
    """The arithmetic is done and kept, and waits for somebody else. Raises `Unanswered`, `PutUp`."""
    with transaction.atomic():
        row = _held(assessment)
        if row.state != State.DRAFT:
            raise PutUp
        found = reckon(row)
        _authorise(row, "put-up", actor)
        changes = {
            "lines": [each.kept for each in found.lines],
            "score": found.score,
            "result": found.result,
        }
        for name, value in changes.items():
            setattr(row, name, value)
        asked = approvals.request(KIND, _content(row), actor=actor)
        ASSESSMENT.move(row, "put_up", {**changes, "approval": asked})
    return asked


def reckon(assessment: RiskAssessment) -> Outcome:
    """What follows from its answers and counts. Raises `Unanswered`."""
    try:
        return scoring.outcome(form_of(assessment), assessment.answers, values(assessment))
    except KeyError:
        raise Unanswered from None


def values(assessment: RiskAssessment) -> dict[str, Decimal | None]:
    return {
        each["code"]: scoring.value_of(each["number"], each["base"]) for each in assessment.numbers
    }


def form_of(assessment: RiskAssessment) -> Questionnaire:
    """The version that it was begun with, whatever is newest by now."""
    return questionnaires.of(assessment.kind, assessment.version)


def is_as_asked(assessment: RiskAssessment) -> bool:
    """Whether the file of its version still says what it said."""
    return form_of(assessment).digest == assessment.digest


def lines(assessment: RiskAssessment) -> Sequence[Line]:
    return [Line.read(each) for each in assessment.lines]


def earlier(assessment: RiskAssessment) -> QuerySet[RiskAssessment]:
    """Signed ones of the same thing before it, the newest first."""
    rows = RiskAssessment.objects.filter(
        kind=assessment.kind, book=assessment.book, unit=assessment.unit,
        product=assessment.product, state=State.SIGNED,
    )  # fmt: skip
    return rows.filter(asked_at__lt=assessment.asked_at).order_by("-asked_at")


def about(assessment: RiskAssessment) -> str:
    """The segment, the product or the whole, in words."""
    parts = [str(each) for each in (assessment.book, assessment.unit, assessment.product) if each]
    return " · ".join(parts) or pgettext("风险评估", "全部")


def _require_scope(
    kind: RiskAssessment.Kind, book: Book | None, unit: Unit | None, product: Product | None
) -> None:
    segment = book is not None or unit is not None
    wrong = {
        RiskAssessment.Kind.CUSTOMERS: product is not None,
        RiskAssessment.Kind.PRODUCTS: product is None or segment,
        RiskAssessment.Kind.MARKET: product is not None or segment,
    }
    if wrong[kind]:
        raise BadScope


def _held(assessment: RiskAssessment) -> RiskAssessment:
    return RiskAssessment.objects.select_for_update().get(pk=assessment.pk)


def _authorise(row: RiskAssessment, outcome: str, actor: Actor) -> None:
    facts = {"risk-assessment": str(row.ref), "outcome": outcome}
    gate.authorise(actor, FILL, channel=Channel.ADMIN, facts=facts)


def _content(row: RiskAssessment) -> dict[str, Any]:
    return {
        "assessment": str(row.ref),
        "kind": row.kind,
        "about": about(row),
        "version": row.version,
        "form": row.digest,
        "window": [row.since.isoformat(), row.until.isoformat()],
        "asked": row.asked_at.isoformat(),
        "counted": row.numbers,
        "answers": row.answers,
        "lines": row.lines,
        "score": str(row.score),
        "result": row.result,
        "summary": row.summary,
    }


class _Sign:
    action = Action.RISK_ASSESS_APPROVE
    label = _("风险评估")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:risk_assessment", args=[payload["assessment"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """It is about nobody in particular."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        form = questionnaires.of(payload["kind"], payload["version"])
        said = {
            "score": payload["score"],
            "class": form.class_of(Decimal(payload["score"])),
            "n": payload["version"],
        }
        return [
            (_("对象"), [RiskAssessment.Kind(payload["kind"]).label, payload["about"]]),
            (_("窗口"), [" – ".join(payload["window"])]),
            (_("结论"), [gettext("%(score)s 分，%(class)s（问卷第 %(n)s 版）") % said]),
            (_("说明"), [payload["summary"] or "—"]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Raises `Altered`."""
        row = RiskAssessment.objects.select_for_update().get(approval=approval)
        if _content(row) != {**approval.payload, "about": about(row)}:
            raise Altered
        ASSESSMENT.move(row, "sign", {"signed_at": clock.now()})

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """It goes back to whoever fills it in."""
        row = RiskAssessment.objects.get(approval=approval)
        ASSESSMENT.move(row, "back", {"approval": None})


def ready() -> None:
    approvals.register(KIND, _Sign())
