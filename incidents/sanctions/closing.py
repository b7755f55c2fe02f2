"""The end: time for an appeal is over, or its answer has been served."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from access.actions import Action
from access.actors import Actor
from custodian import clock
from custodian.errors import CustodianError
from incidents.models import SanctionCase
from incidents.sanctions import deciding, letters, rules, serving
from incidents.sanctions.hearing import NotOver
from incidents.sanctions.standing import Stage, What, authorise, held, move, require_lead, write


class NotServed(CustodianError):
    """A letter that follows from the decision is on nobody's table yet."""

    code = "sanction-not-served"
    status = 409
    message = _("还有函件没有送达：送达申诉答复书和移送函之后再结案")


def close(matter: SanctionCase, *, note: str, actor: Actor) -> None:
    """Raises `NotOver`, `NotServed`, `WrongStep`, `NotTheLead`."""
    with held(matter, Stage.SERVED, Stage.SETTLED) as row:
        require_lead(row, actor)
        waits = row.appeal_until is None or clock.local().date() <= row.appeal_until
        if row.stage == Stage.SERVED and waits:
            raise NotOver
        if row.stage == Stage.SETTLED and not serving.served(row, letters.Kind.APPEAL):
            raise NotServed
        ruling = deciding.standing(row)
        refers = ruling is not None and rules.REFER in ruling.measures
        if refers and not serving.served(row, letters.Kind.REFERRAL):
            raise NotServed
        authorise(row, Action.SANCTION_LEAD, "closed", actor)
        move(row, "close", {"closed_at": clock.now()})
        write(row, What.CLOSED, actor=actor, text=note)
