"""A few customers of a batch, masked, so that whoever decides sees whom it is about; each look is logged."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any, Final

from django.db.models import Count, Max

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from access.vocabulary import Reach
from custodian.elements import Masked
from records import purposes, vault
from records.destruction.batches import Fate
from records.models import Customer, DestructionBatch
from records.retention.telling import KINDS, Source, of_codes

MOST: Final = 10
NAME: Final = "identity.name"


@dataclass
class Part:
    """What of a sampled customer would go by one rule: so many holdings of a kind, the last kept until."""

    kind: Any
    source: Source
    count: int
    until: date


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
    names = {each.subject: each.masked for each in vault.listed(permit, marking=True)}
    return Samples(permit.entry, _rows(batch, chosen, names))


def _rows(batch: DestructionBatch, chosen: list[int], names: dict[int, Masked]) -> list[Sample]:
    refs = Customer.objects.filter(subject__in=chosen).order_by("ref").values_list("pk", "ref")
    items = batch.items.filter(subject__in=chosen, state=Fate.PLANNED)
    counted = items.values("subject_id", "kind", "rule").annotate(
        n=Count("pk"), last=Max("keep_until")
    )
    sources = of_codes(items.values_list("rule", flat=True))
    parts: dict[int, list[Part]] = defaultdict(list)
    for row in counted.order_by("kind", "rule"):
        part = Part(KINDS[row["kind"]], sources[row["rule"]], row["n"], row["last"])
        parts[row["subject_id"]].append(part)
    return [Sample(ref, names.get(pk), parts[pk]) for pk, ref in refs]
