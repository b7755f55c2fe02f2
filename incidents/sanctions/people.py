"""Whom a matter is about, who works on it, and who never can: himself, and his line."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access import actors, reporting, scopes
from access.action_roles import ROLES
from access.actions import Action
from access.actors import Actor
from access.models import User
from access.vocabulary import Role
from custodian import clock
from custodian.crypto.normalise import normalise_text
from custodian.errors import CustodianError
from incidents.models import SanctionCase, SanctionMember
from incidents.sanctions import sealing
from incidents.sanctions.matching import same_number
from incidents.sanctions.standing import (
    Part,
    Stage,
    What,
    authorise,
    held,
    house,
    require_lead,
    require_work,
    write,
)
from records.identifiers import check_resident_id

LIVE: Final = tuple(each for each in Stage.values if each != Stage.CLOSED)


class CannotJoin(CustodianError):
    """His office does not work on sanctions, he is in the group, or he is near the person concerned."""

    code = "sanction-cannot-join"
    status = 409
    message = _("该人员已在工作组、岗位不能办理责任追究，是本人，或是本人的上级、下级")


class LastLead(CustodianError):
    """A matter always has a lead."""

    code = "sanction-last-lead"
    status = 409
    message = _("责任追究至少要有一名负责人，请先指定另一人")


class Near(CustodianError):
    """Nobody opens a matter about himself, or about his line."""

    code = "sanction-near"
    status = 409
    message = _("不能对本人、本人的上级或下级立案，请由其他人员立案")


class BadNumber(CustodianError):
    """The ID number cannot be one."""

    code = "sanction-id-number"
    status = 422
    message = _("证件号码有误，请核对；居民身份证为 18 位，旧号码为 15 位")


@dataclass(frozen=True, repr=False)
class Who:
    """Name and ID number, as far as known. It never prints itself."""

    name: str
    id_number: str


def id_number(typed: str, *, required: bool = True) -> str:
    """As it is kept and compared: 18 characters. Raises `BadNumber`."""
    text = normalise_text(typed).strip()
    if not text and not required:
        return ""
    checked = check_resident_id(same_number(text))
    if checked.value is None:
        raise BadNumber
    return same_number(checked.value)


def who(matter: SanctionCase) -> Who:
    """For whoever may read the matter, and for the house."""
    return Who(**sealing.opened(sealing.MATTER, matter.ref, "who", matter.who_sealed))


def seal_who(ref: Any, said: Who) -> bytes:
    return sealing.seal(sealing.MATTER, ref, "who", asdict(said))


def know(matter: SanctionCase, typed: str, *, actor: Actor) -> None:
    """The ID number becomes known, before the findings are served. Raises `BadNumber`, `WrongStep`."""
    number = id_number(typed)
    with held(matter, Stage.INVESTIGATION) as row:
        require_work(row, actor)
        authorise(row, Action.SANCTION_WORK, "identity", actor)
        sealed = seal_who(row.ref, Who(who(row).name, number))
        SanctionCase.objects.filter(pk=row.pk).update(who_sealed=sealed)
        write(row, What.IDENTITY, actor=actor)


def is_near(person: User | None, other: int) -> bool:
    """Whether the other one is the person himself, or of his line."""
    if person is None:
        return False
    return person.pk == other or reporting.related(person.pk, other)


def group(matter: SanctionCase) -> list[SanctionMember]:
    """All who are in it now; for whoever is himself."""
    with scopes.acting(house()):
        rows = SanctionMember.objects.filter(matter=matter, left_at=None)
        return list(rows.select_related("user", "user__unit"))


def may_join(matter: SanctionCase) -> list[User]:
    there = {each.user_id for each in group(matter)}
    people = User.objects.filter(is_active=True, role__in=sorted(ROLES[Action.SANCTION_READ]))
    return [
        each
        for each in people.exclude(pk__in=there).select_related("unit").order_by("staff_no")
        if not is_near(matter.person, each.pk)
    ]


def let_in(matter: SanctionCase, person: User, part: str, *, actor: Actor) -> None:
    """Raises `NotTheLead`, `CannotJoin`, `WrongStep`."""
    with held(matter, *LIVE) as row:
        require_lead(row, actor)
        if person not in may_join(row):
            raise CannotJoin
        authorise(row, Action.SANCTION_LEAD, "joined", actor, target=str(person.ref))
        with scopes.acting(house()):
            SanctionMember.objects.create(
                matter=row, user=person, part=Part(part), joined_by_id=actors.person(actor)
            )
        write(row, What.JOINED, actor=actor, told={"person": str(person)})


def let_out(matter: SanctionCase, member: SanctionMember, *, actor: Actor) -> None:
    """From the next request on he sees nothing of it. Raises `NotTheLead`, `LastLead`, `WrongStep`."""
    with held(matter, *LIVE) as row:
        require_lead(row, actor)
        others = [each for each in group(row) if each.pk != member.pk]
        if not any(each.part == Part.LEAD and each.user.is_active for each in others):
            raise LastLead
        authorise(row, Action.SANCTION_LEAD, "left", actor, target=str(member.user.ref))
        with scopes.acting(house()):
            SanctionMember.objects.filter(pk=member.pk).update(left_at=clock.now())
        write(row, What.LEFT, actor=actor, told={"person": str(member.user)})


def kinds_of(person: User) -> str:
    """An agent's contract is one of agency, unless whoever opens the matter says otherwise."""
    return "agent" if person.role == Role.AGENT else "employee"
