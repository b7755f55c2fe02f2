"""Incidents that the public is told of: what happened, which kinds of data, and what one can do."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from incidents.notices import publishing
from records.public_notices import public_page


@public_page
def incidents(request: HttpRequest) -> HttpResponse:
    context = {"title": _("个人信息安全公告"), "rows": publishing.standing()}
    return render(request, "public/incidents.html", context)


@public_page
def incident(request: HttpRequest, *, ref: UUID) -> HttpResponse:
    found = publishing.of(ref)
    if found is None:
        raise Http404
    context = {"title": _("个人信息安全公告"), "batch": found.batch, "told": found.told}
    return render(request, "public/incident.html", context)


urlpatterns = [
    path("incidents/", incidents, name="incidents"),
    path("incidents/<uuid:ref>/", incident, name="incident"),
]
