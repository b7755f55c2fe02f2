"""Which version counts on a day, and which versions anybody may read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import F, QuerySet

from records.models import PublishedText, TextVersion
from records.notices.drafting import today

Kind = PublishedText.Kind


def notice_in_force(kind: str = "processing", on: date | None = None) -> str:
    """The code of the version of these rules that counts on that day, such as `processing-3`.

    Empty while none is in force: there is then nothing that somebody could have been told.
    """
    found = current(kind, on)
    return found.code if found else ""


def current(slug: str, on: date | None = None) -> TextVersion | None:
    return _in_force(on).filter(text__slug=slug).first()


def of_kinds(kinds: Iterable[str], on: date | None = None) -> list[TextVersion]:
    """Those in force, the newest first."""
    found = _in_force(on).filter(text__kind__in=list(kinds))
    return list(found.order_by("-since", "-published_at"))


def at_place(place: str, on: date | None = None) -> list[TextVersion]:
    """Tips and articles that show there, always in the same order."""
    advice = _in_force(on).filter(text__kind__in=PublishedText.ADVICE, places__contains=[place])
    return list(advice.order_by("text_id"))


def version(code: str) -> TextVersion | None:
    """By its code; None for what never was."""
    slug, _dash, number = code.rpartition("-")
    if not number.isdecimal() or not number.isascii() or len(number) > 6:
        return None
    rows = TextVersion.objects.select_related("text")
    return rows.filter(text__slug=slug, number=int(number)).first()


def public_versions(slug: str, on: date) -> list[TextVersion]:
    """Every version that has begun by that day, the newest first; never one that was stopped before."""
    begun = TextVersion.objects.begun(on).filter(text__slug=slug)
    return list(begun.select_related("text").order_by("-number"))


def before(version: TextVersion) -> TextVersion | None:
    """What it followed: the version in force until then."""
    earlier = version.text.versions.filter(number__lt=version.number)
    kept = earlier.exclude(withdrawal__on__lt=F("since"))
    return kept.select_related("text").order_by("-number").first()


def _in_force(on: date | None) -> QuerySet[TextVersion]:
    return TextVersion.objects.in_force(on or today()).select_related("text")
