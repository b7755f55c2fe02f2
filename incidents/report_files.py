"""The files of a report: printed, signed, and in the form of public schemas; each taken on record."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from access.admin_pages import actor_of, page, purpose_of
from incidents.models import IncidentReport
from incidents.report_pages import TAKE, report_of
from incidents.reports import dora, papers, printing, veris

_PATH: Final = "incident-report/<uuid:ref>/"
_JSON: Final = "application/json"


def _file(
    request: HttpRequest, row: IncidentReport, body: bytes, kind: str, media_type: str
) -> HttpResponse:
    actor = actor_of(request)
    papers.take(row, form=kind, purpose=purpose_of(actor), actor=actor)
    response = HttpResponse(body, content_type=media_type)
    name = f"{row.incident.code}-{row.rule}-v{row.number}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(f"{_PATH}pdf/", name="incident_report_pdf", action=TAKE, logs_itself=True)
@require_POST
def take_pdf(request: HttpRequest, ref: UUID) -> HttpResponse:
    """A draft as well, which says on each page that it is one."""
    row = report_of(request, ref, TAKE)
    return _file(request, row, printing.page(row), "pdf", "application/pdf")


@page(f"{_PATH}json/", name="incident_report_json", action=TAKE, logs_itself=True)
@require_POST
def take_json(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Signed; `manage.py check_incident_report` says whether a file is as it left the house."""
    row = report_of(request, ref, TAKE)
    return _file(request, row, papers.sign(row), "json", _JSON)


@page(f"{_PATH}veris/", name="incident_report_veris", action=TAKE, logs_itself=True)
@require_POST
def take_veris(request: HttpRequest, ref: UUID) -> HttpResponse:
    row = report_of(request, ref, TAKE)
    record = veris.export(papers.frozen(row), regime=settings.CUSTODIAN_REGIME)
    return _file(request, row, _encoded(record), "veris.json", _JSON)


@page(f"{_PATH}dora/", name="incident_report_dora", action=TAKE, logs_itself=True)
@require_POST
def take_dora(request: HttpRequest, ref: UUID) -> HttpResponse:
    row = report_of(request, ref, TAKE)
    said = papers.frozen(row)
    if not dora.applies(row.rule):
        raise dora.NotDora
    return _file(request, row, _encoded(dora.export(said)), "dora.json", _JSON)


def _encoded(said: dict[str, Any]) -> bytes:
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
