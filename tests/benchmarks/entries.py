"""A long log in a moment: entries as the product writes them, put into the table by COPY, as superuser."""

from __future__ import annotations

import hashlib
import hmac
import io
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg2 import extensions

from access.querylog.leaf import MARK_DOMAIN, MARK_LENGTH
from access.querylog.tail import tail_key
from access.sequencer.drain import PARTITION
from custodian.tlog.verify import leaf_hash, subject_tag

SESSIONS = 8
CHUNK = 20_000
PURPOSES = ("follow_up", "policy_service", "claim", "underwriting", "complaint")
FIELDS = (
    '"identity.mobile"',
    '"identity.id_number"',
    '"identity.name","identity.mobile"',
    '"financial.account"',
)
ACTS = (*["view"] * 5, *["reveal"] * 3, "search", "denied")


def fill(
    cursor: extensions.cursor,
    count: int,
    *,
    operators: int | Sequence[tuple[UUID, str, str]] = 400,
    customers: int | Sequence[tuple[UUID, bytes]] = 2_000,
    days: int = 300,
    seed: int = 7,
) -> None:
    """Append `count` entries at the end of an idle log; the sequencer finds them like any others.

    `operators` are references, staff numbers and units of real ones, `customers` their uids and log keys;
    or how many invented ones there are.
    """
    chance = random.Random(seed)
    if isinstance(operators, int):
        operators = [
            (UUID(int=chance.getrandbits(128), version=4), f"A{each:04d}", f"XZ{each % 20:02d}")
            for each in range(operators)
        ]
    if isinstance(customers, int):
        customers = [(customer(number), log_key(number)) for number in range(customers)]
    cursor.execute("SELECT coalesce(max(id) + 1, 0) FROM querylog.entry")
    (first,) = cursor.fetchone()
    cursor.execute("SELECT setval('querylog.entry_id', %s, false)", [first + count])
    cursor.execute("SELECT querylog.extend(%s)", [PARTITION])
    for start in range(first // PARTITION * PARTITION, first + count, PARTITION):
        cursor.execute("SELECT to_regclass(%s)", [f"querylog.entry_{start}"])
        if cursor.fetchone() == (None,):
            cursor.execute("SELECT querylog.add_partition(%s, %s)", [start, start + PARTITION])
    maker = _leaves(count, operators, customers, days, chance)
    number = first
    while True:
        entries, access = io.StringIO(), io.StringIO()
        taken = 0
        for leaf, tags, moment, subject in maker:
            escaped = leaf.replace("\\", "\\\\")
            entries.write(f"{number}\t{moment}\t{escaped}\t\\\\x{tags.hex()}\n")
            if subject:
                access.write(f"{subject}\t{number}\n")
            number, taken = number + 1, taken + 1
            if taken == CHUNK:
                break
        if not taken:
            break
        entries.seek(0)
        access.seek(0)
        cursor.copy_expert("COPY querylog.entry (id, ts, leaf, tags) FROM STDIN", entries)
        cursor.copy_expert("COPY querylog.subject_access FROM STDIN", access)


def customer(number: int) -> UUID:
    return UUID(int=0x5AFE_0000_0000_4000_8000_0000_0000_0000 + number)


def log_key(number: int) -> bytes:
    return hashlib.sha256(f"customer {number}".encode()).digest()


def _leaves(
    count: int,
    operators: Sequence[tuple[UUID, str, str]],
    customers: Sequence[tuple[UUID, bytes]],
    days: int,
    chance: random.Random,
) -> Iterator[tuple[str, bytes, str, UUID | None]]:
    key_of_marks = tail_key()
    end = datetime.now(UTC)
    step = timedelta(days=days) / count
    moment = end - step * count
    chains = [[f"{chance.getrandbits(32):08x}", 0, "0" * 16] for _ in range(SESSIONS)]
    for _ in range(count):
        (who, number, unit), (whom, key) = chance.choice(operators), chance.choice(customers)
        act, chain = chance.choice(ACTS), chance.choice(chains)
        uid = f"{chance.getrandbits(64):016x}"
        shown = act != "denied"
        tags = subject_tag(key, uid) if shown else b""
        name, place, link = chain
        at = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        before = (
            f'{{"act":"{act}","actor":"{who}","ch":"desk","ctx":null,'
            f'"fields":[{chance.choice(FIELDS)}],"n":{int(shown)},"no":"{number}",'
            f'"out":"{"ok" if shown else "denied"}","purp":"{chance.choice(PURPOSES)}","q":null,'
            f'"rule":["R-010",1],"subj":"{hashlib.sha256(tags).hexdigest()}","ts":"{at}",'
            f'"uid":"{uid}","unit":"{unit}","v":1,"w":"{name}",'
            f'"what":"records:customer:{act}","why":["rule","nearness-own"],'
        )
        after = f'"wp":"{link}","ws":{place}}}'
        mark = hmac.digest(key_of_marks, MARK_DOMAIN + f"{before}{after}".encode(), "sha256")
        leaf = f'{before}"wm":"{mark[:MARK_LENGTH].hex()}",{after}'
        chain[1], chain[2] = place + 1, leaf_hash(leaf.encode())[:8].hex()
        yield leaf, tags, moment.isoformat(), whom if shown else None
        moment += step
