"""Contracts that ended years ago: households whom nobody serves any more, some due for destruction."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from custodian.demo.insurer import products
from custodian.demo.insurer.parties import Party

if TYPE_CHECKING:
    from custodian.demo.insurer.contracts import Policy

SOLD: Final = products.PERSONAL[-1]  # not sold any more
TERMINATED: Final = "终止"
KEPT_YEARS: Final = 10
GROUPS: Final = 5  # one household of each five lives on as it was drawn


class Closing:
    """Ends the contracts of every household without an agent, in groups by when they fall due.

    It draws from a lot of its own, so that everybody else's contracts are what they were without it.
    """

    def __init__(self, *, today: date) -> None:
        self.today = today
        self._random = Random(SOLD.code)  # noqa: S311 - invented data, repeatable on purpose
        self._households = 0

    def next_household(self) -> None:
        self._households += 1

    def close(self, policy: Policy, holder: Party) -> None:
        ended = self._end()
        if ended is None:
            return
        starts = ended - timedelta(days=self._random.randrange(2_400, 3_600))
        if holder.born is None or starts < holder.born + timedelta(days=6_600):
            return
        policy.product, policy.starts, policy.ends = SOLD, starts, ended
        policy.status, policy.next_due, policy.password = TERMINATED, None, ""
        # Nobody else is insured who may have been born later.
        policy.insured_key, policy.relation = policy.holder_key, "本人"
        policy.beneficiaries, policy.beneficiary_key = "法定", ""

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
