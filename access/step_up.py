"""Proving again, in the middle of a session, who one is; a token cannot do it."""

from __future__ import annotations

from dataclasses import replace

from allauth.core import ratelimit
from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from access import second_factor, sign_ins
from access.actions import Action
from access.actors import Actor
from access.models import User
from custodian.errors import CustodianError


class TooManyCodes(CustodianError):
    """Codes are tried faster than a person reads them."""

    code = "too-many-codes"
    status = 429
    message = _("尝试次数太多。请五分钟后再试。")


def verify(request: HttpRequest, code: str) -> bool:
    """Take one code for this session, log it, and make the session and `request.actor` stepped-up.

    False: the code is wrong or was used before. Raises `TooManyCodes` after five wrong ones.
    """
    user: object = request.user
    actor: Actor | None = getattr(request, "actor", None)
    if not isinstance(user, User) or (actor is not None and actor.token is not None):
        return False
    clear = _count(request, user)
    authenticator = second_factor.use_code(user, code)
    if authenticator is None:
        sign_ins.record_failure(request, Action.STEP_UP, why=("bad-code",), user=user)
        return False
    sign_ins.record(request, Action.STEP_UP, user=user)
    ratelimit.clear(request, action="login_failed", key=clear)
    _renew(request)
    second_factor.mark(request, authenticator, again=True)
    if actor is not None:
        request.actor = replace(actor, stepped_up=True)  # type: ignore[attr-defined]
    return True


def _count(request: HttpRequest, user: User) -> str:
    """One count for a person's codes, wherever they are asked for, as allauth keeps it."""
    key = f"mfa-auth-user-{user.pk}"
    if not ratelimit.consume(request, action="login_failed", key=key):
        raise TooManyCodes
    return key


def _renew(request: HttpRequest) -> None:
    """More rights, another session key: a key seen earlier is worth nothing now."""
    old = request.session.session_key
    request.session.cycle_key()
    UserSession.objects.filter(session_key=old).update(session_key=request.session.session_key)
