"""Changing a rule of the audits, or switching it off: by four eyes, version by version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.audits.thresholds import DECLARED, NAMES
from access.models import Approval, AuditRule
from custodian import clock
from custodian.errors import CustodianError

KIND = "audit-rule"


class Unchanged(CustodianError):
    """The proposal says what the rule says already."""

    code = "audit-rule-unchanged"
    message = _("与现行规则没有不同，请修改后再试")


class Pending(CustodianError):
    """Another change of the same rule waits for its approval."""

    code = "audit-rule-pending"
    status = 409
    message = _("这条规则已有一项修改待复核")


def terms_of(rule: AuditRule) -> dict[str, Any]:
    return {
        "enabled": rule.enabled,
        "severity": rule.severity,
        "thresholds": dict(rule.thresholds),
    }


def propose(base: AuditRule, terms: Mapping[str, Any], *, reason: str, actor: Actor) -> Approval:
    """Ask for other numbers, another severity, or an end. Raises `Unchanged`, `Pending`."""
    if terms_of(base) == dict(terms):
        raise Unchanged
    payload = {
        "rule": base.code,
        "base": base.version,
        "terms": dict(terms),
        "reason": reason,
    }
    return proposals.propose(
        KIND,
        payload,
        of="rule",
        table=AuditRule,
        pending=Pending,
        action=Action.AUDIT_RULE_PROPOSE,
        facts={"audit-rule": base.code},
        actor=actor,
    )


def waiting(code: str) -> Approval | None:
    return proposals.waiting(KIND, rule=code)


class _Kind:
    action = Action.AUDIT_RULE_APPROVE
    label = _("审计规则")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:audit_rules")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A rule is about everybody."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        terms = payload["terms"]
        base = AuditRule.objects.filter(code=payload["rule"], version=payload["base"]).first()
        before = terms_of(base) if base else terms
        levels = dict(AuditRule._meta.get_field("severity").choices or [])
        rows: list[tuple[Any, Sequence[Any]]] = [
            (_("审计规则"), [DECLARED[payload["rule"]].label]),
            (_("启用"), [_turned(_yes(before["enabled"]), _yes(terms["enabled"]))]),
            (_("级别"), [_turned(levels[before["severity"]], levels[terms["severity"]])]),
        ]
        for name, value in terms["thresholds"].items():
            old = before["thresholds"].get(name, value)
            rows.append((NAMES[name], [_turned(f"{old:g}", f"{value:g}")]))
        return [*rows, (_("理由"), [payload["reason"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        payload, now = approval.payload, clock.now()
        base = AuditRule.objects.select_for_update().get(
            code=payload["rule"], version=payload["base"]
        )
        if base.until is not None:
            raise ContentChanged
        AuditRule.objects.filter(pk=base.pk).update(until=now)
        AuditRule.objects.create(
            code=base.code,
            version=base.version + 1,
            since=now,
            approval=approval,
            **payload["terms"],
        )

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def _yes(enabled: bool) -> Any:  # noqa: FBT001  a value to be told, no switch
    return _("是") if enabled else _("否")


def _turned(before: Any, after: Any) -> str:
    return str(after) if str(before) == str(after) else f"{before} → {after}"


approvals.register(KIND, _Kind())
