"""What anybody may read without signing in: the rules of processing, tips and articles, announcements.

No page here knows who reads it, and each may be kept by a cache for a few minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from custodian import clock
from custodian.middleware import may_be_kept
from records.models import PublishedText, TextVersion
from records.notices import in_force, telling

Kind = PublishedText.Kind
SECONDS: Final = 300
View = Callable[..., HttpResponse]


def public_page(view: View) -> View:
    @require_safe
    @wraps(view)
    def page(request: HttpRequest, **named: Any) -> HttpResponse:
        return may_be_kept(request, view(request, **named), seconds=SECONDS)

    return page


@public_page
def rules(request: HttpRequest) -> HttpResponse:
    found = in_force.current(Kind.PROCESSING)
    return (
        _rules(request, found) if found else _none(request, _("个人信息处理规则"), Kind.PROCESSING)
    )


@public_page
def rules_version(request: HttpRequest, *, code: str) -> HttpResponse:
    """One version by its code; the bare name of the rules is the version in force."""
    if code in PublishedText.RULES:
        found = in_force.current(code)
        return _rules(request, found) if found else _none(request, Kind(code).label, Kind(code))
    return _rules(request, _version(code))


@public_page
def rules_changes(request: HttpRequest, *, code: str) -> HttpResponse:
    version = _version(code)
    before = in_force.before(version)
    context = {
        "title": _("与上一版相比"),
        "edition": version,
        "told": telling.told(version),
        "change": telling.change(version, before) if before else None,
    }
    return render(request, "public/changes.html", context)


@public_page
def tips(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("防骗提示"),
        "tips": list(map(telling.told, in_force.of_kinds([Kind.TIP]))),
        "articles": list(map(telling.told, in_force.of_kinds([Kind.ARTICLE]))),
    }
    return render(request, "public/tips.html", context)


@public_page
def tip(request: HttpRequest, *, slug: str) -> HttpResponse:
    found = in_force.current(slug)
    if found is None or found.text.kind not in PublishedText.ADVICE:
        raise Http404
    return render(request, "public/tip.html", tip_context(telling.told(found)))


def tip_context(told: telling.Told) -> dict[str, Any]:
    return {"title": told.title, "told": told}


@public_page
def announcements(request: HttpRequest) -> HttpResponse:
    rows = in_force.of_kinds([Kind.ANNOUNCEMENT])
    rows.sort(key=lambda each: each.published_at, reverse=True)
    context = {"title": _("事件公告"), "rows": list(map(telling.told, rows))}
    return render(request, "public/announcements.html", context)


@public_page
def announcement(request: HttpRequest, *, number: str) -> HttpResponse:
    found = in_force.current(number)
    if found is None or found.text.kind != Kind.ANNOUNCEMENT:
        raise Http404
    context = announcement_context(telling.told(found))
    context["first"] = found.text.versions.order_by("number").first()
    return render(request, "public/announcement.html", context)


def announcement_context(told: telling.Told) -> dict[str, Any]:
    year, _dash, number = told.slug.partition("-")
    return {"title": told.title, "told": told, "year": year, "number": number}


def _rules(request: HttpRequest, version: TextVersion) -> HttpResponse:
    return render(request, "public/rules.html", rules_context(telling.told(version)))


def rules_context(told: telling.Told) -> dict[str, Any]:
    version = told.version
    return {
        "title": told.title,
        "told": told,
        "edition": version,
        "before": in_force.before(version) if version else None,
        "newest": in_force.current(told.kind),
        "versions": in_force.public_versions(told.kind, clock.local().date()),
        "others": [
            each for each in in_force.of_kinds(PublishedText.RULES) if each.text.kind != told.kind
        ],
    }


def _none(request: HttpRequest, title: Any, kind: Kind) -> HttpResponse:
    return render(request, "public/rules_none.html", {"title": title})


def _version(code: str) -> TextVersion:
    """Rules that have begun; what is still to come, or was stopped, is nowhere yet."""
    found = in_force.version(code)
    known = found and found in in_force.public_versions(found.text.slug, clock.local().date())
    if found is None or not known or not found.text.is_rules:
        raise Http404
    return found
