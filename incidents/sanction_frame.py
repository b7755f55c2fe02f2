"""What the back office's pages of sanctions have in common."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), "marked": True, **context}
    return render(request, f"admin/sanctions/{name}.html", more, status=status)
