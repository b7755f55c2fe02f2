"""How long entries wait for their place in the signed tree, and what must not be shown meanwhile.

An entry that is written and not sealed yet is protected by its writer's chain alone. The wait is normally
half a second; if it grows, the sequencer or the place for its head is gone, and showing more would rest on
less and less.
"""

from __future__ import annotations

import threading
import time

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from access.querylog.connection import reconciling
from custodian.errors import Unavailable

_FRESH = 0.25
_DELAY = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - (
    SELECT e.written_at FROM querylog.entry e WHERE e.id >= t.announced ORDER BY e.id LIMIT 1
)), 0)::float FROM querylog.tree t
"""
_known: list[tuple[float, float]] = []
_guard = threading.Lock()


class LogBehind(Unavailable):
    """Entries wait too long for their seal; until they are sealed nothing more is shown."""

    code = "log-behind"
    message = _("查询日志的封存落后，因此暂不显示资料。请稍后再试；若持续，请联系系统管理员。")


def delay() -> float:
    """Seconds that the oldest unsealed entry has waited, known to a quarter of a second; 0 if none waits."""
    now = time.monotonic()
    with _guard:
        if _known and now - _known[0][0] < _FRESH:
            return _known[0][1]
    with connection.cursor() as cursor:
        cursor.execute(_DELAY)
        (waited,) = cursor.fetchone() or (0.0,)
    with _guard:
        _known[:] = [(now, float(waited))]
    return float(waited)


def require(*, leaves: bool) -> None:
    """Raise `LogBehind` when the wait is too long; `leaves`: values leave in clear (reveal, export).

    While a restored database is reconciled no sequencer works, and nothing is shown to anybody.
    """
    short, long = settings.CUSTODIAN_SEAL_SECONDS
    if settings.CUSTODIAN_SEALING and not reconciling and delay() > (short if leaves else long):
        raise LogBehind


def forget() -> None:
    with _guard:
        _known.clear()
