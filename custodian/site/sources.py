"""Which clause of the law library a source mark is about, and its address for whoever may open it."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from access.law import Provision, UnknownClause, clause
from custodian.site import navigation


def find(request: HttpRequest | None, code: str) -> Provision | None:
    """The clause, asked for once in a request; nothing where the code is the text of something else."""
    if "-" not in code:
        return None
    known: dict[str, Provision | None] = getattr(request, "sources", {})
    if code not in known:
        known[code] = _clause(code)
    if request is not None:
        request.sources = known  # type: ignore[attr-defined]  # what this request has looked up
    return known[code]


def address(request: HttpRequest | None, found: Provision) -> str:
    """Where the clause is told; nothing for whoever may not read the law library."""
    actor = getattr(request, "actor", None)
    if request is None or actor is None or not navigation.opens("admin:law", request):
        return ""
    return reverse("admin:law_clause", args=[found.code])


def _clause(code: str) -> Provision | None:
    try:
        return clause(code)
    except UnknownClause:
        return None
