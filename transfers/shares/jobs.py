"""Shares as jobs: a worker makes the file, it is taken while the share is open, and it goes in time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import IO, Final, cast
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.exports.building import Built
from access.models import Subject
from access.sealed_files import Sealing
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import CustodianError, Unavailable
from custodian.jobs import JOB, JobStatus
from custodian.workflow import IllegalMove
from transfers.models import Share, SharedCopy
from transfers.shares import building
from transfers.shares.proposing import is_as_approved, require
from transfers.shares.shelf import SHELF

SYSTEM: Final = "sharer"
KEPT: Final = timedelta(days=7)  # a file nobody took; a company default
Removed = Share.Removed


class NotAsApproved(CustodianError):
    """What would leave is not what was approved."""

    code = "share-altered"
    status = 409
    message = _("内容与批准的不符，没有提供")


class Over(CustodianError):
    """The share has ended, or its agreement has, or its file is gone."""

    code = "share-over"
    status = 410
    message = _("提供已到期、已停止或文件已移除，请重新申请")


class Vanished(CustodianError):
    """A customer was destroyed while the file was made."""

    code = "share-vanished"
    status = 409
    message = _("生成期间有客户的资料被销毁，请再次生成")


def work(share_id: int) -> Share:
    """Make the file, or one that was broken off, anew. Raises `IllegalMove` when somebody is at it."""
    with scopes.acting(actors.system(SYSTEM)):
        share = fresh(share_id)
        lease = share.claim()
        try:
            _make(share, lease)
        except (IllegalMove, Unavailable):
            raise  # the lease lapses, and the sweep tries again
        except Exception as error:
            _fail(share, lease, error)
            raise
    return share


def fresh(share_id: int) -> Share:
    rows = Share.objects.select_related("agreement__counterparty", "approval")
    found: Share = rows.get(pk=share_id)
    return found


def _make(share: Share, lease: UUID) -> None:
    if not is_as_approved(share):
        raise NotAsApproved
    require(share.agreement)
    if not share.is_open:
        raise Over
    Share.objects.filter(pk=share.pk).update(total=len(share.candidates))
    out = Sealing(share.ref, SHELF)
    try:
        built, copies = building.build(
            share,
            cast("IO[bytes]", out),
            on_progress=lambda done: share.progress(lease, done=done),
        )
        failpoints.hit("share-built")
        _finish(share, lease, built, copies, out)
    except BaseException:
        out.drop()
        raise


def _finish(
    share: Share, lease: UUID, built: Built, copies: list[SharedCopy], out: Sealing
) -> None:
    """Put the file in its place with the note of who holds what: both or neither."""
    with transaction.atomic():
        share.progress(lease, done=len(share.candidates))
        held = Subject.objects.filter(pk__in=[*built.included, *built.canaries])
        if held.filter(status=Subject.Status.DESTROYED).exists():
            raise Vanished
        kept = out.keep()
        SharedCopy.objects.bulk_create(copies)
        changes = {
            "included": built.included,
            "canaries": built.canaries,
            "omitted": dict(built.omitted),
            "fingerprint": built.mark.id,
            "length": kept.length,
            "sha256": kept.sha256,
            "note": "",
            "finished_at": clock.now(),
        }
        JOB.move(share, "finish", changes)


def _fail(share: Share, lease: UUID, error: Exception) -> None:
    with transaction.atomic():
        share.progress(lease, done=share.done)  # whose job it is no more does not end it
        over = isinstance(error, NotAsApproved | Over)
        changes = {"note": _told(error, share.language), "finished_at": clock.now()}
        JOB.move(share, "refuse" if over else "fail", changes)


def _told(error: Exception, language: str) -> str:
    """Why it failed; of what nobody foresaw only the kind, because a message may hold values."""
    with override(language):
        if isinstance(error, CustodianError) and error.message:
            return str(error.message)[:200]
        told = _("生成时出错，请再次生成；若再次出错，请联系合规官")
        return f"{told} ({type(error).__name__})"


def end(share: Share, *, actor: Actor) -> None:
    """Give nothing more under it, from now on; one person is enough to stop. Raises `Over`."""
    with transaction.atomic():
        held = Share.objects.select_for_update(of=("self",)).get(pk=share.pk)
        if held.ended_at is not None:
            raise Over
        facts = {"share": held.code, "did": "end"}
        gate.authorise(actor, Action.SHARE_END, channel=Channel.ADMIN, facts=facts)
        Share.objects.filter(pk=held.pk).update(ended_at=clock.now(), token=None)
        if held.status == JobStatus.DONE and held.form == Share.Form.FILE:
            remove(held, Removed.ENDED)
    share.refresh_from_db()


def again(share: Share, *, actor: Actor) -> None:
    """Try once more what failed. Raises `IllegalMove`."""
    with transaction.atomic():
        facts = {"share": share.code, "again": 1}
        gate.authorise(actor, Action.SHARE_PROPOSE, channel=Channel.ADMIN, facts=facts)
        JOB.move(share, "resume", {"note": ""})


def due() -> list[int]:
    with scopes.acting(actors.system(SYSTEM)):
        return list(Share.objects.due().values_list("pk", flat=True))


def expire() -> int:
    """Files whose share is over, or that nobody took in time, go with their key; how many."""
    now = clock.now()
    with scopes.acting(actors.system(SYSTEM)):
        kept = Share.objects.filter(
            form=Share.Form.FILE, status=JobStatus.DONE, removed_at=None
        ).select_related("agreement")
        late = [s for s in kept if s.over_at <= now or (s.finished_at or now) + KEPT <= now]
        with transaction.atomic():
            for share in late:
                remove(share, Removed.EXPIRED)
    return len(late)


def purge(subjects: Collection[int]) -> int:
    """Destroyed customers are in no file that is still kept; how many files went."""
    among = list(subjects)
    held_in = Q(included__overlap=among) | Q(canaries__overlap=among)
    with transaction.atomic():
        open_ones = Share.objects.select_for_update(of=("self",)).filter(
            form=Share.Form.FILE, removed_at=None
        )
        for share in open_ones.filter(status=JobStatus.RUNNING, candidates__overlap=among):
            lost = {"status": JobStatus.QUEUED, "leased_by": None, "leased_until": None}
            Share.objects.filter(pk=share.pk).update(**lost)
        gone = list(open_ones.filter(held_in))
        for share in gone:
            remove(share, Removed.DESTROYED)
    return len(gone)


def remove(share: Share, because: str) -> None:
    """The file and the key that it was sealed under: a copy in some backup opens no more."""
    SHELF.remove(share.ref)
    Share.objects.filter(pk=share.pk).update(removed_at=clock.now(), removed=because)
    with connection.cursor() as cursor:
        cursor.execute("SELECT transfers_forget_share(%s)", [str(share.ref)])
