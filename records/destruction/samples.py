"""A few customers of a batch, masked, so that whoever decides sees whom it is about; each look is logged."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from access.vocabulary import Reach
from custodian.elements import Masked
from records import purposes, vault
from records.destruction.batches import Fate
from records.models import Customer, DestructionBatch
from records.retention.telling import KINDS, Source, of_code

MOST: Final = 10
NAME: Final = "identity.name"


@dataclass
class Part:
    """One holding of a sampled customer."""

    kind: Any
    source: Source
    ended_on: date
    keep_until: date


@dataclass
class Sample:
    ref: str
    name: Masked | None = None
    parts: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Samples:
    entry: int
    rows: list[Sample]


def draw(batch: DestructionBatch, *, purpose: str, channel: str, actor: Actor) -> Samples | None:
    """Ten at random of whoever would lose something; None when nobody would.

    The same person sees the same ten of a batch, so that reloading opens no others; the second person sees
    ten of her own.
    """
    planned = batch.items.filter(state=Fate.PLANNED)
    whole = planned.exclude(subject__status=Subject.Status.DESTROYED)
    subjects = list(whole.order_by("subject_id").values_list("subject_id", flat=True).distinct())
    if not subjects:
        return None
    chance = Random(f"{batch.code} {batch.day} {actor.id}")  # noqa: S311  a sample, and no secret
    chosen = chance.sample(subjects, min(MOST, len(subjects)))
    codes = purposes.listable(actor, (NAME,), purpose=purpose, channel=channel, nearness=Reach.ALL)
    permit = gate.permit(
        actor,
        Action.CUSTOMER_LIST,
        purpose=purpose,
        channel=channel,
        subjects=chosen,
        elements=codes,
        masked=True,
        facts={"batch": batch.code},
    )
    names = {each.subject: each.masked for each in vault.listed(permit)}
    return Samples(permit.entry, _rows(batch, chosen, names))


def _rows(batch: DestructionBatch, chosen: list[int], names: dict[int, Masked]) -> list[Sample]:
    refs = Customer.objects.filter(subject__in=chosen).order_by("ref").values_list("pk", "ref")
    parts: dict[int, list[Part]] = defaultdict(list)
    items = batch.items.filter(subject__in=chosen, state=Fate.PLANNED).order_by("kind", "pk")
    for each in items:
        parts[each.subject_id].append(
            Part(KINDS[each.kind], of_code(each.rule), each.ended_on, each.keep_until)
        )
    return [Sample(ref, names.get(pk), parts[pk]) for pk, ref in refs]
