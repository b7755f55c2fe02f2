"""Writing a correction: begun as a draft, filled in step by step, handed in, or taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from access import actors, approvals, scopes, work_items
from access.actions import Action
from access.actors import Actor
from access.models import Unit, WorkItem
from access.vocabulary import Role
from custodian import clock
from custodian.errors import NotVisible
from records import archiving, evidence, legal_holds, states
from records.corrections import checking, clocks, discarding, on_file, recording, sealing
from records.corrections.checking import Proposal
from records.corrections.errors import (
    Incomplete,
    NotNow,
    ProofNeeded,
    TooMany,
    TooMuchProof,
    UnderWay,
)
from records.corrections.groups import GROUPS, Group
from records.models import (
    Correction,
    CorrectionEvidence,
    CorrectionItem,
    Customer,
    Document,
    Finances,
    Identity,
)

Status = Correction.Status
# Of one person, for one customer, in a day, and how often a draft may be written anew; company default. They
# also bound how often somebody can ask whether a guess fits.
DRAFTS: Final = 6
PROPOSALS: Final = 20
MOST_PROOF: Final = 4
LONGEST_NOTE: Final = 400


def begin(
    customer: Customer, group: Group, *, slot: int = 0, channel: str, purpose: str, actor: Actor
) -> Correction:
    """A draft of this group for the one who writes it, or the one that he left unfinished.

    Raises `NotCorrectable`, `UnderWay`, `TooMany`, `Refused`.
    """
    tagged = recording.tags(customer.pk)
    with scopes.acting(actors.system(recording.WRITER)):
        same = Correction.objects.filter(subject_id=customer.pk, group=group.code, slot=slot)
        if same.under_way().exists():
            raise UnderWay
        own = same.filter(status=Status.DRAFT, raised_by_id=actor.id).order_by("-pk")
        left: Correction | None = own.first()
    if left is not None:
        return left
    on_file.require_usable(customer.pk, _holdings(customer.pk))
    with transaction.atomic(), scopes.acting(actors.system(recording.WRITER)):
        _limit(customer.pk, actor)
        correction = Correction(
            subject_id=customer.pk,
            group=group.code,
            slot=slot,
            channel=channel,
            raised_by_id=actor.id,
            capacity=actor.capacity,
            asker_id=actor.by,
        )
        sealed = sealing.first(correction)
        correction.save(force_insert=True)
        recording.record(
            correction, Action.CORRECTION_RAISE, tagged=tagged, channel=channel, purpose=purpose,
            facts={"outcome": "begin", "state": states.keep([sealed]), "held": 1}, actor=actor,
        )  # fmt: skip
    return correction


def propose(
    correction: Correction,
    written: Mapping[str, str],
    *,
    note: str = "",
    channel: str,
    purpose: str,
    actor: Actor,
) -> Proposal:
    """Check what was typed, and seal it if it can stand; otherwise the answer says what is wrong.

    Raises `NotNow`, `NotCorrectable`, `TooMany`.
    """
    require_own_draft(correction, actor)
    tagged = recording.tags(correction.subject_id)
    _count_a_try(correction)
    group = GROUPS[correction.group]
    known = on_file.read(correction.subject_id, why=correction.ref)
    with scopes.acting(actors.system(recording.WRITER)):
        kind = Customer.objects.values_list("kind", flat=True).get(pk=correction.subject_id)
    held = known.values(correction.slot)
    proposal = checking.check(group, written, held=held, kind=kind, today=clock.local().date())
    if not proposal.sound:
        return proposal
    items = [
        CorrectionItem(
            subject_id=correction.subject_id,
            correction=correction,
            number=number,
            element=code,
            holding=known.of(code).holding,
            slot=correction.slot if group.of_account else 0,
            derived=code in proposal.derived,
            held=code in held,
        )
        for number, code in enumerate(proposal.values, 1)
    ]
    with recording.writing(correction) as row:
        if row.status != Status.DRAFT:
            raise NotNow
        sealed = sealing.replace(row, items, proposal.values, note=note.strip()[:LONGEST_NOTE])
        completes = not any(item.held for item in items)
        kind_of = Correction.Kind.COMPLETION if completes else Correction.Kind.CORRECTION
        Correction.objects.filter(pk=row.pk).update(kind=kind_of, changed_at=clock.now())
        recording.record(
            row, Action.CORRECTION_RAISE, tagged=tagged, channel=channel, purpose=purpose,
            facts={
                "outcome": "propose", "state": states.keep([sealed]), "held": 1,
                "digest": sealing.digest(row),
            },
            actor=actor,
        )  # fmt: skip
    correction.refresh_from_db()
    return proposal


def attach(
    correction: Correction,
    content: bytes,
    *,
    name: str,
    channel: str,
    purpose: str,
    actor: Actor,
) -> Document:
    """File a paper that proves it. Raises `EvidenceRefused`, `TooMuchProof`, `NotNow`."""
    require_own_draft(correction, actor)
    with scopes.acting(actors.system(recording.WRITER)):
        customer = Customer.objects.select_related("subject").get(pk=correction.subject_id)
        there = CorrectionEvidence.objects.filter(correction=correction)
        if there.count() >= MOST_PROOF:
            raise TooMuchProof
    with archiving.together():
        document = evidence.take(
            content, name=name, customer=customer, kind=GROUPS[correction.group].document,
            purpose=purpose, channel=channel, actor=actor,
        )  # fmt: skip
        with recording.writing(correction) as row:
            if row.status != Status.DRAFT:
                raise NotNow
            link(row, document)
    return document


def detach(
    correction: Correction, number: int, *, channel: str, purpose: str, actor: Actor
) -> None:
    """Take a paper away again while it is a draft; it is gone for good. Raises `NotVisible`, `NotNow`."""
    require_own_draft(correction, actor)
    tagged = recording.tags(correction.subject_id)
    with transaction.atomic(), scopes.acting(actors.system(recording.WRITER)):
        legal_holds.exclude_new()
        row = recording.held(correction)
        papers = CorrectionEvidence.objects.filter(correction=row, number=number)
        paper = papers.select_related("document").first()
        if paper is None or row.status != Status.DRAFT:
            raise NotVisible
        recording.record(
            row, Action.CORRECTION_RAISE, tagged=tagged, channel=channel, purpose=purpose,
            facts={"outcome": "paper-removed"}, actor=actor,
        )  # fmt: skip
        discarding.discard_paper(paper)


def link(correction: Correction, document: Document) -> CorrectionEvidence:
    """In the product's own scope."""
    rows = CorrectionEvidence.objects.filter(correction=correction)
    last = rows.aggregate(last=Max("number"))["last"] or 0
    made: CorrectionEvidence = CorrectionEvidence.objects.create(
        correction=correction, subject_id=correction.subject_id, document=document, number=last + 1
    )
    return made


