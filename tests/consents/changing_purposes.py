"""What tests of changed purposes do over and over: a purpose otherwise, proposed by one, approved by another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from access import approvals
from access.law import purpose_overriding, purpose_telling
from access.law.reading import today
from access.models import Approval, User
from custodian import clock
from custodian.regimes.purposes import ProcessingPurpose
from tests import estate

DAY = timedelta(days=1)


def wanted(code: str, **more: Any) -> ProcessingPurpose:
    """As it was approved last, but for what is named; `add` and `drop` are elements, `look` a look more."""
    found = replace(purpose_telling.newest(code), anew=False)
    drop, add = more.pop("drop", ()), more.pop("add", ())
    looks = (*found.looks, *more.pop("look", ()))
    elements = (*(each for each in found.elements if each not in drop), *add)
    return replace(found, **{"looks": looks, "elements": elements, **more})


def ask(person: User, code: str, *, since: date | None = None, **more: Any) -> Approval:
    with estate.acting(person) as actor:
        return purpose_overriding.propose_purpose(
            code,
            wanted=wanted(code, **more),
            since=since or today() + DAY,
            reason="制度修订",
            actor=actor,
        )


def approve(person: User, approval: Approval) -> None:
    with estate.acting(person, stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)


@contextmanager
def days_later(days: int) -> Iterator[None]:
    """At the office in the morning, so many days from now."""
    day = today() + days * DAY
    with clock.at(datetime.combine(day, time(9), clock.OFFICE)):
        yield
