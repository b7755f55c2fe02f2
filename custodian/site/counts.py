"""How many things wait behind a place, for the navigation."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from access import questions
from access.actors import Actor
from access.recertification import progress
from custodian.site.navigation import Count, Counter, count_for


def register() -> None:
    count_for("account_questions", _counting(questions.waiting))
    count_for("recertify", _counting(_rights_to_review))


def _counting(waiting: Callable[[HttpRequest], int]) -> Counter:
    def counter(request: HttpRequest) -> Count | None:
        number = waiting(request)
        return Count(number, urgent=True) if number else None

    return counter


def _rights_to_review(request: HttpRequest) -> int:
    """Rights of one's people, to keep or remove before the date."""
    actor: Actor | None = getattr(request, "actor", None)
    return progress.waiting_for(actor) if actor is not None else 0
