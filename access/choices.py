"""What customers agreed to, held against a look: pure, so that every case of it can be tried.

A register of purposes may have versions. A no shuts whatever any of them asked for since it was said; a yes
opens only what each of them asked for. So what is changed takes no word away from her, and puts none in her
mouth (PIPL art. 14).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from access.vocabulary import OPTIONAL
from custodian.regimes.purposes import Place, ProcessingPurpose

MISSING: Final = "consent-missing"
WITHDRAWN: Final = "consent-withdrawn"
NOT_AGREED: Final = frozenset({MISSING, WITHDRAWN})


@dataclass(frozen=True)
class Chosen:
    """One choice that stands: for a purpose as a whole, or for one element under it."""

    purpose: str
    element: str
    agreed: bool

    def is_about(self, purpose: str, elements: Collection[str]) -> bool:
        return self.purpose == purpose and (not self.element or self.element in elements)


@dataclass(frozen=True)
class Kept:
    """A choice as it was written, with the word that it follows from: which purpose, of which day."""

    chosen: Chosen
    consent: str = ""
    on: date | None = None


@dataclass(frozen=True)
class Held:
    """One version of a processing purpose; without a day it is the file's, which holds until another does."""

    since: date | None
    purpose: ProcessingPurpose


def read(text: str) -> Kept:
    """As the statement that finds subjects says it."""
    purpose, element, agreed, consent, on = text.split(" ")
    chosen = Chosen(purpose, element, agreed == "true")
    return Kept(chosen, consent, date.fromisoformat(on) if on else None)


def heard(
    kept: Iterable[Kept], versions: Mapping[str, Sequence[Held]], *, today: date
) -> frozenset[Chosen]:
    """What the choices come to today; `versions` are of purposes that were changed, oldest first."""
    found: set[Chosen] = set()
    words: dict[tuple[str, date | None, bool], set[Place]] = defaultdict(set)
    for each in kept:
        place = each.chosen.purpose, each.chosen.element
        if each.consent in versions:
            words[each.consent, each.on, each.chosen.agreed].add(place)
        else:
            found.add(each.chosen)
    for (consent, on, agreed), written in words.items():
        since = concerned(versions[consent], on, today=today)
        places = _of_yes(written, since) if agreed else written | shut(since)
        found |= {Chosen(*place, agreed=agreed) for place in places}
    return frozenset(found)


def _of_yes(written: Collection[Place], since: Sequence[Held]) -> Collection[Place]:
    return opened(since) if len(since) > 1 else written


def concerned(versions: Sequence[Held], on: date | None, *, today: date) -> list[Held]:
    """The version of the day on which a word was said, and those that came to hold since."""
    begun = [each for each in versions if each.since is None or each.since <= today]
    said = on or date.min
    later = [each for each in begun if each.since is not None and each.since > said]
    return [*begun[: len(begun) - len(later)][-1:], *later]


def shut(versions: Sequence[Held]) -> frozenset[Place]:
    """What a no shuts that was said under the first of these."""
    asked = (each.purpose.shuts for each in versions if each.purpose.asks)
    return frozenset[Place]().union(*asked)


def opened(versions: Sequence[Held]) -> frozenset[Place]:
    """What a yes that was said under the first of these still covers under the last."""
    first, *later = (each.purpose for each in versions)
    covered = first.named if first.asks else frozenset[Place]()
    for each in later:
        covered = _both(covered, each.named) if each.asks and not each.anew else frozenset()
    return covered


def _both(one: Collection[Place], other: Collection[Place]) -> frozenset[Place]:
    """What lies in both; an element lies in its purpose as a whole."""
    return frozenset(
        [place for place in one if place in other or (place[0], "") in other]
        + [place for place in other if (place[0], "") in one]
    )


def against(
    purpose: str, elements: Collection[str], customers: Iterable[Collection[Chosen]]
) -> str:
    """The reason why these elements of these customers stay shut for the purpose; empty if none does.

    What only consent allows needs hers; whatever rests on something else goes on until she says no.
    """
    reasons = {_against(purpose, elements, each) for each in customers}
    return next((each for each in (WITHDRAWN, MISSING) if each in reasons), "")


def _against(purpose: str, elements: Collection[str], chosen: Collection[Chosen]) -> str:
    if any(not each.agreed and each.is_about(purpose, elements) for each in chosen):
        return WITHDRAWN
    return MISSING if purpose in OPTIONAL and not _agreed(purpose, elements, chosen) else ""


def _agreed(purpose: str, elements: Collection[str], chosen: Collection[Chosen]) -> bool:
    """Whether a yes opens the purpose, and under it each of the elements."""
    under = {each.element for each in chosen if each.agreed and each.purpose == purpose}
    return "" in under or (bool(under) and under.issuperset(elements))
