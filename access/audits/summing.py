"""From a person's looks to her day: each customer of each look explained, and everything counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pyroaring import BitMap

from access.audits.day import LOOKS, OPENED, REFUSED, Day, Look, Operator, SignIn
from access.audits.explaining import NOTHING, OWN_WORD, WORK, Explainer
from access.audits.numbers import Numbers
from access.querylog import hours


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
    known: dict[tuple[str, int, int], str] = {}
    outside = BitMap()
    for look in looks:
        codes = tuple(_explained(look, operator, explainer, known))
        explained.append(codes)
        _count(numbers, look, codes)
        seen.update(look.subjects)
        for subject, code in zip(look.subjects, codes, strict=True):
            if code == NOTHING:
                unexplained.add(subject)
            if look.act == OPENED and code != WORK:
                unasked.add(subject)
            if look.act != "list" and code != WORK and _outside(look):
                outside.add(subject)
        if look.act == OPENED:
            opened.update(look.subjects)
    numbers.customers, numbers.opened = len(seen), len(opened)
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


def _explained(
    look: Look, operator: Operator, explainer: Explainer, known: dict[tuple[str, int, int], str]
) -> list[str]:
    """A customer asked about again within the hour has the same explanation."""
    codes = []
    for subject in look.subjects:
        key = (look.purpose, subject, look.at.hour)
        code = known.get(key)
        if code is None:
            code = known[key] = explainer.of(operator, look.purpose, subject, look.at)
        codes.append(code)
    return codes


def _count(numbers: Numbers, look: Look, codes: Sequence[str]) -> None:
    if look.act == REFUSED:
        numbers.refused += 1
        return
    if look.act not in LOOKS:
        return
    numbers.looks += 1
    numbers.hours[look.at.hour] += 1
    numbers.sights += len(codes)
    numbers.unexplained += codes.count(NOTHING)
    numbers.own_word += codes.count(OWN_WORD)
    if look.act == "search":
        numbers.searches += 1
        numbers.empty_searches += not codes


def _outside(look: Look) -> bool:
    return hours.outside(look.at.weekday(), look.at.hour)
