"""Changing a quota, or adding one: by four eyes, version by version, as with the access rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate, proposals, quotas
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, Quota
from access.quota_words import counted, window
from access.vocabulary import Channel, Role
from custodian import clock
from custodian.errors import CustodianError

KIND = "quota"
# What it counts stays what it is; a new version has other steps.
COUNTS = ("role", "measure", "harm", "hours")
STEPS = ("warn", "finding", "block", "pace")


class Unchanged(CustodianError):
    """The proposal says what the quota says already."""

    code = "quota-unchanged"
    message = _("与现行限额没有不同，请修改后再试")


class Pending(CustodianError):
    """Another change of the same quota waits for its approval."""

    code = "quota-pending"
    status = 409
    message = _("这条限额已有一项修改待复核")


def terms_of(quota: Quota) -> dict[str, Any]:
    return {name: getattr(quota, name) for name in (*COUNTS, *STEPS)}


def propose(terms: Mapping[str, Any], *, base: Quota | None, reason: str, actor: Actor) -> Approval:
    """Ask for other steps of `base`, or for a new quota. Raises `Unchanged`, `Pending`."""
    if base is not None and terms_of(base) == dict(terms):
        raise Unchanged
    with transaction.atomic():
        # So that two proposals at once get neither one number nor one base.
        proposals.lock(Quota)
        if base is not None and waiting(base.code) is not None:
            raise Pending
        payload = {
            "quota": base.code if base else _next_code(),
            "base": base.version if base else None,
            "terms": dict(terms),
            "reason": reason,
        }
        gate.authorise(
            actor,
            Action.QUOTA_PROPOSE,
            channel=Channel.ADMIN,
            facts={"quota": payload["quota"], "digest": approvals.digest_of(KIND, payload)},
        )
        return approvals.request(KIND, payload, actor=actor)


def waiting(code: str) -> Approval | None:
    return proposals.waiting(KIND, quota=code)


def _next_code() -> str:
    asked = Approval.objects.filter(kind=KIND).values_list("payload__quota", flat=True)
    codes = [*Quota.objects.values_list("code", flat=True), *asked]
    return f"Q-{max([0, *(int(code[2:]) for code in codes if code[2:].isdecimal())]) + 1:02}"


def scope_words(terms: Mapping[str, Any]) -> str:
    """Whom it is about and what it counts, in one line."""
    who = str(Role(terms["role"]).label) if terms["role"] else str(_("所有岗位"))
    return f"{who} · {window(terms['hours'])} · {counted(terms['measure'], terms['harm'])}"


def _step(value: Any) -> str:
    return f"{value:,}" if value is not None else "—"


class _Kind:
    action = Action.QUOTA_APPROVE
    label = _("限额")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:quotas")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A quota is about a role, and nobody in particular."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        terms = payload["terms"]
        base = Quota.objects.filter(code=payload["quota"], version=payload["base"] or 0).first()
        labels = {field.name: field.verbose_name for field in Quota._meta.fields}
        rows: list[tuple[Any, Sequence[Any]]] = [
            (_("限额"), [payload["quota"]]),
            (_("计什么"), [scope_words(terms)]),
        ]
        for name in STEPS:
            said, then = _step(terms[name]), _step(getattr(base, name)) if base else ""
            rows.append((labels[name], [said if not base or said == then else f"{then} → {said}"]))
        return [*rows, (_("理由"), [payload["reason"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        payload, now, law = approval.payload, clock.now(), ""
        if payload["base"] is not None:
            base = Quota.objects.select_for_update().get(
                code=payload["quota"], version=payload["base"]
            )
            if base.until is not None:
                raise ContentChanged
            Quota.objects.filter(pk=base.pk).update(until=now)
            # A number that is another than the law's is the company's own.
            law = base.law if payload["terms"]["finding"] == base.finding else ""
        Quota.objects.create(
            code=payload["quota"],
            version=(payload["base"] or 0) + 1,
            since=now,
            approval=approval,
            law=law,
            **payload["terms"],
        )
        transaction.on_commit(quotas.forget)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


approvals.register(KIND, _Kind())
