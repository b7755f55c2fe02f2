"""The second person's yes to the terms of an agreement, and to its early end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian import clock
from transfers.agreements import papers, words
from transfers.agreements.drafting import AGREEMENT, KIND, Incomplete, lacking_of, payload_of
from transfers.agreements.ending import END, end_payload
from transfers.agreements.reviewing import one_year_after
from transfers.agreements.terms import Terms
from transfers.models import Agreement, AgreementVersion, Counterparty

Lines = list[tuple[Any, Sequence[Any]]]


class _Base:
    action = Action.AGREEMENT_APPROVE

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:agreement", args=[payload["ref"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """An agreement is with another company."""
        return frozenset()


class _Terms(_Base):
    label = _("合作协议")

    def describe(self, payload: Mapping[str, Any]) -> Lines:
        party = Counterparty.objects.get(ref=payload["partner"])
        number = payload["number"]
        before = AgreementVersion.objects.filter(
            agreement__ref=payload["ref"], number=number - 1
        ).first()
        agreement = Agreement.objects.get(ref=payload["ref"])
        return [
            (_("合作方"), [f"{party} {party.code}"]),
            (_("协议编号"), [f"{payload['agreement']} · {words.version(number)}"]),
            *words.lines(
                Terms.read(payload["terms"]),
                papers.by_ref(agreement),
                before=Terms.read(before.terms) if before else None,
            ),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        agreement = _held(approval=approval)
        if payload_of(agreement) != approval.payload or agreement.draft is None:
            raise ContentChanged
        terms = Terms.read(agreement.draft)
        if lacking := lacking_of(agreement, terms):
            raise Incomplete(lacking)
        AgreementVersion.objects.create(
            agreement=agreement,
            number=approval.payload["number"],
            terms=agreement.draft,
            approval=approval,
        )
        changes = {
            "terms": agreement.draft,
            "draft": None,
            "title": terms.title,
            "since": terms.first_day,
            "until": terms.last_day,
        }
        first = agreement.terms is None
        if first:
            changes["review_on"] = one_year_after(terms.first_day)
        AGREEMENT.move(agreement, "agree" if first else "change", changes)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """The draft stays, to be mended."""
        agreement = Agreement.objects.get(approval=approval)
        if AGREEMENT.may(agreement, "return"):
            AGREEMENT.move(agreement, "return")


class _End(_Base):
    label = _("提前结束合作协议")

    def describe(self, payload: Mapping[str, Any]) -> Lines:
        agreement = Agreement.objects.select_related("counterparty").get(ref=payload["ref"])
        return [
            (_("合作方"), [f"{agreement.counterparty} {agreement.counterparty.code}"]),
            (_("协议编号"), [f"{agreement.code} · {agreement.title}"]),
            (_("理由"), [payload["reason"]]),
            (_("后果"), [_("立即停止一切提供；对方须返还或删除，并出具证明")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        agreement = _held(end_approval=approval)
        if end_payload(agreement, agreement.end_reason) != approval.payload:
            raise ContentChanged
        AGREEMENT.move(agreement, "end", {"ended_at": clock.now(), "draft": None})

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        Agreement.objects.filter(end_approval=approval).update(end_reason="")


def _held(**of: Approval) -> Agreement:
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("counterparty")
    found = rows.filter(**of).first()
    if found is None:
        raise ContentChanged
    return found


def is_as_agreed(agreement: Agreement) -> bool:
    """Whether the terms in force are those that two people agreed to, to the letter."""
    version = agreement.versions.select_related("approval").first()
    if version is None or agreement.terms is None or agreement.terms != version.terms:
        return False
    terms, approval = Terms.read(version.terms), version.approval
    payload = {**approval.payload, "terms": version.terms, "number": version.number}
    return (
        (agreement.since, agreement.until) == (terms.first_day, terms.last_day)
        and agreement.part == terms.part
        and approval.kind == KIND
        and approval.status == Approval.Status.APPROVED
        and approval.payload["ref"] == str(agreement.ref)
        and approval.digest == approvals.digest_of(KIND, payload)
        and approvals.is_as_left(approval)
    )


def altered() -> Iterator[Approval]:
    """Approvals whose agreement says something else than was agreed."""
    rows = Agreement.objects.filter(terms__isnull=False).select_related("approval", "counterparty")
    for agreement in rows.order_by("pk"):
        version = agreement.versions.select_related("approval").first()
        if version is not None and not is_as_agreed(agreement):
            yield version.approval


approvals.register(KIND, _Terms())
approvals.register(END, _End())
