"""Tells a person at once, by mail, that something waits on his own page: a remedy given to him, a letter.

The note is made in the transaction of the act; the mail goes after the commit. What fails is tried again by
the round of every five minutes, for a week. The mail says where to look, and nothing of what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from access import actors, scopes
from access.actors import Actor
from access.models import User
from custodian import clock, mail
from custodian.jobs import wake
from incidents.cases.standing import ACTOR
from incidents.models import IncidentRemedy, OwnTelling, RiskAction, SanctionPaper

Thing = OwnTelling.Thing
AFTERWARDS: Final = timedelta(days=7)  # later it says nothing any more


def note(user: User | None, thing: str, about: UUID, *, by: Actor) -> None:
    """In the transaction of the act; whoever gave it to himself knows."""
    from incidents.tasks import tell_person

    if user is None or user.pk == by.id:
        return
    with scopes.acting(_house()):
        row = OwnTelling.objects.create(thing=Thing(thing), about=about, user=user)
    wake(tell_person, row.pk)


def tell(key: int) -> None:
    """Taken before it is sent, so that of two at once one sends it; given back if the mail fails."""
    with scopes.acting(_house()):
        row = OwnTelling.objects.select_related("user").filter(pk=key, mailed_at=None).first()
        if row is None or not row.user.email or not row.user.is_active or not _waits(row):
            return
        mine = OwnTelling.objects.filter(pk=key)
        if not mine.filter(mailed_at=None).update(mailed_at=clock.now()):
            return
        if not mail.send(row.user.email, lambda: _letter(row)):
            mine.update(mailed_at=None)


def due() -> list[int]:
    with scopes.acting(_house()):
        rows = OwnTelling.objects.filter(mailed_at=None, noted_at__gt=clock.now() - AFTERWARDS)
        return list(rows.exclude(user__email="").values_list("pk", flat=True))


def attach(rows: Iterable[Any]) -> list[Any]:
    """Put on each row of a page what its person was told last; the page has shown the row by then."""
    listed = list(rows)
    with scopes.acting(_house()):
        found = OwnTelling.objects.filter(about__in=[each.ref for each in listed])
        last = {each.about: each for each in found.select_related("user").order_by("pk")}
    for each in listed:
        each.told = last.get(each.ref)
    return listed


def _house() -> Actor:
    return actors.system(ACTOR)


def _waits(row: OwnTelling) -> bool:
    """Whether it is still his, and still there."""
    mine: Mapping[str, Any] = {
        Thing.REMEDY: IncidentRemedy.objects.filter(owner=row.user, state="open"),
        Thing.ACTION: RiskAction.objects.filter(owner=row.user, state="open"),
        Thing.LETTER: SanctionPaper.objects.filter(person=row.user, served_on__isnull=False),
    }
    with transaction.atomic():
        return bool(mine[row.thing].filter(ref=row.about).exists())


def _letter(row: OwnTelling) -> tuple[str, str]:
    if row.thing == Thing.LETTER:
        return _("有一封函件送达您"), _(
            "请登录后打开“送达我的函件”查看。为保护您的隐私，本邮件不写函件的内容。"
        )
    return _("有一项整改措施交给您办理"), _("请登录后打开“我的整改措施”查看要做什么和期限。")
