"""Four eyes: an act waits until somebody else has said yes to exactly what will be done.

The digest covers the whole payload. Whoever approves names the digest that he saw; anything else in the
row by then means that he saw something else, and nothing happens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.reasons import MESSAGES
from access.vocabulary import Role
from custodian import clock
from custodian.errors import CustodianError
from custodian.tlog.verify import canonical
from custodian.workflow import IllegalMove, Workflow

CHANNEL = "admin"
Status = Approval.Status
APPROVAL = Workflow(
    {
        "approve": (frozenset({Status.WAITING.value}), Status.APPROVED.value),
        "return": (frozenset({Status.WAITING.value}), Status.RETURNED.value),
        "void": (frozenset({Status.WAITING.value}), Status.VOID.value),
    }
)


class ContentChanged(CustodianError):
    """The content is not the one that was shown, or was decided already."""

    code = "content-changed"
    status = 409
    message = _("内容已改或已有人处理，请重新打开后再复核")


class ApprovalKind(Protocol):
    """One kind of act that needs approval."""

    action: Action  # what approving it is called in the log
    roles: frozenset[Role]

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        """The content for the person who decides: each label with what stands under it."""

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Carry the act out, in the transaction of the decision."""

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Undo the waiting, in the transaction of the decision."""


_kinds: dict[str, ApprovalKind] = {}


def register(name: str, kind: ApprovalKind) -> None:
    _kinds[name] = kind


def kind_of(approval: Approval) -> ApprovalKind:
    return _kinds[approval.kind]


def digest_of(kind: str, payload: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical({"kind": kind, "payload": payload}).encode()).hexdigest()


def request(kind: str, payload: Mapping[str, Any], *, actor: Actor) -> Approval:
    """Put the content up for approval, in the transaction of the act that waits for it."""
    return Approval.objects.create(
        kind=kind,
        payload=dict(payload),
        digest=digest_of(kind, payload),
        requested_by_id=actors.person(actor),
    )


@dataclass(frozen=True)
class Standing:
    """Whether this person may decide, and if not, why."""

    may: bool
    why: Any = ""


def standing(approval: Approval, actor: Actor) -> Standing:
    if approval.status != Status.WAITING:
        return Standing(may=False, why=_("已有人处理"))
    if actor.role not in kind_of(approval).roles:
        return Standing(may=False, why=_("您的岗位不能复核此事项"))
    if approval.requested_by_id == actor.id:
        return Standing(may=False, why=MESSAGES["own-request"])
    return Standing(may=True)


def approve(approval: Approval, *, seen: str, actor: Actor) -> None:
    """Approve what stands under the digest `seen`, and start it; raises `Refused`, `ContentChanged`."""
    kind = kind_of(approval)
    _require(approval, seen=seen, actor=actor)
    with transaction.atomic():
        _move(approval, "approve", actor=actor)
        gate.authorise(actor, kind.action, channel=CHANNEL, facts=_facts(approval))
        kind.start(approval, actor=actor)


def send_back(approval: Approval, *, seen: str, note: str, actor: Actor) -> None:
    kind = kind_of(approval)
    _require(approval, seen=seen, actor=actor)
    with transaction.atomic():
        _move(approval, "return", actor=actor, note=note)
        gate.authorise(
            actor, kind.action, channel=CHANNEL, facts={**_facts(approval), "back": 1}, reason=note
        )
        kind.drop(approval, actor=actor)


def _require(approval: Approval, *, seen: str, actor: Actor) -> None:
    """Refusals are on record: who may not, and who asked himself."""
    kind = kind_of(approval)
    if actor.role not in kind.roles:
        gate.refuse(actor, kind.action, because="role-not-covered", channel=CHANNEL)
    if approval.requested_by_id == actor.id:
        gate.refuse(actor, kind.action, because="own-request", channel=CHANNEL)
    if seen != approval.digest or approval.digest != digest_of(approval.kind, approval.payload):
        raise ContentChanged


def _move(approval: Approval, move: str, *, actor: Actor, note: str = "") -> None:
    changes = {"decided_by_id": actors.person(actor), "decided_at": clock.now(), "note": note[:200]}
    try:
        APPROVAL.move(approval, move, changes)
    except IllegalMove:
        raise ContentChanged from None


def _facts(approval: Approval) -> dict[str, Any]:
    return {"approval": str(approval.ref), "digest": approval.digest, "kind": approval.kind}
