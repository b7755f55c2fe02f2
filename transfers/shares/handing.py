"""Handing a file over: it is locked with a passphrase that is shown once, and then taken by staff.

Two steps, so that the passphrase never travels in an address, a header or the file: what was locked waits a
few minutes, itself sealed, for the one who saw the passphrase.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.core.cache import cache
from django.db import transaction

from access import actors, gate, keystore, scopes
from access.actions import Action
from access.actors import Actor
from access.keystore import NoKey
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import NotVisible
from custodian.jobs import JobStatus
from transfers.models import Share
from transfers.shares import locked
from transfers.shares.jobs import SYSTEM, Over
from transfers.shares.proposing import is_as_approved, require, require_assessed
from transfers.shares.shelf import SHELF

WAITS: Final = 600  # seconds
_KEY: Final = "handing"


def lock_share(share: Share, *, actor: Actor) -> str:
    """Lock the share's file anew; the passphrase, which nobody can read again.

    On record before the first byte. Raises `Over`, `NotRunning`, `StepUpNeeded`.
    """
    if not actor.stepped_up and gate.may(actor, Action.SHARE_TAKE):
        gate.refuse(actor, Action.SHARE_TAKE, because="step-up-not-covered", channel="admin")
    require(share.agreement)
    require_assessed(share.agreement)
    ready = share.form == Share.Form.FILE and share.status == JobStatus.DONE
    if not ready or share.removed_at is not None or not share.is_open or not is_as_approved(share):
        raise Over
    gate.permit(
        actor,
        Action.SHARE_TAKE,
        purpose=share.purpose,
        channel=Channel.ADMIN,
        facts={"share": share.code, "sha256": share.sha256, "fingerprint": share.fingerprint},
    )
    with scopes.acting(actors.system(SYSTEM)), transaction.atomic():
        Share.objects.filter(pk=share.pk).update(taken_at=clock.now())
    try:
        content = b"".join(SHELF.read(share.ref))
    except (FileNotFoundError, NoKey):
        raise Over from None
    return put(share.ref, content, name=share.name, actor=actor)


def put(ref: UUID, content: bytes, *, name: str, actor: Actor) -> str:
    """Lock some content and let it wait for this person; the passphrase."""
    secret = locked.passphrase()
    archive = locked.lock(content, name=name, secret=secret)
    sealed = keystore.seal_stream(_KEY, [archive], element=_element(ref, actor))
    cache.set(_place(ref, actor), b"".join(sealed), timeout=WAITS)
    return secret


def take(ref: UUID, *, actor: Actor, still: Callable[[], bool] = lambda: True) -> bytes:
    """What waits for this person, once; raises `Over` where nothing does, or where `still` says no."""
    if actors.person(actor) is None:
        raise NotVisible
    sealed = cache.get(_place(ref, actor))
    cache.delete(_place(ref, actor))
    if sealed is None or not still():
        raise Over
    return b"".join(keystore.open_stream(_KEY, [sealed], element=_element(ref, actor)))


def _place(ref: UUID, actor: Actor) -> str:
    return f"handing:{ref.hex}:{actor.ref.hex}"


def _element(ref: UUID, actor: Actor) -> str:
    """Bound to file and person: what waits for one opens for nobody else."""
    return f"{_KEY}.{ref.hex}.{actor.ref.hex}"
