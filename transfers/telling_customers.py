"""What a customer and her page say of partners: who holds what of her, and what it knows of a correction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse

from access import actors, scopes
from access.vocabulary import Purpose
from records.ports import Holder, Told
from transfers.agreements.terms import Terms
from transfers.models import Agreement, Counterparty, SharedCopy, Telling
from transfers.shares.jobs import SYSTEM


class Partners:
    """The port through which records asks; whoever asks has seen to it that she may be told of."""

    def holders(self, subject: int) -> Sequence[Holder]:
        with scopes.acting(actors.system(SYSTEM)):
            rows = SharedCopy.objects.filter(subject=subject).select_related(
                "counterparty", "share__agreement"
            )
            found: dict[int, list[SharedCopy]] = {}
            for each in rows.order_by("-given_at"):
                found.setdefault(each.share.agreement_id, []).append(each)
            return [_holder(copies) for copies in found.values()]

    def told(self, correction: str, subject: int) -> Sequence[Told]:
        with scopes.acting(actors.system(SYSTEM)):
            rows = Telling.objects.filter(correction=correction, subject=subject)
            found: dict[int, list[Telling]] = {}
            for each in rows.select_related("counterparty").order_by("counterparty__name", "pk"):
                found.setdefault(each.counterparty_id, []).append(each)
            return [_told(tellings) for tellings in found.values()]

    def called(self, numbers: Iterable[str]) -> dict[str, str]:
        codes = [each.removeprefix(actors.PARTNER) for each in numbers]
        rows = Counterparty.objects.filter(code__in=codes)
        return {f"{actors.PARTNER}{each.code}": str(each) for each in rows}


def _holder(copies: Sequence[SharedCopy]) -> Holder:
    agreement, party = copies[0].share.agreement, copies[0].counterparty
    terms = Terms.read(agreement.terms or {})
    codes = dict.fromkeys(code for each in reversed(copies) for code in each.elements)
    return Holder(
        name=str(party),
        contact=party.contact,
        part=Agreement.Part(agreement.part).label,
        purpose=dict(Purpose.choices).get(terms.purpose, terms.purpose),
        why=terms.why,
        method=terms.method,
        elements=tuple(codes),
        first_at=copies[-1].given_at,
        last_at=copies[0].given_at,
        url=reverse("admin:partner", args=[party.ref]),
        over=agreement.proven_at is not None,
    )


def _told(tellings: Sequence[Telling]) -> Told:
    """Of several values the slowest counts."""
    return Told(
        name=str(tellings[0].counterparty),
        elements=tuple(dict.fromkeys(each.element for each in tellings)),
        due_at=min(each.due_at for each in tellings),
        sent_at=_last([each.sent_at for each in tellings]),
        confirmed_at=_last([each.confirmed_at for each in tellings]),
    )


def _last(moments: Sequence[Any]) -> Any:
    return None if None in moments else max(moments)
