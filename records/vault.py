"""The vault: the only code that seals and opens customers' values, and it opens nothing without a permit.

Each read is one statement per kind of holding, scoped by row-level security at the moment of opening, so
a permit that was given before a customer was reassigned opens nothing after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from prometheus_client import Counter

from access import keystore, prepared
from access.actions import HANDS_OVER
from access.gate import Permit
from access.machine_reads import Sweep
from custodian import elements
from custodian.crypto import envelope, parts
from custodian.crypto.envelope import DataKey
from custodian.crypto.errors import KeyringSealed, OpenFailed
from custodian.elements import Masked
from custodian.errors import CustodianError
from custodian.keys import Sealed
from records import damage
from records.tables import table_of

KEY = "key"  # what a finding names when a holding's key itself does not unwrap
OPENED = Counter("custodian_values_opened", "Sealed values that were opened")


class NotCovered(CustodianError):
    """The permit does not cover what is asked of it."""

    code = "not-covered"
    status = 403


class Damaged(CustodianError):
    """A sealed value is not what it was left as: it was altered, moved or put back."""

    code = "damaged"
    status = 500
    message = gettext_lazy(
        "这份资料没有通过完整性检查，所以没有显示。已记为紧急发现，由合规官核查。"
    )


@dataclass(frozen=True, repr=False)
class Plain:
    """A value in clear. It never prints itself, so that no traceback or log line can show it."""

    subject: int
    element: str
    holding: UUID
    slot: int
    text: str

    def __repr__(self) -> str:
        return f"<{self.element} of #{self.subject}, not shown>"


@dataclass(frozen=True)
class Broken:
    """In the place of a value that is damaged."""

    subject: int
    element: str
    holding: UUID
    slot: int


@dataclass(frozen=True)
class Listed:
    """A value as it may be listed."""

    subject: int
    element: str
    holding: UUID
    slot: int
    masked: Masked


# Where the values of each kind of holding lie: its table, and from where the holding's key is named.
# A slot tells rows under the same holding apart.
_TABLES = {
    "identity": ("records_identity t", "t.holding", "0"),
    "income": ("records_finances t", "t.holding", "0"),
    "account": (
        "records_account t JOIN records_finances f ON f.subject_id = t.subject_id",
        "f.holding",
        "t.slot::int",
    ),
    "policy": ("records_policy t", "t.holding", "0"),
    "claim": ("records_claim t", "t.holding", "0"),
    **{
        f"claim_{part}": (
            f"records_claim{part} t JOIN records_claim c ON c.id = t.claim_id",
            "c.holding",
            "t.slot::int",
        )
        for part in ("need", "decision", "payment")
    },
    "document": ("records_document t", "t.holding", "0"),
    "request": ("records_customerrequest t", "t.holding", "0"),
    "message": (
        "records_requestmessage t JOIN records_customerrequest r ON r.id = t.request_id",
        "r.holding",
        "t.slot::int",
    ),
    "correction": ("records_correction t", "t.holding", "0"),
}
_ONLY_CURRENT = {"account": " AND t.until IS NULL"}


# What stands beside the values in force: proposed under the key of a correction, former under keys of their
# own. It is given out only where its holding is named.
_BESIDE = """
SELECT 'correction', c.subject_id, c.holding, i.number::int, k.kek, k.wrapped,
       i.element || '/' || i.number, i.element, i.value_sealed,
       EXISTS (SELECT 1 FROM records_withheld w WHERE w.holding = c.holding)
FROM records_correctionitem i JOIN records_correction c ON c.id = i.correction_id
JOIN keys.data_key k ON k.holding = c.holding
WHERE c.subject_id = ANY (%(subjects)s) AND c.holding = ANY (%(holdings)s)
  AND i.element = ANY (%(elements)s) AND i.value_sealed IS NOT NULL
UNION ALL
SELECT 'former', f.subject_id, f.holding, f.slot::int, k.kek, k.wrapped,
       f.element, f.element, f.value_sealed,
       EXISTS (SELECT 1 FROM records_withheld w WHERE w.holding = f.holding)
FROM records_formervalue f JOIN keys.data_key k ON k.holding = f.holding
WHERE f.subject_id = ANY (%(subjects)s) AND f.holding = ANY (%(holdings)s)
  AND f.element = ANY (%(elements)s) AND f.value_sealed IS NOT NULL
