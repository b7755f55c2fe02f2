"""What must hold at every moment, checked against the database from outside the requests."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection

from access import approvals, cases, grants, scopes
from access.actors import system
from access.exports import requests as exports
from access.models import Entry
from access.recertification import campaigns
from access.sequencer.drain import PARTITION
from access.training import standing
from custodian import clock, clocked, keys
from custodian.backup import keeping
from custodian.crypto.errors import KeyringSealed
from custodian.health import OUTBOX_LIMIT
from custodian.tlog.verify import TAG, canonical, leaf_hash
from records import integrity, legal_holds
from records.destruction import batches

PAGE = 5000
SAMPLE = 20
FIRST = "0" * 16
VOID = "void"
OK = "ok"


@dataclass
class Options:
    """How thoroughly to look, and which planted values must be nowhere."""

    everything: bool = False
    canaries: tuple[str, ...] = ()
    folders: tuple[Path, ...] = ()


Check = Callable[[Options], Iterator[str]]


def broken(options: Options) -> dict[str, str]:
    """Each invariant by name: `ok`, or the first reason why not."""
    with scopes.acting(system("migration")):
        return {name: next(check(options), OK) for name, check in CHECKS.items()}


@dataclass
class _Chain:
    """Where a writer's session stood at the last entry seen."""

    count: int = 0
    previous: str = FIRST


@dataclass
class _Log:
    """A walk over the log that remembers each session's end."""

    chains: dict[str, _Chain] = field(default_factory=dict)

    def faults(self, entry: Entry) -> Iterator[str]:
        leaf = json.loads(entry.leaf)
        tags = bytes(entry.tags)
        if canonical(leaf) != entry.leaf:
            yield f"#{entry.pk}: the leaf is not canonical"
        if len(tags) != leaf["n"] * TAG or hashlib.sha256(tags).hexdigest() != leaf["subj"]:
            yield f"#{entry.pk}: the tags are not the leaf's"
        if columns(entry) != columns_of(leaf):
            yield f"#{entry.pk}: the columns are not the leaf's"
        if leaf["act"] == VOID:
            return  # it stands in the place of an entry that never was, outside every session
        chain = self.chains.setdefault(leaf["w"], _Chain())
        if (leaf["ws"], leaf["wp"]) != (chain.count, chain.previous):
            yield f"#{entry.pk}: does not follow its predecessor in session {leaf['w']}"
        chain.count = leaf["ws"] + 1
        chain.previous = leaf_hash(entry.leaf.encode())[:8].hex()


def columns(entry: Entry) -> tuple[object, ...]:
    named = (entry.staff_no, entry.unit, entry.act, entry.purpose, entry.outcome, entry.channel)
    return (str(entry.actor), *named, entry.subjects, entry.ts.isoformat(timespec="microseconds"))


def columns_of(leaf: Mapping[str, Any]) -> tuple[object, ...]:
    moment = leaf["ts"].replace("Z", "+00:00")
    return (
        *(leaf[name] for name in ("actor", "no", "unit", "act", "purp", "out", "ch", "n")),
        moment,
    )


def log_is_whole(options: Options) -> Iterator[str]:
    """Every entry is as its leaf says, and follows its predecessor."""
    log, last = _Log(), -1  # the first entry is number 0
    while page := list(Entry.objects.filter(pk__gt=last).order_by("pk")[:PAGE]):
        last = page[-1].pk
        for entry in page:
            yield from log.faults(entry)


def looks_are_listed(options: Options) -> Iterator[str]:
    """Each entry has a row in the customers' lists for each of its subjects, and its own context.

    Fewer only by as many as the log itself says were erased.
    """
    yield from _told(
        "WITH listed AS (SELECT e.id, e.subjects - coalesce(s.n, 0) AS missing"
        " FROM querylog.entry e LEFT JOIN (SELECT entry_id, count(*) AS n"
        " FROM querylog.subject_access GROUP BY entry_id) s ON s.entry_id = e.id)"
        " SELECT id FROM listed WHERE missing < 0 OR missing > 0"
        " AND (SELECT sum(missing) FROM listed WHERE missing > 0) <>"
        " (SELECT coalesce(sum((leaf::jsonb ->> 'rows')::bigint), 0) FROM querylog.entry"
        " WHERE act = 'erase') ORDER BY id LIMIT 1",
        "#{}: its subjects are not those of the customers' lists",
    )
    yield from _told(
        "SELECT e.id FROM querylog.entry e LEFT JOIN querylog.context c ON c.entry_id = e.id"
        " WHERE (e.leaf::jsonb ->> 'ctx') IS DISTINCT FROM encode(sha256(c.body_sealed), 'hex')"
        " ORDER BY e.id LIMIT 1",
        "#{}: its sealed reason is not the one it was written with",
    )


