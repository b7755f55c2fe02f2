"""The retention rules that hold on a day, and what they say of a customer without a contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from access import law
from custodian.regimes.packs import RetentionRule, Trigger
from custodian.regimes.periods import Period


def on(day: date) -> tuple[RetentionRule, ...]:
    """Those of the installed law with this insurer's own terms."""
    return law.retention_rules(day)


def prospect(rules: Sequence[RetentionRule]) -> Period:
    """For how long somebody who has no contract is in use after the last contact."""
    periods = [each.period for each in rules if each.trigger is Trigger.LAST_CONTACT]
    return max(periods, default=Period())
