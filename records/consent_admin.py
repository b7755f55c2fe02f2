"""The back office's page of consents: each purpose with its ground, how customers stand, what changed."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.actions import Action
from access.admin_pages import actor_of, page
from records.consents import counting


@page("consents/", name="consents", action=Action.CONSENT_READ)
@require_safe
def consents(request: HttpRequest) -> HttpResponse:
    lines = counting.lines()
    context = {
        "title": _("用途与同意"),
        "asked": [each for each in lines if each.purpose.asks],
        "others": [each for each in lines if not each.purpose.asks],
        "recent": counting.recent(actor=actor_of(request)),
    }
    more = {**admin.site.each_context(request), **context}
    return render(request, "admin/consents.html", more)
