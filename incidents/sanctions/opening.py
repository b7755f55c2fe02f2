"""A matter is opened: from a case of an incident by its members, or directly; its opener leads it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, proposals, scopes
from access.actions import Action
from access.actors import Actor
from access.models import User
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from incidents.cases.standing import part_of as part_in_case
from incidents.cases.standing import require_real, require_work
from incidents.models import Incident, SanctionCase, SanctionMember
from incidents.sanctions import people, rules, sealing
from incidents.sanctions.people import Near, Who
from incidents.sanctions.standing import Part, What, authorise, house, write
from records.models import Intermediary


class WhoseMatter(CustodianError):
    """It is against one person: of the house, or of an intermediary, and then named."""

    code = "sanction-whose"
    message = _("请选择本公司人员，或选择中介机构并填写姓名，两者取一")


class NoAct(CustodianError):
    """Without one of the acts there is nothing to answer for."""

    code = "sanction-no-act"
    message = _("请选择至少一种行为")


def open_matter(
    *,
    person: User | None,
    kind: str,
    intermediary: Intermediary | None,
    name: str,
    id_number: str,
    acts: Collection[str],
    summary: str,
    incident: Incident | None = None,
    actor: Actor,
) -> SanctionCase:
    """Raises `WhoseMatter`, `NoAct`, `Near`, `BadNumber`, and of the incident `Observes`, `OnlyExercise`."""
    number = people.id_number(id_number, required=False)
    _require(person, intermediary, name, acts, actor)
    with transaction.atomic():
        if incident is not None:
            if not part_in_case(incident, actor):
                raise NotVisible
            require_work(incident, actor)
            require_real(incident)
        opener = actors.person(actor)
        ref = uuid4()
        said = Who(person.name if person else name.strip(), number)
        with scopes.acting(house()):
            matter = SanctionCase.objects.create(
                ref=ref, code=_code(), holding=sealing.holding_of(sealing.MATTER, ref),
                incident=incident, person=person, intermediary=intermediary,
                kind=kind if person else SanctionCase.Kind.OUTSIDE,
                acts=[each.code for each in rules.acts(acts)],
                who_sealed=people.seal_who(ref, said),
                summary_sealed=sealing.seal(sealing.MATTER, ref, "summary", summary),
                opened_by_id=opener,
            )  # fmt: skip
            SanctionMember.objects.create(
                matter=matter, user_id=opener, part=Part.LEAD, joined_by_id=opener
            )
        authorise(matter, Action.SANCTION_OPEN, "opened", actor, acts=matter.acts)
        write(matter, What.OPENED, actor=actor, told={"acts": matter.acts})
    return matter


def summary_of(matter: SanctionCase) -> str:
    return str(sealing.opened(sealing.MATTER, matter.ref, "summary", matter.summary_sealed))


def _require(
    person: User | None,
    intermediary: Intermediary | None,
    name: str,
    acts: Collection[str],
    actor: Actor,
) -> None:
    outside = intermediary is not None and bool(name.strip())
    if (person is not None) == outside or (person is not None and intermediary is not None):
        raise WhoseMatter
    if not rules.acts(acts):
        raise NoAct
    if people.is_near(person, actors.person(actor)):
        raise Near


def _code() -> str:
    proposals.lock(SanctionCase)
    year = f"S-{clock.local():%Y}-"
    number = SanctionCase.objects.filter(code__startswith=year).count() + 1
    return f"{year}{number:03}"
