"""Brings a restored database up to what is known outside it, puts every gap on record, and lets it serve.

Nothing is changed before it is certain that the tombstones are complete, the checkpoint is the newest, and
the operator accepts the gaps. A run that was killed is run again: each step changes nothing a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from psycopg2 import extensions

from access import actors, findings, gate, restored, scopes
from access.actions import Action
from access.models import Finding, Installation
from access.models.tree import Checkpoint as TreeHead
from access.vocabulary import Channel
from custodian import clock, databases
from custodian.backup import files, gaps, ledgers, sheets, words
from custodian.backup.errors import BackupRefused
from custodian.backup.gaps import LOG, Gap, Moment
from custodian.databases import DatabaseNotConfigured
from custodian.tlog.verify import Checkpoint
from records import rebuilding
from records.destruction import own_stores, tombstones
from records.destruction.tombstones import Replayed, Sheet, TombstonesBroken

COMPARED = "compared"  # in the facts of the mark, once the rows were counted
# The sequencer wants a head file where one was announced, and there is none of the new origin.
_NOT_ANNOUNCED = """
ALTER TABLE querylog.tree DISABLE TRIGGER keep_rows;
UPDATE querylog.tree SET announced = 0, announced_at = NULL;
ALTER TABLE querylog.tree ENABLE ALWAYS TRIGGER keep_rows;
"""


@dataclass(frozen=True)
class Reconciled:
    replayed: Replayed
    gaps: list[Gap]
    indexes: int
    ledger: int  # sheets of the ledger of transfers
    files: int  # of the destroyed that had come back


def reconcile(
    *,
    sheets_in: Path,
    checkpoint: bytes,
    ledger_in: Path | None = None,
    accept_gap: str = "",
    physical: bool = False,
) -> Reconciled:
    """Raises `BackupRefused` when something is missing, or there is a gap that nobody accepted.

    `physical`: the database was put back by other means than `restore`, as by its write-ahead log.
    """
    mark = _mark() or _mark_physical(asked=physical)
    put_back = gaps.moment_of(mark.facts)
    stones = _sheets(sheets_in, put_back)
    newest = gaps.checkpoint_of(checkpoint, put_back)
    ledger = ledgers.read(mark, put_back, ledger_in)
    with restored.reconciling(), scopes.acting(actors.system("reconciler")):
        found = [*_found(mark, put_back, newest, stones), *ledgers.lost(mark, ledger)]
        if found and not accept_gap:
            raise BackupRefused("gap-not-accepted", *(f"[{_spelt(gap)}]" for gap in found))
        sheets.bring(sheets_in)
        # In the order in which it happened: who went was destroyed afterwards.
        ledgers.carry_out(mark, ledger, found)
        replayed = tombstones.replay(stones, actor=actors.system("destroyer"))
        removed = own_stores.remove_files_of_destroyed()
        files.let_missing_go()
        indexes = rebuilding.rebuild_blind_indexes(actor=actors.system("reconciler"))
        if any(gap.what == LOG for gap in found):
            _begin_anew()
        _finish(mark, put_back, found, replayed, reason=accept_gap)
    restored.forget()
    return Reconciled(replayed, found, indexes, ledger.count, removed)


def _mark() -> Installation | None:
    return Installation.objects.filter(restored_at__isnull=False, reconciled_at=None).first()


def _mark_physical(*, asked: bool) -> Installation:
    """The mark that `restore` would have set. Raises `BackupRefused` where nothing was put back."""
    if not asked and not restored.is_behind():
        raise BackupRefused("not-restored")
    newest = TreeHead.objects.order_by("-size").first()
    at = newest.made_at if newest else clock.real()
    row, _made = Installation.objects.update_or_create(
        pk=1,
        defaults={
            "restored_at": clock.real(),
            "reconciled_at": None,
            "facts": {"at": at.isoformat()},
        },
    )
    restored.forget()
    return row


def _sheets(folder: Path, put_back: Moment) -> Sequence[Sheet]:
    try:
        stones = tombstones.read(folder)
    except TombstonesBroken:
        raise BackupRefused("tombstones-broken", folder) from None
    newest = max((sheet.number for sheet in stones), default=0)
    if newest < (known := max(put_back.tombstone, sheets.newest_known())):
        raise BackupRefused("tombstones-older", f"{newest} < {known}")
    return stones


def _found(
    mark: Installation, put_back: Moment, newest: Checkpoint, stones: Sequence[Sheet]
) -> list[Gap]:
    with _superuser() as cursor:
        of_log = list(gaps.of_log(cursor, newest, put_back))
        # Once: what is replayed and rebuilt afterwards changes the counts.
        if COMPARED not in mark.facts:
            rows = put_back.rows
            differing = [gap.facts() for gap in gaps.of_rows(cursor, rows)] if rows else []
            mark.facts = {**mark.facts, COMPARED: differing}
            Installation.objects.filter(pk=mark.pk).update(facts=mark.facts)
    of_rows = [Gap(**facts) for facts in mark.facts[COMPARED]]
    destroyed = {holding for sheet in stones for holding in sheet.holdings}
    return [
        *of_log,
        *of_rows,
        *gaps.of_documents(destroyed),
    ]


def _finish(
    mark: Installation, put_back: Moment, found: Sequence[Gap], replayed: Replayed, *, reason: str
) -> None:
    """The findings, the entry and the end of the mark: all or nothing."""
    lost = next((gap for gap in found if gap.what == LOG), Gap(LOG))
    with transaction.atomic():
        for gap in found:
            findings.raise_finding(words.KIND, severity=Finding.Severity.URGENT, facts=gap.facts())
        gate.authorise(
            actors.system("reconciler"),
            Action.RESTORE_RECONCILE,
            channel=Channel.COMMAND,
            facts={
                **({"backup": put_back.backup} if put_back.backup else {}),
                "gaps": len(found),
                "sheets": replayed.sheets,
                "holdings": replayed.holdings,
                **({"from-entry": lost.first, "until-entry": lost.beyond} if lost.count else {}),
            },
            reason=reason,
        )
        Installation.objects.filter(pk=mark.pk).update(reconciled_at=clock.now())


def _begin_anew() -> None:
    """A log that lost sealed entries does not go on under its name (docs/runbooks/log.md)."""
    with _superuser() as cursor:
        cursor.execute(_NOT_ANNOUNCED)


def _spelt(gap: Gap) -> str:
    return words.told({"what": gap.what, **gap.facts()})


@contextmanager
def _superuser() -> Iterator[extensions.cursor]:
    try:
        connection = databases.connect("superuser", application_name="custodian reconcile")
    except DatabaseNotConfigured:
        raise BackupRefused("no-superuser") from None
    with closing(connection):
        connection.autocommit = False
        with connection, connection.cursor() as cursor:
            yield cursor
