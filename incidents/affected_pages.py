"""How an affected list is told on the board of its case, and its own page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from access.keystore import NoKey
from custodian.jobs import JobStatus
from incidents.affected import agreements, keeping
from incidents.affected.jobs import LOST, UNKNOWN
from incidents.affected.labelling import label
from incidents.case_frame import template
from incidents.models import AffectedList, Incident
from records.models import Customer

READ: Final = Action.INCIDENT_AFFECTED_READ
PAGE: Final = 100


def told(row: AffectedList) -> dict[str, Any]:
    most = row.customers or 0
    return {
        "row": row,
        "moving": row.status in {JobStatus.QUEUED, JobStatus.RUNNING},
        "refused": _refused(row),
        "lost": row.status == JobStatus.DONE and bool(row.customers) and not keeping.opens(row.ref),
        "elements": [
            {
                "label": label(code),
                "clear": clear,
                "masked": masked,
                "share": clear / most if most else 0.0,
            }
            for code, (clear, masked) in sorted(
                row.elements.items(), key=lambda each: (-each[1][0], -each[1][1], each[0])
            )
        ],
        "agreements": agreements.given_by(row),
    }


def _refused(row: AffectedList) -> str:
    if row.note == LOST:
        return _("名单已丢失，请重新上传文件溯源")
    return _("没有这个编号，或没有相应的记录") if row.note == UNKNOWN else ""


@page("incident-affected/<uuid:ref>/", name="incident_affected", action=READ, logs_itself=True)
@require_safe
def affected(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Her number and which of her elements: never a value."""
    cases = Incident.objects.visible_to(actor_of(request))
    rows = AffectedList.objects.filter(ref=ref, status=JobStatus.DONE, incident__in=cases)
    row: AffectedList = row_of(request, READ, rows.select_related("incident"), asked=ref)
    enter(request, READ, row=str(row.ref))
    number = _number(request)
    try:
        kept = keeping.kept(row.ref)
    except (FileNotFoundError, NoKey):
        kept = []
    shown = kept[(number - 1) * PAGE : number * PAGE]
    context = {
        "title": _("受影响名单"),
        "case": row.incident,
        "list": told(row),
        "gone": not kept and bool(row.customers),
        "rows": _named(shown),
        "number": number,
        "earlier": number - 1,
        "later": number + 1 if len(kept) > number * PAGE else 0,
    }
    return template(request, "affected", context)


def _number(request: HttpRequest) -> int:
    typed = request.GET.get("p", "1")
    return int(typed) if typed.isdecimal() and 0 < len(typed) < 6 and int(typed) else 1


def _named(shown: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    refs = dict(
        Customer.objects.filter(subject__in=[each["subject"] for each in shown]).values_list(
            "subject", "ref"
        )
    )
    return [
        {
            "ref": refs.get(each["subject"], "—"),
            "clear": [label(code) for code in each["clear"]],
            "masked": [label(code) for code in each["masked"]],
            "first": parse_datetime(each["first"] or ""),
            "last": parse_datetime(each["last"] or ""),
        }
        for each in shown
    ]
