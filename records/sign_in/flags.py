"""Contacts that are doubted by a person: put down and taken back by the service desk or an officer."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from custodian import clock
from records.models import Contact, ContactFlag, Customer


def put(
    customer: Customer, contact: Contact, *, why: str, reason: str = "", channel: str, actor: Actor
) -> None:
    """From now on no code goes there, nor to the same contact of anybody else. Twice changes nothing."""
    with transaction.atomic():
        _authorise(customer, contact, why=why, reason=reason, channel=channel, actor=actor)
        made = ContactFlag(
            subject_id=customer.pk,
            contact=contact.value,
            why=ContactFlag.Why(why),
            by_id=actors.person(actor),
        )
        ContactFlag.objects.bulk_create([made], ignore_conflicts=True)


def take_back(customer: Customer, contact: Contact, *, channel: str, actor: Actor) -> None:
    with transaction.atomic():
        _authorise(customer, contact, why="", reason="", channel=channel, actor=actor)
        end(customer.pk, contact)


def end(subject: int, contact: Contact) -> None:
    """The contact that was doubted is no longer hers."""
    ContactFlag.objects.filter(subject=subject, contact=contact.value, until=None).update(
        until=clock.now()
    )


def standing_of(customer: Customer, *, actor: Actor) -> list[ContactFlag]:
    found: Any = ContactFlag.objects.visible_to(actor).filter(subject=customer.pk, until=None)
    return list(found.select_related("by"))


def _authorise(
    customer: Customer, contact: Contact, *, why: str, reason: str, channel: str, actor: Actor
) -> None:
    gate.authorise(
        actor,
        Action.CONTACT_FLAG,
        channel=channel,
        purpose="policy_service",
        subjects=gate.tagged(scopes.find([customer.pk])),
        facts={"contact": contact.value, "doubt": why},
        reason=reason,
    )
