"""Reminders 30, 7 and 0 days before something ends; each is given once, however often somebody asks."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Reminder
from access.training import completion
from access.training.standing import Part
from access.training.words import titles
from custodian import clock, mail

STEPS = (0, 7, 30)


def carry_out() -> None:
    """Make the reminders that are due, and mail those that wait for it."""
    # Whoever comes second finds the row there.
    Reminder.objects.bulk_create(_due(), ignore_conflicts=True, batch_size=1000)
    for each in Reminder.objects.filter(mailed_at=None).exclude(user__email=""):
        _mail(each)


def step_of(part: Part) -> int | None:
    """The nearest step that the end has come to; None where it is far, or open."""
    left = part.days_left
    return None if left is None else next((step for step in STEPS if left <= step), None)


def _due() -> list[Reminder]:
    return [
        Reminder(user=each.user, code=part.code, until=part.held.until, days=step)
        for each in completion.everybody()
        for part in each.parts
        if part.held and part.held.until and (step := step_of(part)) is not None
    ]


def _mail(reminder: Reminder) -> None:
    """Taken before it is sent, so that of two at once one sends it; given back if the mail fails."""
    mine = Reminder.objects.filter(pk=reminder.pk)
    if not mine.filter(mailed_at=None).update(mailed_at=clock.now()):
        return
    if not mail.send(reminder.user.email, lambda: _letter(reminder)):
        mine.update(mailed_at=None)


def _letter(reminder: Reminder) -> tuple[str, str]:
    (title,) = titles([reminder.code])
    day = clock.local(reminder.until).date().isoformat()
    if reminder.days == 0:
        subject = _("培训或承诺到期")
        said = _("《%(title)s》的有效期到 %(day)s。") % {"title": title, "day": day}
    else:
        subject = ngettext(
            "培训或承诺在 %(n)s 天内到期", "培训或承诺在 %(n)s 天内到期", reminder.days
        ) % {"n": reminder.days}
        said = _("《%(title)s》将于 %(day)s 到期。") % {"title": title, "day": day}
    way = _("请登录后打开“我的学习”。失效后，高等级的客户资料不能揭示，重新完成即恢复。")
    return subject, f"{said}\n{way}"
