"""Four eyes: an act waits until somebody else has said yes to exactly what will be done.

The digest covers the whole payload. Whoever approves names the digest that he saw; anything else in the
row by then means that he saw something else, and nothing happens. Who may ask and who may say yes stands
in `ApprovalRule`; whoever asked never may, whatever a rule says.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, keystore, reporting
from access.actions import Action
from access.actors import Actor
from access.models import Approval, ApprovalRule, User
from access.reasons import MESSAGES
from custodian import clock
from custodian.errors import CustodianError
from custodian.tlog.verify import canonical
from custodian.workflow import IllegalMove, Workflow

CHANNEL = "admin"
KEY = "approval-mac"
Status = Approval.Status
Relation = ApprovalRule.Relation
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
    label: Any

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        """The content for the person who decides: each label with what stands under it."""

    def place(self, payload: Mapping[str, Any]) -> str:
        """The page of what is approved, where there is more to read."""

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """The people whom the act is about, by their references."""

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Carry the act out, in the transaction of the decision."""

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Undo the waiting, in the transaction of the decision."""


kinds: dict[str, ApprovalKind] = {}


def register(name: str, kind: ApprovalKind) -> None:
    kinds[name] = kind


def kind_of(approval: Approval) -> ApprovalKind:
    return kinds[approval.kind]


def digest_of(kind: str, payload: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical({"kind": kind, "payload": payload}).encode()).hexdigest()


def rule_for(kind: str) -> ApprovalRule:
    """The rule in force; raises DoesNotExist for a kind that nobody may ask for."""
    return ApprovalRule.objects.in_force().get(kind=kind)


def request(kind: str, payload: Mapping[str, Any], *, actor: Actor) -> Approval:
    """Put the content up for approval, in the transaction of the act that waits for it.

    The act itself has been authorised; raises `NotYoursToAsk` where the rule names other roles.
    """
    rule = rule_for(kind)
    if actor.role not in rule.requesters:
        raise NotYoursToAsk
    approval = Approval(
        kind=kind,
        payload=dict(payload),
        digest=digest_of(kind, payload),
        requested_by_id=actors.person(actor),
        rule=rule,
    )
    approval.save()
    seal(approval)
    return approval


class NotYoursToAsk(CustodianError):
    """The rule of approvals does not let this role ask."""

    code = "not-yours-to-ask"
    status = 403
    message = _("您的岗位不能提出此事项")


@dataclass(frozen=True)
class Standing:
    """Whether this person may decide, and if not, why; `because` is the log's code for it."""

    may: bool
    because: str = ""

    @property
    def why(self) -> Any:
        return MESSAGES.get(self.because, "")


def standing(approval: Approval, actor: Actor) -> Standing:
    """In the order in which a person would ask: is it open, is it mine, am I near it, am I new."""
    if approval.status != Status.WAITING:
        return Standing(may=False, because="decided-already")
    because = _against(approval, actor)
    return Standing(may=not because, because=because)


def _against(approval: Approval, actor: Actor) -> str:
    rule = approval.rule
    if actor.role not in rule.approvers or actor.id is None:
        return "role-not-covered"
    if approval.requested_by_id == actor.id:
        return "own-request"
    if approval.decisions.filter(decided_by_id=actor.id).exists():
        return "decided-by-you"
    if _is_new(actor.id, rule):
        return "new-approver"
    return _near(approval, actor.id)


def _is_new(approver: int, rule: ApprovalRule) -> bool:
    since = clock.now() - timedelta(days=rule.cooling_days)
    return not User.objects.filter(pk=approver, role_since__lte=since).exists()


def _near(approval: Approval, approver: int) -> str:
    """Whom the rule keeps away: the reporting line of whoever asked, the people it is about, and theirs."""
    excluded = approval.rule.excluded
    if Relation.LINE in excluded and reporting.related(approver, approval.requested_by_id):
        return "reporting-line"
    if {Relation.TARGET, Relation.TARGET_LINE} & set(excluded):
        refs = kind_of(approval).targets(approval.payload)
        targets = set(User.objects.filter(ref__in=refs).values_list("pk", flat=True))
        if Relation.TARGET in excluded and approver in targets:
            return "about-you"
        if Relation.TARGET_LINE in excluded and any(
            reporting.related(approver, each) for each in targets
        ):
            return "reporting-line"
    return ""


