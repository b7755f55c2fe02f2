"""From the right code to the session: for whom, and what is left in the browser so that it is known again."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from access import actors, portal_sessions, scopes, sign_ins
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from access.querylog import write
from access.querylog.leaf import Draft
from access.vocabulary import Channel, Purpose
from custodian import clock
from records.models import SignInCode
from records.sign_in import codes, entrances, limits, marks, representing
from records.sign_in.codes import Tried, Whence
from records.sign_in.representing import Choice

BROWSER: Final = "sign_in.browser"
CODE: Final = "sign_in.code"
PROVEN: Final = "sign_in.proven"


def whence(request: HttpRequest) -> Whence:
    """The browser is told by a token in its session, made at the first question."""
    token = request.session.get(BROWSER)
    if not isinstance(token, str):
        token = request.session[BROWSER] = marks.new_token()
    mark = request.COOKIES.get(settings.CUSTODIAN_KNOWN_COOKIE, "")
    return Whence(sign_ins.known_address(request), token, mark[:64])


def asked(request: HttpRequest, code: SignInCode) -> None:
    request.session[CODE] = str(code.ref)
    request.session.pop(PROVEN, None)


def code_of(request: HttpRequest) -> SignInCode | None:
    ref = request.session.get(CODE)
    return codes.of_browser(ref, whence(request)) if isinstance(ref, str) else None


def prove(request: HttpRequest, tried: Tried) -> None:
    """The code was right: what follows has minutes, and no code is asked for twice."""
    request.session.cycle_key()
    request.session.pop(CODE, None)
    request.session[PROVEN] = {
        "subject": tried.subject,
        "proof": tried.proof,
        "at": clock.now().timestamp(),
    }


def proven(request: HttpRequest) -> tuple[int, str] | None:
    """Who has proved who she is in this browser just now, and how."""
    held: Any = request.session.get(PROVEN)
    if not isinstance(held, dict) or not isinstance(held.get("subject"), int):
        return None
    late = clock.now().timestamp() - held["at"] > limits.PROVEN_LASTS.total_seconds()
    return None if late else (held["subject"], str(held["proof"]))


def choices(person: int, *, actor: Actor) -> list[Choice]:
    if not Subject.objects.filter(pk=person).exclude(status=Subject.Status.DESTROYED).exists():
        return []
    return representing.choices_of(person, actor=actor)


def enter(request: HttpRequest, choice: Choice, *, by: int, proof: str) -> str:
    """Begin the session; the new mark for the browser, which tells it and nobody's name."""
    mark = marks.new_token()
    portal_sessions.begin(request, choice.subject, capacity=choice.capacity, by=by, proof=proof)
    with scopes.acting(actors.system("portal")):
        entrances.note(
            request,
            choice.subject,
            by=by,
            proof=proof,
            capacity=choice.capacity,
            mark=marks.of_browser(mark),
        )
    return mark


def leave_mark(response: HttpResponse, mark: str) -> None:
    response.set_cookie(
        settings.CUSTODIAN_KNOWN_COOKIE,
        mark,
        max_age=limits.KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def record_failure(request: HttpRequest, why: str) -> None:
    """Nobody is known to have acted: the system speaks, and whether anybody was meant it does not say."""
    write.commit(
        Draft(
            actor=actors.system("portal"),
            act="login.failed",
            at=clock.now(),
            channel=Channel.PORTAL,
            purpose=Purpose.SELF,
            outcome="denied",
            why=(why,),
            context=write.seal_context({"address": sign_ins.known_address(request)}),
            facts={"what": Action.PORTAL_OPEN.value},
        )
    )
