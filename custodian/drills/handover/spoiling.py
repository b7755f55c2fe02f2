"""Mistakes on purpose: a maker of packages that loses, doubles and alters; and a change that comes late."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Iterator
from typing import Any, Final

from custodian.drills.handover import people
from records.models import Customer, Policy
from transfers.handing_over import building, collecting

_spoiled: Final[dict[str, str]] = {}


def spoil(mistakes: dict[str, str]) -> None:
    """From now on the maker of packages makes mistakes, each about the customer at its place."""
    count = itertools.count()

    def collect(*args: Any, **more: Any) -> Iterator[Any]:
        for each in collecting.collect(*args, **more):
            how = mistakes.get(str(next(count)), "")
            if how:
                _spoiled[how] = each.record.ref
            if how != "lost":
                _alter(each.record, how)
                yield each

    vars(building)["collect"] = collect


def _alter(record: Any, how: str) -> None:
    if how == "premium":
        record.policies[0].values["policy.premium"] = "2400.00"
    elif how == "doubled":
        doubled = record.claims or record.policies
        doubled.append(copy.deepcopy(doubled[0]))


def spoiled() -> dict[str, str]:
    """Which customers it was; from now on it works well again."""
    vars(building)["collect"] = collecting.collect
    return dict(_spoiled)


def change_policy(number: int) -> str:
    """Something happens after the freeze: a policy is suspended. Whose."""
    with people.system():
        policy = Policy.objects.order_by("pk")[number]
        Policy.objects.filter(pk=policy.pk).update(status=Policy.Status.SUSPENDED)
        return str(Customer.objects.get(pk=policy.subject_id).ref)
