"""A database that was put back serves nobody until what happened since its backup was reconciled with it.

Somebody destroyed after the backup would live again in it, and looks taken since would never have been. The
mark stands in the database itself, so that no process can miss it; a trigger on the log refuses as well.
A database that was put back by other means than ours has no mark, but is behind the head that was announced.
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
from custodian.tlog.verify import Checkpoint, Failed

CODE = "restored-not-reconciled"
_STATE = """
SELECT querylog.awaits_reconciliation(), t.size,
       (SELECT note FROM querylog.checkpoint ORDER BY size DESC LIMIT 1)
FROM querylog.tree t
"""
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
        return any(_state())
    except ProgrammingError:
        return False


def is_behind() -> bool:
    """Whether the database has fewer entries than the announced head."""
    return _state()[1]


def _state() -> tuple[bool, bool]:
    """Whether it is marked, and whether it is behind."""
    head = _announced()  # before the database, which is never behind what was announced
    with connection.cursor() as cursor:
        cursor.execute(_STATE)
        marked, size, note = cursor.fetchone() or (False, 0, None)
    return bool(marked), head is not None and note is not None and _is_behind(head, size, note)


def _announced() -> bytes | None:
    """The newest checkpoint outside, where this process can read it."""
    try:
        return settings.CUSTODIAN_LOG_HEAD.read_bytes() if settings.CUSTODIAN_SEALING else None
    except OSError:
        return None


def _is_behind(head: bytes, size: int, note: str) -> bool:
    """Of the same log only: a copy that a drill plays on goes by another name."""
    try:
        known, own = Checkpoint.parse(head), Checkpoint.parse(note.encode())
    except Failed:
        return False  # the sequencer and the verification say what is wrong with it
    return known.origin == own.origin and known.size > size
