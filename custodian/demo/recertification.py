"""The demo's recertifications: one that is over, and one that runs and waits for its visitors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction

from access import actors, approvals, gate, scopes, tokens
from access.actions import Action
from access.actors import Actor
from access.models import Campaign, HeldRight, User
from access.recertification import campaigns, deciding, lapsing
from access.vocabulary import Channel, Purpose, Role
from custodian import clock
from custodian.demo.diary import Steps
from custodian.demo.insurer.staff import WANG

OFFICER, SECOND, ADMIN = "C0217", "C0218", "T0003"
HANDLER, UNDER_HANDLER, DESK = "L0301", "L0302", "K0501"
LEAVER = "K0503"
# Whoever plays with the demo for weeks must not lose the people to step in as.
OPEN_DAYS = 85
KEEP, REMOVE = deciding.CHOICES


class Recertifications:
    def __init__(self, people: Mapping[str, User], begin: datetime) -> None:
        self._people = dict(people)
        self._begin = begin
        self.steps: Steps = [
            (self._at(1), self._prepare),
            (self._at(4), lambda: self._open(days=8)),
            (self._at(6), self._decide_first),
            (self._at(13).replace(hour=0, minute=1), lapsing.carry_out),
            (self._at(23), lambda: self._open(days=OPEN_DAYS)),
            (self._at(25), self._decide_second),
        ]

    def _at(self, days: int) -> datetime:
        """Ten in the morning of the office's day."""
        return clock.local(self._begin + timedelta(days=days)).replace(hour=10, minute=0)

    def _prepare(self) -> None:
        """Somebody who will have left, and a token that nobody needs any more."""
        desk = self._people[DESK]
        leaver = User(
            username="desk.luo", staff_no=LEAVER, name="罗敏", role=Role.SERVICE_DESK,
            unit=desk.unit, manager=desk,
        )  # fmt: skip
        leaver.set_unusable_password()
        facts = {"account": LEAVER, "role": Role.SERVICE_DESK.value}
        demo = actors.system("demo")
        with scopes.acting(demo), transaction.atomic():
            gate.authorise(demo, Action.USER_CHANGE, channel=Channel.COMMAND, facts=facts)
            leaver.save()
        with self._acting(ADMIN) as admin:
            tokens.issue(
                self._people[UNDER_HANDLER], name="理赔月报（旧）",
                actions=[Action.CUSTOMER_LIST.value], purposes=[Purpose.CLAIM.value], days=180,
                channel=Channel.ADMIN, actor=admin,
            )  # fmt: skip

    def _open(self, *, days: int) -> None:
        number = Campaign.objects.count() + 1
        name = f"{clock.local().year} 年第 {number} 次"
        due = campaigns.end_of(clock.local().date() + timedelta(days=days))
        with self._acting(OFFICER) as officer:
            campaign = campaigns.propose(
                name, unit=None, roles=[], due_at=due, repeat_months=campaigns.MONTHS, actor=officer
            )
        with self._acting(SECOND) as second:
            seen = campaign.approval.digest
            approvals.approve(campaign.approval, seen=seen, actor=second)

    def _decide_first(self) -> None:
        """Everybody is confirmed, but for the old token and for whoever has left."""
        for person in self._people.values():
            if person.role != Role.REGULATOR:
                self._decide(person.staff_no, skipped=(LEAVER,))

    def _decide_second(self) -> None:
        """Some have answered, and the others have weeks left."""
        self._decide(HANDLER)
        self._decide(WANG, most=4)
        self._decide(SECOND, most=3)

    def _decide(self, number: str, *, skipped: Iterable[str] = (), most: int = 1000) -> None:
        with self._acting(number) as actor:
            running = Campaign.objects.open()
            rights = HeldRight.objects.for_reviewer(actor).filter(campaign__in=running, decision="")
            rows = rights.exclude(person__staff_no__in=list(skipped))[:most]
            for right in rows.select_related("person"):
                deciding.decide({right.ref: _answer(right)}, actor=actor)

    @contextmanager
    def _acting(self, number: str) -> Iterator[Actor]:
        """The person acts, after a fresh second factor."""
        actor = actors.staff(self._people[number], stepped_up=True)
        with scopes.acting(actor):
            yield actor


def _answer(right: HeldRight) -> str:
    return REMOVE if right.kind == HeldRight.Kind.TOKEN else KEEP