def approve(approval: Approval, *, seen: str, channel: str = CHANNEL, actor: Actor) -> bool:
    """Say yes to what stands under the digest `seen`; with the last yes that it needs, it starts.

    Whether it started. Raises `Refused`, `StepUpNeeded`, `ContentChanged`.
    """
    kind = kind_of(approval)
    _require(approval, seen=seen, channel=channel, actor=actor)
    with transaction.atomic():
        held = _held(approval)
        said = _decide(held, actor=actor, approves=True)
        gate.authorise(actor, kind.action, channel=channel, facts={**_facts(held), "yes": said})
        enough = said >= held.rule.needed
        if enough:
            _move(held, "approve", actor=actor)
            kind.start(held, actor=actor)
        seal(held)
    approval.refresh_from_db()
    return enough


def send_back(
    approval: Approval, *, seen: str, note: str, channel: str = CHANNEL, actor: Actor
) -> None:
    """One no is enough."""
    kind = kind_of(approval)
    _require(approval, seen=seen, channel=channel, actor=actor)
    with transaction.atomic():
        held = _held(approval)
        _decide(held, actor=actor, approves=False)
        _move(held, "return", actor=actor, note=note)
        gate.authorise(
            actor, kind.action, channel=channel, facts={**_facts(held), "back": 1}, reason=note
        )
        kind.drop(held, actor=actor)
        seal(held)
    approval.refresh_from_db()


def void(approval: Approval) -> None:
    """What was asked for is not wanted any more, in the transaction that says so; raises `IllegalMove`.

    One that was edited by hand keeps its broken MAC: withdrawing it must not hide that.
    """
    untouched = is_as_left(approval)
    APPROVAL.move(approval, "void")
    if untouched:
        seal(approval)


def seal(approval: Approval) -> None:
    """Put the MAC of the row as it stands beside it."""
    row = Approval.objects.get(pk=approval.pk)
    Approval.objects.filter(pk=row.pk).update(mac=_mac(row))


def is_as_left(approval: Approval) -> bool:
    """Whether row and decisions are as the product left them."""
    row = Approval.objects.get(pk=approval.pk)
    return hmac.compare_digest(bytes(row.mac), _mac(row))


def altered() -> Iterator[Approval]:
    """Approvals whose row or decisions are not as the product left them."""
    yield from (each for each in Approval.objects.order_by("pk") if not is_as_left(each))


def _mac(row: Approval) -> bytes:
    decisions = row.decisions.order_by("pk")
    said = {
        "ref": str(row.ref),
        "kind": row.kind,
        "digest": row.digest,
        "payload": digest_of(row.kind, row.payload),
        "rule": row.rule_id,
        "status": row.status,
        "asked": [row.requested_by_id, _at(row.requested_at)],
        "decided": [row.decided_by_id, row.decided_at and _at(row.decided_at)],
        "decisions": [
            [each.decided_by_id, each.approves, each.digest, _at(each.decided_at)]
            for each in decisions
        ],
    }
    return keystore.of_named_cached(KEY).mac(canonical(said).encode())


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _require(approval: Approval, *, seen: str, channel: str, actor: Actor) -> None:
    """Refusals are on record: who may not, who asked himself, who stands too near."""
    kind = kind_of(approval)
    if because := _against(approval, actor):
        if because == "decided-by-you":
            raise ContentChanged
        gate.refuse(actor, kind.action, because=because, channel=channel)
    actors.person(actor)
    if approval.rule.step_up and not actor.stepped_up:
        gate.refuse(actor, kind.action, because="step-up-not-covered", channel=channel)
    if not seen == approval.digest == digest_of(approval.kind, approval.payload):
        raise ContentChanged


def _held(approval: Approval) -> Approval:
    """The row until the end of the transaction, so that of many at once one is the last."""
    held = (
        Approval.objects.select_for_update(of=("self",)).select_related("rule").get(pk=approval.pk)
    )
    same = held.status == Status.WAITING and held.digest == approval.digest
    # Under the lock, because what follows gives the row a new MAC.
    if not same or not is_as_left(held):
        raise ContentChanged
    return held


def _decide(approval: Approval, *, actor: Actor, approves: bool) -> int:
    """Note the decision; how many said yes by now."""
    try:
        with transaction.atomic():
            approval.decisions.create(
                decided_by_id=actors.person(actor), approves=approves, digest=approval.digest
            )
    except IntegrityError:
        raise ContentChanged from None
    return approval.decisions.filter(approves=True).count()


def _move(approval: Approval, move: str, *, actor: Actor, note: str = "") -> None:
    changes = {"decided_by_id": actors.person(actor), "decided_at": clock.now(), "note": note[:200]}
    try:
        APPROVAL.move(approval, move, changes)
    except IllegalMove:
        raise ContentChanged from None


def _facts(approval: Approval) -> dict[str, Any]:
    return {"approval": str(approval.ref), "digest": approval.digest, "kind": approval.kind}
