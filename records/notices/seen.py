"""Telling a customer what changed in the rules since she last looked, and keeping that she did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from access import gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel, Purpose
from custodian.errors import NotVisible
from records.models import Customer, NoticeSeen, PublishedText, TextVersion
from records.notices import in_force

Kind = PublishedText.Kind


@dataclass(frozen=True)
class Telling:
    """The rules that are about her now, and what she knew before: nothing, if she never looked."""

    version: TextVersion
    known: TextVersion | None
    seen: bool


def about(customer: Customer, on: date | None = None) -> TextVersion | None:
    """The rules that are about her on a day: a child's own ones, where there are any."""
    own = in_force.current(Kind.CHILDREN, on) if customer.is_child else None
    return own or in_force.current(Kind.PROCESSING, on)


def telling(customer: Customer, *, actor: Actor) -> Telling | None:
    """None while no rules are in force. A child's are the children's rules, where there are any."""
    version = about(customer)
    if version is None:
        return None
    rows = _rows(customer, version, actor=actor)
    earlier = rows.filter(version__number__lt=version.number).order_by("-version__number").first()
    return Telling(
        version=version,
        known=earlier.version if earlier else None,
        seen=rows.filter(version=version).exists(),
    )


def all_of(customer: Customer, *, actor: Actor) -> list[NoticeSeen]:
    """Every version that was opened by her or for her, oldest look first; in the actor's reach."""
    rows = NoticeSeen.objects.visible_to(actor).filter(subject=customer.pk)
    return list(rows.select_related("version__text").order_by("seen_at", "pk"))


def see(customer: Customer, version: TextVersion, *, actor: Actor) -> None:
    """Keep that she, or whoever acts for her, opened this version; raises `NotVisible` for another's."""
    if customer.pk not in actor.subjects:
        raise NotVisible
    with transaction.atomic():
        if _rows(customer, version, actor=actor).filter(version=version).exists():
            return
        gate.authorise(
            actor,
            Action.NOTICE_SEE,
            channel=Channel.PORTAL,
            purpose=Purpose.SELF.value,
            subjects=gate.tagged(scopes.find([customer.pk])),
            facts={"published": version.code},
        )
        seen = NoticeSeen(subject_id=customer.pk, version=version, capacity=actor.capacity)
        # Two clicks at once are one look: the second finds the row and adds nothing.
        NoticeSeen.objects.bulk_create([seen], ignore_conflicts=True)


def _rows(customer: Customer, version: TextVersion, *, actor: Actor) -> QuerySet[NoticeSeen]:
    mine = NoticeSeen.objects.visible_to(actor).filter(subject=customer.pk, capacity=actor.capacity)
    return mine.filter(version__text=version.text_id).select_related("version__text")
