"""Notices of an incident on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from access.actions import Action
from access.actors import Actor
from incidents.cases.standing import require_work
from incidents.models import Incident, IncidentNotice
from incidents.notices import texts
from records.letters import printing
from records.letters.printing import Paper
from records.notices.contents import TAGS


def print_next(incident: Incident, *, actor: Actor) -> tuple[int, bytes]:
    """The next sheet's number, and its pages as PDF. Raises `NothingToPrint`, `Observes`, `Refused`."""
    require_work(incident, actor)
    return printing.print_next(_paper(incident), actor=actor)


def print_again(incident: Incident, number: int, *, actor: Actor) -> bytes:
    """The same sheet. Raises `NothingToPrint`, `Observes`, `Refused`."""
    require_work(incident, actor)
    return printing.print_again(_paper(incident), number, actor=actor)


def _paper(incident: Incident) -> Paper:
    return Paper(
        rows=IncidentNotice.objects.filter(incident=incident).select_related("batch"),
        action=Action.INCIDENT_NOTICE_PRINT,
        facts={"incident": incident.code},
        title=texts.title(),
        sides=_sides,
    )


def _sides(notice: IncidentNotice) -> Iterator[dict[str, Any]]:
    for tag in TAGS.values():
        with override(tag):
            told = texts.told(notice.batch, clear=notice.clear, masked=notice.masked)
            yield {
                "lang": tag[:2],
                "title": told.title,
                "parts": [[str(label), text] for label, text in told.parts],
                "until": "",
                "silence": "",
                "choices": [],
                "sign": "",
                "safe": _("本公司不会为此向您索要密码、验证码或付款。"),
            }
