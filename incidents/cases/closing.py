"""What a case still lacks before two people may close it, each with what to do and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from incidents.cases import clocks
from incidents.models import Incident, IncidentRemedy, IncidentReview, TimelineEntry

State = IncidentRemedy.State
What = TimelineEntry.What


@dataclass(frozen=True)
class Lack:
    """`place` is the part of the board where it is put right."""

    words: str
    button: str
    place: str


def lacks(incident: Incident) -> list[Lack]:
    return [each for check in CHECKS for each in check(incident)]


def told(incident: Incident, found: Sequence[Lack]) -> SafeString:
    """As one answer, with a link to each place."""
    board = reverse("admin:incident", args=[incident.code])
    lines = ((each.words, board, each.place, each.button) for each in found)
    return format_html_join("", '{} <a href="{}#{}">{}</a><br>', lines)


def _handled(incident: Incident) -> Iterator[Lack]:
    if incident.status != Incident.Status.HANDLED:
        yield Lack(gettext("先办完处置，再结案。"), gettext("去办任务"), "tasks")


def _assessed(incident: Incident) -> Iterator[Lack]:
    if not incident.assessments.exists():
        yield Lack(gettext("先评定级别，再结案。"), gettext("去评定"), "assessment")


def _clocks(incident: Incident) -> Iterator[Lack]:
    if left := clocks.running(incident):
        words = ngettext(
            "还有 %(n)s 项时限没有办结，先报送并登记。",
            "还有 %(n)s 项时限没有办结，先报送并登记。",
            left,
        ) % {"n": left}
        yield Lack(words, gettext("去办时限"), "clocks")


def _reviewed(incident: Incident) -> Iterator[Lack]:
    if standing_review(incident) is None:
        words = gettext("还没有复盘，或复盘之后又重新处置过：负责人写，另一名成员复核。")
        yield Lack(words, gettext("去复盘"), "review")


def _remedies(incident: Incident) -> Iterator[Lack]:
    rows = incident.remedies.filter(state=State.OPEN)
    left = sum(each.owner_id is None or each.due_on is None for each in rows)
    if left:
        words = ngettext(
            "还有 %(n)s 项未办结的整改措施没有负责人或期限，先补上；有了就可以结案，结案后继续办。",
            "还有 %(n)s 项未办结的整改措施没有负责人或期限，先补上；有了就可以结案，结案后继续办。",
            left,
        ) % {"n": left}
        yield Lack(words, gettext("去整改"), "remedies")


CHECKS: Final[tuple[Callable[[Incident], Iterator[Lack]], ...]] = (
    _handled,
    _assessed,
    _clocks,
    _reviewed,
    _remedies,
)


def standing_review(incident: Incident) -> IncidentReview | None:
    """The newest one, unless the case was taken up again after it."""
    review = incident.reviews.last()
    again = incident.timeline.filter(what=What.REOPENED).order_by("recorded_at").last()
    if review is None or (again is not None and again.recorded_at >= review.made_at):
        return None
    return review


def unfinished(incident: Incident) -> list[dict[str, str]]:
    """Measures that live on after closing, as the closing names them."""
    rows = incident.remedies.exclude(state=State.DROPPED).filter(verified_at=None)
    return [
        {
            "ref": str(each.ref),
            "title": each.title,
            "owner": str(each.owner or ""),
            "due": each.due_on.isoformat() if each.due_on else "",
        }
        for each in rows.select_related("owner")
    ]


def unnamed(incident: Incident, said: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one is open now that the closing, as it was put up, does not name."""
    named = {each["ref"] for each in said}
    return any(each["ref"] not in named for each in unfinished(incident))
