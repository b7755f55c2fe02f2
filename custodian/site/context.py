"""What every page's frame says: the insurer, the person, the time, the theme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from access import portal_sessions
from access.vocabulary import Role
from custodian import clock
from custodian.site import text_size
from custodian.site.formats import english


@dataclass(frozen=True)
class Viewer:
    """The signed-in member of staff as the frame and the viewer mark name her."""

    name: str
    number: str
    role: str
    theme: str


def viewer(request: HttpRequest) -> Viewer | None:
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not getattr(user, "staff_no", ""):
        return None
    return Viewer(
        user.name, user.staff_no, str(user.get_role_display()), getattr(user, "theme", "system")
    )


def facts() -> dict[str, Any]:
    """What can be said without asking the database; error pages have nothing else."""
    names: dict[str, str] = settings.CUSTODIAN_INSURER_NAME
    return {
        "insurer": names["en"] if english() else names["zh"],
        "version": settings.CUSTODIAN_VERSION,
        "complaint_line": settings.CUSTODIAN_COMPLAINT_LINE,
        "officer": settings.CUSTODIAN_DATA_PROTECTION_OFFICER,
        "page_time": clock.local(),
        "theme": "system",
    }


def frame(request: HttpRequest) -> dict[str, Any]:
    person = viewer(request)
    theme = person.theme if person else "system"
    large = text_size.is_large(request)
    return {
        **facts(),
        "viewer": person,
        "theme": theme,
        "large_text": large,
        "portal_ends": portal_ends(request),
        "portal_idle": settings.CUSTODIAN_PORTAL_IDLE_SECONDS // 60,
    }


def portal_ends(request: HttpRequest) -> int:
    """In how many seconds a customer's session ends by itself; 0 for everybody else."""
    actor = getattr(request, "actor", None)
    within = actor is not None and actor.role is Role.CUSTOMER
    return portal_sessions.seconds_left(request) if within else 0
