"""What a package says that it holds, sealed at its end: the seller's counts and sums, root, and dictionary.

The lines come from what the seller froze and not from what its builder wrote, so that a record which the
builder lost is missing from the comparison and not from both sides of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, TypeVar, cast

from custodian.tlog.verify import canonical
from transfers.packages import shapes, strict_json
from transfers.packages.errors import PackageRefused

Shape = TypeVar("Shape")


@dataclass(kw_only=True)
class ElementPart:
    """One element of the seller's catalogue; `level` is from 1 to 5."""

    code: str
    cls: str
    level: int
    sensitive: bool
    mask: str
    purposes: list[str]
    basis: str
    zh: str
    en: str


@dataclass(kw_only=True)
class Line:
    """One customer as she was frozen: counts by name, and each policy's sums as text."""

    ref: str
    counts: dict[str, int]
    premiums: dict[str, str] = field(repr=False)  # by reference of the policy
    sums: dict[str, str] = field(repr=False)

    def dump(self) -> bytes:
        return canonical(shapes.dump(self)).encode()

    @classmethod
    def read(cls, raw: bytes) -> Line:
        return _read(cls, raw)


@dataclass(kw_only=True)
class Manifest:
    records: int
    root: str  # over the leaves of the records, hexadecimal
    totals: dict[str, str]  # of the whole transfer as frozen: counts and sums as text, by name
    stayed: dict[str, int]  # customers who are not in it, by reason
    left: list[str]  # of a later package: who stays with the seller after all
    notice: str  # the seller's rules of processing that its customers were last told of
    catalogue: list[ElementPart]
    lines_sha256: str  # of the inventory, which lies in the frames before the manifest
    lines: int

    def said(self) -> dict[str, Any]:
        return cast("dict[str, Any]", shapes.dump(self))

    def dump(self) -> bytes:
        return canonical(self.said()).encode()

    @property
    def digest(self) -> str:
        return sha256(self.dump()).hexdigest()

    @classmethod
    def read(cls, raw: bytes) -> Manifest:
        return _read(cls, raw)


def _read(shape: type[Shape], raw: bytes) -> Shape:
    said = strict_json.read(raw, otherwise="manifest")
    try:
        return shapes.build(shape, said)
    except shapes.Misshapen:
        raise PackageRefused("manifest") from None
