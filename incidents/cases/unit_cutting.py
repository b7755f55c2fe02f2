"""Cutting a whole unit from a case, and giving back: each one act of two people who stand outside of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access import actors, approvals, employment, proposals, scopes
from access.action_roles import ROLES
from access.actions import Action
from access.actors import Actor
from access.models import Approval, Unit, User
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from incidents.cases import timeline
from incidents.cases.decisions import CaseKind, NotOfTheGroup, Pending, put_up
from incidents.cases.standing import ACTOR, Observes, held, part_of, require_work
from incidents.models import Incident, IncidentLink, Member, SanctionEntry, TimelineEntry, UnitCut

CUT: Final = "incident-cut-unit"
RESTORE: Final = "incident-restore-unit"
WORKS: Final = (Member.Part.LEAD, Member.Part.MEMBER)
What = TimelineEntry.What


class OwnUnit(CustodianError):
    """Nobody cuts the unit that he sits in, or one above it: he would cut himself off."""

    code = "incident-own-unit"
    status = 403
    message = _("您在这个机构或其下级机构里，须由机构以外的人提出和复核")


class LastOne(CustodianError):
    """Somebody who can give access back has to stay outside."""

    code = "incident-last-who-could-undo"
    status = 409
    message = _(
        "停止后没有人能恢复：机构以外须有本事件在岗的负责人、另一名可复核的成员和一名系统管理员"
    )


class NobodyThere(CustodianError):
    """Nobody in it has access, or nobody's was ended here."""

    code = "incident-unit-empty"
    status = 409
    message = _("没有可停止或可恢复访问的人员")


class PeopleChanged(CustodianError):
    """Others than those who were shown."""

    code = "incident-unit-changed"
    status = 409
    message = _("提交之后人员有变动，请退回，重新核对人数后提交")


def inside(unit: Unit) -> QuerySet[User]:
    """Everybody in it and below who has access."""
    rows = User.objects.filter(unit__path__startswith=unit.path, is_active=True)
    return rows.order_by("staff_no")


def choices(actor_unit: str) -> list[tuple[Unit, int, int]]:
    """The units that one outside of them may cut: how many are below each, and how many people in all."""
    units = list(Unit.objects.order_by("path"))
    active = User.objects.filter(is_active=True).order_by().values_list("unit", flat=True)
    heads = Counter(active)
    rows = []
    for unit in units:
        under = [each for each in units if each.path.startswith(unit.path)]
        people = sum(heads[each.pk] for each in under)
        if people and not actor_unit.startswith(unit.path):
            rows.append((unit, len(under) - 1, people))
    return rows


def told(below: int, people: int) -> str:
    heads = ngettext("%(n)s 人", "%(n)s 人", people) % {"n": f"{people:,}"}
    if not below:
        return heads
    units = ngettext("含下级机构 %(n)s 个", "含下级机构 %(n)s 个", below) % {"n": f"{below:,}"}
    return f"{units} · {heads}"


def ask(incident: Incident, unit: Unit, why: str, *, actor: Actor) -> Approval:
    """Raises `OwnUnit`, `LastOne`, `NobodyThere`, `Pending`, `Observes`, `Over`."""
    with held(incident) as row:
        require_work(row, actor)
        _require_outside(unit, actor)
        _require_left(row, unit)
        return _put_up(CUT, row, unit, why, people=inside(unit), actor=actor)


def given_back(incident: Incident, unit: Unit) -> QuerySet[User]:
    """Whom a restoring lets in again: not whom an incident is about, who was dismissed, or has left."""
    cut = UnitCut.objects.filter(incident=incident, unit=unit, restored_at=None)
    with scopes.acting(actors.system(ACTOR)):  # whom another case is about stays out as well
        about = IncidentLink.objects.exclude(operator=None).values_list("operator", flat=True)
        ended = SanctionEntry.objects.filter(what=SanctionEntry.What.EFFECT, facts__effect="access")
        kept_out = {*about, *ended.values_list("matter__person", flat=True)} - {None}
    gone = Q(leaves_on__lte=clock.local().date())
    rows = User.objects.filter(pk__in=cut.values("person"), is_active=False)
    return rows.exclude(pk__in=kept_out).exclude(gone).order_by("staff_no")


def is_cut(incident: Incident) -> bool:
    return UnitCut.objects.filter(incident=incident, restored_at=None).exists()


def cut_now(incident: Incident) -> list[tuple[Unit, int]]:
    """Units of which access is still cut, with how many people would have it back."""
    rows = UnitCut.objects.filter(incident=incident, restored_at=None).values("unit")
    return [(unit, given_back(incident, unit).count()) for unit in Unit.objects.filter(pk__in=rows)]


def ask_back(incident: Incident, unit: Unit, why: str, *, actor: Actor) -> Approval:
    """Also once the case is closed. Raises `NobodyThere`, `Pending`, `Observes`."""
    with transaction.atomic():
        row = Incident.objects.select_for_update().get(pk=incident.pk)
        if part_of(row, actor) not in WORKS:
            raise Observes
        return _put_up(RESTORE, row, unit, why, people=given_back(row, unit), actor=actor)


