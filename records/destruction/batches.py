"""Batches: what is due is proposed each night, reviewed, put up by one officer and approved by another.

The dry run, the proposal and the execution ask the same two questions of each holding, whether its time is
over and whether a hold stands; what is done is what was approved less what has changed since.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, proposals, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import wake
from custodian.workflow import Workflow
from records import bulk, legal_holds
from records.models import Customer, DestructionBatch, DestructionItem, KeepingRun, Policy
from records.models.policies import Claim
from records.retention import clock_guard, reckoning, rules, telling
from records.retention.deciding import State
from records.retention.reckoning import Kept

KIND: Final = "destruction"
Stage = DestructionBatch.Stage
Fate = DestructionItem.State
BATCH: Final = Workflow(
    {
        "submit": (frozenset({Stage.PROPOSED.value}), Stage.WAITING.value),
        "approve": (frozenset({Stage.WAITING.value}), Stage.APPROVED.value),
        "return": (frozenset({Stage.WAITING.value}), Stage.RETURNED.value),
        "stop": (frozenset({Stage.APPROVED.value}), Stage.STOPPED.value),
        "done": (frozenset({Stage.APPROVED.value, Stage.STOPPED.value}), Stage.DONE.value),
    },
    field="stage",
)


class NothingDue(CustodianError):
    """Every holding of the batch is excluded, held or in use again."""

    code = "nothing-due"
    status = 409
    message = _("批次中没有可销毁的资料")


@dataclass(frozen=True)
class Due:
    """A holding whose time is over, and the legal holds that keep it all the same."""

    kept: Kept
    book: int
    holds: tuple[str, ...]


def due(*, on: date) -> Iterator[list[Due]]:
    """Everything that is due on a day, page of customers by page; nothing is written."""
    by = rules.on(on)
    for page in reckoning.pages():
        over = [
            each for each in reckoning.answers(page, on=on, by=by) if each.answer.state is State.DUE
        ]
        if over:
            yield _with_holds(over)


def _with_holds(over: Sequence[Kept]) -> list[Due]:
    holds = holds_on([each.holding for each in over])
    books = _books(over)
    return [Due(each, books[each.holding], holds.get(each.holding, ())) for each in over]


def holds_on(holdings: Collection[UUID]) -> Mapping[UUID, tuple[str, ...]]:
    """The codes of the legal holds that keep these holdings now."""
    held = legal_holds.on(holdings)
    return {holding: tuple(each.code for each in facts) for holding, facts in held.items()}


def no_new_holds() -> None:
    """Until the transaction ends: a hold is there before a chunk, or after it, and never in between."""
    legal_holds.exclude_new()


def _books(over: Sequence[Kept]) -> dict[UUID, int]:
    """The book that each holding came with: a policy's own, else the customer's."""
    holdings = [each.holding for each in over]
    found: dict[UUID, Any] = dict(
        Policy.objects.filter(holding__in=holdings).values_list("holding", "book_id")
    )
    claims = Claim.objects.filter(holding__in=holdings)
    found |= dict(claims.values_list("holding", "policy__book_id"))
    customers = Customer.objects.filter(subject__in={each.subject for each in over})
    whose = dict(customers.values_list("subject_id", "book_id"))
    return {each.holding: int(found.get(each.holding) or whose[each.subject]) for each in over}


def propose(*, on: date | None = None) -> DestructionBatch | None:
    """Put what is due into the batch that waits to be put up, anew each night; None if nothing is due.

    What another batch has in hand is left out. An officer's exclusions stay.
    """
    day = on or clock.local().date()
    with scopes.acting(actors.system("keeper")):
        clock_guard.require()
        with transaction.atomic():
            proposals.lock(DestructionBatch)
            batch = DestructionBatch.objects.filter(stage=Stage.PROPOSED).first()
            batch = batch or DestructionBatch(code=_next_code(day), day=day)
            batch.day = day
            batch.save()
            batch.items.exclude(state=Fate.EXCLUDED).delete()
            for page in due(on=day):
                _add(batch, page)
            if not batch.items.exists():
                batch.delete()
                return None
            facts = {"batch": batch.code, "gone": batch.items.filter(state=Fate.PLANNED).count()}
            gate.authorise(
                actors.system("keeper"), Action.RETENTION_PROPOSE, channel=Channel.TASK, facts=facts
            )
    return batch


def propose_nightly() -> None:
    """Once after each day's reckoning, whichever clock rings first."""
    run = reckoning.last()
    if run is None or run.day != clock.local().date():
        return
    fresh = KeepingRun.objects.filter(pk=run.pk, proposed_at=None)
    with transaction.atomic():
        if fresh.update(proposed_at=clock.now()):
            propose(on=run.day)


