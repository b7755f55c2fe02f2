"""Lives through the demo's month: every planned look goes through the real gate, at its own time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import User
from access.querylog import write
from access.querylog.leaf import Draft
from access.vocabulary import Channel
from custodian import clock
from custodian.demo.traffic import PlannedLook
from custodian.errors import CustodianError

BEGIN = "demo.begin"
_ACTIONS: Mapping[str, Action] = {
    "search": Action.CUSTOMER_SEARCH,
    "list": Action.CUSTOMER_LIST,
    "view": Action.CUSTOMER_VIEW,
    "reveal": Action.CUSTOMER_REVEAL,
    "denied": Action.CUSTOMER_REVEAL,
}


@dataclass
class Lived:
    """How many looks were allowed and refused, and how many had nobody or nothing to look at."""

    allowed: int = 0
    refused: int = 0
    skipped: int = 0


def begin() -> None:
    """The first leaf of a demo's log, so that nobody takes its history for a real one."""
    write.commit(
        Draft(
            actor=actors.system("demo"),
            act=BEGIN,
            at=clock.now(),
            channel=Channel.COMMAND,
            why=["demo"],
        )
    )


def live_through(
    looks: Iterable[PlannedLook], *, customers: Mapping[str, int], people: Mapping[str, User]
) -> Iterable[Lived]:
    """Carry the looks out in their order; gives the running count after each."""
    lived = Lived()
    known = {staff_no: actors.staff(user) for staff_no, user in people.items()}
    for look in looks:
        subjects = [customers[key] for key in look.subject_keys if key in customers]
        actor = known.get(look.staff_no)
        if actor is None or len(subjects) != len(look.subject_keys):
            lived.skipped += 1
        elif _look(look, subjects, actor.again()):
            lived.allowed += 1
        else:
            lived.refused += 1
        yield lived


def _look(look: PlannedLook, subjects: list[int], actor: Actor) -> bool:
    with clock.at(look.at), scopes.acting(actor):
        try:
            gate.permit(
                actor,
                _ACTIONS[look.action] if subjects else Action.LOG_READ,
                purpose=look.purpose,
                channel=look.channel,
                subjects=subjects,
                elements=look.elements if subjects else (),
                masked=look.action in {"search", "list", "view"},
                query=write.query_tag(look.subject_keys[0]) if look.action == "search" else None,
            )
        except CustodianError as error:
            if error.status == 503:
                raise
            return False
    return True
