"""Investigation: notes, references to evidence, the acts as they turn out, and who answers as a superior."""

from __future__ import annotations

from collections.abc import Collection
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from access import actors, reporting
from access.actions import Action
from access.actors import Actor
from access.models import User
from custodian.errors import CustodianError
from incidents.models import SanctionCase, SanctionSupervisor
from incidents.sanctions import rules, sealing
from incidents.sanctions.opening import NoAct
from incidents.sanctions.people import LIVE
from incidents.sanctions.standing import Stage, What, authorise, held, require_work, write

WORK = Action.SANCTION_WORK
BEFORE_DECISION = (Stage.INVESTIGATION, Stage.NOTICED, Stage.HEARD)


class NotHisSuperior(CustodianError):
    """He does not stand above the person concerned."""

    code = "sanction-not-his-superior"
    status = 409
    message = _("该人员不是被追究人的上级")


class Waiting(CustodianError):
    """What two people are deciding stays as it was put up."""

    code = "sanction-waiting"
    status = 409
    message = _("决定已提交复核；先撤回，再修改")


def note(matter: SanctionCase, text: str, *, actor: Actor) -> None:
    """Raises `WrongStep`, `NotInTheGroup`."""
    with held(matter, *LIVE) as row:
        require_work(row, actor)
        authorise(row, WORK, "noted", actor)
        write(row, What.NOTE, actor=actor, text=text)


def refer_to_evidence(matter: SanctionCase, text: str, *, actor: Actor) -> None:
    """Where it lies and what it shows; the thing itself stays in the incident's chain of custody."""
    with held(matter, *LIVE) as row:
        require_work(row, actor)
        authorise(row, WORK, "evidence", actor)
        write(row, What.EVIDENCE, actor=actor, text=text)


def settle_acts(matter: SanctionCase, acts: Collection[str], *, why: str, actor: Actor) -> None:
    """While it is investigated: what is served later stands. Raises `NoAct`, `WrongStep`."""
    chosen = [each.code for each in rules.acts(acts)]
    if not chosen:
        raise NoAct
    with held(matter, Stage.INVESTIGATION) as row:
        require_work(row, actor)
        authorise(row, WORK, "acts", actor, acts=chosen)
        SanctionCase.objects.filter(pk=row.pk).update(acts=chosen)
        write(row, What.ACTS, actor=actor, text=why, told={"acts": chosen})


def superiors(matter: SanctionCase) -> list[User]:
    """Everybody above the person; of an intermediary's person the house knows none."""
    if matter.person_id is None:
        return []
    above = reporting.above(matter.person_id)
    return list(User.objects.filter(pk__in=above).order_by("staff_no"))


def judge(matter: SanctionCase, person: User, verdict: str, *, why: str, actor: Actor) -> None:
    """Each of them, with the reason. Raises `NotHisSuperior`, `Waiting`, `WrongStep`."""
    with held(matter, *BEFORE_DECISION) as row:
        require_work(row, actor)
        if person not in superiors(row):
            raise NotHisSuperior
        if row.rulings.filter(approval__status="waiting").exists():
            raise Waiting
        authorise(row, WORK, "judged", actor)
        SanctionSupervisor.objects.filter(matter=row, user=person).delete()
        ref = uuid4()
        SanctionSupervisor.objects.create(
            matter=row, user=person, verdict=SanctionSupervisor.Verdict(verdict), ref=ref,
            reason_sealed=sealing.seal(sealing.MATTER, row.ref, f"superior/{ref}", why),
            by_id=actors.person(actor),
        )  # fmt: skip
        told = {"person": str(person), "verdict": verdict}
        write(row, What.SUPERVISOR, actor=actor, text=why, told=told)


def reason_of(matter: SanctionCase, row: SanctionSupervisor) -> str:
    what = f"superior/{row.ref}"
    return str(sealing.opened(sealing.MATTER, matter.ref, what, row.reason_sealed))


def unjudged(matter: SanctionCase) -> list[User]:
    judged = set(matter.supervisors.values_list("user_id", flat=True))
    return [each for each in superiors(matter) if each.pk not in judged]