def _add(batch: DestructionBatch, page: Sequence[Due]) -> None:
    holdings = [each.kept.holding for each in page]
    elsewhere = DestructionItem.objects.filter(
        holding__in=holdings, batch__stage__in=[Stage.WAITING, Stage.APPROVED]
    )
    taken = set(elsewhere.values_list("holding", flat=True))
    taken |= set(batch.items.filter(holding__in=holdings).values_list("holding", flat=True))
    rows = [_row(batch, each) for each in page if each.kept.holding not in taken]
    columns = {
        "batch_id": "bigint", "holding": "uuid", "subject_id": "bigint", "kind": "text",
        "book_id": "bigint", "rule": "text", "ended_on": "date", "keep_until": "date",
        "state": "text", "because": "text",
    }  # fmt: skip
    bulk.insert("records_destructionitem", columns, rows)


def _row(batch: DestructionBatch, due_: Due) -> tuple[object, ...]:
    kept, answer = due_.kept, due_.kept.answer
    state = Fate.HELD.value if due_.holds else Fate.PLANNED.value
    return (
        batch.pk, kept.holding, kept.subject, kept.kind, due_.book, answer.rule, answer.ended_on,
        answer.until, state, codes(due_.holds),
    )  # fmt: skip


def codes(holds: Iterable[str]) -> str:
    return " ".join(holds)[:80]


def _next_code(day: date) -> str:
    numbers = DestructionBatch.objects.filter(code__startswith=f"D-{day.year}-")
    used = [int(code.rsplit("-", 1)[1]) for code in numbers.values_list("code", flat=True)]
    return f"D-{day.year}-{max(used, default=0) + 1:03}"


def exclude(batch: DestructionBatch, *, of: Mapping[str, Any], reason: str, actor: Actor) -> int:
    """Take items out before the batch is put up (by customer, kind or book); how many it were."""
    with transaction.atomic():
        held = DestructionBatch.objects.select_for_update().get(pk=batch.pk, stage=Stage.PROPOSED)
        items = held.items.filter(state=Fate.PLANNED, **of)
        count: int = items.update(state=Fate.EXCLUDED, because=reason[:80], decided_at=clock.now())
        gate.authorise(
            actor,
            Action.RETENTION_PROPOSE,
            channel=Channel.ADMIN,
            facts={"batch": held.code, "gone": -count},
            reason=reason,
        )
    return count


def include(batch: DestructionBatch, *, actor: Actor) -> int:
    """Take all exclusions back."""
    with transaction.atomic():
        held = DestructionBatch.objects.select_for_update().get(pk=batch.pk, stage=Stage.PROPOSED)
        items = held.items.filter(state=Fate.EXCLUDED)
        count: int = items.update(state=Fate.PLANNED, because="", decided_at=None)
        gate.authorise(
            actor,
            Action.RETENTION_PROPOSE,
            channel=Channel.ADMIN,
            facts={"batch": held.code, "gone": count},
        )
    return count


def submit(batch: DestructionBatch, *, actor: Actor) -> Approval:
    """Put it up for approval, over the hash of everything in it; raises `NothingDue`."""
    with transaction.atomic():
        held = DestructionBatch.objects.select_for_update().get(pk=batch.pk)
        held.submitted_by_id = actors.person(actor)
        held.digest = digest(held)
        payload = content(held)
        if not payload["holdings"]:
            raise NothingDue
        facts = {"batch": held.code, "digest": approvals.digest_of(KIND, payload)}
        gate.authorise(actor, Action.RETENTION_PROPOSE, channel=Channel.ADMIN, facts=facts)
        approval = approvals.request(KIND, payload, actor=actor)
        BATCH.move(
            held,
            "submit",
            {"approval": approval, "digest": held.digest, "submitted_by": held.submitted_by},
        )
    batch.refresh_from_db()
    return approval


