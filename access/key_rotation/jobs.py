"""Rotations of the KEK as jobs: asked for, worked through in chunks, and resumed after they broke off."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.key_rotation import rewrapping
from access.models import KeyRotation
from access.vocabulary import Channel
from custodian import clock, failpoints, keys
from custodian.crypto.errors import KeyringSealed
from custodian.crypto.keyring import FileKeyring
from custodian.errors import CustodianError, Unavailable
from custodian.jobs import JOB, wake
from custodian.keys import Sealed
from custodian.workflow import IllegalMove

# From when a new key is in the keyring until it is used: every process has asked for the keyring by then.
SETTLE: Final = timedelta(seconds=2 * keys.FRESH)
OnProgress = Callable[[KeyRotation], None]
Kind, Why = KeyRotation.Kind, KeyRotation.Why


class RotationRunning(CustodianError):
    """One at a time."""

    code = "rotation-running"
    status = 409
    message = gettext_lazy("已有一次轮换没有结束，请等它完成，或续作")


class Overtaken(CustodianError):
    """The keyring has a newer key than this rotation knows of."""

    code = "rotation-overtaken"
    status = 409
    message = gettext_lazy("密钥环已有更新的密钥，这次轮换作废")


def request(
    kind: str, *, why: str, reason: str = "", channel: str, actor: Actor, version: int | None = None
) -> KeyRotation:
    """Ask for a rotation; with `version` only for what an earlier one left under older keys.

    Raises `RotationRunning`, and `Refused` for whoever is no key manager.
    """
    if actor.id is not None and not actor.stepped_up:
        gate.refuse(actor, Action.KEY_ROTATE, because="step-up-not-covered", channel=channel)
    try:
        with transaction.atomic():
            gate.authorise(
                actor,
                Action.KEY_ROTATE,
                channel=channel,
                facts={"key-kind": kind},
                reason=reason,
            )
            rotation: KeyRotation = KeyRotation.objects.create(
                kind=kind, why=why, reason=reason, requested_by_id=actor.id, version=version
            )
            _wake(rotation)
    except IntegrityError:
        raise RotationRunning from None
    return rotation


def resume(rotation: KeyRotation, *, channel: str, actor: Actor) -> None:
    """Go on with one that failed."""
    if actor.id is not None and not actor.stepped_up:
        gate.refuse(actor, Action.KEY_ROTATE, because="step-up-not-covered", channel=channel)
    with transaction.atomic():
        facts = {"key-kind": rotation.kind, "again": 1}
        gate.authorise(actor, Action.KEY_ROTATE, channel=channel, facts=facts)
        JOB.move(rotation, "resume", {"note": "", "finished_at": None})
        _wake(rotation)


def _wake(rotation: KeyRotation) -> None:
    if rotation.kind == Kind.KEK:
        from access.tasks import rotate_kek  # the task leads back here

        wake(rotate_kek, rotation.pk)


def unfinished(kind: str) -> KeyRotation | None:
    row: KeyRotation | None = KeyRotation.objects.unfinished().filter(kind=kind).first()
    return row


def due() -> list[int]:
    rows = KeyRotation.objects.due().filter(kind=Kind.KEK)
    return list(rows.values_list("pk", flat=True))


def work(rotation_id: int, *, on_progress: OnProgress = lambda _row: None) -> KeyRotation:
    """Carry a rotation on to its end; raises `IllegalMove` when somebody else is at it."""
    actor = actors.system("key-rotator")
    with scopes.acting(actor):
        rotation: KeyRotation = KeyRotation.objects.get(pk=rotation_id, kind=Kind.KEK)
        lease = rotation.claim()
        try:
            _prepare(rotation, lease)
            rotate(rotation, lease, on_progress)
            _finish(rotation, lease, actor)
        except (IllegalMove, Unavailable):
            raise  # of what is only not there now: the lease lapses, and the sweep tries again
        except Exception as error:
            fail(rotation, lease, error)
            raise
    return rotation


def _prepare(rotation: KeyRotation, lease: UUID) -> None:
    """Put the new KEK into the keyring, wait until everybody knows it, and only then wrap with it."""
    ring = source()
    if rotation.version is None:
        keep(rotation, lease, version=ring.prepare_kek(at=clock.real()), prepared_at=clock.real())
    failpoints.hit("kek-prepared")
    assert rotation.version is not None  # noqa: S101  said above
    if ring.current_kek < rotation.version:
        settle(rotation, lease)
        ring.use_kek(rotation.version)
    if ring.current_kek != rotation.version:
        raise Overtaken
    keys.forget()
    if rotation.total is None:
        keep(rotation, lease, total=rewrapping.waiting(rotation.version))


def rotate(rotation: KeyRotation, lease: UUID, on_progress: OnProgress) -> None:
    """Go through the tables until one whole round finds nothing to do: keys are made meanwhile too."""
    while True:
        whole = not rotation.place
        replaced = unopened = 0
        for table in rewrapping.TABLES:
            some, shut = _through(table, rotation, lease, on_progress)
            replaced, unopened = replaced + some, unopened + shut
        keep(rotation, lease, place={}, skipped=unopened)
        if whole and not replaced:
            return


def _through(
    table: str, rotation: KeyRotation, lease: UUID, on_progress: OnProgress
) -> tuple[int, int]:
    """One table from where the rotation stands in it; how many were replaced, and did not open."""
    replaced = unopened = 0
    ring = keys.keyring()
    while True:
        with transaction.atomic():
            found = rewrapping.chunk(table, after=rotation.place.get(table), ring=ring)
            if found.place is None:
                return replaced, unopened
            place = {**rotation.place, table: found.place}
            rotation.progress(lease, done=rotation.done + found.replaced)
            keep(rotation, lease, place=place)
        replaced, unopened = replaced + found.replaced, unopened + found.unopened
        failpoints.hit("kek-chunk")
        on_progress(rotation)


def _finish(rotation: KeyRotation, lease: UUID, actor: Actor) -> None:
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.KEY_ROTATE,
            channel=Channel.TASK,
            facts={"key-kind": rotation.kind, "key-version": rotation.version, "keys-moved": rotation.done},
        )  # fmt: skip
        rotation.progress(lease, done=rotation.done)
        JOB.move(rotation, "finish", {"note": "", "finished_at": clock.now()})


def source() -> FileKeyring:
    """The keyring to change; raises `Sealed`."""
    try:
        return keys.load()
    except KeyringSealed as error:
        raise Sealed from error


def settle(rotation: KeyRotation, lease: UUID) -> None:
    """Wait until every process has asked for the keyring since the new key is in it."""
    prepared = rotation.prepared_at or clock.real()
    while (left := (prepared + SETTLE - clock.real()).total_seconds()) > 0:
        rotation.progress(lease, done=rotation.done)
        time.sleep(min(left, keys.FRESH))


def keep(rotation: KeyRotation, lease: UUID, **changes: Any) -> None:
    """Write down how far it has come, if it is still ours."""
    held = KeyRotation.objects.filter(pk=rotation.pk, leased_by=lease)
    if not held.update(**changes):
        raise IllegalMove
    for name, value in changes.items():
        setattr(rotation, name, value)


def fail(rotation: KeyRotation, lease: UUID, error: Exception) -> None:
    """Say why by a code, or the kind of what nobody foresaw: a message may hold values."""
    told = error.code if isinstance(error, CustodianError) else type(error).__name__
    with transaction.atomic():
        rotation.progress(lease, done=rotation.done)  # whose job it is no more does not end it
        move = "refuse" if isinstance(error, Overtaken) else "fail"
        JOB.move(rotation, move, {"note": told[:200], "finished_at": clock.now()})
