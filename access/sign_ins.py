"""What the log keeps of coming in and going out: who, when, how, and whether it worked."""

from __future__ import annotations

from collections.abc import Sequence

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from access import actors, sessions
from access.actions import Action
from access.actors import Actor
from access.acts import act_of
from access.models import User
from access.models.people import BACK_OFFICE
from access.querylog import write
from access.querylog.leaf import Draft
from access.vocabulary import Channel, Role
from custodian import clock


def address(request: HttpRequest) -> str:
    """The client's network address; a forwarding header counts only behind a declared proxy."""
    return str(get_adapter(request).get_client_ip(request))


def known_address(request: HttpRequest) -> str:
    """The same, and nothing where it cannot be told: then no network covers it."""
    try:
        return address(request)
    except PermissionDenied:
        return ""


def channel_of(role: Role) -> Channel:
    if role in BACK_OFFICE:
        return Channel.ADMIN
    return Channel.REGULATOR if role is Role.REGULATOR else Channel.DESK


def record(
    request: HttpRequest,
    action: Action,
    *,
    why: Sequence[str] = (),
    session: str = "",
    user: User,
) -> int:
    """Something a known person did with a session; returns the entry once it is committed.

    `session` is the mark of one that is not there yet, or not any more.
    """
    actor = actors.staff(user, session=session or sessions.mark_of(request))
    return _commit(request, action, why=why, actor=actor)


def record_failure(request: HttpRequest, action: Action, *, why: Sequence[str], user: User) -> int:
    """A known person's proof that was not good enough."""
    actor = actors.staff(user, session=sessions.mark_of(request))
    return _commit(request, action, failed=True, why=why, actor=actor)


def record_stranger(request: HttpRequest, *, typed: str, account: str) -> int:
    """A sign-in that failed: nobody is known to have acted, so the system's login speaks.

    What was typed may be a password in the wrong box, so it is sealed; `account` is the number of
    the person whose name it was, if it was anybody's.
    """
    return _commit(
        request,
        Action.AUTHENTICATE,
        failed=True,
        why=("bad-credentials",),
        typed=typed,
        account=account,
        actor=actors.system("login"),
    )


def _commit(
    request: HttpRequest,
    action: Action,
    *,
    failed: bool = False,
    why: Sequence[str],
    typed: str = "",
    account: str = "",
    actor: Actor,
) -> int:
    agent = request.headers.get("User-Agent", "")[:200]
    sealed = {"address": address(request), **({"typed": typed[:200]} if typed else {})}
    sealed |= {"agent": agent} if agent else {}
    return write.commit(
        Draft(
            actor=actor,
            act=f"{act_of(action)}.failed" if failed else act_of(action),
            at=clock.now(),
            channel=channel_of(actor.role),
            outcome="denied" if failed else "ok",
            why=why,
            context=write.seal_context(sealed),
            facts={"what": action.value, **({"account": account} if account else {})},
        )
    )
