"""What every page of the desk does first: know the person, refuse unknown parameters, explain a no."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from access import desk_frame, gate
from access.actions import Action
from access.actors import Actor
from access.gate import Refused
from access.vocabulary import Channel
from custodian.errors import CustodianError
from records import explanations, overview, purposes, references, visits

CHANNEL = Channel.DESK.value
View = Callable[..., HttpResponseBase]


class UnknownParameter(CustodianError):
    """A page takes the parameters it declares and no others."""

    code = "unknown-parameter"
    status = 400
    message = _("请求里有这一页不认识的参数")


def require_known(
    request: HttpRequest,
    *,
    query: Iterable[str] = (),
    body: Iterable[str] = (),
    files: Iterable[str] = (),
) -> None:
    """Raises `UnknownParameter`. Where no file was chosen, a browser sends its field as an empty text."""
    left_empty = {name for name in files if not any(request.POST.getlist(name))}
    posted = set(request.POST) - left_empty - {"csrfmiddlewaretoken"}
    if set(request.GET) - set(query) or posted - set(body) or set(request.FILES) - set(files):
        raise UnknownParameter


def desk_page(
    *, query: Iterable[str] = (), body: Iterable[str] = (), files: Iterable[str] = ()
) -> Callable[[View], View]:
    """The view gets the actor; whoever is not signed in goes to the sign-in page."""
    known = {"query": frozenset(query), "body": frozenset(body), "files": frozenset(files)}

    def decorate(view: View) -> View:
        @wraps(view)
        def page(request: HttpRequest, **named: str) -> HttpResponseBase:
            actor = actor_of(request)
            if actor is None:
                return redirect_to_login(request.get_full_path())
            require_known(request, **known)
            try:
                return view(request, actor=actor, **named)
            except Refused as refused:
                return refusal(request, refused)

        return page

    return decorate


def actor_of(request: HttpRequest) -> Actor | None:
    return getattr(request, "actor", None)


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The verdict, its reason and what to do, with the entry that it left."""
    context = {
        "title": _("没有允许这次查看"),
        "why": explanations.plainly(refused.decision),
        "entry": refused.entry,
    }
    return render(request, "desk/refused.html", context, status=refused.status)


def customer_or_404(ref: str, *, action: Action, actor: Actor, purpose: str = "") -> Any:
    """The customer; one that is absent and one out of scope leave the same entry and the same page."""
    known = references.read(ref, kind="c")
    customer = overview.find(known, actor=actor) if known else None
    if customer is None:
        gate.refuse_unknown(actor, action, asked=ref[:64], purpose=purpose, channel=CHANNEL)
    return customer


def working_purpose(request: HttpRequest, actor: Actor, *, ref: str = "") -> str:
    """The purpose of this visit, else the one named last; empty if the person has named none."""
    offered = [each.value for each in purposes.offered(actor, channel=CHANNEL)]
    visit = visits.of(request, ref) if ref else None
    named = visit.purpose if visit else visits.purpose_of(request)
    if named in offered:
        return named
    return offered[0] if len(offered) == 1 else ""


def frame(actor: Actor) -> dict[str, Any]:
    """What the desk's header says of the day."""
    return desk_frame.of(actor)
