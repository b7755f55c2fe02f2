"""How many things wait behind a place, for the navigation."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from access import questions
from custodian.site.navigation import Count, Counter, count_for


def _counting(waiting: Callable[[HttpRequest], int]) -> Counter:
    def counter(request: HttpRequest) -> Count | None:
        number = waiting(request)
        return Count(number, urgent=True) if number else None

    return counter


def register() -> None:
    count_for("account_questions", _counting(questions.waiting))
