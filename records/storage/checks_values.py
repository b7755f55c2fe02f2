"""Whether each holding's key unwraps for its owner, every value opens, and all are of the last change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from access import keystore
from access.keystore import DataKey
from access.machine_reads import Sweep
from custodian.crypto.errors import OpenFailed
from records import vault
from records.storage import reading
from records.storage.faults import Fault
from records.storage.reading import Held

Keys = Mapping[UUID, DataKey]


def unlock(rows: Sequence[Held]) -> tuple[Keys, set[UUID]]:
    """The keys that unwrap, and the holdings that have none at all."""
    keys = _unlock({row.holding: row.subject for row in rows})
    shut = {row.holding for row in rows} - keys.keys()
    return keys, shut - keystore.held(shut) if shut else shut


def _unlock(owners: Mapping[UUID, int]) -> dict[UUID, DataKey]:
    try:
        return keystore.unlock(owners)
    except OpenFailed:
        if len(owners) == 1:
            return {}
        # Somebody's key does not unwrap; halving finds out whose in few statements.
        both = list(owners.items())
        half = len(both) // 2
        return _unlock(dict(both[:half])) | _unlock(dict(both[half:]))


def missing_keys(rows: Sequence[Held], keyless: set[UUID]) -> Iterator[Fault]:
    """Restricted or not: a row without a key is a loss, unless it was destroyed on purpose."""
    gone = reading.destroyed(list(keyless))
    for row in rows:
        if row.holding in keyless - gone:
            yield fault("key-missing", row)


def wrong_keys(rows: Sequence[Held], keys: Keys, keyless: set[UUID]) -> Iterator[Fault]:
    for row in rows:
        if row.holding not in keys and row.holding not in keyless:
            yield fault("key", row)


def opened(row: Held, key: DataKey, sweep: Sweep) -> dict[str, str | None]:
    """Every value of the holding by place; None for one that does not open."""
    found = vault.examine(sweep, row.blobs, subject=row.subject, holding=row.holding, key=key)
    return dict(found)


def closed_value(row: Held, values: Mapping[str, str | None]) -> Fault | None:
    """The first value that does not open, if there is one."""
    closed = next((place for place, text in values.items() if text is None), None)
    return None if closed is None else fault("value", row, element=closed)


def wrong_state(row: Held, key: DataKey) -> Fault | None:
    """All values at once against the keyed mark of the last change: none is missing, added or old."""
    as_left = vault.whole(
        holding=row.holding, epoch=row.epoch, mac=row.mac, blobs=row.blobs, key=key
    )
    return None if as_left else fault("state", row)


def fault(code: str, row: Held, *, element: str = "") -> Fault:
    return Fault(
        code,
        thing=str(row.holding),
        holding=str(row.holding),
        element=element or row.kind,
        subject=row.subject,
    )
