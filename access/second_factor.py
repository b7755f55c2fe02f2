"""The second factor: one-time codes of an authenticator app, each accepted once, and recovery codes.

A code counts only if its time step is later than the last one accepted, which stands in the
authenticator's own row: a lost cache or a second host cannot make a code good again.
"""

from __future__ import annotations

import base64
import hmac
import unicodedata
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest

from access.models import User
from custodian import clock
from custodian.crypto import canonical
from custodian.crypto.committing import CommittingKey, Kind
from custodian.keys import keyring

PERIOD = 30
# One step each way for clocks that differ; every step is still good once at most.
SKEW = 1
_SALT = b"custodian second factor 1"
_AAD = canonical.encode("custodian second factor 1")
_VERSION = 1


def seal(secret: str) -> str:
    frame = _key().seal_frame(secret.encode(), kind=Kind.VALUE, number=_VERSION, aad=_AAD)
    return base64.b64encode(frame).decode()


def unseal(sealed: str) -> str:
    frame = base64.b64decode(sealed)
    return _key().open_frame(frame, kind=Kind.VALUE, number=_VERSION, aad=_AAD).decode()


def _key() -> CommittingKey:
    ring = keyring()
    return CommittingKey(ring.secret("totp"), ring.suite, salt=_SALT)


def step_now() -> int:
    return int(clock.now().timestamp()) // PERIOD


def code_at(secret: str, step: int) -> str:
    return str(format_hotp_value(hotp_value(secret, step)))


def matching_step(secret: str, code: str, *, after: int) -> int | None:
    """The time step that the code belongs to, if that step is near now and later than `after`."""
    now, given = step_now(), _plain(code)
    for step in range(now - SKEW, now + SKEW + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), given) and step > after:
            return step
    return None


def _plain(code: str) -> bytes:
    return "".join(unicodedata.normalize("NFKC", code).split()).encode()


def enrolled(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


@transaction.atomic
def enrol(user: User, *, secret: str, step: int) -> Authenticator:
    """Keep the secret, with the step of the code that proved it already used up."""
    held: Authenticator = TOTP.activate(user, secret).instance
    held.data["last_step"] = step
    held.save(update_fields=["data"])
    RecoveryCodes.activate(user)
    return held


@transaction.atomic
def use_code(user: User, code: str) -> Authenticator | None:
    """Use one code up; None if it is wrong, old, or was used before."""
    held: Any = _held(user, Authenticator.Type.TOTP)
    if held is None:
        return None
    last = int(held.data.get("last_step", -1))
    step = matching_step(unseal(held.data["secret"]), code, after=last)
    if step is None:
        return None
    held.data["last_step"] = step
    held.save(update_fields=["data"])
    held.user = user
    return held


def use_recovery_code(user: User, code: str) -> Authenticator | None:
    held: Any = Authenticator.objects.filter(
        user=user, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    if held is None or not RecoveryCodes(held).validate_code(_plain(code).decode()):
        return None
    held.user = user
    return held


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Ten new codes; the old ones end."""
    _held(user, Authenticator.Type.TOTP)
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(user).generate_codes())


def recovery_codes(user: User) -> list[str]:
    held = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return list(RecoveryCodes(held).get_unused_codes()) if held else []


def forget(user: User) -> None:
    """Take the second factor away; the next sign-in begins with a new one."""
    Authenticator.objects.filter(user=user).delete()


def mark(request: HttpRequest, authenticator: Authenticator, *, again: bool) -> None:
    """Note in the session, through allauth's own recorder, that a second factor was shown now."""
    post_authentication(request, authenticator, reauthenticated=again)


def shown_at(request: HttpRequest) -> float | None:
    """When this session last showed a second factor, in seconds since the epoch."""
    user = request.user
    records = get_authentication_records(request, user) if user.is_authenticated else []
    return max((each["at"] for each in records if each.get("method") == "mfa"), default=None)


def _held(user: User, kind: str) -> Authenticator | None:
    """The person's authenticator, locked until the transaction ends."""
    if not User.objects.select_for_update().filter(pk=user.pk).exists():
        raise ImproperlyConfigured("a second factor belongs to a person")
    return Authenticator.objects.select_for_update().filter(user=user, type=kind).first()
