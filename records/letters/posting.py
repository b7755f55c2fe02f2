"""Letters go out page by page, noted as they went; what nobody takes is tried again, then goes on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, QuerySet
from django.utils.translation import override

from access.actions import Action
from access.actors import Actor
from custodian import clock
from records.models.letters import Letter
from records.notices import delivering
from records.notices.contents import TAGS
from records.notices.delivering import Way as Found
from records.sign_in.contacts import Address

PAGE: Final = 200
TURNS: Final = 3
Way, State = Letter.Way, Letter.State
BY_MESSAGE: Final = (Way.EMAIL, Way.MOBILE)
NOT_TAKEN: Final = "not-taken"
RETURNED: Final = "returned"


@dataclass(frozen=True)
class Matter:
    """What letters are about: for which record contacts are opened, and what each says to the reader."""

    action: Action
    facts: Mapping[str, Any]
    written: Callable[[Any], tuple[str, str]]  # subject and text of an e-mail
    short: Callable[[Any], str]


def begins(way: Found) -> str:
    """Where a letter begins that goes this way."""
    states = {Way.LETTER: State.TO_PRINT, Way.NONE: State.FAILED}
    return states.get(Way(way.way), State.WAITING).value


def waiting(rows: QuerySet[Any]) -> list[Any]:
    """The next page of those that a message is to be sent for."""
    return list(rows.filter(state=State.WAITING).order_by("turns", "pk")[:PAGE])


def send(matter: Matter, page: Sequence[Any], *, actor: Actor) -> None:
    """A kill loses the note of one, and the gateway knows its reference."""
    wanted = {each.addressee_id: each.way for each in page}
    opened = delivering.addresses(wanted, action=matter.action, facts=matter.facts, actor=actor)
    for each in page:
        address = opened.get(each.addressee_id)
        if address is not None and _went(matter, each, address):
            _note(each, state=State.SENT, sent_at=clock.now(), note="")
        elif each.turns + 1 < TURNS:
            _note(each, turns=F("turns") + 1)
        else:
            _on_paper(each, NOT_TAKEN)


def _went(matter: Matter, letter: Any, address: Address) -> bool:
    short = []
    for tag in TAGS.values():
        with override(tag):
            short.append(matter.short(letter))
    return delivering.send(
        address, lambda: matter.written(letter), " ".join(short), reference=str(letter.ref)
    )


def _on_paper(letter: Any, why: str) -> None:
    """By letter, where there is an address for one; else it is listed as failed."""
    other = delivering.paper(letter.addressee_id, why)
    state = State.TO_PRINT if other.way == delivering.LETTER else State.FAILED
    _note(letter, turns=F("turns") + 1, way=other.way, state=state, note=other.why[:24])


def came_back(letter: Any) -> None:
    """A message bounced or paper was returned: paper after a message, and after paper nothing is left."""
    if letter.way == Way.LETTER:
        _note(letter, way=Way.NONE, state=State.FAILED, note=RETURNED, sent_at=None)
    else:
        _on_paper(letter, RETURNED)


def look_again(rows: QuerySet[Any]) -> int:
    """Those that reached nobody: the ways to them are looked up anew. How many have one now."""
    found = 0
    failed = rows.filter(state=State.FAILED).select_for_update(of=("self",))
    for each in failed.order_by("pk"):
        way = delivering.way_to(each.addressee_id)
        if way.way == delivering.NONE:
            continue
        _note(each, way=way.way, state=begins(way), note=way.why[:24], turns=0)
        found += 1
    return found


def _note(letter: Any, **changes: Any) -> None:
    type(letter)._default_manager.filter(pk=letter.pk).update(**changes)
