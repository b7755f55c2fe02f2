"""Changing who may ask for an act and who may approve it: by four eyes as well, under the rule so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, ApprovalRule, User
from access.vocabulary import Channel, Role
from custodian import clock
from custodian.errors import CustodianError

KIND = "approval-rule"
TERMS = ("requesters", "approvers", "excluded", "needed", "step_up", "cooling_days")


class TooFew(CustodianError):
    """Not enough people hold these roles: whatever is asked for would wait for ever."""

    code = "too-few-approvers"
    message = _("在岗的复核人不够：除申请人外，至少要有所需的人数")


class Pending(CustodianError):
    """Another change of the same rule waits for its approval."""

    code = "approval-rule-pending"
    status = 409
    message = _("这条复核规则已有一项修改待复核")


@dataclass(frozen=True, kw_only=True)
class Terms:
    requesters: Sequence[str]
    approvers: Sequence[str]
    excluded: Sequence[str]
    needed: int
    step_up: bool
    cooling_days: int


def terms_of(rule: ApprovalRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in TERMS}


def propose(kind: str, terms: Terms, *, reason: str, actor: Actor) -> Approval:
    """Ask that acts of this kind be approved in another way. Raises `TooFew`, `Pending`."""
    base = approvals.rule_for(kind)
    payload = {
        "kind": kind,
        "base": base.version,
        "terms": {name: _plain(getattr(terms, name)) for name in TERMS},
        "reason": reason,
    }
    people = User.objects.filter(is_active=True, role__in=terms.approvers).count()
    if people < terms.needed + 1:
        raise TooFew
    with transaction.atomic():
        ApprovalRule.objects.select_for_update().get(pk=base.pk)
        if waiting(kind) is not None:
            raise Pending
        gate.authorise(
            actor,
            Action.APPROVAL_RULE_PROPOSE,
            channel=Channel.ADMIN,
            facts={"rule-kind": kind, "digest": approvals.digest_of(KIND, payload)},
        )
        return approvals.request(KIND, payload, actor=actor)


def waiting(kind: str) -> Approval | None:
    """The change of this kind's rule that is still to be decided."""
    return Approval.objects.waiting().filter(kind=KIND, payload__kind=kind).first()


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list | tuple) else value


class _Kind:
    action = Action.APPROVAL_RULE_APPROVE
    label = _("复核规则")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:approval_rules")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A rule is about roles, and nobody in particular."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        kind, terms = payload["kind"], payload["terms"]
        before = ApprovalRule.objects.get(kind=kind, version=payload["base"])
        rows: list[tuple[Any, Sequence[Any]]] = [(_("事项"), [approvals.kinds[kind].label])]
        for name, label, said in told(terms):
            then = {each: words for each, _label, words in told(terms_of(before))}[name]
            rows.append((label, [said if said == then else f"{then} → {said}"]))
        return [*rows, (_("理由"), [payload["reason"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        payload = approval.payload
        base = ApprovalRule.objects.select_for_update().get(
            kind=payload["kind"], version=payload["base"]
        )
        if base.until is not None:
            raise ContentChanged
        now = clock.now()
        ApprovalRule.objects.filter(pk=base.pk).update(until=now)
        ApprovalRule.objects.create(
            kind=base.kind,
            version=base.version + 1,
            since=now,
            approval=approval,
            **payload["terms"],
        )

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def told(terms: Mapping[str, Any]) -> list[tuple[str, Any, str]]:
    """Each part of a rule: its name, its label, and what it says in words."""
    roles, relations = dict(Role.choices), dict(ApprovalRule.Relation.choices)

    def listed(codes: Sequence[str], words: Mapping[str, Any]) -> str:
        return str(_("、")).join(str(words[code]) for code in codes) or "—"

    return [
        ("requesters", _("可申请的岗位"), listed(terms["requesters"], roles)),
        ("approvers", _("可复核的岗位"), listed(terms["approvers"], roles)),
        ("excluded", _("须回避"), listed(terms["excluded"], relations)),
        ("needed", _("需要几人复核"), str(terms["needed"])),
        ("step_up", _("须二次验证"), str(_("是") if terms["step_up"] else _("否"))),
        ("cooling_days", _("任职满几天方可复核"), str(terms["cooling_days"])),
    ]


approvals.register(KIND, _Kind())
