"""Letters on paper, a sheet at a time, for whom no message reaches; on record before they are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.errors import CustodianError
from custodian.pdf import compile_pdf
from records import vault
from records.models import Identity
from records.models.letters import Letter
from records.notices import delivering

ACTOR: Final = "letters"
MOST: Final = 40
NAME, ADDRESS = "identity.name", "identity.address"
State = Letter.State


class NothingToPrint(CustodianError):
    """No letter waits for paper."""

    code = "nothing-to-print"
    status = 409
    message = gettext_lazy("没有待打印的告知信")


@dataclass(frozen=True)
class Paper:
    """All letters of one matter, and how they are printed; `sides` has a page in each language."""

    rows: QuerySet[Any]
    action: Action
    facts: Mapping[str, Any]
    title: Any
    sides: Callable[[Any], Iterable[Mapping[str, Any]]]


def print_next(paper: Paper, *, actor: Actor) -> tuple[int, bytes]:
    """The next sheet's number, and its pages as PDF. Raises `NothingToPrint`, `Refused`."""
    with scopes.acting(actors.system(ACTOR)), transaction.atomic():
        rows = paper.rows.filter(state=State.TO_PRINT)
        held = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:MOST])
        if not held:
            raise NothingToPrint
        number = (paper.rows.aggregate(n=Max("sheet"))["n"] or 0) + 1
        paper.rows.filter(pk__in=[each.pk for each in held]).update(sheet=number)
    return number, print_again(paper, number, actor=actor)


def print_again(paper: Paper, number: int, *, actor: Actor) -> bytes:
    """The same sheet as PDF, whoever lost it; with the first time its letters count as sent."""
    rows = paper.rows.filter(sheet=number).order_by("pk")
    with scopes.acting(actors.system(ACTOR)):
        letters = list(rows)
        shut = _stored_only(paper, letters)
    letters = [each for each in letters if each.addressee_id not in shut]
    if not letters:
        raise NothingToPrint
    opened = _opened(paper, letters, number, actor=actor)
    with scopes.acting(actors.system(ACTOR)):
        pages = [_page(paper, each, opened) for each in letters if each.addressee_id in opened]
        body = compile_pdf("letters.typ", {"letters": pages, **_said(paper)}, at=clock.now())
        fresh = rows.filter(state=State.TO_PRINT)
        fresh.filter(addressee_id__in=opened).update(state=State.PRINTED, sent_at=clock.now())
        fresh.update(state=State.FAILED, note="no-address")
    return body


def _stored_only(paper: Paper, letters: Sequence[Any]) -> set[int]:
    """Whose data may not be used any more since the letter was made out: it stays unprinted, and listed."""
    shut = delivering.stored_only([each.addressee_id for each in letters])
    rows = paper.rows.filter(pk__in=[each.pk for each in letters], state=State.TO_PRINT)
    rows.filter(addressee_id__in=shut).update(state=State.FAILED, note=delivering.RESTRICTED)
    return shut


def _opened(
    paper: Paper, letters: Sequence[Any], number: int, *, actor: Actor
) -> dict[int, dict[str, str]]:
    """Names and addresses by addressee: an ordinary look, which each of them finds in her list."""
    addressees = sorted({each.addressee_id for each in letters})
    holdings = Identity.objects.filter(subject__in=addressees).values_list("holding", flat=True)
    permit = gate.permit(
        actor,
        paper.action,
        purpose=Purpose.COMPLIANCE.value,
        channel=Channel.ADMIN,
        subjects=addressees,
        elements=[NAME, ADDRESS],
        holdings=list(holdings),
        facts={**paper.facts, "sheet": number},
    )
    found: dict[int, dict[str, str]] = {}
    for plain in vault.reveal(permit):
        found.setdefault(plain.subject, {})[plain.element] = plain.text
    return {subject: each for subject, each in found.items() if {NAME, ADDRESS} <= each.keys()}


def _page(paper: Paper, letter: Any, opened: Mapping[int, Mapping[str, str]]) -> dict[str, Any]:
    to = opened[letter.addressee_id]
    return {
        "name": to[NAME],
        "address": to[ADDRESS],
        "ref": letter.number,
        "sides": list(paper.sides(letter)),
    }


def _said(paper: Paper) -> dict[str, str]:
    return {
        "insurer": " · ".join(settings.CUSTODIAN_INSURER_NAME.values()),
        "day": f"{clock.local():%Y-%m-%d}",
        "title": str(paper.title),
        "number": _("告知信编号"),
    }
