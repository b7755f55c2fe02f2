"""The back office's pages of records that are no model: the inventory, the data map, the morning's panels."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from access import gate
from access.actions import Action
from access.admin_pages import Headline, actor_of, finders, headlines, page, panel
from custodian import clock
from custodian.formula import guard
from custodian.jobs import JobStatus
from records import inventory, references
from records.models import Claim, Customer, ImportRun, Policy, QuarantinedRow


@page("inventory/", name="inventory", action=Action.CATALOGUE_READ)
@require_safe
def inventory_page(request: HttpRequest) -> HttpResponse:
    groups = inventory.held(actor_of(request))
    rows = [row for _cls, group in groups for row in group]
    context = {
        **admin.site.each_context(request),
        "title": _("信息目录"),
        "groups": groups,
        "elements": len(rows),
        "sensitive": sum(row.element.sensitive for row in rows),
        "customers": Customer.objects.visible_to(actor_of(request)).count(),
        "officer": settings.CUSTODIAN_DATA_PROTECTION_OFFICER,
    }
    return render(request, "admin/inventory.html", context)


@page("inventory/data-map.csv", name="data_map_csv", action=Action.CATALOGUE_READ)
@require_safe
def data_map_csv(request: HttpRequest) -> HttpResponse:
    actor, buffer = actor_of(request), io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([guard(cell) for cell in _mark(actor.name, actor.staff_no)])
    rows = list(inventory.data_map(actor))
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow([guard(_cell(value)) for value in row.values()])
    return _file("﻿" + buffer.getvalue(), "text/csv; charset=utf-8", "data-map.csv")


@page("inventory/data-map.json", name="data_map_json", action=Action.CATALOGUE_READ)
@require_safe
def data_map_json(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    mark = _mark(actor.name, actor.staff_no)
    body = {"about": mark, "elements": list(inventory.data_map(actor))}
    return _file(
        json.dumps(body, ensure_ascii=False, indent=1), "application/json", "data-map.json"
    )


def _mark(name: str, staff_no: str) -> list[str]:
    insurer = settings.CUSTODIAN_INSURER_NAME["zh"]
    return [_("信息目录"), insurer, f"{name} {staff_no}", f"{clock.local():%Y-%m-%d %H:%M %z}"]


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return str(int(value)) if isinstance(value, bool) else "" if value is None else str(value)


def _file(body: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(body.encode(), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@panel(40, column="main", template="admin/panels/estate.html")
def estate(request: HttpRequest) -> dict[str, Any] | None:
    actor = actor_of(request)
    if not gate.may(actor, Action.CUSTOMER_LIST):
        return None
    return {
        "customers": Customer.objects.visible_to(actor).count(),
        "policies": Policy.objects.visible_to(actor).count(),
        "claims": Claim.objects.visible_to(actor).count(),
        "url": reverse("admin:records_customer_changelist"),
    }


@panel(20, column="side", template="admin/panels/imports.html")
def imports(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), Action.BOOK_READ):
        return None
    unfinished = (JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.PAUSED, JobStatus.FAILED)
    runs = ImportRun.objects.filter(status__in=unfinished).select_related("book")
    return {
        "runs": runs[:4],
        "running": runs.count(),
        "quarantined": _quarantined(),
        "runs_url": reverse("admin:records_importrun_changelist"),
        "rows_url": _quarantine_url(),
    }


def _quarantined() -> int:
    return QuarantinedRow.objects.filter(status=QuarantinedRow.Status.OPEN).count()


def _quarantine_url() -> str:
    return f"{reverse('admin:records_quarantinedrow_changelist')}?status__exact=open"


def waiting_rows(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), Action.BOOK_READ) or not (count := _quarantined()):
        return None
    words = ngettext("隔离区有 %(count)s 行待处理。", "隔离区有 %(count)s 行待处理。", count) % {
        "count": f"{count:,}"
    }
    return Headline(
        5, words, _("每行都写明了原因；更正后可重新导入。"), _quarantine_url(), _("打开隔离区")
    )


headlines.append(waiting_rows)


def customer(asked: str, request: HttpRequest) -> str | None:
    """Whether there is such a customer is for her page to say, and to log."""
    ref = references.read(asked, kind="c")
    return reverse("admin:records_customer_change", args=[ref]) if ref else None


finders.insert(0, customer)
