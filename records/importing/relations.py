"""Who represents whom: a second walk over customers, when every customer of the run is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from custodian import clock
from records import bulk
from records.identifiers.checked import Problem, warning
from records.importing.drafts import By, CustomerDraft, Outcome, Reference
from records.importing.known import Known
from records.importing.readers import Row
from records.importing.taking import Errand, Tally
from records.models import Representative

GUARDIAN_UNKNOWN = warning(
    "guardian-unknown", _("客户资料中没有这位监护人，未建立代表关系，请核对")
)
_RELATION: Final = 20


def take(errand: Errand, known: Known, rows: Sequence[tuple[Row, Outcome]]) -> Tally:
    """Link the wards among these rows to their guardians; links that stand already stay."""
    wards = [draft for _, outcome in rows for draft in _wards(outcome)]
    known.look_up_customers([_own(draft) for draft in wards] + [_other(draft) for draft in wards])
    tally = Tally()
    links: dict[tuple[int, int], str] = {}
    for draft in wards:
        ward, guardian = known.customer_of(_own(draft)), known.customer_of(_other(draft))
        if isinstance(ward, Problem):
            continue
        if isinstance(guardian, Problem):
            tally.warnings[GUARDIAN_UNKNOWN.code] += 1
        elif ward.subject != guardian.subject:
            links[ward.subject, guardian.subject] = (draft.relation_kind or "")[:_RELATION]
    _write(links)
    return tally


def _wards(outcome: Outcome) -> list[CustomerDraft]:
    if not isinstance(outcome, tuple):
        return []
    return [d for d in outcome if isinstance(d, CustomerDraft) and d.guardian_key]


def _own(draft: CustomerDraft) -> Reference:
    return Reference(By.KEY, draft.key)


def _other(draft: CustomerDraft) -> Reference:
    return Reference(By.KEY, draft.guardian_key or "")


def _write(links: dict[tuple[int, int], str]) -> None:
    kind = Representative.Kind.GUARDIAN
    standing = Representative.objects.filter(
        kind=kind, subject__in=[ward for ward, _ in links]
    ).values_list("subject_id", "representative_id")
    for pair in standing:
        links.pop(pair, None)
    now = clock.now()
    bulk.insert(
        "records_representative",
        {
            "subject_id": "bigint",
            "representative_id": "bigint",
            "kind": "text",
            "relation": "text",
            "since": "timestamptz",
        },
        [(*pair, kind, relation, now) for pair, relation in links.items()],
    )
