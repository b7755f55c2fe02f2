"""Taking a version off the pages, by four eyes. It stays as evidence; rules in force are only followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian.errors import CustodianError
from records.models import PublishedText, TextVersion, TextWithdrawal
from records.notices import drafting
from records.notices.drafting import today

KIND: Final = "notice-withdrawal"


class RulesInForce(CustodianError):
    """Whoever processes must have rules that anybody can read."""

    code = "rules-in-force"
    status = 409
    message = _("生效中的处理规则不能撤下，须由新的一版取代；请起草新版")


class Gone(CustodianError):
    """It is withdrawn already, or somebody has asked for it."""

    code = "text-withdrawn"
    status = 409
    message = _("这一版已撤下，或撤下的申请正在等待复核")


def ask(version: TextVersion, *, reason: str, actor: Actor) -> Approval:
    """Ask that this version be shown no more. Raises `RulesInForce`, `Gone`."""
    with transaction.atomic():
        proposals.lock(TextWithdrawal)
        _require(version)
        payload = {
            "ref": str(version.text.ref),
            "version": version.code,
            "digest": version.digest,
            "reason": reason,
        }
        facts = {"published": version.code, "digest": approvals.digest_of(KIND, payload)}
        gate.authorise(
            actor, Action.NOTICE_DRAFT, channel=Channel.ADMIN, facts=facts, reason=reason
        )
        return approvals.request(KIND, payload, actor=actor)


def waiting(version: TextVersion) -> Approval | None:
    return proposals.waiting(KIND, version=version.code)


def _require(version: TextVersion) -> None:
    if TextWithdrawal.objects.filter(version=version).exists() or waiting(version) is not None:
        raise Gone
    _require_not_in_force(version)


def _require_not_in_force(version: TextVersion) -> None:
    if version.text.is_rules and version.since <= today():
        raise RulesInForce


class _Kind:
    action = Action.NOTICE_APPROVE
    label = _("撤下公开文本")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:notice", args=[payload["ref"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """What is published is about everybody."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        version = _version(payload)
        return [
            (_("种类"), [PublishedText.Kind(version.text.kind).label]),
            (_("版本"), [version.code]),
            (_("标题"), [version.content["title"]["zh"], version.content["title"]["en"]]),
            (_("内容指纹"), [version.digest[:16]]),
            (_("理由"), [payload["reason"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        version = _version(approval.payload)
        _require_not_in_force(version)
        TextWithdrawal.objects.create(
            version=version, on=today(), reason=approval.payload["reason"], approval=approval
        )

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """It stays where it is."""


def _version(payload: Mapping[str, Any]) -> TextVersion:
    rows = TextVersion.objects.select_related("text").filter(digest=payload["digest"])
    found = rows.first()
    if found is None or found.code != payload["version"]:
        raise ContentChanged
    return found


def altered() -> Iterator[Approval]:
    """Approvals whose withdrawal is gone or another one, and withdrawals that nobody approved."""
    withdrawn = set()
    for row in TextWithdrawal.objects.select_related("approval", "version__text").order_by("pk"):
        withdrawn.add(row.approval_id)
        said = row.approval.payload
        approved = row.approval.kind == KIND and row.approval.status == Approval.Status.APPROVED
        if not approved or said["version"] != row.version.code or said["reason"] != row.reason:
            yield row.approval
    said = Approval.objects.filter(kind=KIND, status=Approval.Status.APPROVED)
    gone = drafting.gone()
    for approval in said.exclude(pk__in=withdrawn).order_by("pk"):
        if approval.payload["version"] not in gone:
            yield approval


approvals.register(KIND, _Kind())