def changes_reach_the_log(options: Options) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(created_at) FROM querylog.outbox")
        (oldest,) = cursor.fetchone()
    if oldest and clock.now() - oldest > OUTBOX_LIMIT:
        yield f"a change has waited since {oldest:%Y-%m-%d %H:%M:%S}: is the sequencer running?"


def cases_are_as_approved(options: Options) -> Iterator[str]:
    for case in cases.altered():
        yield f"case {case.ref}: it gives access to something else than what was approved"


def approvals_are_as_left(options: Options) -> Iterator[str]:
    for approval in approvals.altered():
        yield f"approval {approval.ref}: its row or decisions were changed by hand"


def grants_are_as_approved(options: Options) -> Iterator[str]:
    for grant in grants.altered():
        yield f"grant {grant.ref}: it gives reach to something else than what was approved"


def recertifications_are_as_approved(options: Options) -> Iterator[str]:
    for campaign in campaigns.altered():
        yield f"recertification {campaign.ref}: it covers or ends something else than was approved"


def exports_are_as_approved(options: Options) -> Iterator[str]:
    for export in exports.altered():
        yield f"export {export.code}: it is something else than what was approved"


def destruction_is_as_approved(options: Options) -> Iterator[str]:
    for batch in batches.altered():
        yield f"destruction {batch.code}: it holds something else than what was approved"
    yield from _told(
        "SELECT b.code FROM records_destructionbatch b WHERE (b.stage = 'done') <> (b.certificate <> '')"
        " OR (b.stage = 'done' AND EXISTS (SELECT 1 FROM records_destructionitem i"
        " WHERE i.batch_id = b.id AND i.state = 'planned')) LIMIT 1",
        "destruction {}: it is done and not certified, or certified and not done",
    )
    yield from _told(
        "SELECT t.gone FROM records_tombstone t JOIN keys.data_key k ON k.holding = t.gone LIMIT 1",
        "holding {}: it is destroyed, and its key is there",
    )


def legal_holds_are_as_approved(options: Options) -> Iterator[str]:
    for approval in legal_holds.altered():
        code = approval.payload.get("hold")
        yield f"legal hold {code}: it is gone, holds something else, or ended without approval"


def deadlines_are_as_reckoned(options: Options) -> Iterator[str]:
    """No deadline was set by hand: each follows from its facts, the law and the calendar."""
    for each in clocked.altered():
        yield f"{each._meta.label_lower} {each.pk}: its deadline is not the one of {each.rule}"


def training_is_as_made(options: Options) -> Iterator[str]:
    for each in standing.altered():
        yield f"{each}: it was written by hand, and counts for nothing"


def partitions_are_ahead(options: Options) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(substring(relname FROM '^entry_([0-9]+)$')::bigint) FROM pg_class"
            " WHERE relnamespace = 'querylog'::regnamespace AND relispartition AND relkind = 'r'"
        )
        (newest,) = cursor.fetchone()
        cursor.execute("SELECT coalesce(max(id), -1) FROM querylog.entry")
        (last,) = cursor.fetchone()
    if newest is None or newest <= last:
        yield f"entry #{last} is in the last partition: run the sequencer"
    elif newest - last > 10 * PARTITION:
        yield f"the partition from #{newest} is not in its place"


def imports_add_up(options: Options) -> Iterator[str]:
    yield from _told(
        "SELECT ref FROM records_importrun"
        " WHERE rows_in <> kept + unchanged + quarantined + skipped LIMIT 1",
        "import {}: rows in are not those kept, quarantined and left out",
    )
    yield from _told(
        "SELECT r.ref FROM records_importrun r JOIN records_quarantinedrow q ON q.run_id = r.id"
        " GROUP BY r.ref, r.quarantined HAVING count(*) > r.quarantined LIMIT 1",
        "import {}: more rows are set aside than it counted",
    )


def _sealed_columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        description = connection.introspection.get_table_description(cursor, table)
    return [column.name for column in description if column.name.endswith("_sealed")]


def every_sealed_row_has_its_key(options: Options) -> Iterator[str]:
    for model in integrity.HOLDINGS.values():
        table = model._meta.db_table
        filled = ", ".join(f"t.{column}" for column in _sealed_columns(table))
        yield from _told(
            f"SELECT t.holding FROM {table} t LEFT JOIN keys.data_key k ON k.holding = t.holding"  # noqa: S608
            f" WHERE k.holding IS NULL AND coalesce({filled}) IS NOT NULL LIMIT 1",
            "holding {}: sealed values without a key",
        )
    yield from _told(
        "SELECT s.id FROM access_subject s LEFT JOIN keys.subject_key k ON k.subject = s.id"
        " WHERE k.subject IS NULL AND s.status <> 'destroyed' LIMIT 1",
        "subject #{}: no key for its tags in the log",
    )