def hand_in(correction: Correction, *, channel: str, purpose: str, actor: Actor) -> None:
    """From here on it is being handled. Raises `Incomplete`, `ProofNeeded`, `UnderWay`, `NotNow`."""
    require_own_draft(correction, actor)
    tagged = recording.tags(correction.subject_id)
    on_file.require_usable(correction.subject_id, _holdings(correction.subject_id))
    now = clock.now()
    try:
        with recording.writing(correction) as row:
            _require_complete(row)
            clocks.start(row, at=now)
            item = _work(row, channel=channel)
            changes = {"submitted_at": now, "changed_at": now, "item": item}
            recording.move(row, "submit", changes)
            recording.step(row, "submitted")
            recording.record(
                row, Action.CORRECTION_RAISE, tagged=tagged, channel=channel, purpose=purpose,
                facts={"outcome": "submit", "digest": sealing.digest(row)}, actor=actor,
            )  # fmt: skip
    except IntegrityError:
        raise UnderWay from None
    correction.refresh_from_db()


def withdraw(correction: Correction, *, channel: str, purpose: str, actor: Actor) -> None:
    """Whoever raised it may, and the customer whose values they are, until it is applied."""
    if not may_withdraw(correction, actor):
        raise NotVisible
    tagged = recording.tags(correction.subject_id)
    with recording.writing(correction) as row:
        if row.status == Status.APPROVING and row.approval is not None:
            approvals.void(row.approval)
        recording.move(row, "withdraw", {"decided_at": clock.now()})
        close(row, outcome=WorkItem.Outcome.WITHDRAWN)
        if row.submitted_at is not None:
            recording.step(row, "withdrawn")
        recording.record(
            row, Action.CORRECTION_RAISE, tagged=tagged, channel=channel, purpose=purpose,
            facts={"outcome": "withdraw"}, actor=actor,
        )  # fmt: skip
    correction.refresh_from_db()


def may_withdraw(correction: Correction, actor: Actor) -> bool:
    if actor.role is Role.CUSTOMER:
        own_draft = correction.submitted_at is not None or correction.by_customer
        return own_draft and correction.subject_id in actor.subjects
    return actor.id is not None and correction.raised_by_id == actor.id


def close(correction: Correction, *, outcome: str) -> None:
    """The work behind it and its clock, when it is decided; in the product's own scope."""
    if correction.item is not None and correction.item.closed_at is None:
        work_items.close(
            correction.item, outcome=outcome, channel="task", actor=actors.system(recording.WRITER)
        )
    clocks.stop(correction, at=clock.now())


def require_own_draft(correction: Correction, actor: Actor) -> None:
    """A draft is its writer's alone; for everybody else it is absent."""
    mine = (
        correction.by_customer and correction.subject_id in actor.subjects
        if actor.role is Role.CUSTOMER
        else actor.id is not None and correction.raised_by_id == actor.id
    )
    if not mine:
        raise NotVisible
    if correction.status != Status.DRAFT:
        raise NotNow


def _require_complete(correction: Correction) -> None:
    if correction.status != Status.DRAFT:
        raise NotNow
    if not CorrectionItem.objects.filter(correction=correction).exists():
        raise Incomplete
    needs = GROUPS[correction.group].needs_proof
    if needs and not CorrectionEvidence.objects.filter(correction=correction).exists():
        raise ProofNeeded


def _work(correction: Correction, *, channel: str) -> WorkItem:
    """A reason to look for whoever of the customer's unit takes it."""
    subject: Any = correction.subject
    return work_items.open_item(
        correction.subject_id,
        kind=WorkItem.Kind.CORRECTION,
        unit=Unit.objects.get(pk=subject.unit_id),
        number=correction.ref,
        due_at=clocks.first_due(correction),
        channel=channel,
        actor=actors.system(recording.WRITER),
    )


def _holdings(subject: int) -> list[Any]:
    with scopes.acting(actors.system(recording.WRITER)):
        return [
            model.objects.values_list("holding", flat=True).get(pk=subject)
            for model in (Identity, Finances)
        ]


def _limit(subject: int, actor: Actor) -> None:
    since = clock.now() - timedelta(days=1)
    mine = Correction.objects.filter(
        subject_id=subject, raised_by_id=actor.id, created_at__gt=since
    )
    if mine.count() >= DRAFTS:
        raise TooMany


def _count_a_try(correction: Correction) -> None:
    """Nobody tries birthdays one after the other."""
    with recording.writing(correction) as row:
        if row.tries >= PROPOSALS:
            raise TooMany
        Correction.objects.filter(pk=row.pk).update(tries=row.tries + 1)
