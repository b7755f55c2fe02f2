"""Versions of an assessment: begun from the last one, written, put up with its facts frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, proposals, scopes
from access.action_roles import ROLES
from access.actions import Action
from access.actors import Actor
from access.law.reading import today
from access.law.words import english
from access.models import Approval, User
from access.vocabulary import Channel
from custodian import clock, elements
from custodian.errors import CustodianError, NotVisible
from custodian.regimes.assessments import Occasion, Question
from custodian.regimes.periods import Period
from custodian.workflow import IllegalMove, Workflow
from records import inventory
from records.assessments import papers, things
from records.models import ImpactAssessment
from records.ports import Assessable

KIND: Final = "impact-assessment"
SYSTEM: Final = "assessor"
LONGEST: Final = Period(months=36)  # until it is looked at again; a company default
Stage, Conclusion = ImpactAssessment.Stage, ImpactAssessment.Conclusion
IN_WORK: Final = (Stage.DRAFT, Stage.WAITING, Stage.RETURNED)
_WRITABLE: Final = frozenset({Stage.DRAFT.value, Stage.RETURNED.value})
ASSESSMENT: Final = Workflow(
    {
        "submit": (_WRITABLE, Stage.WAITING.value),
        "withdraw": (frozenset({Stage.WAITING.value}), Stage.DRAFT.value),
        "return": (frozenset({Stage.WAITING.value}), Stage.RETURNED.value),
        "approve": (frozenset({Stage.WAITING.value}), Stage.APPROVED.value),
    },
    field="stage",
)
UNFROZEN: Final[Mapping[str, Any]] = {"body": "", "digest": "", "approval": None}


class InWork(CustodianError):
    """One version at a time is being written."""

    code = "impact-assessment-in-work"
    status = 409
    message = _("这份评估已有一个版本在办，请在该版本上继续")


class NotInWork(CustodianError):
    """It was put up or approved: its words stay."""

    code = "impact-assessment-not-in-work"
    status = 409
    message = _("这一版已提交或已批准，不能再改；需要改的，请起草下一版")


class NothingToAssess(CustodianError):
    """There is no such thing, or this occasion does not fit it."""

    code = "impact-assessment-of-nothing"
    status = 422
    message = _("没有这项处理，或所选情形与它不符")


class Incomplete(CustodianError):
    """Something that the law asks for is not written yet."""

    code = "impact-assessment-incomplete"
    status = 422


def begin(
    kind: str, about: str, occasion: str, *, title: str = "", actor: Actor
) -> ImpactAssessment:
    """The first version, or the next where it was assessed before. Raises `NothingToAssess`, `InWork`."""
    with transaction.atomic():
        proposals.lock(ImpactAssessment)
        thing = _thing(kind, about, occasion)
        of = ImpactAssessment.objects.filter(kind=kind, about=about, occasion=occasion)
        last = of.order_by("-pk").first() if kind != things.OTHER else None
        if last is not None:
            return _next(last, actor)
        name = thing.name if thing else title
        row = ImpactAssessment(
            code=_next_code(), kind=kind, about=about, occasion=occasion, title=(title or name)[:100],
            facts=facts_of(thing, name), begun_by_id=actors.person(actor),
        )  # fmt: skip
        _authorise(row, actor, "draft")
        row.save(force_insert=True)
    return row


def begin_next(row: ImpactAssessment, *, actor: Actor) -> ImpactAssessment:
    """With the words of the last one. Raises `InWork`."""
    with transaction.atomic():
        proposals.lock(ImpactAssessment)
        last = ImpactAssessment.objects.filter(code=row.code).order_by("-number").first()
        return _next(last or row, actor)


def _next(last: ImpactAssessment, actor: Actor) -> ImpactAssessment:
    if last.stage in IN_WORK:
        raise InWork
    thing = things.planned(last.kind, last.about)
    row = ImpactAssessment(
        code=last.code,
        number=last.number + 1,
        occasion=last.occasion,
        kind=last.kind,
        about=last.about,
        title=last.title,
        facts=facts_of(thing, last.facts.get("name", "")) if thing else last.facts,
        answers=last.answers,
        measures=last.measures,
        begun_by_id=actors.person(actor),
    )
    _authorise(row, actor, "draft")
    row.save(force_insert=True)
    return row


def _thing(kind: str, about: str, occasion: str) -> Assessable | None:
    if kind == things.OTHER and not about and occasion in set(Occasion):
        return None
    found = things.planned(kind, about)
    if found is None or occasion not in found.occasions:
        raise NothingToAssess
    return found


def facts_of(thing: Assessable | None, name: str, chosen: Sequence[str] = ()) -> dict[str, Any]:
    """What the house knows of it at this moment; `chosen` elements where nothing else says which."""
    codes = list(thing.elements if thing else chosen)
    return {
        "name": thing.name if thing else name,
        "elements": codes,
        "looks": list(thing.looks) if thing else [],
        "recipients": list(thing.recipients) if thing else [],
        "people": _people(codes, thing.among if thing else None),
    }


def _people(codes: Sequence[str], among: Any) -> dict[str, int]:
    """By element of how many customers the house holds it: counted, never typed."""
    with scopes.acting(actors.system(SYSTEM)) as actor:
        if actor is None or not codes:
            return {}
        counts = inventory.counted(actor, among)
    return {code: counts.get(code, 0) for code in codes if elements.known(code)}


def write(row: ImpactAssessment, said: Mapping[str, Any], *, actor: Actor) -> None:
    """Answers, measures, conclusion, conditions and review; elements of what is only described.

    Raises `NotInWork`, `NothingToAssess` for an element that there is not.
    """
    with transaction.atomic():
        held = _held(row)
        _authorise(held, actor, "draft")
        held.title = said.get("title") or held.title
        held.answers = {code: text.strip() for code, text in said["answers"].items()}
        held.measures, held.conclusion = said["measures"].strip(), said["conclusion"]
        held.conditions = _conditions(said["conditions"])
        held.review_on = said["review_on"]
        held.facts = _facts(held, said.get("elements", ()))
        held.save()
    row.refresh_from_db()


def _facts(row: ImpactAssessment, chosen: Sequence[str]) -> dict[str, Any]:
    if row.kind == things.OTHER:
        if not all(elements.known(code) for code in chosen):
            raise NothingToAssess
        return facts_of(None, row.title, chosen)
    thing = things.planned(row.kind, row.about)
    if thing is None:
        raise NothingToAssess
    return facts_of(thing, thing.name)


def _conditions(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Owners by reference, and by name for the text that is frozen."""
    found = []
    for each in rows:
        owner: User | None = each["owner"]
        due: date | None = each["due_on"]
        if each["what"].strip():
            found.append(
                {
                    "what": each["what"].strip(),
                    "owner": str(owner.ref) if owner else "",
                    "name": owner.name if owner else "",
                    "due": due.isoformat() if due else "",
                }
            )
    return found


