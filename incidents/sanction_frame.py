"""What the pages of sanctions have in common."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from incidents.models import SanctionCase, SanctionPaper
from incidents.sanctions import letters


def template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), "marked": True, **context}
    return render(request, f"admin/sanctions/{name}.html", more, status=status)


def pdf_of(row: SanctionPaper, matter: SanctionCase) -> HttpResponse:
    """Under a neutral name: whom it is about does not stand in a download's."""
    body = letters.content(matter, row)
    response = HttpResponse(
        letters.printed(body, digest=row.sha256), content_type="application/pdf"
    )
    response["Content-Disposition"] = f'attachment; filename="{matter.code}-{row.kind}.pdf"'
    return response
