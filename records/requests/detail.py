"""One request as those who handle it see it, and the acts that they may do on it, at desk and back office."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access import gate
from access.actions import Action
from access.actors import Actor
from access.law import clock_faces
from access.querylog.telling import sentence, tell
from access.vocabulary import Purpose, Role
from custodian.elements import Masked
from custodian.errors import NotVisible
from custodian.jobs import JobStatus
from records import references, representatives, request_words, vault
from records.catalogue import NAME
from records.models import Customer, CustomerRequest, RequestEffect
from records.request_answer_forms import AnswerForm, ExtendForm, PassOnForm, RefuseForm
from records.request_forms import MessageForm, ProveForm
from records.requests import (
    clocks,
    effects,
    explaining,
    handling,
    joining,
    kinds,
    looks,
    opening,
    recusal,
    texts,
)
from records.requests.effects import copying, deletion, telling
from records.requests.kinds import Kind
from records.requests.texts import Texts

Office = CustomerRequest.Office
# The right and its conditions, as the law library has them.
PORTABILITY_CLAUSES: Final = ("CN-PIPL-44", "CN-NDR-25")


@dataclass
class Page:
    """What is known of it, what may be done, and the forms for that; a form that was wrong is among them."""

    request: CustomerRequest
    customer: Customer
    name: Masked | None
    texts: Texts | None
    against: str  # why this person must stand aside
    may: frozenset[str]
    forms: dict[str, Any] = field(default_factory=dict)
    more: dict[str, Any] = field(default_factory=dict)


def row(ref: str, *, action: Action, channel: str, actor: Actor) -> CustomerRequest:
    """The request; one that is absent and one out of reach leave the same entry and the same page."""
    known = references.read(ref, kind="r")
    rows = CustomerRequest.objects.visible_to(actor).filter(ref=known or "")
    found: CustomerRequest | None = rows.select_related(
        "clock", "handler", "item", "finding__operator", "proven_by", "closed_by", "unit"
    ).first()
    if found is None:
        purpose = purpose_of(None, actor)
        gate.refuse_unknown(actor, action, asked=ref[:40], purpose=purpose, channel=channel)
    return found


def purpose_of(request: CustomerRequest | None, actor: Actor) -> str:
    """What the person looks for: officers because of their office, the desk because of the work."""
    offices = {
        Role.COMPLIANCE_OFFICER: Purpose.COMPLIANCE,
        Role.SECURITY_OFFICER: Purpose.SECURITY,
        Role.AUDITOR: Purpose.AUDIT,
    }
    if actor.role in offices:
        return offices[actor.role].value
    return kinds.of(request.kind).purpose.value if request else Purpose.POLICY_SERVICE.value


def names(
    subjects: list[int], *, purpose: str, channel: str, actor: Actor
) -> tuple[dict[int, Masked], int]:
    """One permit and one entry for the masked names of all customers on a page."""
    permit = gate.permit(
        actor,
        Action.REQUEST_LIST,
        purpose=purpose,
        channel=channel,
        subjects=subjects,
        elements=[NAME.code] if subjects else [],
        masked=True,
    )
    return {each.subject: each.masked for each in vault.listed(permit, marking=True)}, permit.entry


def page(
    request: CustomerRequest, *, channel: str, actor: Actor, wrong: Mapping[str, Any] | None = None
) -> Page:
    """Log the look, and gather everything; `wrong` are forms that were filled in wrongly."""
    purpose = purpose_of(request, actor)
    customer = Customer.objects.visible_to(actor).get(pk=request.subject_id)
    masked, _entry = names([request.subject_id], purpose=purpose, channel=channel, actor=actor)
    reads = gate.may(actor, Action.REQUEST_READ)
    said = texts.read(request, purpose=purpose, channel=channel, actor=actor) if reads else None
    against = recusal.against(request, actor)
    may = frozenset() if against else _may(request, actor)
    found = Page(request, customer, masked.get(request.subject_id), said, against, may)
    found.forms = {**_forms(request, may, actor), **(wrong or {})}
    found.more = {**_more(request, actor), **_elsewhere(request, channel, actor)}
    return found


def _may(request: CustomerRequest, actor: Actor) -> frozenset[str]:
    """What is offered; the acts themselves ask again."""
    if not gate.may(actor, Action.REQUEST_HANDLE) or request.ended:
        return frozenset()
    if not request.proven:
        return frozenset({"prove", "refuse"})
    broken = request.copies.filter(status=JobStatus.FAILED).exists()
    if (begun := _begun(request, actor, broken=broken)) is not None:
        return begun
    officer = actor.role is Role.COMPLIANCE_OFFICER
    acts = {"ask", "again"} if broken else {"ask"}
    if request.handler_id != actor.id:
        acts.add("take")
    if request.triage:
        acts.add("sort")
    if clocks.extensions(request.clock) and gate.may(actor, Action.REQUEST_EXTEND):
        acts.add("extend")
    if request.office == Office.SERVICE:
        acts.add("pass_on")
    if _decides(request, actor):
        acts |= {"answer", "refuse"}
    if officer and request.kind == Kind.LOOK_QUESTION and _may_ask_operator(request):
        acts.add("ask_operator")
    return frozenset(acts)


def _begun(request: CustomerRequest, actor: Actor, *, broken: bool) -> frozenset[str] | None:
    """What is offered once it was decided and is being done, or could not be."""
    again = frozenset({"again"})
    if effects.pending(request):
        failed = broken or request.effects.filter(status=JobStatus.FAILED).exists()
        return again if failed else frozenset()
    if request.effects.filter(code=request.kind).exists():
        return again | {"refuse"} if _decides(request, actor) else again
    return None


def _decides(request: CustomerRequest, actor: Actor) -> bool:
    return actor.role is Role.COMPLIANCE_OFFICER or request.office == Office.SERVICE


def _may_ask_operator(request: CustomerRequest) -> bool:
    asked = request.finding is not None and request.finding.asked_at is not None
    return not asked and looks.operator_of(request) is not None


def _forms(request: CustomerRequest, may: frozenset[str], actor: Actor) -> dict[str, Any]:
    return {act: make(None) for act, make in _made(request, actor).items() if act in may}


def _made(request: CustomerRequest, actor: Actor) -> dict[str, Callable[[Any], Any]]:
    return {
        "prove": lambda data: ProveForm(data, asked_by=request.asked_by),
        "ask": MessageForm,
        "answer": lambda data: AnswerForm(
            data,
            way=kinds.of(request.kind),
            reachable=copying.reachable(request),
            handed=lambda code: copying.handed(code, request, actor=actor),
        ),
        "refuse": RefuseForm,
        "extend": lambda data: ExtendForm(data, offered=clocks.extensions(request.clock)),
        "pass_on": PassOnForm,
    }


def _more(request: CustomerRequest, actor: Actor) -> dict[str, Any]:
    """What belongs to this kind only."""
    found: dict[str, Any] = {
        "way": kinds.of(request.kind),
        "clock": clock_faces.shown(request.clock),
        "things": telling.things(request.outcome),
        "outcomes": telling.sentences(request.outcome),
        "effects": list(RequestEffect.objects.filter(request=request)),
        "copies": list(request.copies.order_by("pk")),
        "approval": request.clock.approval,
        "chosen": request_words.chosen(request),
    }
    found["broken"] = any(each.status == JobStatus.FAILED for each in found["copies"])
    if request.kind in copying.KINDS and request.proven and not request.ended:
        found["unreachable"] = not copying.reachable(request)
    if request.kind == Kind.PORTABILITY:
        found["rules"] = request_words.rules(*PORTABILITY_CLAUSES)
    if request.asked_by == CustomerRequest.By.REPRESENTATIVE:
        found["acting"] = representatives.acting(request.capacity, request.asker_id, actor=actor)
    if request.kind == Kind.DELETION and not request.ended and actor.role in _OFFICES:
        fates = [each.told() for each in deletion.foreseen(request)]
        found["foreseen"] = telling.things({"things": fates})
    if request.kind == Kind.FRAUD_CALL and gate.may(actor, Action.LOG_READ):
        found["looks"] = looks.summary(request.details.get("entries", []))
    if request.kind == Kind.LOOK_QUESTION and gate.may(actor, Action.LOG_READ):
        found |= _look(request)
    return found


def _elsewhere(request: CustomerRequest, channel: str, actor: Actor) -> dict[str, bool]:
    """Whether the thing itself is done on other pages, which this person has."""
    corrects = request.kind in {Kind.CORRECTION, Kind.COMPLETION} and channel == "desk"
    exports = request.kind == Kind.PORTABILITY and channel == "admin"
    return {
        "corrects": corrects and not request.ended and gate.may(actor, Action.CORRECTION_RAISE),
        "exports": exports and not request.ended and gate.may(actor, Action.EXPORT_REQUEST),
    }


_OFFICES = frozenset({Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR})


def _look(request: CustomerRequest) -> Mapping[str, Any]:
    """Why it was had, and the sentences of the visit that it belongs to."""
    visit = looks.asked_about(request)
    if not visit:
        return {}
    rest = [(each.entry.pk, sentence(each)) for each in tell(visit[1:])]
    return {"look": explaining.explained(visit[0], request.subject_id), "visit": rest}


class BadForm(Exception):
    """What was filled in cannot be taken; `forms` has it with its errors."""

    def __init__(self, act: str, form: Any) -> None:
        self.forms = {act: form}
        super().__init__(act)


def act(request: CustomerRequest, posted: QueryDict, *, channel: str, actor: Actor) -> str:
    """Do what was asked for and say it in a sentence. Raises `BadForm`, and what the act raises."""
    name = posted.get("act", "")
    form = None
    if name in (made := _made(request, actor)):
        form = made[name](posted)
        if not form.is_valid():
            raise BadForm(name, form)
    doing = _ACTS.get(name)
    if doing is None:
        raise NotVisible
    return str(doing(request, form, channel, actor))


def _prove(request: CustomerRequest, form: Any, channel: str, actor: Actor) -> str:
    proof = form.cleaned_data["proof"]
    try:
        opening.prove(request, proof=proof, channel=channel, actor=actor)
    except opening.AlreadyOpen as same:
        purpose = purpose_of(request, actor)
        joining.join(
            request, same.request, proof=proof, purpose=purpose, channel=channel, actor=actor
        )
        return _("与 %(ref)s 是同一件事，已并入那一项。") % {"ref": same.request.ref}
    return _("已登记核验，申请已受理。")


def _take(request: CustomerRequest, form: Any, channel: str, actor: Actor) -> str:
    handling.take(request, channel=channel, actor=actor)
    return _("已由您经办。")


def _ask(request: CustomerRequest, form: Any, channel: str, actor: Actor) -> str:
    handling.ask(request, form.cleaned_data["text"], channel=channel, actor=actor)
    return _("已请客户补充说明；期限照常计算。")


def _answer(request: CustomerRequest, form: Any, channel: str, actor: Actor) -> str:
    handling.answer(
        request, form.words, outcome=form.cleaned_data["outcome"], details=form.details,
        channel=channel, actor=actor,
    )  # fmt: skip
    return _("已答复。") if request.ended else _("已决定，正在办理；办完即告知客户。")


def _refuse(request: CustomerRequest, form: Any, channel: str, actor: Actor) -> str:
    handling.refuse(request, form.cleaned_data["reason"], channel=channel, actor=actor)
    return _("已不予办理，理由和还可以向哪里反映已告知客户。")


def _extend(request: CustomerRequest, form: Any, channel: str, actor: Actor) -> str:
    said = form.cleaned_data
    before = request.clock.due_at
    handling.extend(request, said["extension"], reason=said["reason"], channel=channel, actor=actor)
    longer = request.clock.due_at > before
    return _("已延期，理由已告知客户。") if longer else _("已提交；另一位合规官批准后才延期。")


def _pass_on(request: CustomerRequest, form: Any, channel: str, actor: Actor) -> str:
    handling.pass_on(request, reason=form.cleaned_data["reason"], channel=channel, actor=actor)
    return _("已转合规部门办理。")


def _sort(request: CustomerRequest, form: Any, channel: str, actor: Actor) -> str:
    handling.sort(request, channel=channel, actor=actor)
    return pgettext("客户申请", "已分拣，照常办理。")


def _ask_operator(request: CustomerRequest, form: Any, channel: str, actor: Actor) -> str:
    looks.ask_operator(request, channel=channel, actor=actor)
    return _("已请本人说明。")


def _again(request: CustomerRequest, form: Any, channel: str, actor: Actor) -> str:
    handling.again(request, channel=channel, actor=actor)
    return _("已重新开始办理。")


_ACTS: Mapping[str, Callable[[CustomerRequest, Any, str, Actor], str]] = {
    "again": _again,
    "answer": _answer,
    "ask": _ask,
    "ask_operator": _ask_operator,
    "extend": _extend,
    "pass_on": _pass_on,
    "prove": _prove,
    "refuse": _refuse,
    "sort": _sort,
    "take": _take,
}
BODY = (
    "act", "proof", "text", "outcome", "conditions", "formats", "handover", "export", "fee", "reason",
    "extension",
)  # fmt: skip
