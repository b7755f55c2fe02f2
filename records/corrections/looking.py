"""Before and after as a person sees them: one logged look at what stands there and what is proposed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from access import gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from access.vocabulary import Reach
from custodian import elements
from custodian.elements import Element, Masked
from records import purposes, vault, words
from records.corrections import sealing
from records.corrections.groups import GROUPS
from records.models import (
    Correction,
    CorrectionEvidence,
    CorrectionItem,
    Document,
    Finances,
    FormerValue,
    Identity,
)
from records.vault import Listed, Plain


@dataclass
class Side:
    """A value on one side: as a mask, or in clear in the answer to a reveal."""

    masked: Masked | None = None
    text: str | None = None

    @property
    def there(self) -> bool:
        return self.masked is not None or self.text is not None


@dataclass
class Pair:
    """One element, as it stands and as it is to stand."""

    element: Element
    derived: bool = False
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)

    @property
    def label(self) -> Any:
        return self.element.label


@dataclass
class Look:
    entry: int
    pairs: list[Pair]
    note: Side
    refusal: Side


@dataclass(frozen=True)
class Paper:
    """A document of evidence by its number; its name and content are behind a look of their own."""

    number: int
    document: Document

    @property
    def is_pdf(self) -> bool:
        return self.document.media_type == "application/pdf"


@dataclass(frozen=True)
class _Wanted:
    """What is asked for: elements, and holdings of both sides."""

    elements: Sequence[str]
    before: Sequence[UUID]
    after: Sequence[UUID]
    opened: Sequence[str] = ()  # those in clear, where it is not all of them


def masked(correction: Correction, *, purpose: str, channel: str, actor: Actor) -> Look:
    """Both sides hidden as everywhere; listing them is a look as well."""
    wanted = _wanted(correction)
    permit = gate.permit(
        actor,
        Action.CUSTOMER_VIEW,
        purpose=purpose,
        channel=channel,
        subjects=[correction.subject_id],
        elements=purposes.listable(
            actor, wanted.elements, purpose=purpose, channel=channel, nearness=_near(actor)
        ),
        holdings=[*wanted.before, *wanted.after],
        masked=True,
        facts={"correction": correction.ref},
    )
    look = _look(correction, permit.entry)
    for each in vault.listed(permit, beside=True):
        if _is_meant(correction, wanted, each):
            _put(look, wanted, each.holding, each.element, masked_=each.masked)
    return look


def revealed(
    correction: Correction, *, purpose: str, channel: str, actor: Actor, after_only: bool = False
) -> Look:
    """In clear; raises `Refused`, `StepUpNeeded`. With `after_only` what stands there stays hidden.

    Of a customer who is stored only no value opens; what was said to her and by her still does.
    """
    wanted = _wanted(correction)
    if after_only and _is_stored_only(correction):
        said = [code for code in wanted.elements if code in {sealing.NOTE, sealing.REFUSAL}]
        if not said:
            return masked(correction, purpose=purpose, channel=channel, actor=actor)
        wanted = replace(wanted, opened=said)
    look = masked(correction, purpose=purpose, channel=channel, actor=actor) if after_only else None
    permit = gate.permit(
        actor,
        Action.CUSTOMER_REVEAL,
        purpose=purpose,
        channel=channel,
        subjects=[correction.subject_id],
        elements=wanted.opened or wanted.elements,
        holdings=wanted.after if after_only else [*wanted.before, *wanted.after],
        facts={"correction": correction.ref},
    )
    look = look or _look(correction, permit.entry)
    for each in vault.reveal(permit, beside=True):
        if _is_meant(correction, wanted, each):
            text = words.in_words(each.element, each.text)
            _put(look, wanted, each.holding, each.element, text=text)
    return look


def papers(correction: Correction) -> list[Paper]:
    rows = CorrectionEvidence.objects.filter(correction=correction).select_related("document")
    return [Paper(each.number, each.document) for each in rows.order_by("number")]


def _wanted(correction: Correction) -> _Wanted:
    codes = [item.element for item in _items(correction)] or list(GROUPS[correction.group].elements)
    if correction.note_sealed is not None:
        codes.append(sealing.NOTE)
    if correction.refusal_sealed is not None:
        codes.append(sealing.REFUSAL)
    return _Wanted(codes, _before(correction, codes), [correction.holding])


def _is_stored_only(correction: Correction) -> bool:
    found = scopes.find([correction.subject_id]).get(correction.subject_id)
    return found is None or found.status != Subject.Status.ACTIVE


def _before(correction: Correction, codes: Iterable[str]) -> list[UUID]:
    """What stands there; of one that is applied what stood there."""
    if correction.status == Correction.Status.APPLIED:
        former = FormerValue.objects.filter(correction=correction)
        return list(former.values_list("holding", flat=True))
    kinds = {code.partition(".")[0] for code in codes}
    models: dict[str, Any] = {"identity": Identity, "financial": Finances}
    return [
        model.objects.values_list("holding", flat=True).get(pk=correction.subject_id)
        for kind, model in models.items()
        if kind in kinds
    ]


def _look(correction: Correction, entry: int) -> Look:
    items = _items(correction)
    pairs = [Pair(elements.get(item.element), derived=item.derived) for item in items]
    if not pairs:
        pairs = [Pair(elements.get(code)) for code in GROUPS[correction.group].elements]
    return Look(entry, pairs, Side(), Side())


def _is_meant(correction: Correction, wanted: _Wanted, each: Listed | Plain) -> bool:
    """Of several accounts the one that is to be corrected."""
    of_account = each.element in GROUPS["account"].elements
    return not of_account or each.holding in wanted.after or each.slot in {0, correction.slot}


def _items(correction: Correction) -> list[CorrectionItem]:
    return list(CorrectionItem.objects.filter(correction=correction).order_by("number"))


def _put(
    look: Look,
    wanted: _Wanted,
    holding: UUID,
    code: str,
    *,
    masked_: Masked | None = None,
    text: str | None = None,
) -> None:
    if code in {sealing.NOTE, sealing.REFUSAL}:
        side = look.note if code == sealing.NOTE else look.refusal
    else:
        pair = next(each for each in look.pairs if each.element.code == code)
        side = pair.after if holding in wanted.after else pair.before
    if masked_ is not None:
        side.masked = words.masked_in_words(code, masked_)
    if text is not None:
        side.text = text


def _near(actor: Actor) -> Reach:
    return actor.reach
