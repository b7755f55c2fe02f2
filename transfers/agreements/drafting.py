"""Drafting an agreement or a change of one, and putting it up for the second person."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import Workflow
from transfers import assessing
from transfers.agreements import papers
from transfers.agreements.terms import Lack, Terms, lacks
from transfers.models import Agreement, Counterparty

KIND: Final = "partner-agreement"
Status = Agreement.Status
AGREEMENT: Final = Workflow(
    {
        "ask": (frozenset({Status.DRAFT.value}), Status.ASKED.value),
        "return": (frozenset({Status.ASKED.value}), Status.DRAFT.value),
        "agree": (frozenset({Status.ASKED.value}), Status.IN_FORCE.value),
        "change": (frozenset({Status.IN_FORCE.value}), Status.IN_FORCE.value),
        "end": (frozenset({Status.IN_FORCE.value}), Status.ENDED.value),
    }
)


class Incomplete(CustodianError):
    """The draft lacks what an agreement must have; `lacking` says what."""

    code = "agreement-incomplete"
    status = 422
    message = _("还缺法律或本公司要求的内容，补齐之后才能提交")

    def __init__(self, lacking: list[Lack]) -> None:
        self.lacking = lacking
        super().__init__()


class AtReview(CustodianError):
    """The draft lies with the second person, or the agreement is over."""

    code = "agreement-at-review"
    status = 409
    message = _("协议正在复核或已经结束，现在不能改")


class PartnerClosed(CustodianError):
    """The co-operation with the counterparty has ended."""

    code = "partner-closed"
    status = 409
    message = _("已与该单位停止合作，不能再订协议")


def open_draft(party: Counterparty, terms: Terms, *, actor: Actor) -> Agreement:
    """A new agreement; nothing may be given under it. Raises `PartnerClosed`, `Refused`."""
    with transaction.atomic():
        proposals.lock(Agreement)
        if not Counterparty.objects.current().filter(pk=party.pk).exists():
            raise PartnerClosed
        agreement = Agreement(
            code=_next_code(),
            counterparty=party,
            part=terms.part,
            title=terms.title,
            opened_by_id=actors.person(actor),
        )
        agreement.draft = _whole(agreement, terms).written()
        _authorise(agreement, actor, {"did": "draft"})
        agreement.save()
    return agreement


def save_draft(agreement: Agreement, terms: Terms, *, actor: Actor) -> None:
    """Of one that is not in force yet, or of a change of one that is. Raises `AtReview`."""
    with transaction.atomic():
        held = _held(agreement)
        draft = _whole(held, terms)
        if held.terms is not None and draft.part != held.part:
            raise AtReview
        _authorise(held, actor, {"did": "draft"})
        held.draft, held.part = draft.written(), draft.part
        if held.terms is None:
            held.title = draft.title
        held.save(update_fields=["draft", "part", "title"])
    agreement.refresh_from_db()


def drop_draft(agreement: Agreement, *, actor: Actor) -> None:
    """A change that is not wanted any more; what is in force stays. Raises `AtReview`."""
    with transaction.atomic():
        held = _held(agreement)
        if held.terms is None:
            raise AtReview
        _authorise(held, actor, {"did": "drop-draft"})
        Agreement.objects.filter(pk=held.pk).update(draft=None)
    agreement.refresh_from_db()


def ask(agreement: Agreement, *, actor: Actor) -> Approval:
    """Put the draft up. Raises `Incomplete` while anything is missing, `AtReview`, `Refused`."""
    with transaction.atomic():
        held = _held(agreement)
        if held.draft is None:
            raise AtReview
        # What was assessed since it was saved counts.
        terms = _whole(held, Terms.read(held.draft))
        if lacking := lacking_of(held, terms):
            raise Incomplete(lacking)
        held.draft = terms.written()
        held.save(update_fields=["draft"])
        payload = payload_of(held)
        _authorise(held, actor, {"did": "ask", "digest": approvals.digest_of(KIND, payload)})
        approval = approvals.request(KIND, payload, actor=actor)
        if held.terms is None:
            AGREEMENT.move(held, "ask", {"approval": approval})
        else:
            Agreement.objects.filter(pk=held.pk).update(approval=approval)
    agreement.refresh_from_db()
    return approval


def withdraw(agreement: Agreement, *, actor: Actor) -> None:
    """Back to the desk of whoever drafts. Raises `AtReview` where nothing waits."""
    with transaction.atomic():
        held = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        waiting = waiting_of(held)
        if waiting is None:
            raise AtReview
        _authorise(held, actor, {"did": "withdraw"})
        approvals.void(waiting)
        if held.status == Status.ASKED:
            AGREEMENT.move(held, "return")
    agreement.refresh_from_db()


def waiting_of(agreement: Agreement) -> Approval | None:
    """What of its terms lies with the second person."""
    approval = agreement.approval
    waits = approval is not None and approval.status == Approval.Status.WAITING
    return approval if waits else None


def payload_of(agreement: Agreement) -> dict[str, Any]:
    """All that is agreed to, with what stood there before where it is a change."""
    return {
        "ref": str(agreement.ref),
        "agreement": agreement.code,
        "partner": str(agreement.counterparty.ref),
        "number": agreement.versions.count() + 1,
        "terms": agreement.draft,
    }


def _held(agreement: Agreement) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("counterparty")
    held = rows.get(pk=agreement.pk)
    free = held.status in {Status.DRAFT, Status.IN_FORCE} and not held.is_over
    if not free or waiting_of(held) is not None:
        raise AtReview
    return held


def lacking_of(agreement: Agreement, terms: Terms) -> list[Lack]:
    """What these terms lack now, an impact assessment that covers them among it."""
    assessed = assessing.verdict(assessing.of_agreement(agreement, terms))
    return lacks(terms, papers.by_ref(agreement), assessed)


def lacking_now(agreement: Agreement) -> list[Lack]:
    """What its draft would lack if it were put up at this moment; nothing where there is no draft."""
    if agreement.draft is None:
        return []
    return lacking_of(agreement, _whole(agreement, Terms.read(agreement.draft)))


def _whole(agreement: Agreement, terms: Terms) -> Terms:
    """With the hash of each paper that it names, and the assessment in force, which nobody types."""
    known = papers.by_ref(agreement) if agreement.pk else {}
    named = {ref: known[ref].sha256 for ref in terms.named_papers if ref in known}
    found = assessing.verdict(assessing.of_agreement(agreement, terms)).assessment
    return Terms.read({**terms.written(), "papers": named, "pipia": str(found or "")})


def _authorise(agreement: Agreement, actor: Actor, facts: dict[str, Any]) -> None:
    gate.authorise(
        actor,
        Action.AGREEMENT_PROPOSE,
        channel=Channel.ADMIN,
        facts={"agreement": agreement.code, **facts},
    )


def _next_code() -> str:
    year = clock.local().year
    taken = Agreement.objects.filter(code__startswith=f"AG-{year}-").count()
    return f"AG-{year}-{taken + 1:03d}"
