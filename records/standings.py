"""Which holdings of a customer are stored and not used, or gone for ever; the others are in use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from access import prepared
from access.models import Subject

ACTIVE = Subject.Status.ACTIVE.value
RESTRICTED = Subject.Status.RESTRICTED.value
DESTROYED = Subject.Status.DESTROYED.value


@dataclass(frozen=True)
class Standing:
    """One holding that is not simply in use. `since` when; `batch`: which destruction, if it was one."""

    kind: str
    status: str  # RESTRICTED or DESTROYED
    since: datetime
    until: date | None = None  # the last day of its period, as last reckoned
    rule: str = ""
    batch: str = ""
    because: str = ""  # of a restriction

    @property
    def restricted(self) -> bool:
        return self.status == RESTRICTED

    @property
    def destroyed(self) -> bool:
        return self.status == DESTROYED


# One statement for the page of a customer. A stone comes last and outweighs everything else.
_ASK: Final = """
SELECT r.holding, r.kind, 'restricted', r.since, k.keep_until, coalesce(k.rule, ''), '', r.because
FROM access_restriction r LEFT JOIN records_keeping k ON k.holding = r.holding
WHERE r.subject_id = %(subject)s
UNION ALL
SELECT t.gone, t.kind, 'destroyed', t.at, NULL, '', coalesce(b.code, ''), ''
FROM records_tombstone t LEFT JOIN records_destructionbatch b ON b.id = t.batch_id
WHERE t.subject_id = %(subject)s
ORDER BY 3 DESC, 4 DESC
"""


def of(subject: int) -> Mapping[UUID, Standing]:
    """By holding, within the scope of whoever acts."""
    rows = prepared.fetch(_ASK, {"subject": "bigint"}, {"subject": subject})
    return {holding: Standing(*said) for holding, *said in rows}