def holdings_are_as_last_changed(options: Options) -> Iterator[str]:
    for kind in integrity.HOLDINGS:
        for holding in integrity.altered(kind, every=1 if options.everything else SAMPLE):
            yield f"holding {holding}: its values are not those of its last change"


INDEXED: Final = {
    "identity.id_number": ("records_identity", "id_number_sealed"),
    "identity.mobile": ("records_identity", "mobile_sealed"),
    "identity.email": ("records_identity", "email_sealed"),
    "policy.number": ("records_policy", "number_sealed"),
}


def indexes_match_holdings(options: Options) -> Iterator[str]:
    tables = " UNION ALL ".join(
        f"SELECT holding, subject_id FROM {model._meta.db_table}"  # noqa: S608
        for model in integrity.HOLDINGS.values()
    )
    yield from _told(
        f"SELECT b.id FROM records_blindindex b LEFT JOIN ({tables}) h"  # noqa: S608
        " ON h.holding = b.holding AND h.subject_id = b.subject_id"
        " WHERE h.holding IS NULL LIMIT 1",
        "index row {}: its holding is not the customer's",
    )
    for element, (table, column) in INDEXED.items():
        yield from _told(
            f"SELECT t.holding FROM {table} t WHERE t.{column} IS NOT NULL AND NOT EXISTS"  # noqa: S608
            " (SELECT 1 FROM records_blindindex b WHERE b.holding = t.holding"
            f" AND b.element = '{element}' AND b.until IS NULL) LIMIT 1",
            f"holding {{}}: {element} cannot be found by its index",
        )


def keys_are_under_what_the_keyring_has(options: Options) -> Iterator[str]:
    """Whatever names a KEK or an index root that is not in the keyring is lost, or will never be found."""
    try:
        ring = keys.load()
    except KeyringSealed as error:
        yield f"the keyring is sealed: {error.reason}"
        return
    for table in ("data_key", "subject_key"):
        yield from _told(
            f"SELECT kek FROM keys.{table} WHERE NOT kek = ANY ('{_array(ring.keks.keys)}') LIMIT 1",  # noqa: S608
            f"keys.{table}: a key is under KEK {{}}, which the keyring has not",
        )
    yield from _told(
        "SELECT version FROM records_blindindex"  # noqa: S608  numbers are ours
        f" WHERE NOT version = ANY ('{_array(ring.indexes.keys)}') LIMIT 1",
        "a fingerprint is of index root {}, which the keyring has not",
    )


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def keys_of_backups_go_in_time(options: Options) -> Iterator[str]:
    """A day is left for whoever removes them."""
    most = timedelta(days=settings.CUSTODIAN_KEY_DAYS + 1)
    for kept in keeping.inventory():
        if kept.keys_size and kept.age > most:
            yield f"backup {kept.folder.name}: its keys are {kept.age.days} days old"


def planted_values_are_nowhere(options: Options) -> Iterator[str]:
    """Values that were planted as customers' data must not lie in clear in any file of the product."""
    needles = [form for value in options.canaries for form in _forms(value)]
    for folder in options.folders if needles else ():
        for path in sorted(folder.rglob("*")):
            if path.is_file() and _holds(path, needles):
                yield f"{path}: holds a planted value in clear"


def _forms(value: str) -> Iterator[bytes]:
    yield value.encode()
    yield value.encode("utf-16-le")
    yield value.encode("gb18030")
    yield value.encode("ascii", "backslashreplace")


def _holds(path: Path, needles: list[bytes]) -> bool:
    longest, tail = max(map(len, needles)), b""
    with path.open("rb") as file:
        for chunk in iter(lambda: file.read(1 << 20), b""):
            text = tail + chunk
            if any(needle in text for needle in needles):
                return True
            tail = text[-longest:]
    return False


def _told(sql: str, sentence: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        yield from (sentence.format(row[0]) for row in itertools.islice(cursor.fetchall(), 1))


CHECKS: dict[str, Check] = {
    "log": log_is_whole,
    "looks": looks_are_listed,
    "outbox": changes_reach_the_log,
    "approvals": approvals_are_as_left,
    "cases": cases_are_as_approved,
    "grants": grants_are_as_approved,
    "recertifications": recertifications_are_as_approved,
    "exports": exports_are_as_approved,
    "destruction": destruction_is_as_approved,
    "legal-holds": legal_holds_are_as_approved,
    "deadlines": deadlines_are_as_reckoned,
    "training": training_is_as_made,
    "partitions": partitions_are_ahead,
    "imports": imports_add_up,
    "keys": every_sealed_row_has_its_key,
    "holdings": holdings_are_as_last_changed,
    "indexes": indexes_match_holdings,
    "keyring": keys_are_under_what_the_keyring_has,
    "backups": keys_of_backups_go_in_time,
    "canaries": planted_values_are_nowhere,
}
