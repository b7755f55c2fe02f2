"""Tells people by mail what comes near or is late: its owner, then the lead, then everybody of the group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import User
from custodian import clock, data_files, mail
from incidents.cases import due
from incidents.cases.due import Due
from incidents.models import DueTelling, Incident, Member

Step = DueTelling.Step
Thing = DueTelling.Thing
_FILE: Final = Path(__file__).resolve().parent.parent / "escalation.yaml"


class EscalationRefused(Exception):
    """The file names somebody who is not there, leaves one out, or goes backwards."""


@dataclass(frozen=True)
class Rung:
    tell: Step
    passed: float  # the part of the time that has gone, one being when it is due


@cache
def ladder() -> Sequence[Rung]:
    return parsed(_FILE.read_text(encoding="utf-8"))


def parsed(text: str) -> Sequence[Rung]:
    """Raises `EscalationRefused`."""
    try:
        rungs = tuple(
            Rung(Step(each["tell"]), each["passed"] / 100) for each in data_files.parse(text)
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EscalationRefused(*error.args) from None
    parts = [each.passed for each in rungs]
    if [each.tell for each in rungs] != list(Step) or parts != sorted(parts) or parts[0] <= 0:
        raise EscalationRefused(parts)
    return rungs


def carry_out() -> None:
    """Note what is to be told, and mail what waits for it; however often it is asked, each is told once."""
    now = clock.now()
    found = due.everything(Incident.objects.all())
    groups = _groups(each.case.pk for each in found)
    rows = [row for each in found for row in _tellings(each, groups.get(each.case.pk, []), now)]
    # Whoever comes second finds the row there.
    DueTelling.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    _mail_all({(each.thing, each.number, each.at): each for each in found})


def _groups(cases: Iterator[int] | Sequence[int]) -> dict[int, list[Member]]:
    rows = Member.objects.now().filter(incident__in=set(cases), user__is_active=True)
    ordered = rows.order_by("incident", "pk").select_related("user")
    return {
        case: list(members) for case, members in groupby(ordered, key=lambda each: each.incident_id)
    }


def _tellings(each: Due, group: Sequence[Member], now: datetime) -> list[DueTelling]:
    """A person once, by the highest step at which he is told."""
    passed = each.passed(now)
    told = {
        user.pk: (rung.tell, user)
        for rung in ladder()
        if passed >= rung.passed
        for user in _people(rung.tell, each, group)
    }
    return [
        DueTelling(
            incident=each.case, thing=each.thing, number=each.number, due_at=each.at, step=step,
            user=user,
        )
        for step, user in told.values()
    ]  # fmt: skip


def _people(step: Step, each: Due, group: Sequence[Member]) -> list[User]:
    """What has no owner who could do it is told the lead at once."""
    if step is Step.GROUP:
        return [member.user for member in group]
    leads = [member.user for member in group if member.part == Member.Part.LEAD]
    if step is Step.LEAD or each.owner is None or not each.owner.is_active:
        return leads
    inside = each.thing is Thing.REMEDY or any(member.user == each.owner for member in group)
    return [each.owner] if inside else leads


def _mail_all(found: dict[tuple[str, int, datetime], Due]) -> None:
    """One letter to each person; what is no longer due by then is told nobody."""
    rows = DueTelling.objects.filter(mailed_at=None).exclude(user__email="")
    waiting = [
        (row, each)
        for row in rows.order_by("user", "pk").select_related("user")
        if (each := found.get((row.thing, row.number, row.due_at))) is not None
    ]
    for user, lines in groupby(waiting, key=lambda pair: pair[0].user):
        _mail(user, list(lines))


def _mail(user: User, waiting: Sequence[tuple[DueTelling, Due]]) -> None:
    """Taken before it is sent, so that of two at once one sends it; given back if the mail fails."""
    mine = [pair for pair in waiting if _take(pair[0])]
    members = Member.objects.now().filter(
        user=user, incident__in=[each.case for _row, each in mine]
    )
    inside = set(members.values_list("incident", flat=True))
    told = [
        (each, each.case.pk in inside)
        for _row, each in mine
        if each.case.pk in inside or (each.thing is Thing.REMEDY and each.owner == user)
    ]
    if told and not mail.send(user.email, lambda: _letter(told)):
        DueTelling.objects.filter(pk__in=[row.pk for row, _each in mine]).update(mailed_at=None)


def _take(row: DueTelling) -> bool:
    rows = DueTelling.objects.filter(pk=row.pk, mailed_at=None)
    return rows.update(mailed_at=clock.now()) == 1


def _letter(told: Sequence[tuple[Due, bool]]) -> tuple[str, str]:
    """The code of the case to those who are in it, what is due, and when; never what the case is about."""
    count = len(told)
    subject = ngettext("%(n)s 项事项临近期限或逾期", "%(n)s 项事项临近期限或逾期", count) % {
        "n": count
    }
    return subject, "\n".join([*(_line(each, inside) for each, inside in told), _way()])


def _line(each: Due, inside: bool) -> str:  # noqa: FBT001  of a pair
    when = f"{clock.local(each.at):%Y-%m-%d %H:%M}"
    words = _("%(what)s，期限 %(when)s") % {"what": each.public, "when": when}
    if each.late():
        words = _("%(what)s，已逾期，期限 %(when)s") % {"what": each.public, "when": when}
    return f"{each.case.code} {words}" if inside else words


def _way() -> str:
    return _("请登录后办理。")
