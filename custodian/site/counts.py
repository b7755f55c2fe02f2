"""What waits behind the places of the navigation, as small numbers beside their names."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest

from access import questions
from access.actors import Actor
from access.recertification import progress
from access.training import standing
from custodian.site.navigation import Count, Counter, count_for
from incidents import fraud_desk, fraud_panels, own_remedies, own_sanctions, risk_panels
from incidents import waiting as waiting_incidents
from records import destruction_headlines, request_admin


def register() -> None:
    count_for("desk:learning", learning)
    count_for("own_questions", _counting(questions.waiting))
    count_for("own_remedies", _counting(own_remedies.waiting))
    count_for("own_letters", _counting(own_sanctions.waiting))
    count_for("recertify", _counting(_rights_to_review))
    count_for("admin:destructions", _counting(destruction_headlines.waiting))
    count_for("admin:requests", _counting(request_admin.waiting))
    count_for("admin:incidents_alert_changelist", _counting(waiting_incidents.alerts))
    count_for("admin:incidents", waiting_tasks)
    count_for("admin:fraud_board", _counting(fraud_panels.waiting))
    count_for("desk_claim_check:checks", _counting(fraud_desk.waiting))
    count_for("admin:risks", _counting(risk_panels.due_risks))
    count_for("admin:risk_controls", _counting(risk_panels.wrong_controls))


def learning(request: HttpRequest) -> Count | None:
    """Courses and undertakings that the person lacks, or that end within a month."""
    actor = _actor(request)
    if actor is None or actor.id is None:
        return None
    waiting = standing.waiting_for(actor.id, actor.role)
    return Count(waiting.gaps + waiting.soon, urgent=waiting.gaps > 0) if any(waiting) else None


def waiting_tasks(request: HttpRequest) -> Count | None:
    """What is to be done in the cases that one works on; some of it may be late."""
    found = waiting_incidents.tasks(request)
    return Count(found.open, urgent=found.late > 0) if found.open else None


def _counting(waiting: Callable[[HttpRequest], int]) -> Counter:
    def counter(request: HttpRequest) -> Count | None:
        number = waiting(request)
        return Count(number, urgent=True) if number else None

    return counter


def _rights_to_review(request: HttpRequest) -> int:
    """Rights of one's people, to keep or remove before the date."""
    actor = _actor(request)
    return progress.waiting_for(actor) if actor is not None else 0


def _actor(request: HttpRequest) -> Actor | None:
    return getattr(request, "actor", None)
