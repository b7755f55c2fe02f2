"""What was done after the backup and is not in it, as far as anybody outside knows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from psycopg2 import extensions

from access.ports import Outside
from access.sequencer.integrate import read_tile
from access.verification import run
from access.verification.outside import Elsewhere, Gathered, Trusted
from custodian.backup import tables
from custodian.backup.errors import BackupRefused
from custodian.backup.manifest import of_facts
from custodian.tlog import merkle
from custodian.tlog.tiles import Edge
from custodian.tlog.verify import Checkpoint, Failed, leaf_hash
from records import documents
from records.models import Document, Tombstone

LOG = "log"
ROWS = "rows"
DOCUMENTS = "documents"
_TAIL = "SELECT id, leaf FROM querylog.entry WHERE id >= %s AND id < %s ORDER BY id"
# The mark of the restore stands in it.
_NOT_COUNTED = frozenset({"public.access_installation"})


@dataclass(frozen=True)
class Gap:
    """`what` is a code, `first` and `beyond` are entries of the log, `table` is where rows are lacking.

    `ref` and `party` name a transfer and the other insurer.
    """

    what: str
    count: int = 0
    first: int = 0
    beyond: int = 0
    since: datetime | None = None
    until: datetime | None = None
    table: str = ""
    ref: str = ""
    party: str = ""

    def facts(self) -> dict[str, object]:
        said = {
            **vars(self),
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
        }
        return {name: value for name, value in said.items() if value}


@dataclass(frozen=True)
class Moment:
    """The moment that the database was put back to; of a backup of ours its manifest says everything."""

    at: datetime
    backup: str = ""
    tombstone: int = 0
    ledger: int = 0
    log_size: int = 0
    log_root: str = ""
    entries: int = 0  # of the log, sealed or not
    rows: Mapping[str, int] | None = None  # by table, as they were loaded


def moment_of(facts: Mapping[str, Any]) -> Moment:
    """From what the mark says. A database that was put back by other means says nothing of itself."""
    if "manifest" not in facts:
        return Moment(datetime.fromisoformat(facts["at"]))
    manifest = of_facts(facts["manifest"])
    return Moment(
        manifest.at,
        manifest.backup,
        manifest.tombstone,
        manifest.ledger,
        manifest.log_size,
        manifest.log_root,
        manifest.entries,
        {**manifest.rows, **facts["keys"]["rows"]},
    )


def checkpoint_of(note: bytes, put_back: Moment) -> Checkpoint:
    """The newest checkpoint that anybody holds. Raises `BackupRefused` when the one given is not that."""
    outside = run.configured(note=note)
    try:
        policy = outside.trust()
        given = Checkpoint.parse(note)
        if policy is None:
            raise BackupRefused("checkpoint-unreadable")
        policy.log_time_then(given)
    except Failed:
        raise BackupRefused("checkpoint-unreadable") from None
    newest = max([put_back.log_size, *_sizes(outside.gather(), policy, given.origin)])
    if given.size < newest:
        raise BackupRefused("checkpoint-older", f"{given.size} < {newest}")
    return given


def _sizes(held: Gathered, policy: Trusted, origin: str) -> Iterator[int]:
    for each in held.notes:
        try:
            known = Checkpoint.parse(each.note or b"")
            policy.log_time_then(known)
        except Failed:
            continue
        if known.origin == origin:
            yield known.size


def of_log(cursor: extensions.cursor, newest: Checkpoint, put_back: Moment) -> Iterator[Gap]:
    """Entries that were sealed and are gone. Raises `BackupRefused` where what is left is another history."""
    cursor.execute("SELECT size FROM querylog.tree")
    (sealed,) = cursor.fetchone() or (0,)
    if sealed >= newest.size and _root(cursor, newest.size) != newest.root:
        raise BackupRefused("log-rewritten")
    if put_back.log_size and _root(cursor, put_back.log_size).hex() != put_back.log_root:
        raise BackupRefused("log-rewritten")
    _compare_archive(cursor, sealed)
    first = _proven(cursor, newest, sealed=sealed, entries=put_back.entries)
    if first < newest.size:
        yield Gap(
            LOG,
            count=newest.size - first,
            first=first,
            beyond=newest.size,
            since=put_back.at,
            until=_signed_at(newest),
        )


def _proven(cursor: extensions.cursor, newest: Checkpoint, *, sealed: int, entries: int) -> int:
    """How many entries are those that were sealed; what this house wrote since it was put back is not.

    Of those without a seal the checkpoint proves all, if it goes so far, or the signed manifest `entries`.
    """
    if sealed >= newest.size or _with_tail(cursor, sealed, newest.size).root() == newest.root:
        return newest.size
    known = _with_tail(cursor, sealed, min(max(entries, sealed), newest.size))
    if known.size == newest.size:
        raise BackupRefused("log-rewritten")
    return known.size


def _with_tail(cursor: extensions.cursor, sealed: int, until: int) -> Edge:
    """The tree with the entries that were written and waited for their seal, as far as there is no hole."""
    edge = Edge.load(sealed, lambda level, index: read_tile(cursor, level, index))
    if until > sealed:
        cursor.execute(_TAIL, [sealed, until])
        rows = [(index, leaf) for index, leaf in cursor.fetchall()]
        dense = [leaf for place, (index, leaf) in enumerate(rows) if index == sealed + place]
        edge.grow([leaf_hash(leaf.encode()) for leaf in dense])
    return edge


def _root(cursor: extensions.cursor, size: int) -> bytes:
    try:
        return merkle.root(size, lambda level, index: read_tile(cursor, level, index))
    except merkle.Absent:
        return b""


def _compare_archive(cursor: extensions.cursor, sealed: int) -> None:
    held = run.configured().gather()
    if held.archive is None:
        return
    elsewhere = Elsewhere(cursor, None, size=sealed)
    for fault in elsewhere.archive(held.archive, since=0, blocks=held.blocks):
        if fault.code == "archive-differs":
            raise BackupRefused("log-rewritten", f"#{fault.index}")


def _signed_at(newest: Checkpoint) -> datetime | None:
    policy = run.configured().trust()
    said = policy.log_time_then(newest) if policy else 0
    return datetime.fromtimestamp(said, UTC) if said else None


def of_ledger(outside: Outside) -> Iterator[Gap]:
    """What the ledger of transfers knows."""
    for lost in outside.lost():
        yield Gap(
            lost.what, lost.count, since=lost.since, until=lost.until, ref=lost.ref,
            party=lost.party,
        )  # fmt: skip


def of_documents(destroyed: Collection[UUID]) -> Iterator[Gap]:
    """Documents whose file is not in the store, though nobody destroyed them."""
    stones = Tombstone.objects.filter(gone=OuterRef("holding"))
    living = Document.objects.exclude(Exists(stones)).order_by("pk").iterator(2_000)
    missing = sum(
        not documents.path_of(each).exists() for each in living if each.holding not in destroyed
    )
    if missing:
        yield Gap(DOCUMENTS, count=missing)


def of_rows(cursor: extensions.cursor, expected: Mapping[str, int]) -> Iterator[Gap]:
    """Tables that do not have the rows they were restored with."""
    for table, count in tables.counts(cursor).items():
        if table not in _NOT_COUNTED and count != expected.get(table, 0):
            yield Gap(ROWS, count=abs(expected.get(table, 0) - count), table=table)