ORDER BY 2, 1, 4
"""
_BESIDE_BY = {"subjects": "bigint[]", "holdings": "uuid[]", "elements": "text[]"}


def reveal(permit: Permit, *, beside: bool = False) -> list[Plain]:
    """The values that the permit covers, in clear. Raises `NotCovered` for a permit to see masks only.

    With `beside` also what is proposed or former, of those of its holdings that are such.
    """
    if permit.masked:
        raise NotCovered
    return [each for each in _open(permit, beside=beside) if isinstance(each, Plain)]


def listed(permit: Permit, *, beside: bool = False, marking: bool = False) -> list[Listed]:
    """The same values as masks, which the catalogue gives; nothing of them is stored.

    With `marking`, for pages that people read, a damaged value is marked and the others stand beside it:
    one bad row does not take a whole list away. Without it everything is refused.
    """
    return [
        Listed(each.subject, each.element, each.holding, each.slot, _mask(each))
        for each in _open(permit, beside=beside, marking=marking)
    ]


def _mask(found: Plain | Broken) -> Masked:
    if isinstance(found, Broken):
        return Masked((elements.shown(str(_("未通过完整性检查"))),))
    return elements.get(found.element).mask(found.text)


def _open(permit: Permit, *, beside: bool, marking: bool = False) -> Iterator[Plain | Broken]:
    permit.spend()
    wanted: dict[str, list[str]] = {}
    for code in sorted(permit.elements):
        if not (elements.get(code).never_shown and permit.masked):
            wanted.setdefault(table_of(code), []).append(code)
    whole = permit.masked or permit.action in HANDS_OVER
    kept = set() if whole else _stored_only(permit)
    keys: dict[UUID, DataKey] = {}
    for row in _rows(wanted, permit) if wanted else ():
        if row[2] in kept:
            continue
        found = _values(row, wanted[row[0]], keys, entry=permit.entry)
        yield from _marked(row, wanted[row[0]], found) if marking else found
    if beside and permit.holdings:
        yield from _open_beside(permit, kept)


def _marked(row: Any, codes: Sequence[str], found: Iterator[Plain]) -> Iterator[Plain | Broken]:
    """Of a row in which something is damaged nothing is given out, and each of its values is marked."""
    _table, subject, holding, slot, _kek, _wrapped, blobs, _withheld = row
    try:
        yield from list(found)
    except Damaged:
        for code, blob in zip(codes, blobs, strict=True):
            if blob is not None:
                yield Broken(subject, code, holding, slot)


def _open_beside(permit: Permit, kept: set[UUID]) -> Iterator[Plain]:
    values = {
        "subjects": list(permit.subjects),
        "holdings": [str(each) for each in permit.holdings],
        "elements": sorted(permit.elements),
    }
    keys: dict[UUID, DataKey] = {}
    for *row, place, code, blob, withheld in prepared.fetch(_BESIDE, _BESIDE_BY, values):
        if row[2] not in kept:
            # The place is bound into the ciphertext: whoever renames an item opens nothing.
            named = (*row, [blob], withheld)
            yield from _values(named, [code], keys, entry=permit.entry, place=place)


def _stored_only(permit: Permit) -> set[UUID]:
    """Holdings that are stored and not used: they are listed as masks and opened for nobody."""
    return {holding for each in permit.subjects.values() for _kind, holding in each.restricted}


def _rows(wanted: Mapping[str, Sequence[str]], permit: Permit) -> list[Any]:
    """Every kind of holding in one statement: a round trip costs more than what it brings."""
    narrow = bool(permit.holdings)
    parts = [_statement(table, codes, narrow=narrow) for table, codes in wanted.items()]
    types = {"subjects": "bigint[]", **({"holdings": "uuid[]"} if narrow else {})}
    values = {"subjects": list(permit.subjects), "holdings": [str(h) for h in permit.holdings]}
    return prepared.fetch(" UNION ALL ".join(parts) + " ORDER BY 2, 1, 4", types, values)


def _statement(table: str, codes: Sequence[str], *, narrow: bool) -> str:
    source, holding, slot = _TABLES[table]
    columns = ", ".join(f"t.{code.partition('.')[2]}_sealed" for code in codes)
    return (
        f"SELECT '{table}', t.subject_id, {holding}, {slot}, k.kek, k.wrapped, ARRAY[{columns}],"
        f" EXISTS (SELECT 1 FROM records_withheld w WHERE w.holding = {holding})"
        f" FROM {source} JOIN keys.data_key k ON k.holding = {holding}"
        f" WHERE t.subject_id = ANY (%(subjects)s){_ONLY_CURRENT.get(table, '')}"
        + (f" AND {holding} = ANY (%(holdings)s)" if narrow else "")
    )


def _values(
    row: Any, codes: Sequence[str], keys: dict[UUID, DataKey], *, entry: int, place: str = ""
) -> Iterator[Plain]:
    _table, subject, holding, slot, kek, wrapped, blobs, withheld = row
    if withheld:
        raise Damaged  # a finding about it is open already
    code = KEY
    try:
        # Income and accounts share a holding, and unwrapping costs as much as several values.
        key = keys.get(holding) or keystore.unwrap(
            holding, owner=subject, kek=kek, wrapped=bytes(wrapped)
        )
        keys[holding] = key
        for code, blob in zip(codes, blobs, strict=True):
            if blob is not None:
                at = place or _place(code, slot)
                yield Plain(subject, code, holding, slot, _opened(blob, key, holding, at))
    except OpenFailed:
        damage.report(holding=holding, element=place or _place(code, slot), entry=entry)
        raise Damaged from None
    except KeyringSealed as error:
        raise Sealed from error


def _opened(blob: memoryview, key: DataKey, holding: UUID, place: str) -> str:
    context = key.context(
        insurer=settings.CUSTODIAN_INSURER,
        holding=holding,
        element=place,
        version=envelope.value_version(blob),
    )
    plain = key.open(blob, context=context)
    OPENED.inc()
    return plain.decode()


def _place(code: str, slot: int) -> str:
    return f"{code}/{slot}" if slot else code


@dataclass(frozen=True)
class SealedValues:
    """One holding's values, sealed: blobs by place (`code` or `code/slot`), and the holding's new state."""

    holding: UUID
    epoch: int
    blobs: Mapping[str, bytes]
    mac: bytes
    state: bytes


def seal(
    values: Mapping[str, str],
    *,
    holding: UUID,
    key: DataKey,
    epoch: int = 0,
    before: Mapping[str, bytes] | None = None,
) -> SealedValues:
    """Seal values by place. With `before` (all blobs of the holding as stored) the rest stays as it is."""
    blobs = dict(before or {})
    for place, text in values.items():
        version = envelope.value_version(blobs[place]) + 1 if place in blobs else 1
        context = key.context(
            insurer=settings.CUSTODIAN_INSURER, holding=holding, element=place, version=version
        )
        blobs[place] = key.seal(text.encode(), context=context)
    epoch += 1
    state = envelope.state_hash(holding=holding, epoch=epoch, values=blobs)
    return SealedValues(holding, epoch, blobs, key.mac(state), state)


def whole(
    *, holding: UUID, epoch: int, mac: bytes, blobs: Mapping[str, bytes], key: DataKey
) -> bool:
    """Whether the holding's values are exactly those of its last change."""
    return envelope.holding_mac_matches(mac, key, holding=holding, epoch=epoch, values=blobs)


