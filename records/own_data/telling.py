"""Looks in a customer's words: who it was, what of hers, what for, and which work that was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import own_looks
from access.action_words import words
from access.audits import explaining
from access.models import WorkItem
from access.own_looks import Day, Visit
from access.querylog.standing import Standing
from access.vocabulary import Purpose, Role
from custodian import elements
from records import ports
from records.purposes import CLASSES

WHO: Final = {
    own_looks.OWN_AGENT: gettext_lazy("您的代理人"),
    own_looks.OTHER_AGENT: gettext_lazy("另一位代理人"),
    own_looks.SYSTEM: gettext_lazy("系统"),
    "guardian": gettext_lazy("您的监护人"),
    "heir": gettext_lazy("继承人"),
    "authorised": gettext_lazy("授权代表"),
}
NEUTRAL: Final = gettext_lazy("办理保险业务")
EXPLAINED: Final = {
    explaining.HANDED_OVER: gettext_lazy("这位人员刚开始服务您"),
    explaining.LENT: gettext_lazy("经批准的临时授权"),
    explaining.ASSIGNED: gettext_lazy("这位人员负责服务您"),
    explaining.OFFICE: gettext_lazy("职责内的检查"),
}
# The verb before what was seen.
SAW: Final = gettext_lazy("看了")
TOOK: Final = gettext_lazy("导出了")
GOT: Final = gettext_lazy("得到了")


@dataclass(frozen=True)
class Line:
    """One visit as a card shows it."""

    visit: Visit
    at: datetime
    who: Any
    place: str
    verb: Any
    clear: list[Any]
    masked: list[Any]
    sensitive: bool
    purpose: Any
    matched: Any  # what explains it, or nothing
    tone: str
    proof: str
    ask_url: str

    @property
    def index(self) -> int:
        return self.visit.index


@dataclass(frozen=True)
class Told:
    """One day of the list."""

    on: date
    lines: list[Line]
    own: list[tuple[datetime, Any]]
    system: int


def told(days: Iterable[Day], standing: Standing) -> list[Told]:
    return [
        Told(
            day.on,
            [line(each, standing) for each in day.visits],
            [(each.at, words(each.what)) for each in day.own],
            day.system,
        )
        for day in days
    ]


def line(visit: Visit, standing: Standing) -> Line:
    seen = [elements.get(code) for code in visit.clear if elements.known(code)]
    masked = [elements.get(code) for code in visit.masked if elements.known(code)]
    matched, tone = _matched(visit)
    return Line(
        visit=visit,
        at=visit.last,
        who=who(visit),
        place=place(visit),
        verb=_verb(visit),
        clear=[each.label for each in seen],
        masked=_classes(masked),
        sensitive=any(each.sensitive for each in seen),
        purpose=purpose(visit),
        matched=matched,
        tone=tone,
        proof=standing.state(visit.index),
        ask_url=_ask_url(visit),
    )


def who(visit: Visit) -> Any:
    if visit.who == own_looks.PARTNER:
        return ports.partners().called([visit.staff_no]).get(visit.staff_no, Role.PARTNER.label)
    if visit.who in WHO:
        return WHO[visit.who]
    return dict(Role.choices).get(visit.who, _("工作人员"))


def place(visit: Visit) -> str:
    parts = [visit.unit] if visit.unit else []
    if (
        visit.who != own_looks.PARTNER
        and visit.staff_no
        and settings.CUSTODIAN_PORTAL_SHOWS_STAFF_NUMBER
    ):
        parts.append(_("工号 %(no)s") % {"no": visit.staff_no})
    if visit.by_program:
        parts.append(_("通过系统接口"))
    return " · ".join(parts)


def _verb(visit: Visit) -> Any:
    if visit.who == own_looks.PARTNER:
        return GOT
    if visit.kind == own_looks.EXPORT:
        return TOOK
    return SAW if visit.kind == own_looks.LOOK else own_looks.TOLD.get(visit.what, "")


def _classes(masked: Sequence[Any]) -> list[Any]:
    """What was seen as masks is told by class: thirteen names would hide the one that was opened."""
    found = dict.fromkeys(each.cls.value for each in masked)
    return [CLASSES[each] for each in CLASSES if each in found]


def purpose(visit: Visit) -> Any:
    if visit.kind not in {own_looks.LOOK, own_looks.EXPORT}:
        return ""
    if visit.purpose == own_looks.NEUTRAL:
        return NEUTRAL
    return dict(Purpose.choices).get(visit.purpose, visit.purpose)


def _matched(visit: Visit) -> tuple[Any, str]:
    """Which of her affairs it was; what was told neutrally is not held against anybody."""
    if visit.kind not in {own_looks.LOOK, own_looks.EXPORT} or visit.who in _NO_STAFF:
        return "", ""
    if visit.work:
        work = dict(WorkItem.Kind.choices)[visit.work]
        return _("有对应的事项：%(work)s") % {"work": work}, "ok"
    if visit.explained in EXPLAINED:
        return EXPLAINED[visit.explained], "ok"
    if visit.purpose == own_looks.NEUTRAL:
        return _("没有以您名义登记的事项"), ""
    return _("没有对应的事项，每晚的审计会核查"), "warn"


_NO_STAFF: Final = frozenset(
    {own_looks.SYSTEM, own_looks.PARTNER, "guardian", "heir", "authorised", "self"}
)


def _ask_url(visit: Visit) -> str:
    """Where a question about this look is asked, once there is such a page."""
    if visit.who in _NO_STAFF:
        return ""
    try:
        address = reverse("portal:request_new")
    except NoReverseMatch:
        return ""
    return f"{address}?kind=look_question&entry={visit.index}"


def newest(visit: Visit) -> dict[str, Any]:
    """The newest look as one sentence of the home page."""
    seen = [elements.get(code).label for code in visit.clear if elements.known(code)]
    classes = _classes([elements.get(code) for code in visit.masked if elements.known(code)])
    what = _("、").join(map(str, seen[:3] or classes))
    if len(seen) > 3:
        what = _("%(what)s等 %(n)s 项") % {"what": what, "n": len(seen)}
    return {
        "at": visit.last,
        "who": who(visit),
        "what": what or _("客户编号"),
        "purpose": purpose(visit),
        "masked": not seen and bool(classes),
        "took": visit.kind == own_looks.EXPORT,
    }
