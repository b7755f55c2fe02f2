"""When a KEK has had its time, and what becomes of it when it wraps nothing any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.key_rotation import jobs, rewrapping
from access.key_rotation.jobs import Kind, Why
from access.models import KeyRotation, RetiredKek
from access.vocabulary import Channel
from custodian import clock, failpoints, keys
from custodian.errors import CustodianError

_STILL_NEEDED, _LOCKED = "CK002", "55P03"


class KekNeeded(CustodianError):
    """Something is still wrapped by the KEK, or may be yet."""

    code = "kek-needed"
    status = 409
    message = _("这个密钥还有用，没有销毁：它是现用密钥、还包裹着数据密钥、或轮换结束不久")


class UnknownKek(CustodianError):
    """The keyring has no such number, or none any more."""

    code = "kek-unknown"
    status = 404
    message = _("密钥环里没有这个编号的密钥：没有建立过，或已经销毁")


def lifetime() -> timedelta:
    return timedelta(days=settings.CUSTODIAN_KEY_DAYS)


def grace() -> timedelta:
    return timedelta(hours=settings.CUSTODIAN_KEY_GRACE)


def made_at(number: int) -> datetime | None:
    """When a KEK of the keyring was made; None of one from before the keyring said so."""
    made = jobs.source().keks.made.get(number, "")
    return datetime.fromisoformat(made) if made else None


def next_rotation() -> datetime | None:
    """When the current KEK has had its time; None means at once."""
    made = made_at(jobs.source().current_kek)
    return made + lifetime() if made else None


def carry_out() -> None:
    """What is due by the clock: a rotation, the rest of an earlier one, and the end of old KEKs."""
    with scopes.acting(actors.system("key-rotator")):
        if jobs.unfinished(Kind.KEK) is None:
            _begin()
        for number in destroyable():
            destroy(number)
        _note()


def _begin() -> None:
    rotator = actors.system("key-rotator")
    due = next_rotation()
    if due is None or due <= clock.now():
        jobs.request(Kind.KEK, why=Why.SCHEDULE, channel=Channel.TASK, actor=rotator)
        return
    current = jobs.source().current_kek
    last = last_finished(Kind.KEK)
    # What was wrapped by a process that had not asked for the keyring yet.
    if rewrapping.waiting(current) > (last.skipped if last else 0):
        jobs.request(
            Kind.KEK, why=Why.SCHEDULE, channel=Channel.TASK, actor=rotator, version=current
        )


def destroyable() -> list[int]:
    """Earlier KEKs in the keyring whose rotation ended long enough ago, and those that died half-way."""
    ring = jobs.source()
    half_way = set(RetiredKek.objects.values_list("kek", flat=True))
    ended = ended_at()
    waited = ended is not None and ended + grace() <= clock.now()
    older = [number for number in ring.keks.keys if number < ring.current_kek]
    used = _used() if waited and older else set()
    return [n for n in sorted(older) if n in half_way or (waited and n not in used)]


def ended_at() -> datetime | None:
    """When the last rotation of KEKs ended; None while one is under way, or there was none."""
    if jobs.unfinished(Kind.KEK) is not None:
        return None
    last = last_finished(Kind.KEK)
    return last.finished_at if last else None


def last_finished(kind: str) -> KeyRotation | None:
    row: KeyRotation | None = KeyRotation.objects.finished().filter(kind=kind).first()
    return row


def _used() -> set[int]:
    return set(in_use())


def in_use() -> dict[int, int]:
    """How many keys each KEK wraps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kek, sum(n) FROM (SELECT kek, count(*) AS n FROM keys.data_key GROUP BY kek"
            " UNION ALL SELECT kek, count(*) FROM keys.subject_key GROUP BY kek) t GROUP BY kek"
        )
        return {int(kek): int(count) for kek, count in cursor.fetchall()}


def destroy(number: int) -> None:
    """Retire a KEK in the database, then forget it; what was retired and not forgotten is gone on with.

    Raises `KekNeeded` while anything is or may yet be wrapped by it, `UnknownKek`.
    """
    ring = jobs.source()
    if number not in ring.keks.keys:
        raise UnknownKek
    if number not in destroyable():
        raise KekNeeded
    actor = actors.system("key-rotator")
    with scopes.acting(actor):
        _retire(number, actor)
        failpoints.hit("kek-retired")
        ring.destroy_kek(number)
        keys.forget()
        _note()


def _retire(number: int, actor: Actor) -> None:
    """From now on no key can be put under it; waits for those that are being put there."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT keys.retire(%s)", [number])
            (new,) = cursor.fetchone()
            if new:
                gate.authorise(
                    actor, Action.KEY_DESTROY, channel=Channel.TASK,
                    facts={"key-kind": Kind.KEK.value, "key-version": number},
                )  # fmt: skip
    except DatabaseError as error:
        if getattr(error.__cause__, "pgcode", "") in (_STILL_NEEDED, _LOCKED):
            raise KekNeeded from None
        raise


def _note() -> None:
    """When each retired KEK was gone from the keyring, also of one whose destroyer died before he said so."""
    held = jobs.source().keks.keys
    gone = RetiredKek.objects.filter(destroyed_at=None).exclude(kek__in=list(held))
    with connection.cursor() as cursor:
        for number in gone.values_list("kek", flat=True):
            cursor.execute("SELECT keys.note_destroyed(%s)", [number])
