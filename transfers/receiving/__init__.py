"""The buyer's part: refused or kept apart, laid out, loaded out of everybody's sight, and let live."""

from __future__ import annotations

from transfers import progress
from transfers.models import Stage
from transfers.receiving import asking

progress.register(Stage.RECEIVE, asking.missing_received)
progress.register(Stage.RECONCILE, asking.missing_reconciled)
