"""A database that was put back serves nobody until what happened since its backup was reconciled with it.

Somebody destroyed after the backup would live again in it, and looks taken since would never have been. The
mark stands in the database itself, so that no process can miss it; a trigger on the log refuses as well.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import ProgrammingError, connection
from django.utils.translation import gettext_lazy as _

from access.querylog import connection as log_connection
from access.querylog import writer
from custodian.errors import Unavailable

CODE = "restored-not-reconciled"
_RECONCILING = "SELECT set_config('custodian.reconciling', %s, false)"


class RestoredNotReconciled(Unavailable):
    """The database was restored from a backup; nothing is shown or changed until it is reconciled."""

    code = CODE
    message = _(
        "本系统刚从备份恢复，尚未与备份之后的销毁、移交和查询日志核对，因此暂不提供服务。"
        "请系统管理员运行 manage.py reconcile_restore（见 docs/backups.md）。"
    )


@dataclass
class _Known:
    """What was found when; `exempt` while this process itself reconciles."""

    at: float = 0.0
    waits: bool = True
    exempt: bool = False


_known = _Known()


def waits() -> bool:
    """Whether the mark stands, known to a second. A table that is not there yet marks nothing."""
    if _known.exempt:
        return False
    now = time.monotonic()
    if _known.waits or now - _known.at > settings.CUSTODIAN_RESTORED_SECONDS:
        _known.waits, _known.at = _stands(), now
    return _known.waits


def require() -> None:
    """Raise `RestoredNotReconciled` while the mark stands."""
    if waits():
        raise RestoredNotReconciled


@contextmanager
def reconciling() -> Iterator[None]:
    """This process alone works while the mark stands: it replays, compares and puts on record."""
    writer.stop()  # its connection would be refused; a new one says what it is for
    before, log_connection.reconciling[:] = log_connection.reconciling[:], [True]
    _known.exempt = True
    try:
        _say("on")
        yield
    finally:
        _known.exempt, log_connection.reconciling[:] = False, before
        writer.stop()
        _say("off")
        forget()


def forget() -> None:
    _known.waits = True


def _say(state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_RECONCILING, [state])


def _stands() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT querylog.awaits_reconciliation()")
            return bool(cursor.fetchone() == (True,))
    except ProgrammingError:
        return False
