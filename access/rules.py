"""Changing the access rules: proposed by one officer, approved by another, dated, and never overwritten.

A proposal is a new rule, another version of one, or its end. What is approved is the proposal's content;
the version that it changes must still be the newest one by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, policy
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, PolicyRule, RuleProposal
from access.rule_sentences import sentence
from access.training import words
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import Workflow

KIND = "policy-rule"
FIRST = 10  # as the seeded rules are numbered
Status = RuleProposal.Status
PROPOSAL = Workflow(
    {
        "submit": (frozenset({Status.DRAFT.value}), Status.WAITING.value),
        "approve": (frozenset({Status.WAITING.value}), Status.APPROVED.value),
        "return": (frozenset({Status.WAITING.value}), Status.RETURNED.value),
        "withdraw": (frozenset({Status.DRAFT.value, Status.WAITING.value}), Status.WITHDRAWN.value),
    }
)


class NotNewest(CustodianError):
    """The version that was to be changed has been changed or ended meanwhile."""

    code = "rule-not-newest"
    status = 409
    message = _("这条规则已有更新的版本，请从新版本重新提出")


class NothingChanged(CustodianError):
    """The proposal says what the rule says already."""

    code = "rule-unchanged"
    message = _("与现行规则没有不同，请修改后再试")


def propose(
    terms: Mapping[str, Any],
    *,
    base: PolicyRule | None,
    reason: str,
    actor: Actor,
    ends: bool = False,
    since: datetime | None = None,
) -> RuleProposal:
    """A draft of a new rule, of another version of `base`, or of its end.

    `terms` are those of `policy.TERMS` as a row holds them. Raises `NotNewest`, `NothingChanged`.
    """
    if base is not None and not ends and terms_of(base) == dict(terms):
        raise NothingChanged
    with transaction.atomic():
        code = _next_code() if base is None else _newest(base).code
        proposal = RuleProposal(
            code=code,
            base_version=base.version if base else None,
            ends=ends,
            terms=dict(terms),
            since=since,
            reason=reason,
            proposed_by_id=actors.person(actor),
        )
        gate.authorise(
            actor, Action.POLICY_RULE_PROPOSE, channel=Channel.ADMIN, facts=facts(proposal)
        )
        proposal.save()
    return proposal


def submit(proposal: RuleProposal, *, actor: Actor) -> Approval:
    """Put the draft up for approval; raises `IllegalMove` for one that is none any more."""
    _require_own(proposal, actor)
    payload = content(proposal)
    with transaction.atomic():
        gate.authorise(
            actor, Action.POLICY_RULE_PROPOSE, channel=Channel.ADMIN, facts=facts(proposal)
        )
        approval = approvals.request(KIND, payload, actor=actor)
        PROPOSAL.move(proposal, "submit", {"approval": approval})
    return approval


def withdraw(proposal: RuleProposal, *, actor: Actor) -> None:
    """Take it back before it is decided."""
    _require_own(proposal, actor)
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.POLICY_RULE_PROPOSE,
            channel=Channel.ADMIN,
            facts={**facts(proposal), "back": 1},
        )
        if proposal.approval is not None:
            approvals.void(proposal.approval)
        PROPOSAL.move(proposal, "withdraw")


def terms_of(rule: PolicyRule) -> dict[str, Any]:
    """What a rule says, as a proposal holds it."""
    return {name: getattr(rule, name) for name in policy.TERMS}


def as_row(proposal: RuleProposal) -> PolicyRule:
    """The version as it would be; not saved."""
    version = (proposal.base_version or 0) + 1
    return PolicyRule(code=proposal.code, version=version, **proposal.terms)


def base_of(proposal: RuleProposal) -> PolicyRule | None:
    if proposal.base_version is None:
        return None
    return PolicyRule.objects.get(code=proposal.code, version=proposal.base_version)


def with_proposal(rules: Sequence[policy.Rule], proposal: RuleProposal) -> list[policy.Rule]:
    """The rules as they would be with it."""
    row = {**proposal.terms, "code": proposal.code, "version": (proposal.base_version or 0) + 1}
    kept = [each for each in rules if each.code != proposal.code]
    changed = kept if proposal.ends else [*kept, policy.rule_of(row)]
    return sorted(changed, key=lambda each: each.code)


def content(proposal: RuleProposal) -> dict[str, Any]:
    """All that is approved."""
    return {
        "proposal": str(proposal.ref),
        "rule": proposal.code,
        "base": proposal.base_version,
        "ends": proposal.ends,
        "terms": dict(proposal.terms),
        "since": proposal.since.astimezone(UTC).isoformat() if proposal.since else None,
        "reason": proposal.reason,
    }


def facts(proposal: RuleProposal) -> dict[str, Any]:
    """What the log keeps of it for ever: codes, and the hash of the content."""
    return {
        "rule-code": proposal.code,
        "base": proposal.base_version or 0,
        "digest": approvals.digest_of(KIND, content(proposal)),
    }


def _require_own(proposal: RuleProposal, actor: Actor) -> None:
    """Whoever thought of it puts it up, so that he is the one who may not approve it."""
    if proposal.proposed_by_id != actor.id:
        gate.refuse(actor, Action.POLICY_RULE_PROPOSE, because="not-yours", channel=Channel.ADMIN)


def _newest(base: PolicyRule) -> PolicyRule:
    """`base` itself, held until the end of the transaction, if nothing came after it."""
    versions = PolicyRule.objects.select_for_update().filter(code=base.code).order_by("-version")
    newest = next(iter(versions), None)
    if newest is None or newest.version != base.version or newest.until is not None:
        raise NotNewest
    return newest


def _next_code() -> str:
    # Until the commit, so that two proposals at once do not get one number.
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE access_ruleproposal IN SHARE ROW EXCLUSIVE MODE")
    codes = [
        *PolicyRule.objects.values_list("code", flat=True),
        *RuleProposal.objects.values_list("code", flat=True),
    ]
    numbers = [int(code[2:]) for code in codes if code.startswith("R-") and code[2:].isdecimal()]
    return f"R-{max([FIRST - 1, *numbers]) + 1:03}"


class _Kind:
    """A changed rule is a new row, and the old one keeps its dates."""

    action = Action.POLICY_RULE_APPROVE
    label = _("访问规则")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:rule_proposal", args=[payload["proposal"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A rule is about a role, and nobody in particular."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        proposal = RuleProposal.objects.get(ref=payload["proposal"])
        base = base_of(proposal)
        since = payload["since"] and clock.local(datetime.fromisoformat(payload["since"]))
        after = _("停用") if proposal.ends else sentence(as_row(proposal))
        return [
            (_("规则"), [payload["rule"]]),
            (_("现行"), [sentence(base) if base else _("没有（新规则）")]),
            (_("改为"), [after]),
            (_("生效"), [f"{since:%Y-%m-%d %H:%M}" if since else _("批准即生效")]),
            (_("理由"), [payload["reason"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        proposal = RuleProposal.objects.select_for_update().get(approval=approval)
        if content(proposal) != approval.payload:
            raise ContentChanged
        now = clock.now()
        since = max(proposal.since or now, now)
        base = base_of(proposal)
        if base is not None:
            PolicyRule.objects.filter(pk=_newest(base).pk).update(until=since)
        if not proposal.ends:
            rule = as_row(proposal)
            rule.since, rule.approval = since, approval
            rule.save()
        PROPOSAL.move(proposal, "approve")
        transaction.on_commit(policy.forget)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        PROPOSAL.move(RuleProposal.objects.get(approval=approval), "return")


def changes(base: PolicyRule | None, proposal: RuleProposal) -> list[tuple[Any, Any, Any]]:
    """What is another than before, each as label, before and after."""
    if proposal.ends or base is None:
        return []
    after = as_row(proposal)
    labels = {field.name: field.verbose_name for field in PolicyRule._meta.fields}
    return [
        (labels[name], _said(base, name), _said(after, name))
        for name in policy.TERMS
        if getattr(base, name) != getattr(after, name)
    ]


def _said(rule: PolicyRule, name: str) -> Any:
    shown = getattr(rule, f"get_{name}_display", None)
    value = shown() if shown else getattr(rule, name)
    if name == "training":
        value = words.titles(value)
    return _("、").join(value) if isinstance(value, list) else value


approvals.register(KIND, _Kind())
