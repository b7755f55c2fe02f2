"""The freeze: what each customer who moves had at a moment, so that nothing is lost or slipped in."""

from __future__ import annotations

from transfers.freezing.comparing import Changed, changed
from transfers.freezing.ending import forget
from transfers.freezing.freezing import begin
from transfers.freezing.renewing import renew
from transfers.freezing.summing import Totals, totals

__all__ = ["Changed", "Totals", "begin", "changed", "forget", "renew", "totals"]
