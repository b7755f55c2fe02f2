"""One customer as she travels: everything that is hers, in the catalogue's words. `docs/package-format.md`.

Days and times are ISO text, amounts are text as the catalogue normalises them. `salt` is random: without it
whoever holds a proof of one record could try out what his neighbour in the tree looks like.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Final

from custodian.tlog.verify import canonical
from transfers.packages import shapes, strict_json
from transfers.packages.errors import PackageRefused

VERSION: Final = 1
Values = dict[str, str]  # by element code, normalised


@dataclass(kw_only=True)
class BrokerPart:
    code: str
    name: str
    kind: str


@dataclass(kw_only=True)
class ProductPart:
    code: str
    name: str
    name_en: str
    kind: str
    filed: bool
    filing_no: str
    over_a_year: bool


@dataclass(kw_only=True)
class RolePart:
    """Who else is what in a policy; `who` is a customer by reference."""

    who: str
    role: str
    relation: str


@dataclass(kw_only=True)
class PolicyPart:
    ref: str
    product: ProductPart
    broker: BrokerPart | None
    status: str
    starts_on: str | None
    ends_on: str | None
    pay_frequency: str
    next_due_on: str | None
    values: Values = field(repr=False)
    roles: list[RolePart]


@dataclass(kw_only=True)
class StepPart:
    """A step of a claim's way as it was taken, with its time or its day."""

    code: str
    at: str | None
    day: str | None


@dataclass(kw_only=True)
class NeedPart:
    """A paper that was asked for; the words to it stay with the seller."""

    slot: int
    kind: str
    asked_at: str
    received_at: str | None
    waived_at: str | None


@dataclass(kw_only=True)
class ClaimPart:
    """Her claim on a policy, which may be somebody else's."""

    ref: str
    policy: str
    kind: str
    status: str
    reported_on: str | None
    decided_on: str | None
    occurred_on: str | None
    values: Values = field(repr=False)
    steps: list[StepPart]
    needs: list[NeedPart]


@dataclass(kw_only=True)
class ConsentPart:
    purpose: str
    said: str
    by: str
    at: str
    notice: str


@dataclass(kw_only=True)
class RestrictionPart:
    """What is stored and not used: a whole kind, or one policy, claim or file by its reference."""

    kind: str
    ref: str
    because: str
    since: str


@dataclass(kw_only=True)
class HoldPart:
    """A legal hold that covers her, by its code at the seller; what it is about stays there."""

    code: str
    ground: str
    review_on: str


@dataclass(kw_only=True)
class KeepingPart:
    """How long the seller had to keep something, as last reckoned."""

    kind: str
    ref: str
    state: str
    ended_on: str | None
    keep_until: str | None
    rule: str


@dataclass(kw_only=True)
class RepresentativePart:
    who: str
    kind: str
    relation: str
    since: str


@dataclass(kw_only=True)
class FilePart:
    """A file whose pieces follow the record, in this order."""

    ref: str
    kind: str
    name: str = field(repr=False)
    media_type: str
    size: int
    claim: str  # the claim that it was filed with, or nothing
    paper: str  # as what it was filed there
    need: int | None  # and in answer to what
    added_at: str


@dataclass(kw_only=True)
class Record:
    salt: str
    ref: str
    kind: str
    minor_until: str | None
    broker: BrokerPart | None
    unit: str
    values: Values = field(repr=False)
    accounts: list[Values] = field(repr=False)
    doubted: list[str]  # contacts and addresses that the seller trusts with no code
    policies: list[PolicyPart]
    claims: list[ClaimPart]
    consents: list[ConsentPart]
    objections: list[str]
    restrictions: list[RestrictionPart]
    holds: list[HoldPart]
    keepings: list[KeepingPart]
    representatives: list[RepresentativePart]
    files: list[FilePart]
    looks: FilePart | None
    looked: int  # entries in it
    version: int = VERSION

    def dump(self) -> bytes:
        return canonical(shapes.dump(self)).encode()

    @classmethod
    def read(cls, raw: bytes) -> Record:
        """Raises `PackageRefused` for what is no record of this version."""
        said = strict_json.read(raw, otherwise="record")
        if said.get("version") != VERSION:
            raise PackageRefused("record")
        try:
            return shapes.build(cls, said)
        except shapes.Misshapen:
            raise PackageRefused("record") from None

    @property
    def pieces(self) -> list[FilePart]:
        """The files behind the record, the list of looks last."""
        return [*self.files, *([self.looks] if self.looks else [])]


def fresh_salt() -> str:
    return os.urandom(16).hex()
