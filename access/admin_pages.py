"""The back office's hook: apps bring pages, panels and finders, and composition puts them into the site."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from access import gate
from access.actions import Action
from access.actors import Actor
from access.gate import Permit
from access.vocabulary import Channel, Purpose, Role

T = TypeVar("T", bound=Model)
View = Callable[..., HttpResponseBase]
CHANNEL = Channel.ADMIN.value
# What each office reads the back office for; the purpose stands in the entry of every page.
PURPOSES = {
    Role.COMPLIANCE_OFFICER: Purpose.COMPLIANCE,
    Role.SECURITY_OFFICER: Purpose.SECURITY,
    Role.AUDITOR: Purpose.AUDIT,
}


@dataclass(frozen=True)
class Page:
    """A page that belongs to no model. `logs_itself`: its view asks the gate with more to say."""

    route: str
    name: str
    view: View
    action: Action
    logs_itself: bool = False


@dataclass(frozen=True)
class Panel:
    """A part of the morning page; `build` says nothing (None) when there is nothing it may show."""

    order: int
    column: str  # top, main or side
    template: str
    build: Callable[[HttpRequest], dict[str, Any] | None]


@dataclass(frozen=True)
class Headline:
    """A candidate for the one sentence on top; the most urgent one is shown."""

    urgency: int
    sentence: Any
    detail: Any
    url: str
    button: Any


pages: list[Page] = []
panels: list[Panel] = []
headlines: list[Callable[[HttpRequest], Headline | None]] = []
# What was typed into the header's search box, to the address of the thing, or None.
finders: list[Callable[[str, HttpRequest], str | None]] = []


def page(
    route: str, *, name: str, action: Action, logs_itself: bool = False
) -> Callable[[View], View]:
    """Put the view under `/admin/<route>` as `admin:<name>`, for those who may attempt the action."""

    def put(view: View) -> View:
        pages.append(Page(route, name, view, action, logs_itself))
        return view

    return put


def panel(
    order: int, *, column: str, template: str
) -> Callable[[Callable[[HttpRequest], dict[str, Any] | None]], None]:
    def put(build: Callable[[HttpRequest], dict[str, Any] | None]) -> None:
        panels.append(Panel(order, column, template, build))

    return put


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request; nobody is refused, because there is no default actor."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise PermissionDenied
    return actor


def purpose_of(actor: Actor) -> str:
    purpose = PURPOSES.get(actor.role)
    return purpose.value if purpose else ""


def enter(request: HttpRequest, action: Action, **facts: Any) -> Permit:
    """Log that this page is read, or refuse it; `facts` are codes and go into the sealed context."""
    actor = actor_of(request)
    return gate.permit(
        actor,
        action,
        purpose=purpose_of(actor),
        channel=CHANNEL,
        facts={"page": request.path, **facts},
    )


def row_of(request: HttpRequest, action: Action, rows: QuerySet[T], *, asked: object) -> T:
    """The first of `rows` for somebody who may attempt the action.

    Whoever may not is refused, and so is a row that is not there: each with its entry in the log.
    """
    actor = actor_of(request)
    if not gate.may(actor, action):
        enter(request, action)  # which refuses, and puts that on record
    row = rows.first()
    if row is None:
        gate.refuse_unknown(
            actor, action, asked=str(asked)[:40], purpose=purpose_of(actor), channel=CHANNEL
        )
    return row