def state_of(*, holding: UUID, epoch: int, blobs: Mapping[str, bytes]) -> bytes:
    """The fingerprint of the holding as it lies there, to be compared with what the log says of it."""
    return envelope.state_hash(holding=holding, epoch=epoch, values=blobs)


def examine(
    sweep: Sweep, blobs: Mapping[str, bytes], *, subject: int, holding: UUID, key: DataKey
) -> Iterator[tuple[str, str | None]]:
    """Each place with its value for a check, None where it does not open; no person is shown any."""
    for place, blob in blobs.items():
        sweep.require(subject, place.partition("/")[0])
        try:
            yield place, _opened(memoryview(blob), key, holding, place)
        except OpenFailed:
            yield place, None


def examine_file(
    sweep: Sweep,
    chunks: Iterable[bytes],
    *,
    subject: int,
    holding: UUID,
    key: DataKey,
    element: str,
) -> Iterator[bytes]:
    """The file part by part for a check; raises `Damaged` without a finding, which the check raises."""
    sweep.require(subject, element)
    context = key.context(
        insurer=settings.CUSTODIAN_INSURER, holding=holding, element=element, version=1
    )
    try:
        yield from parts.open_parts(chunks, key=key, context=context)
    except OpenFailed:
        raise Damaged from None


def seal_file(
    chunks: Iterable[bytes], *, holding: UUID, key: DataKey, element: str
) -> Iterator[bytes]:
    """Seal a file in parts, in constant memory."""
    context = key.context(
        insurer=settings.CUSTODIAN_INSURER, holding=holding, element=element, version=1
    )
    return parts.seal_parts(chunks, key=key, context=context)


def open_file(
    chunks: Iterable[bytes], *, holding: UUID, key: DataKey, element: str
) -> Iterator[bytes]:
    """Open a sealed file in parts; raises `Damaged` at the first part that is not in its place."""
    context = key.context(
        insurer=settings.CUSTODIAN_INSURER, holding=holding, element=element, version=1
    )
    try:
        yield from parts.open_parts(chunks, key=key, context=context)
    except OpenFailed:
        damage.report(holding=holding, element=element)
        raise Damaged from None