def lacks(row: ImpactAssessment) -> list[tuple[str, str]]:
    """Where it is and what is missing, in the order of the page."""
    found = [
        (each.code, gettext("没有回答：%(what)s") % {"what": asked(each)})
        for each in papers.form().asked(Occasion(row.occasion))
        if not row.answers.get(each.code, "").strip()
    ]
    if not row.facts.get("elements"):
        found.append(("elements", gettext("没有选信息项")))
    if not row.measures.strip():
        found.append(("measures", gettext("没有写保护措施")))
    if not row.conclusion:
        found.append(("conclusion", gettext("没有选结论")))
    if not _review_fits(row.review_on):
        found.append(("review_on", gettext("复评日须在明天起三年以内（本公司默认）")))
    return [*found, *_of_conditions(row)]


def asked(question: Question) -> str:
    return str(question.says_en if english() else question.says)


def _review_fits(day: date | None) -> bool:
    return day is not None and today() < day <= LONGEST.after(today())


def _of_conditions(row: ImpactAssessment) -> list[tuple[str, str]]:
    if row.conclusion != Conclusion.CONDITIONS:
        return []
    if not row.conditions:
        return [("conditions", gettext("附条件进行的，须写明条件"))]
    whole = all(each["owner"] and each["due"] for each in row.conditions)
    return [] if whole else [("conditions", gettext("每项条件须有负责人和期限"))]


def submit(row: ImpactAssessment, *, actor: Actor) -> Approval:
    """The facts of now go into it. Raises `Incomplete`, `NotInWork`, `Refused`."""
    with transaction.atomic():
        held = _held(row)
        held.facts = _facts(held, held.facts.get("elements", ()))
        if left := lacks(held):
            raise Incomplete(gettext("；").join(each for _at, each in left))
        body, digest = papers.freeze(papers.content(held))
        payload = {
            "assessment": held.code,
            "ref": str(held.ref),
            "version": held.number,
            "sha256": digest,
        }
        _authorise(held, actor, "ask", digest=approvals.digest_of(KIND, payload))
        approval = approvals.request(KIND, payload, actor=actor)
        changes = {"facts": held.facts, "body": body, "digest": digest, "approval": approval}
        ASSESSMENT.move(held, "submit", changes)
    row.refresh_from_db()
    return approval


def withdraw(row: ImpactAssessment, *, actor: Actor) -> None:
    """Back to the desk before anybody decided. Raises `NotInWork`."""
    with transaction.atomic():
        held = ImpactAssessment.objects.select_for_update().get(pk=row.pk)
        if held.stage != Stage.WAITING or held.approval is None:
            raise NotInWork
        _authorise(held, actor, "withdraw")
        try:
            approvals.void(held.approval)
        except IllegalMove:
            raise NotInWork from None
        ASSESSMENT.move(held, "withdraw", UNFROZEN)
    row.refresh_from_db()


def owners() -> Any:
    """Who may own a condition: whoever reads assessments."""
    roles = [each.value for each in ROLES[Action.ASSESSMENT_READ]]
    return User.objects.filter(is_active=True, role__in=roles).order_by("staff_no")


def _held(row: ImpactAssessment) -> ImpactAssessment:
    held = ImpactAssessment.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if held is None:
        raise NotVisible
    if held.stage not in _WRITABLE:
        raise NotInWork
    return held


def _authorise(row: ImpactAssessment, actor: Actor, did: str, **facts: str) -> None:
    said = {"assessment": f"{row.code}/{row.number}", "did": did, **facts}
    gate.authorise(actor, Action.ASSESSMENT_WRITE, channel=Channel.ADMIN, facts=said)


def _next_code() -> str:
    year = clock.local().year
    rows = ImpactAssessment.objects.filter(code__startswith=f"IA-{year}-", number=1)
    return f"IA-{year}-{rows.count() + 1:03d}"
