"""A book from an insurer without this system: files in place of a package, papers in place of signatures."""

from __future__ import annotations

from transfers import progress
from transfers.legacy import counting, loading, missing, releasing  # noqa: F401  approvals register
from transfers.models import Stage
from transfers.receipts import reconciling

reconciling.others.append(counting.lines)
progress.register(Stage.RECEIVE, missing.received)
progress.register(Stage.RECONCILE, missing.reconciled)
