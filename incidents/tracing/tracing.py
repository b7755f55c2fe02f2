"""Traces a list that got out: parsed in memory, matched by fingerprints, weighed, and forgotten."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from access import gate, scopes
from access.actions import Action
from access.actors import Actor
from access.exports import register
from access.exports.fingerprint import set_digest
from access.exports.register import Written
from custodian import clock
from incidents.tracing import copies, lists, looks, signatures, weighing
from incidents.tracing.layouts import Fit
from incidents.tracing.lists import TheList
from incidents.tracing.looks import Window
from incidents.tracing.weighing import Source, Together, Weighed

SHOWN = 20
FEW_OURS = 0.5  # of the rows, below which the file is held against other companies' layouts
BUILDER = "customers"  # what exports of customers are made by


@dataclass(frozen=True)
class Trace:
    """The answer; `tried` is how many sources share anything with the list. It is no verdict."""

    the_list: TheList
    window: Window
    candidates: list[Weighed]
    together: list[Together]
    tried: int
    entry: int
    seconds: float
    # Signatures of others' lists that the rest fits, of how many; None: most of it is ours.
    layouts: list[Fit] = field(default_factory=list)
    compared: int | None = None


def trace(
    written: Written,
    *,
    channel: str,
    actor: Actor,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Trace:
    """Who may have taken this list between two moments (from the first look to now).

    One entry says how many rows were compared and which set of customers was found; no value is opened,
    and nothing of the file is kept. Raises `Refused`.
    """
    begun = time.perf_counter()
    window = Window(
        since or datetime.min.replace(year=2000, tzinfo=clock.OFFICE), until or clock.now()
    )
    with scopes.acting(actor):
        the_list = lists.read(written.rows)
        entry = _logged(the_list, channel, actor)
        weighed = weighing.weigh(the_list.listed, _sources(the_list, written, window))
        compared, fits = _elsewhere(the_list, written)
    return Trace(
        the_list=the_list,
        window=window,
        candidates=weighed[:SHOWN],
        together=weighing.together(the_list.listed, weighed),
        tried=len(weighed),
        entry=entry,
        seconds=time.perf_counter() - begun,
        layouts=fits,
        compared=compared,
    )


def _elsewhere(the_list: TheList, written: Written) -> tuple[int | None, list[Fit]]:
    if not the_list.rows or the_list.matched >= the_list.rows * FEW_OURS:
        return None, []
    return signatures.compare(written, the_list.subjects)


def _sources(the_list: TheList, written: Written, window: Window) -> Iterator[Source]:
    _tried, marked = register.compare(written, the_list.subjects, builder=BUILDER)
    yield from looks.operators(the_list, window)
    yield from copies.exports(the_list, window, {each.code: each.chance for each in marked})
    yield from copies.partners(the_list, window)
    yield from copies.packages(the_list, window)


def _logged(the_list: TheList, channel: str, actor: Actor) -> int:
    found = list(the_list.listed.subjects)
    permit = gate.permit(
        actor,
        Action.LEAK_TRACE,
        purpose="security",
        channel=channel,
        facts={"subjects": len(found), "set": set_digest(found), "rows": the_list.rows},
    )
    return permit.entry
