"""Bearer tokens of the API: one person's, for listed acts and purposes, from listed networks, for a time.

The secret is shown once and kept as its SHA-256 only: it has 256 random bits, so a slow hash
would add nothing.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from access import actors, gate, ports, sign_ins
from access.actions import Action
from access.actors import Actor, TokenScope
from access.models import ApiToken, TokenGrant, User
from access.querylog import write
from access.querylog.leaf import Draft
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError

PREFIX = "cst_"
LONGEST_DAYS = 366


class BadToken(CustodianError):
    """Unknown, over, revoked, or from elsewhere: which of them, the log knows."""

    code = "token-refused"
    status = 401
    message = _("令牌无效。请检查令牌、期限与网段，或向管理员申请新的令牌。")


def issue(
    user: User,
    *,
    name: str,
    actions: Sequence[str],
    purposes: Sequence[str],
    days: int,
    networks: Sequence[str] = (),
    channel: str = Channel.COMMAND,
    actor: Actor,
) -> tuple[ApiToken, str]:
    """A new token and its secret, which nobody can read again."""
    raw = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        name=name,
        user=user,
        digest=_digest(raw),
        actions=sorted({Action(each).value for each in actions}),
        purposes=sorted(set(purposes)),
        networks=[str(ipaddress.ip_network(each)) for each in networks],
        expires_at=clock.now() + timedelta(days=min(days, LONGEST_DAYS)),
    )
    facts = {"token": str(token.ref), "account": user.staff_no, "may": token.actions}
    with transaction.atomic():
        gate.authorise(actor, Action.API_TOKEN_ISSUE, channel=channel, facts=facts)
        token.full_clean(exclude=["digest"])
        token.save()
    return token, raw


def revoke(token: ApiToken, *, channel: str, actor: Actor) -> None:
    with transaction.atomic():
        facts = {"token": str(token.ref)}
        gate.authorise(actor, Action.API_TOKEN_REVOKE, channel=channel, facts=facts)
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])


def grant(
    token: ApiToken,
    *,
    elements: Sequence[str],
    purpose: str,
    reason: str,
    until: datetime,
    channel: str,
    granted_by: User,
    actor: Actor,
) -> TokenGrant:
    """Leave for what a token cannot step up to: these elements, this purpose, until then."""
    leave = TokenGrant(
        token=token,
        elements=sorted(elements),
        purpose=purpose,
        reason=reason,
        granted_by=granted_by,
        until=until,
    )
    facts = {"token": str(token.ref), "elements": leave.elements, "for": purpose}
    with transaction.atomic():
        gate.authorise(actor, Action.API_TOKEN_GRANT, channel=channel, facts=facts, reason=reason)
        leave.save()
    return leave


def carried_by(request: HttpRequest) -> bool:
    """Whether the request speaks with a token; then its session, if any, does not count."""
    return request.path.startswith("/api/") and "Authorization" in request.headers


def bearer(request: HttpRequest) -> Actor:
    """Whoever the token acts for, with no more than the token's scope; `BadToken` otherwise."""
    scheme, _space, raw = request.headers["Authorization"].partition(" ")
    if scheme.lower() == "bearer" and raw.strip().startswith(ports.bearers().prefix):
        return _partner(raw.strip(), sign_ins.address(request))
    token = _find(raw.strip()) if scheme.lower() == "bearer" else None
    if token is None:
        raise BadToken
    scope = TokenScope(
        token_id=token.pk, actions=frozenset(token.actions), purposes=frozenset(token.purposes)
    )
    address = sign_ins.address(request)
    actor = actors.staff(token.user, token=scope, address=address)
    if why := _unusable(token, address):
        _log_refusal(request, why, token, actor=actor)
        raise BadToken
    request.user = token.user
    return actor


def _partner(raw: str, address: str) -> Actor:
    actor: Actor | None = ports.bearers().actor_of(raw, address=address)
    if actor is None:
        raise BadToken
    return actor


class Stranger:
    """Stands for the user of a request that no member of staff has made."""

    is_authenticated = True
    is_anonymous = False
    pk = None


class TokenAuthentication(BaseAuthentication):
    """Tells the API's views what `ActorMiddleware` found."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and actor.share is not None:
            return Stranger(), actor.share
        if actor is None or actor.token is None:
            return None
        return request._request.user, actor.token  # noqa: SLF001  DRF's way to Django's request

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="custodian"'


def _digest(raw: str) -> bytes:
    return hashlib.sha256(raw.encode()).digest()


def _find(raw: str) -> ApiToken | None:
    if not raw.startswith(PREFIX):
        return None
    return ApiToken.objects.select_related("user__unit").filter(digest=_digest(raw)).first()


def _unusable(token: ApiToken, address: str) -> str:
    """Why the token may not be used now from there, as a reason code; empty if it may."""
    now = clock.now()
    if token.revoked_at is not None and token.revoked_at <= now:
        return "token-revoked"
    if token.expires_at <= now:
        return "token-expired"
    if not token.user.is_active:
        return "token-owner-left"
    here = ipaddress.ip_address(address)
    if token.networks and not any(here in ipaddress.ip_network(each) for each in token.networks):
        return "token-network"
    return ""


def _log_refusal(request: HttpRequest, why: str, token: ApiToken, *, actor: Actor) -> None:
    write.commit(
        Draft(
            actor=actor,
            act="denied",
            at=clock.now(),
            channel=Channel.API,
            outcome="denied",
            why=(why,),
            context=write.seal_context({"address": sign_ins.address(request)}),
            facts={"what": Action.AUTHENTICATE.value, "token": str(token.ref)},
        )
    )
