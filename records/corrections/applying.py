"""Puts an approved correction in its place: the new value sealed, the former one kept apart, everybody told.

Values are read before the transaction opens and held against the rows again under the lock. A run that was
killed is run again; what was applied is not applied twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import uuid4

from django.db import transaction

from access import actors, approvals, gate, keystore, scopes
from access.actions import Action
from access.models import Approval, Subject, WorkItem
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import CustodianError
from records import registration, states, vault
from records.corrections import (
    checking,
    confirming,
    drafting,
    fingerprints,
    handling,
    lapsing,
    on_file,
    recording,
    telling,
)
from records.corrections.errors import NotCorrectable
from records.corrections.groups import GROUPS
from records.corrections.on_file import Holding, OnFile
from records.events import value_changed
from records.models import (
    Account,
    Correction,
    CorrectionItem,
    Customer,
    FormerValue,
    Tombstone,
)
from records.vault import SealedValues

ORIGIN: Final = "correction"
BIRTH_DATE: Final = "identity.birth_date"
Status = Correction.Status


class NotAsApproved(CustodianError):
    """What would be written is not what the second person saw."""

    code = "correction-altered"
    status = 409


class _Overtaken(Exception):
    """Somebody else changed the holding between the read and the lock."""


@dataclass(frozen=True)
class _Change:
    """One value that is to stand in a place of a holding."""

    item: CorrectionItem
    text: str
    place: str
    before: str | None


def apply(key: int) -> Correction:
    """Apply it, if it is approved and nobody has. Raises `NotAsApproved`."""
    with scopes.acting(actors.system(recording.WRITER)):
        correction: Correction = Correction.objects.select_related("approval").get(pk=key)
        if correction.status != Status.APPROVED:
            return correction
        require_as_approved(correction)
        try:
            known = on_file.read(correction.subject_id, why=correction.ref)
        except NotCorrectable:
            return _lapse(correction)
        changes = _changes(correction, known)
        if not _still_sound(correction, known, changes):
            return _conflict(correction)
        failpoints.hit("correction-read")
        try:
            _write(correction, known, changes)
        except _Overtaken:
            return apply(key)
        failpoints.hit("correction-applied")
        correction.refresh_from_db()
    return correction


def due() -> list[int]:
    """Approved and not in its place yet; what was edited by hand meanwhile waits for the officer."""
    with scopes.acting(actors.system(recording.WRITER)):
        ready = Correction.objects.filter(status=Status.APPROVED).order_by("pk")
        return [each.pk for each in ready.select_related("approval") if is_as_approved(each)]


def altered() -> Iterator[Approval]:
    """Approvals whose correction is not what was approved, of those that still have their text."""
    done = Correction.objects.filter(status__in=[Status.APPROVED, Status.APPLIED])
    stones = Tombstone.objects.values("gone")
    rows = done.exclude(approval=None).exclude(holding__in=stones).select_related("approval")
    for each in rows.order_by("pk").iterator(chunk_size=200):
        if not is_as_approved(each) and each.approval is not None:
            yield each.approval


def require_as_approved(correction: Correction) -> None:
    if not is_as_approved(correction):
        raise NotAsApproved


def is_as_approved(correction: Correction) -> bool:
    """What was edited by hand after the second person's yes is not applied."""
    if not confirming.enough(correction):
        return False
    if not GROUPS[correction.group].four_eyes:
        return True
    approval = correction.approval
    return (
        approval is not None
        and approval.kind == handling.KIND
        and approval.status == approvals.Status.APPROVED
        and approvals.is_as_left(approval)
        and approval.digest == approvals.digest_of(handling.KIND, handling.content(correction))
    )


def _changes(correction: Correction, known: OnFile) -> list[_Change]:
    texts = on_file.proposed(correction)
    found = []
    for item in CorrectionItem.objects.filter(correction=correction).order_by("number"):
        place = f"{item.element}/{item.slot}" if item.slot else item.element
        before = known.of(item.element).values.get(place)
        found.append(_Change(item, texts[item.number], place, before))
    return found


def _still_sound(correction: Correction, known: OnFile, changes: Sequence[_Change]) -> bool:
    """The customer may have changed since: another correction, a destruction, another holding."""
    if any(each.item.holding != known.of(each.item.element).holding for each in changes):
        return False
    written = {each.item.element: each.text for each in changes if not each.item.derived}
    kind = Customer.objects.values_list("kind", flat=True).get(pk=correction.subject_id)
    proposal = checking.check(
        GROUPS[correction.group], written, held=known.values(correction.slot), kind=kind,
        today=clock.local().date(),
    )  # fmt: skip
    return proposal.sound and set(proposal.values) == {each.item.element for each in changes}


def _lapse(correction: Correction) -> Correction:
    """Stored only, or destroyed, between the yes and now: nobody can check it anew."""
    with recording.writing(correction) as row:
        if row.status == Status.APPROVED:
            lapsing.lapse(row)
    correction.refresh_from_db()
    return correction