def approved_set(batch: DestructionBatch) -> QuerySet[DestructionItem]:
    """What was put up, whatever became of it; what was held or excluded by then is not in it."""
    later = Q(decided_at__isnull=False) & ~Q(state__in=[Fate.EXCLUDED])
    items: QuerySet[DestructionItem] = batch.items.filter(Q(state=Fate.PLANNED) | later)
    return items


def digest(batch: DestructionBatch) -> str:
    """SHA-256 over all planned items in their order: what exactly would go, and by which rule."""
    rows = approved_set(batch).order_by("subject_id", "kind", "holding")
    planned = rows.values_list("subject_id", "kind", "holding", "rule", "keep_until")
    return digest_of(planned.iterator(2_000))


def digest_of(planned: Iterable[Sequence[object]]) -> str:
    """Of subject, kind, holding, rule and last day of each, in the order of the first three."""
    whole = hashlib.sha256()
    for row in planned:
        whole.update(json.dumps([str(each) for each in row]).encode() + b"\n")
    return whole.hexdigest()


def content(batch: DestructionBatch) -> dict[str, Any]:
    """All that is approved."""
    planned = approved_set(batch)
    return {
        "batch": batch.code,
        "day": batch.day.isoformat(),
        "digest": batch.digest,
        "holdings": planned.count(),
        "customers": planned.values("subject").distinct().count(),
        "kinds": dict(Counter(planned.values_list("kind", flat=True))),
    }


def counts(batch: DestructionBatch, *, by: str) -> dict[tuple[str, str], int]:
    """Items by `by` ("kind", "rule", "book__code" …) and state."""
    rows = batch.items.values_list(by, "state").annotate(n=Count("pk")).order_by(by)
    return {(str(name), state): n for name, state, n in rows}


def altered() -> Iterator[DestructionBatch]:
    """Batches that were approved and would destroy, or did destroy, something else."""
    rows = DestructionBatch.objects.exclude(approval=None).select_related("approval")
    for batch in rows.filter(stage__in=[Stage.WAITING, Stage.APPROVED, Stage.STOPPED]):
        approval = batch.approval
        same = approval.digest == approvals.digest_of(KIND, content(batch))
        if not same or batch.digest != digest(batch) or not approvals.is_as_left(approval):
            yield batch


def altered_approvals() -> Iterator[Approval]:
    for batch in altered():
        assert batch.approval is not None  # noqa: S101  what was never put up is not altered
        yield batch.approval


def moment_of(batch: DestructionBatch) -> str:
    """When it was approved, as the certificate says it."""
    return batch.approved_at.astimezone(UTC).isoformat() if batch.approved_at else ""


class _Kind:
    action = Action.RETENTION_APPROVE
    label = _("销毁")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:destruction_batch", args=[payload["batch"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A batch is about customers, and none of the staff."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        labels = dict(KINDS)
        kinds = [f"{labels.get(kind, kind)} {n:,}" for kind, n in payload["kinds"].items()]
        return [
            (_("批次"), [payload["batch"]]),
            (_("到期日"), [payload["day"]]),
            (_("客户"), [f"{payload['customers']:,}"]),
            (_("保管号"), [f"{payload['holdings']:,}"]),
            (_("分类"), kinds),
            (_("内容指纹"), [payload["digest"][:24]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        batch = DestructionBatch.objects.select_for_update().get(approval=approval)
        if content(batch) != approval.payload or batch.digest != digest(batch):
            raise ContentChanged
        BATCH.move(batch, "approve", {"approved_at": clock.now()})
        from records.tasks import destroy_batch  # the task leads back here

        wake(destroy_batch, batch.pk)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        BATCH.move(DestructionBatch.objects.get(approval=approval), "return")


KINDS: Final = tuple(telling.KINDS.items())
approvals.register(KIND, _Kind())
