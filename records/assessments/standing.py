"""Where an assessment stands, and whether something that owes one has one in force: reckoned, never stored.

An assessment covers what it was frozen with. What does less than was assessed is covered still; an element, a
look or a recipient that was not assessed makes it outdated, and so does its review date.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.law.reading import today
from access.vocabulary import Purpose
from custodian import elements
from custodian.errors import CustodianError
from records.assessments import things
from records.models import ImpactAssessment
from records.ports import Assessable

Stage, Conclusion = ImpactAssessment.Stage, ImpactAssessment.Conclusion


class State(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"
    RETURNED = "returned"
    IN_FORCE = "in_force"
    STOPPED = "stopped"
    OUTDATED = "outdated"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


WORDS: Final[Mapping[str, tuple[Any, str]]] = {
    State.DRAFT: (gettext_lazy("草稿"), ""),
    State.WAITING: (gettext_lazy("待复核"), "warn"),
    State.RETURNED: (gettext_lazy("已退回"), "warn"),
    State.IN_FORCE: (gettext_lazy("有效"), "ok"),
    State.STOPPED: (gettext_lazy("结论：不得进行"), "danger"),
    State.OUTDATED: (gettext_lazy("已过时"), "danger"),
    State.EXPIRED: (gettext_lazy("复评日已过"), "danger"),
    State.SUPERSEDED: (gettext_lazy("已由新版取代"), ""),
}


@dataclass(frozen=True)
class Standing:
    state: State
    because: tuple[str, ...] = ()

    @property
    def word(self) -> Any:
        return WORDS[self.state][0]

    @property
    def tone(self) -> str:
        return WORDS[self.state][1]


def of(
    row: ImpactAssessment, *, newest: int | None = None, thing: Assessable | None = None
) -> Standing:
    """`newest`: the number of the newest approved version; `thing`: what is held against it.

    Without them both are looked up.
    """
    if row.stage != Stage.APPROVED:
        return Standing(State(row.stage))
    last = newest_of(row.code) if newest is None else newest
    if last > row.number:
        return Standing(State.SUPERSEDED)
    if row.conclusion == Conclusion.STOP:
        return Standing(State.STOPPED)
    now = thing or things.find(row.kind, row.about)
    if row.kind != things.OTHER and (because := beyond(row.facts, now)):
        return Standing(State.OUTDATED, tuple(because))
    return _dated(row, today())


def _dated(row: ImpactAssessment, on: date) -> Standing:
    if row.review_on is not None and row.review_on < on:
        day = {"day": row.review_on.isoformat()}
        return Standing(State.EXPIRED, (_("复评日 %(day)s 已过") % day,))
    return Standing(State.IN_FORCE)


def newest_of(code: str) -> int:
    rows = ImpactAssessment.objects.approved().filter(code=code).order_by("-number")
    return rows.values_list("number", flat=True).first() or 0


def beyond(frozen: Mapping[str, Any], now: Assessable | None) -> list[str]:
    """What is done and was not assessed, in words; nothing where it is covered."""
    if now is None:
        return [_("所评估的事项已不存在")]
    found = []
    for name, told in _NAMES.items():
        more = sorted(set(getattr(now, name)) - set(frozen.get(name, ())))
        if more:
            said = {"what": told, "which": _("、").join(_word(name, each) for each in more)}
            found.append(_("%(what)s多出：%(which)s") % said)
    return found


_NAMES: Final[Mapping[str, Any]] = {
    "elements": gettext_lazy("信息项"),
    "looks": gettext_lazy("用途"),
    "recipients": gettext_lazy("接收方"),
}


def _word(name: str, code: str) -> str:
    if name == "elements" and elements.known(code):
        return str(elements.get(code).label)
    if name == "looks":
        return str(dict(Purpose.choices).get(code, code))
    return code


class NotAssessed(CustodianError):
    """What is about to be done owes an impact assessment in force, and has none."""

    code = "impact-assessment-missing"
    status = 409
    message = gettext_lazy("须先有批准且有效的个人信息保护影响评估")

    def __init__(self, message: Any = "", place: str = "") -> None:
        super().__init__(message)
        self.place = place


@dataclass(frozen=True)
class Verdict:
    """`assessment` is the one in force; else `why` says what lacks and `place` leads on."""

    assessment: ImpactAssessment | None
    name: str = ""
    why: str = ""
    place: str = ""
    standing: Standing | None = None
    nearest: ImpactAssessment | None = None

    @property
    def ok(self) -> bool:
        return self.assessment is not None

    @property
    def message(self) -> str:
        return _("“%(name)s”：%(why)s") % {"name": self.name, "why": self.why}

    @property
    def told(self) -> str:
        """The message with its link, for a page."""
        return self._linked(self.message)

    @property
    def short(self) -> str:
        """The same where the name stands beside it."""
        return self._linked(self.why)

    def _linked(self, text: str) -> str:
        return format_html('{} <a href="{}">{}</a>', text, self.place, _("去办理影响评估"))


def verdict(thing: Assessable) -> Verdict:
    """Whether there is one about just this, on an occasion that fits, in force."""
    rows = rows_about(thing)
    approved = [each for each in rows if each.stage == Stage.APPROVED]
    last: dict[str, int] = {}
    for each in approved:
        last[each.code] = max(each.number, last.get(each.code, 0))
    standings = [
        (each, of(each, newest=last[each.code], thing=thing))
        for each in approved
        if each.number == last[each.code]
    ]
    for row, found in standings:
        if found.state is State.IN_FORCE:
            return Verdict(row, standing=found, nearest=row)
    return _lacking(thing, standings, [each for each in rows if each.stage != Stage.APPROVED])


def rows_about(thing: Assessable) -> list[ImpactAssessment]:
    """Newest first."""
    rows = ImpactAssessment.objects.filter(kind=thing.kind, about=thing.code)
    return list(rows.filter(occasion__in=thing.occasions).order_by("-pk"))


def _lacking(
    thing: Assessable,
    approved: Sequence[tuple[ImpactAssessment, Standing]],
    in_work: Sequence[ImpactAssessment],
) -> Verdict:
    name = thing.said
    if in_work:
        row = in_work[0]
        said = {"row": str(row), "state": str(WORDS[State(row.stage)][0])}
        why = _("影响评估 %(row)s 还没有批准（%(state)s），批准之后再办理") % said
        return Verdict(None, name, why, page_of(row), Standing(State(row.stage)), row)
    if approved:
        row, found = approved[0]
        because = _("；").join(found.because) or str(found.word)
        said = {"row": str(row), "why": because}
        why = _("影响评估 %(row)s 不能再依据（%(why)s），请起草下一版") % said
        return Verdict(None, name, why, page_of(row), found, row)
    why = _("还没有个人信息保护影响评估，请先起草，由另一人批准")
    return Verdict(None, name, why, begin_at(thing))


def require(thing: Assessable) -> ImpactAssessment:
    """The assessment in force. Raises `NotAssessed`, which says what to do and where."""
    found = verdict(thing)
    if found.assessment is None:
        raise NotAssessed(found.told, found.place)
    return found.assessment


def page_of(row: ImpactAssessment) -> str:
    return reverse("admin:assessment", args=[row.ref])


def begin_at(thing: Assessable) -> str:
    asked = {"kind": thing.kind, "about": thing.code, "occasion": next(iter(thing.occasions), "")}
    return f"{reverse('admin:assessment_new')}?{urlencode(asked)}"


def all_of(rows: Iterable[ImpactAssessment]) -> list[tuple[ImpactAssessment, Standing]]:
    """Each with where it stands; what they are about is read once."""
    known: dict[tuple[str, str], Assessable | None] = {
        (each.kind, each.code): each for each in things.everything()
    }
    last: dict[str, int] = {}
    for code, number in ImpactAssessment.objects.approved().values_list("code", "number"):
        last[code] = max(number, last.get(code, 0))
    return [
        (each, of(each, newest=last.get(each.code, 0), thing=known.get((each.kind, each.about))))
        for each in rows
    ]