def _conflict(correction: Correction) -> Correction:
    """Back to whoever checked it, who sees why; the yes that was given does not count any more."""
    with recording.writing(correction) as row:
        recording.move(row, "conflict", {"approval": None})
        recording.step(row, "conflict")
    correction.refresh_from_db()
    return correction


def _write(correction: Correction, known: OnFile, changes: Sequence[_Change]) -> None:
    now = clock.now()
    with transaction.atomic():
        subject = Subject.objects.select_for_update().get(pk=correction.subject_id)
        row = recording.held(correction)
        if row.status != Status.APPROVED or subject.status != Subject.Status.ACTIVE:
            raise _Overtaken
        sealed = [
            _seal(
                holding, [each for each in changes if known.of(each.item.element) is holding], row
            )
            for holding in known.holdings.values()
            if any(known.of(each.item.element) is holding for each in changes)
        ]
        former = [each for each in changes if each.before is not None]
        kept = {each.item.element: _keep_former(row, each, known) for each in former}
        fingerprints.renew(known, {each.place: each.text for each in changes}, kept, at=now)
        _renew_age(row, changes, today=clock.local(now).date())
        recording.move(row, "apply", {"decided_at": now})
        recording.step(row, "applied")
        drafting.close(row, outcome=WorkItem.Outcome.DONE)
        everything = [*sealed, *(stored for _former, stored in kept.values())]
        gate.authorise(
            actors.system(recording.WRITER),
            Action.CORRECTION_APPLY,
            channel=Channel.TASK,
            subjects=recording.tags(row.subject_id),
            facts={
                "correction": row.ref,
                "state": states.keep(everything),
                "held": len(everything),
                "changed": [each.item.element for each in changes],
            },
        )
        for each in changes:
            value_changed.send(
                sender=Correction, subject=row.subject_id, element=each.item.element,
                holding=each.item.holding, slot=each.item.slot, correction=row.ref,
            )  # fmt: skip
        transaction.on_commit(partial(telling.tell, row.pk))
        failpoints.hit("correction-written")


def _seal(holding: Holding, changes: Sequence[_Change], correction: Correction) -> SealedValues:
    """Under the lock: the row must still be the one that was read."""
    model: Any = type(holding.row)
    held = model.objects.select_for_update(of=("self",)).get(pk=holding.row.pk)
    if (held.epoch, held.holding) != (holding.row.epoch, holding.holding):
        raise _Overtaken
    sealed = vault.seal(
        {each.place: each.text for each in changes},
        holding=holding.holding,
        key=holding.key,
        epoch=held.epoch,
        before=holding.blobs,
    )
    today = clock.local().date().isoformat()
    origins = {**held.origins, **{each.item.element: [ORIGIN, today] for each in changes}}
    columns = {
        _column(each.item.element): sealed.blobs[each.place]
        for each in changes
        if not each.item.slot
    }
    model.objects.filter(pk=held.pk).update(
        epoch=sealed.epoch, state_mac=sealed.mac, origins=origins, **columns
    )
    _seal_accounts(correction.subject_id, [each for each in changes if each.item.slot], sealed)
    return sealed


def _seal_accounts(subject: int, changes: Sequence[_Change], sealed: SealedValues) -> None:
    """A bank account lies in a row of its own under the key of its owner's finances."""
    by_slot: dict[int, dict[str, bytes]] = defaultdict(dict)
    for each in changes:
        by_slot[each.item.slot][_column(each.item.element)] = sealed.blobs[each.place]
    for slot, columns in by_slot.items():
        Account.objects.update_or_create(
            subject_id=subject, slot=slot, defaults={**columns, "since": clock.now()}
        )


def _keep_former(
    correction: Correction, change: _Change, known: OnFile
) -> tuple[FormerValue, SealedValues]:
    """Sealed under a key of its own, so that it goes when its time is over."""
    holding, item = uuid4(), change.item
    key = keystore.create({holding: correction.subject_id})[holding]
    sealed = vault.seal({item.element: change.before or ""}, holding=holding, key=key)
    former = FormerValue.objects.create(
        subject_id=correction.subject_id,
        correction=correction,
        element=item.element,
        place_of=item.holding,
        slot=item.slot,
        since=_since(known.of(item.element).row.origins, item.element),
        until=clock.now(),
        holding=holding,
        epoch=sealed.epoch,
        state_mac=sealed.mac,
        value_sealed=sealed.blobs[item.element],
    )
    return former, sealed


def _since(origins: Mapping[str, Any], element: str) -> date | None:
    try:
        return date.fromisoformat(origins[element][1])
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _renew_age(correction: Correction, changes: Sequence[_Change], *, today: date) -> None:
    """Whether she is a child follows from the birth date (PIPL art. 28)."""
    for each in changes:
        if each.item.element == BIRTH_DATE:
            until = registration.fourteenth_birthday(each.text, today=today)
            Customer.objects.filter(pk=correction.subject_id).update(minor_until=until)


def _column(element: str) -> str:
    return f"{element.partition('.')[2]}_sealed"
