"""Entries that a drill writes for itself, through the product's own writer and sequencer."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from django.db import transaction

from access import keystore, scopes
from access.actors import Actor, system
from access.models import Subject, Unit
from access.querylog import write
from access.querylog.connection import Connection
from access.querylog.leaf import Draft, Session, Tagged, loosen
from access.querylog.tail import tail_key
from access.sequencer.process import Sequencer
from access.vocabulary import Channel, Reach, Role
from custodian import clock

ROUNDS = 8
ROLLS = (1, 4)  # the rounds that end with a roll of operators
LATE = 5  # the round in which another writer begins
BATCH = 64
CUSTOMERS = 24
PURPOSES = ("policy_service", "underwriting", "complaint")


@dataclass
class Writer:
    """One process's session of looks."""

    customers: Sequence[Tagged]
    session: Session = field(default_factory=lambda: Session(tail_key()))
    number: itertools.count[int] = field(default_factory=itertools.count)

    def look(self, count: int) -> list[int]:
        """The indexes of `count` looks, the first of a session after its opening entry."""
        drafts = [self._look(next(self.number)) for _ in range(count)]
        if not self.session.count:
            drafts.insert(0, self._own("writer.open"))
        return self._append(drafts)[-count:]

    def close(self) -> None:
        self._append([self._own("writer.close")])

    def _append(self, drafts: Sequence[Draft]) -> list[int]:
        connection = Connection()
        try:
            sealed = [self.session.chain(loosen(draft)) for draft in drafts]
            batches = [sealed[at : at + BATCH] for at in range(0, len(sealed), BATCH)]
            return [index for batch in batches for index in connection.append(batch)]
        finally:
            connection.close()

    def _own(self, act: str) -> Draft:
        return Draft(actor=system("sequencer"), act=act, at=clock.now(), channel=Channel.TASK)

    def _look(self, number: int) -> Draft:
        customer = self.customers[number % len(self.customers)]
        return Draft(
            actor=OPERATORS[number % len(OPERATORS)],
            act="reveal" if number % 3 else "view",
            at=clock.now(),
            channel=Channel.DESK,
            purpose=PURPOSES[number % len(PURPOSES)],
            fields=["identity.mobile"],
            subjects=[customer],
            why=["rule"],
            context=None if number % 8 else write.seal_context({"reason": str(number)}),
        )


def customers(count: int = CUSTOMERS) -> list[Tagged]:
    """New customers with log keys of their own."""
    unit = Unit.objects.create(code=f"DRILL-{secrets.token_hex(3)}", name="演练")
    subjects = [Subject.objects.create(unit=unit) for _ in range(count)]
    keys = keystore.create_subject_keys([subject.pk for subject in subjects])
    return [Tagged(subject.uid, keys[subject.pk]) for subject in subjects]


def change(
    subjects: Sequence[Tagged], *, act: str = "change", facts: Mapping[str, object] | None = None
) -> None:
    """A change as the product enqueues it; the sequencer gives its entry a place."""
    draft = Draft(
        actor=OPERATORS[0],
        act=act,
        at=clock.now(),
        channel=Channel.DESK,
        purpose="policy_service",
        subjects=subjects,
        facts=facts or {},
    )
    with transaction.atomic():
        write.enqueue(draft)


def live(entries: int, sequencer: Sequencer) -> None:
    """About so many entries of three writers, with changes, rolls and a signed head after each round."""
    with scopes.acting(system("verifier")):
        known = customers()
        writers = [Writer(known), Writer(known)]
        for round_ in range(ROUNDS):
            if round_ == LATE:
                writers.append(Writer(known))
            for writer in writers:
                writer.look(max(entries // ROUNDS // len(writers), 1))
            change(known[:2])
            change(known[2:3], facts={"roll": True} if round_ in ROLLS else {})
            sequencer.cycle()
        writers[0].close()
        sequencer.cycle()


def _operator(number: int) -> Actor:
    return Actor(
        id=None,
        ref=uuid5(NAMESPACE_URL, f"custodian/drill/{number}"),
        staff_no=f"D{number:03}",
        name="",
        role=Role.AGENT,
        unit="DRILL",
        reach=Reach.OWN,
    )


OPERATORS = [_operator(number) for number in range(12)]
