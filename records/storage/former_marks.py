"""Fingerprints of values that were corrected since, made anew from what is kept of them.

A pair such as name and birth date is made of both as they stood together, so each customer's corrections
are undone one after the other, the last one first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from access.machine_reads import Sweep
from records import blind_indexes
from records.blind_indexes import Fingerprint
from records.models import Correction, CorrectionItem, FormerValue
from records.storage import checks_values, reading

_KINDS: Final = ("identity", "financial")
# Subject and number of the account, or 0: each account is fingerprinted by itself.
_Place = tuple[int, int]
Values = dict[str, str]


@dataclass(frozen=True, repr=False)
class Mark:
    """One fingerprint that ended with a correction; it hangs on the former value, and goes with it."""

    made: Fingerprint
    subject: int
    holding: UUID
    until: datetime


@dataclass(frozen=True, repr=False)
class Undone:
    """What stood there before a correction and after it, and what is kept of what stood there before."""

    subject: int
    before: Values
    after: Values
    kept: Mapping[str, FormerValue]

    def marks(self, version: int) -> list[Mark]:
        """In the same order for each version."""
        still = set(blind_indexes.of_values(self.after, version=version))
        found = []
        for made in blind_indexes.of_values(self.before, version=version):
            former = next((self.kept[c] for c in made.element.split("+") if c in self.kept), None)
            if made not in still and former is not None:
                found.append(Mark(made, self.subject, former.holding, former.until))
        return found


def having(subjects: Sequence[int]) -> list[int]:
    """Those of them of whom former values are kept."""
    rows = FormerValue.objects.filter(subject__in=subjects)
    return sorted(set(rows.values_list("subject_id", flat=True)))


def undone(subjects: Sequence[int], sweep: Sweep) -> Iterator[Undone]:
    """Each correction of these customers of which something is kept, the last one first."""
    wanted = having(subjects)
    if not wanted:
        return
    standing = _standing(wanted, sweep)
    former, texts = _former(wanted, sweep)
    done = Correction.objects.filter(subject__in=wanted, status=Correction.Status.APPLIED)
    for correction in done.order_by("-decided_at", "-pk"):
        items = CorrectionItem.objects.filter(correction=correction)
        by_slot: dict[int, list[str]] = defaultdict(list)
        for element, slot in items.values_list("element", "slot"):
            by_slot[slot].append(element)
        for slot, codes in by_slot.items():
            after = standing[correction.subject_id, slot]
            kept = {code: former[correction.pk, code] for code in codes
                    if (correction.pk, code) in former}  # fmt: skip
            before = {code: text for code, text in after.items() if code not in codes}
            before |= {code: texts[each.pk] for code, each in kept.items() if each.pk in texts}
            standing[correction.subject_id, slot] = before
            yield Undone(correction.subject_id, before, after, kept)


def _standing(subjects: Sequence[int], sweep: Sweep) -> dict[_Place, Values]:
    """What stands there now, of all elements that leave fingerprints."""
    found: dict[_Place, Values] = defaultdict(dict)
    for kind in _KINDS:
        for row, values in _opened(kind, subjects, sweep):
            for place, text in values.items():
                code, _, slot = place.partition("/")
                if place not in row.past:
                    found[row.subject, int(slot or 0)][code] = text
    return found


def _former(
    subjects: Sequence[int], sweep: Sweep
) -> tuple[dict[tuple[int, str], FormerValue], dict[int, str]]:
    """What is kept, by correction and element, and what it says as long as its own key is there."""
    rows = FormerValue.objects.filter(subject__in=subjects).exclude(correction=None)
    by_correction = {(each.correction_id or 0, each.element): each for each in rows}
    texts = {
        row.pk: text
        for row, values in _opened("former", subjects, sweep)
        for text in values.values()
    }
    return by_correction, texts


def _opened(
    kind: str, subjects: Sequence[int], sweep: Sweep
) -> Iterator[tuple[reading.Held, Values]]:
    rows = reading.of_subjects(kind, subjects)
    keys, _keyless = checks_values.unlock(rows)
    for row in rows:
        row.blobs = {
            at: blob for at, blob in row.blobs.items() if at.partition("/")[0] in sweep.elements
        }
        if row.holding in keys:
            values = checks_values.opened(row, keys[row.holding], sweep)
            yield row, {at: text for at, text in values.items() if text is not None}
