"""From a person's looks to her day: each customer of each look explained, and everything counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from pyroaring import BitMap

from access.audits.day import (
    ASTRAY,
    LOOKS,
    OPENED,
    REFUSED,
    SHOWN_ALONE,
    Day,
    Look,
    Operator,
    SignIn,
)
from access.audits.explaining import ASKED, NOTHING, OWN_WORD, UNASKED, Explainer
from access.audits.numbers import Numbers
from access.querylog import hours

AT_ONCE: Final = timedelta(minutes=3)


def summed(
    operator: Operator,
    day: date,
    looks: Sequence[Look],
    sign_ins: Sequence[SignIn],
    explainer: Explainer,
) -> Day:
    numbers = Numbers()
    seen, opened, unexplained, unasked = BitMap(), BitMap(), BitMap(), BitMap()
    explained = list[tuple[str, ...]]()
    alone, outside = BitMap(), BitMap()
    for look in looks:
        codes = tuple(
            explainer.of(operator, look.purpose, subject, look.at) for subject in look.subjects
        )
        explained.append(codes)
        _count(numbers, look, codes)
        seen.update(look.subjects)
        if look.act not in SHOWN_ALONE:
            continue
        alone.update(look.subjects)
        for subject, code in zip(look.subjects, codes, strict=True):
            if code == NOTHING:
                unexplained.add(subject)
            if look.act == OPENED and code not in ASKED:
                unasked.add(subject)
            if code in UNASKED and _outside(look):
                outside.add(subject)
        if look.act == OPENED:
            opened.update(look.subjects)
    numbers.empty_searches = len(dead_ends(looks))
    numbers.customers, numbers.opened = len(alone), len(opened)
    numbers.unasked, numbers.outside_hours = len(unasked), len(outside)
    return Day(
        operator=operator,
        day=day,
        looks=looks,
        sign_ins=sign_ins,
        explained=explained,
        numbers=numbers,
        seen=seen,
        opened=opened,
        unexplained=unexplained,
        unasked=unasked,
    )


def _count(numbers: Numbers, look: Look, codes: Sequence[str]) -> None:
    if look.act == REFUSED:
        numbers.refused += look.because in ASTRAY
        return
    if look.act not in LOOKS:
        return
    numbers.looks += 1
    numbers.hours[look.at.hour] += 1
    if look.act not in SHOWN_ALONE:
        return
    numbers.sights += len(codes)
    numbers.unexplained += codes.count(NOTHING)
    numbers.own_word += codes.count(OWN_WORD)
    if look.act == "search":
        numbers.searches += 1


def dead_ends(looks: Sequence[Look]) -> list[Look]:
    """Searches that found nobody, and after which nobody was found: whoever mistypes tries again at once."""
    ends: list[Look] = []
    found: datetime | None = None
    for look in reversed(looks):
        if look.act in SHOWN_ALONE and look.subjects:
            found = look.at
        elif look.act == "search" and (found is None or found - look.at > AT_ONCE):
            ends.append(look)
    return ends[::-1]


def _outside(look: Look) -> bool:
    return hours.outside(look.at.weekday(), look.at.hour)
