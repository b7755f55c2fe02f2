"""Transfers in announcement, for anybody: who hands which book to whom, what one can do, and until when."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _

from records.public_notices import public_page
from transfers import announcing


@public_page
def transfers(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("业务转让公告"),
        "rows": [announcing.told(each) for each in announcing.public()],
    }
    return render(request, "public/transfers.html", context)


@public_page
def transfer(request: HttpRequest, *, code: str) -> HttpResponse:
    for each in announcing.public():
        if each.transfer.code == code:
            told = announcing.told(each)
            return render(request, "public/transfer.html", {"title": told["title"], "told": told})
    raise Http404


urlpatterns = [
    path("transfers/", transfers, name="transfers"),
    path("transfers/<str:code>/", transfer, name="transfer"),
]
