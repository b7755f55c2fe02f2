"""Why a customer stays for a reason of her own, whoever she is joined to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.conf import settings
from django.db import connection

from custodian import clock
from records import legal_holds
from records.models import Correction, CustomerRequest
from transfers import routes
from transfers.choosing import rules, statements
from transfers.models import LetterBatch, Reason, Selection, Stage, Transfer

_RANK: Final = {each: place for place, each in enumerate(Reason.values)}
_OPEN: Final = {
    "open_requests": ["received", "accepted", "working"],
    "open_corrections": [each.value for each in Correction.UNDER_WAY],
}
assert set(_OPEN["open_requests"]).isdisjoint(CustomerRequest.ENDED)  # noqa: S101  two lists, one truth


def terms_of(selection: Selection) -> dict[str, Any]:
    """What all statements of a selection take."""
    return {
        "transfer": selection.transfer_id,
        "book": selection.transfer.book_id,
        "own": settings.CUSTODIAN_INSURER,
        **rules.terms(rules.read(selection.rule)),
        **_OPEN,
        **_asked(selection.transfer),
    }


def _asked(transfer: Transfer) -> dict[str, Any]:
    """Whose silence is no consent, and whether it is time to read it of those who have no letter."""
    today = clock.local().date()
    approved = LetterBatch.Stage.APPROVED
    letters = LetterBatch.objects.filter(transfer=transfer, stage=approved)
    return {
        "asked": list(routes.stage_of(transfer, Stage.NOTICE).consent),
        "over": letters.filter(reply_by__lt=today).exists(),
        "today": today,
    }


def own(terms: Mapping[str, Any], subjects: Sequence[int]) -> dict[int, str]:
    """By customer the first reason that applies; who may move is not in the answer."""
    if not subjects:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statements.REASONS, {**terms, "subjects": list(subjects)})
        found = {subject: reason for subject, reason in cursor.fetchall() if reason}
    for held in legal_holds.on_subjects(subjects):
        found[held] = _first(found.get(held), Reason.HOLD.value)
    return found


def _first(one: str | None, other: str) -> str:
    return min((each for each in (one, other) if each), key=_RANK.__getitem__)
