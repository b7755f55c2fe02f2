"""Contracts that ended years ago: households whom nobody serves any more, some due for destruction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from custodian.demo.insurer import products
from custodian.demo.insurer.contracts import TERMINATED, Policy
from custodian.demo.insurer.parties import Party

SOLD: Final = products.PERSONAL[-1]  # not sold any more
KEPT_YEARS: Final = 10
OF_AGE: Final = timedelta(days=6_600)
GROUPS: Final = 5  # one household of each five lives on as it was drawn


class Closing:
    """Ends the contracts of households without an agent, in groups by when they fall due.

    It draws from a lot of its own, so that everybody else's contracts are what they were without it.
    """

    def __init__(self, *, today: date) -> None:
        self.today = today
        self._random = Random(SOLD.code)  # noqa: S311 - invented data, repeatable on purpose
        self._households = 0

    def next_household(self) -> None:
        self._households += 1

    def ended(self, policy: Policy, holder: Party) -> Policy | None:
        """The contract that ended in its place; None if the household lives on, or was too young then."""
        ends = self._end()
        if ends is None:
            return None
        starts = ends - timedelta(days=self._random.randrange(2_400, 3_600))
        if holder.born is None or starts < holder.born + OF_AGE:
            return None
        return replace(
            policy, product=SOLD, starts=starts, ends=ends, status=TERMINATED, next_due=None,
            password="", insured_key=policy.holder_key, relation="本人", beneficiaries="法定",
            beneficiary_key="",
        )  # fmt: skip

    def _end(self) -> date | None:
        """Long ago; ten years ago within this month; within the years to come; or not at all."""
        group = self._households % GROUPS
        if group == 0:
            return None
        over = self.today - timedelta(days=365 * KEPT_YEARS + 3)
        if group == 1:
            return over - timedelta(days=self._random.randrange(100, 900))
        if group == 2:
            return over + timedelta(days=self._random.randrange(16, 26))
        return over + timedelta(days=self._random.randrange(40, 720))
