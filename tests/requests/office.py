"""A customer who asks, her agent, the service desk and two officers."""

from __future__ import annotations

import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from access import actors, scopes
from access.models import User
from access.vocabulary import Role
from custodian import clock
from records.models import Customer, CustomerRequest, RequestEffect
from records.own_data import copies
from records.requests import customers_side, effects, handling, opening
from records.requests.opening import Arrival
from tests import estate
from tests.portal import people

WORDS = "请告诉我你们留了我哪些资料，我叫张三丰"


@dataclass
class Office:
    agent: User = field(default_factory=lambda: estate.user(Role.AGENT))
    desk: User = field(default_factory=lambda: estate.user(Role.SERVICE_DESK, name="吴敏"))
    first: User = field(default_factory=lambda: estate.user(Role.COMPLIANCE_OFFICER, name="陈静"))
    second: User = field(default_factory=lambda: estate.user(Role.COMPLIANCE_OFFICER, name="刘敏"))
    customer: Customer = field(init=False)
    other: Customer = field(init=False)

    def __post_init__(self) -> None:
        self.customer = estate.customer(of=[self.agent])
        values = {**estate.ZHANG, "identity.mobile": "13900139000"}
        self.other = estate.customer(values, of=[self.agent])

    def ask(self, kind: str = "question", text: str = WORDS, **more: Any) -> CustomerRequest:
        """In the portal, as she herself."""
        customer = more.pop("customer", self.customer)
        with scopes.acting(actors.customer(customer.pk)) as actor:
            return opening.open_request(
                customer.pk, kind=kind, text=text, channel="portal", actor=actor, **more
            )

    def enter(self, kind: str = "question", text: str = WORDS, **more: Any) -> CustomerRequest:
        """By the service desk, from a letter whose writer nobody has checked."""
        said = {"came_by": "letter", **{k: more.pop(k) for k in list(more) if k in _ARRIVAL}}
        with estate.acting(self.desk) as actor:
            return opening.open_request(
                self.customer.pk, kind=kind, text=text, arrival=Arrival(**said), channel="desk",
                actor=actor, **more,
            )  # fmt: skip

    def answer(self, request: CustomerRequest, by: User | None = None, **more: Any) -> None:
        with estate.acting(by or self.first) as actor:
            handling.answer(request, "已照办。", channel="admin", actor=actor, **more)
        done(request)

    def refuse(self, request: CustomerRequest, by: User | None = None) -> None:
        with estate.acting(by or self.first) as actor:
            handling.refuse(request, "法律要求保存。", channel="admin", actor=actor)
        refreshed(request)

    def browser(self, customer: Customer | None = None) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        return people.signed_in(client, customer or self.customer)

    def at_desk(self, person: User | None = None) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        return estate.login(client, person or self.desk)

    @contextmanager
    def she(self, customer: Customer | None = None) -> Any:
        with scopes.acting(actors.customer((customer or self.customer).pk)) as actor:
            yield actor

    def lift(self, request: CustomerRequest) -> None:
        with self.she() as actor:
            customers_side.lift(request, channel="portal", actor=actor)
        done(request)


_ARRIVAL = ("came_by", "asked_by", "proof", "received_at")


def done(request: CustomerRequest) -> CustomerRequest:
    """Whatever was decided is done, as the task would within moments."""
    with everything():
        waiting = RequestEffect.objects.filter(request=request).exclude(status="done")
        keys = list(waiting.values_list("pk", flat=True))
    for key in keys:
        effects.carry_out(key)
    return made(request)


def made(request: CustomerRequest) -> CustomerRequest:
    """The copies that answer it are made, as the task would."""
    with everything():
        waiting = list(request.copies.filter(status="queued").values_list("pk", flat=True))
    for key in waiting:
        copies.work(key)
    return refreshed(request)


def refreshed(request: CustomerRequest) -> CustomerRequest:
    with everything():
        request.refresh_from_db()
    return request


def steps(request: CustomerRequest) -> list[str]:
    with everything():
        return list(request.steps.values_list("code", flat=True))


@contextmanager
def everything() -> Any:
    with scopes.acting(estate.system()) as actor:
        yield actor


def form() -> uuid.UUID:
    return uuid.uuid4()


def later(**more: Any) -> Any:
    from datetime import timedelta

    return clock.at(clock.now() + timedelta(**more))
