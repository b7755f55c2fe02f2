"""What came beside what the seller froze, customer by customer; amounts as keyed tags that tell nothing.

The seller's lines were counted from its tables at the freeze and not by what made the package.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, Final

from custodian import clock, elements
from transfers.models import Arrival, ArrivedRecord, Difference
from transfers.packages import one_time
from transfers.packages.manifest import ElementPart, Line, Manifest
from transfers.packages.record import ClaimPart, Record

MOST: Final = 500  # lines compared at a time
CLOSED: Final = frozenset({"paid", "rejected"})
NAMES: Final = (
    "policies",
    "in_force",
    "claims",
    "open_claims",
    "consents",
    "restrictions",
    "documents",
)
PREMIUM, SUM = "policy.premium", "policy.sum_insured"
What = Difference.What


class Comparison:
    """Of one package; what it finds becomes rows as soon as it is found."""

    def __init__(self, arrival: Arrival) -> None:
        self._arrival = arrival
        secret = one_time.release(arrival.holding, arrival.secret_sealed)
        self._key = hmac.digest(secret, b"custodian book amounts 1", sha256)
        self._lines: list[Line] = []

    def counts_of(self, record: Record) -> dict[str, Any]:
        """What is kept of a record: how many of each kind, whom it names, and a tag for each amount."""
        return {
            **numbers_of(record),
            "who": sorted({role.who for policy in record.policies for role in policy.roles}),
            "amounts": {
                policy.ref: [
                    self._tag(policy.values.get(PREMIUM)),
                    self._tag(policy.values.get(SUM)),
                ]
                for policy in record.policies
            },
        }

    def take(self, line: Line) -> None:
        self._lines.append(line)
        if len(self._lines) >= MOST:
            self._compare()

    def finish(self, manifest: Manifest) -> None:
        """The last lines, and what concerns the package as a whole."""
        self._compare()
        unlisted = self._arrival.records.filter(listed=False).values_list("ref", flat=True)
        self._note(Difference(what=What.UNLISTED, ref=ref) for ref in unlisted.iterator())
        self._note(_lowered(manifest.catalogue))
        self._note(self._nobodies())
        # Who stays after all does not count any more, and neither does what was wrong with her.
        left = ArrivedRecord.objects.filter(transfer=self._arrival.transfer, ref__in=manifest.left)
        left.update(current=False)
        _settle(self._arrival, manifest.left)

    def _compare(self) -> None:
        lines, self._lines = {line.ref: line for line in self._lines}, []
        rows = self._arrival.records.filter(ref__in=lines)
        came = {row.ref: row for row in rows}
        rows.update(listed=True)
        self._note(
            Difference(what=What.LOST, ref=ref, sent=1, got=0) for ref in lines if ref not in came
        )
        self._note(each for ref, row in came.items() for each in self._differing(lines[ref], row))

    def _differing(self, line: Line, row: ArrivedRecord) -> Iterable[Difference]:
        for name in NAMES:
            sent, got = line.counts.get(name, 0), row.counts.get(name, 0)
            if sent != got:
                yield Difference(what=What.COUNT, ref=row.ref, part=name, sent=sent, got=got)
        amounts = row.counts["amounts"]
        for place, said in ((0, line.premiums), (1, line.sums)):
            for policy, text in said.items():
                if policy in amounts and amounts[policy][place] != self._tag(text):
                    part = f"{policy} {(PREMIUM, SUM)[place]}"
                    yield Difference(what=What.AMOUNT, ref=row.ref, part=part)

    def _tag(self, text: str | None) -> str:
        if not text:
            return ""
        return hmac.new(self._key, text.encode(), sha256).hexdigest()[:16]

    def _nobodies(self) -> Iterable[Difference]:
        """Records that name somebody who is in no package of this transfer."""
        rows = self._arrival.records.filter(current=True).exclude(counts__who=[])
        waiting: list[tuple[str, set[str]]] = []
        for ref, who in rows.values_list("ref", "counts__who").iterator(chunk_size=MOST):
            waiting.append((ref, set(who) - {ref}))
            if len(waiting) == MOST:
                yield from self._unknown(waiting)
                waiting = []
        yield from self._unknown(waiting)

    def _unknown(self, named: Sequence[tuple[str, set[str]]]) -> Iterable[Difference]:
        everybody = {each for _ref, who in named for each in who}
        rows = ArrivedRecord.objects.filter(
            transfer=self._arrival.transfer, ref__in=everybody, current=True
        )
        known = set(rows.values_list("ref", flat=True))
        for ref, who in named:
            for each in sorted(who - known):
                yield Difference(what=What.NOBODY, ref=ref, part=each)

    def _note(self, found: Iterable[Difference]) -> None:
        rows = list(found)
        for row in rows:
            row.arrival = self._arrival
        Difference.objects.bulk_create(rows, batch_size=MOST)


def _settle(arrival: Arrival, left: Iterable[str]) -> None:
    """A later package that brings a customer again, or takes her out, answers for what was wrong before."""
    current = ArrivedRecord.objects.filter(arrival=arrival, current=True).values("ref")
    earlier = Difference.objects.filter(
        arrival__transfer=arrival.transfer, arrival__number__lt=arrival.number, settled_at=None
    )
    earlier.filter(ref__in=current).update(settled_at=clock.now())
    earlier.filter(ref__in=list(left)).update(settled_at=clock.now())


def numbers_of(record: Record) -> dict[str, int]:
    return {
        "policies": len(record.policies),
        "in_force": sum(each.status == "in_force" for each in record.policies),
        "claims": len(record.claims),
        "open_claims": sum(map(_is_open, record.claims)),
        "consents": len(record.consents),
        "restrictions": len(record.restrictions),
        "documents": len(record.files),
        "looks": record.looked,
    }


def _is_open(claim: ClaimPart) -> bool:
    return claim.status not in CLOSED


def _lowered(catalogue: Iterable[ElementPart]) -> Iterable[Difference]:
    """Elements that would be protected less here than there, or that nobody has heard of here."""
    for each in catalogue:
        if not elements.known(each.code):
            yield Difference(what=What.UNKNOWN, part=each.code)
            continue
        own = elements.get(each.code)
        if own.level < each.level or (each.sensitive and not own.sensitive):
            yield Difference(what=What.LEVEL, part=each.code, sent=each.level, got=own.level)