def _put_up(
    kind: str, row: Incident, unit: Unit, why: str, *, people: Iterable[User], actor: Actor
) -> Approval:
    named = [{"ref": str(each.ref), "name": str(each)} for each in people]
    if not named:
        raise NobodyThere
    if proposals.waiting(kind, incident=row.code) is not None:
        raise Pending
    below = [str(each) for each in Unit.objects.under(unit).exclude(pk=unit.pk)]
    said = {"incident": row.code, "unit": unit.code, "name": str(unit), "below": below}
    return put_up(kind, {**said, "people": named, "text": why}, actor)


def _require_outside(unit: Unit, actor: Actor) -> None:
    if User.objects.filter(pk=actor.id or 0, unit__path__startswith=unit.path).exists():
        raise OwnUnit


def _require_left(incident: Incident, unit: Unit) -> None:
    """Who could undo it stays: the case's lead, a second who may approve it, and who keeps the accounts."""
    outside = User.objects.filter(is_active=True).exclude(unit__path__startswith=unit.path)
    rule = approvals.rule_for(RESTORE)
    group = Member.objects.now().filter(incident=incident, part__in=WORKS, user__in=outside)
    leads = group.filter(part=Member.Part.LEAD, user__role__in=rule.requesters)
    seconds = group.filter(user__role__in=rule.approvers)
    keepers = outside.filter(role__in=ROLES[Action.USER_CHANGE])
    if not leads.exists() or seconds.count() < 2 or not keepers.exists():
        raise LastOne


class _UnitKind(CaseKind):
    """Both show the unit, what is below it, and everybody whom it is about by name."""

    heading: Any

    def _words(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        people = [each["name"] for each in payload["people"]]
        size = told(len(payload["below"]), len(people))
        rows: list[tuple[Any, Sequence[Any]]] = [(self.heading, [f"{payload['name']} · {size}"])]
        if payload["below"]:
            rows.append((_("下级机构"), payload["below"]))
        return [*rows, (_("人员"), people), (_("理由"), [payload["text"]])]

    def _people(self, payload: Mapping[str, Any], now: QuerySet[User]) -> list[User]:
        """Exactly those who were shown, locked in one order. Raises `PeopleChanged`."""
        locked = list(now.select_for_update(of=("self",)).order_by("pk"))
        if {str(each.ref) for each in locked} != {each["ref"] for each in payload["people"]}:
            raise PeopleChanged
        return locked


class _Cut(_UnitKind):
    label = _("事件中停止整个机构的访问")
    heading = _("停止访问")

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """All of it in the transaction of the yes; in an exercise nobody is cut off."""
        row, said = self.held(approval, actor), approval.payload
        unit = Unit.objects.get(code=said["unit"])
        _require_outside(unit, actor)
        _require_left(row, unit)
        people = self._people(said, inside(unit))
        house, ended = actors.system(ACTOR), 0 if row.exercise else len(people)
        with scopes.acting(house):
            for person in people[:ended]:
                employment.disable(person, channel=Channel.ADMIN, actor=house)
            # Whom another act let in meanwhile is no longer held by the former cut.
            UnitCut.objects.filter(
                incident=row, person__in=people[:ended], restored_at=None
            ).update(restored_at=clock.now())
            UnitCut.objects.bulk_create(
                [UnitCut(incident=row, unit=unit, person=each) for each in people[:ended]]
            )
        _write(row, What.CUT, said, ended, actor)


class _Restore(_UnitKind):
    label = _("事件中恢复整个机构的访问")
    heading = _("恢复访问")

    def held(self, approval: Approval, actor: Actor) -> Incident:
        """Also of a closed case: nobody stays out because handling is over. Raises `NotOfTheGroup`."""
        row = Incident.objects.select_for_update().filter(code=approval.payload["incident"]).first()
        if row is None or part_of(row, actor) not in WORKS:
            raise NotOfTheGroup
        return row

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Whose access it ended, and nobody else's."""
        row, said = self.held(approval, actor), approval.payload
        unit = Unit.objects.get(code=said["unit"])
        people = self._people(said, given_back(row, unit))
        house = actors.system(ACTOR)
        with scopes.acting(house):
            for person in people:
                employment.enable(person, channel=Channel.ADMIN, actor=house)
            cut = UnitCut.objects.filter(incident=row, unit=unit, restored_at=None)
            cut.update(restored_at=clock.now())
        _write(row, What.RESTORED, said, len(people), actor)


def _write(row: Incident, what: str, said: Mapping[str, Any], done: int, actor: Actor) -> None:
    facts = {"kind": "unit", "name": said["name"], "below": len(said["below"]), "ended": done}
    timeline.write(row, what, actor=actor, text=said["text"], facts=facts)


def ready() -> None:
    approvals.register(CUT, _Cut())
    approvals.register(RESTORE, _Restore())
