"""Whether two customers are one person: one officer says so with a reason, another agrees, and both stay.

Nothing of either is changed or moved. What was settled can be settled otherwise in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import Workflow
from records.merges import words
from records.models import Customer, MergeCase

KIND: Final = "merge-case"
Status, Verdict = MergeCase.Status, MergeCase.Verdict
CASE: Final = Workflow(
    {
        "ask": (frozenset({Status.OPEN.value, Status.SETTLED.value}), Status.ASKED.value),
        "settle": (frozenset({Status.ASKED.value}), Status.SETTLED.value),
        "return": (frozenset({Status.ASKED.value}), Status.OPEN.value),
        "keep": (frozenset({Status.ASKED.value}), Status.SETTLED.value),
    }
)


class Settled(CustodianError):
    """That is what holds already, or the case waits for its second person."""

    code = "merge-case-settled"
    status = 409
    message = _("已经这样认定，或正在等待另一人复核")


def ask(case: MergeCase, verdict: str, *, reason: str, actor: Actor) -> Approval:
    """Say whether they are one. Raises `Settled`, `Refused`."""
    with transaction.atomic():
        held = MergeCase.objects.select_for_update().get(pk=case.pk)
        if held.status == Status.ASKED or held.settled == Verdict(verdict):
            raise Settled
        said = content(held, verdict, reason)
        gate.authorise(
            actor,
            Action.MERGE_DECIDE,
            channel=Channel.ADMIN,
            subjects=gate.tagged(scopes.find([held.subject_id, held.other_id])),
            facts={"merge-case": held.code, "digest": approvals.digest_of(KIND, said)},
        )
        approval = approvals.request(KIND, said, actor=actor)
        more = {"verdict": verdict, "reason": said["reason"], "approval": approval}
        CASE.move(held, "ask", more)
    case.refresh_from_db()
    return approval


def content(case: MergeCase, verdict: str, reason: str) -> dict[str, Any]:
    """What whoever approves agrees to; customers by reference, and no value."""
    refs = dict(
        Customer.objects.filter(pk__in=[case.subject_id, case.other_id]).values_list("pk", "ref")
    )
    return {
        "case": case.code,
        "ref": str(case.ref),
        "customers": [refs.get(case.subject_id, ""), refs.get(case.other_id, "")],
        "agrees": list(case.agrees),
        "verdict": verdict,
        "reason": reason.strip()[:200],
    }


def of_customer(customer: Customer) -> list[tuple[MergeCase, str]]:
    """Each case about her that is not settled otherwise, with the other's reference."""
    rows = MergeCase.objects.filter(Q(subject=customer.pk) | Q(other=customer.pk))
    found = list(rows.exclude(settled=Verdict.APART, status=Status.SETTLED).order_by("pk"))
    others = {each.pk: each.subject_id + each.other_id - customer.pk for each in found}
    refs = dict(Customer.objects.filter(pk__in=others.values()).values_list("pk", "ref"))
    return [(each, refs[others[each.pk]]) for each in found if others[each.pk] in refs]


class _Kind:
    action = Action.MERGE_APPROVE
    label = _("疑似重复的认定")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:records_mergecase", args=[payload["ref"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A case is about customers, who are nobody's colleagues."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        return [
            (_("编号"), [payload["case"]]),
            (_("客户"), payload["customers"]),
            (_("一致的资料"), words.elements_of(payload["agrees"])),
            (_("认定"), [Verdict(payload["verdict"]).label]),
            (_("理由"), [payload["reason"]]),
            (_("后果"), [_("两份资料都保留，互相注明；任何一份都不改动，认定可以再改")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        case = MergeCase.objects.select_for_update().get(approval=approval)
        if content(case, case.verdict, case.reason) != approval.payload:
            raise ContentChanged
        CASE.move(case, "settle", {"settled": case.verdict, "settled_at": clock.now()})

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        case = MergeCase.objects.get(approval=approval)
        CASE.move(case, "keep" if case.settled else "return", {"verdict": case.settled})


def altered() -> Sequence[Approval]:
    """Of cases that do not hold what was approved."""
    rows = MergeCase.objects.exclude(approval=None).select_related("approval")
    return [
        each.approval
        for each in rows.filter(status=Status.SETTLED)
        if each.approval is not None
        and each.approval.status == Approval.Status.APPROVED
        and each.approval.payload["verdict"] != each.settled
    ]


approvals.register(KIND, _Kind())
