"""Exports as jobs: made by a worker, taken a few times by whom they are for, and removed in time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import IO, cast
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.exports import building
from access.exports.building import Built
from access.exports.requests import is_as_approved
from access.exports.shelf import SHELF
from access.keystore import NoKey
from access.models import Export, Subject
from access.models.exports import MOST_DOWNLOADS
from access.sealed_files import Sealing
from custodian import clock
from custodian.errors import CustodianError, NotVisible, Unavailable
from custodian.jobs import JOB, JobStatus, wake
from custodian.workflow import IllegalMove

KEPT = timedelta(days=7)
LINGERS = timedelta(hours=1)  # after the last download that there may be: the line may have broken
Removed = Export.Removed


class NotThere(CustodianError):
    """The file has expired, was taken often enough or recalled, or is not ready."""

    code = "export-gone"
    status = 410
    message = _("导出文件已过期、已取满次数、已收回或尚未备好，请重新申请")


class NotAsApproved(CustodianError):
    """What would leave is not what was approved."""

    code = "export-altered"
    status = 409
    message = _("内容与批准的不符，没有导出")


class NobodyAsks(CustodianError):
    """Whoever asked has left or changed his post."""

    code = "export-not-allowed"
    status = 403
    message = _("申请人已不能导出客户资料，没有导出")


class Vanished(CustodianError):
    """A customer was destroyed while the file was made."""

    code = "export-vanished"
    status = 409
    message = _("生成期间有客户的资料被销毁，请再次生成")


def work(export_id: int) -> Export:
    """Make the file, or one that was broken off, anew. Raises `IllegalMove` when somebody is at it."""
    with scopes.acting(actors.system("exporter")):
        rows = Export.objects.select_related("requested_by__unit", "recipient", "approval")
        export: Export = rows.get(pk=export_id)
        lease = export.claim()
        try:
            _make(export, lease)
        except (IllegalMove, Unavailable):
            raise  # of what is only not there now: the lease lapses, and the sweep tries again
        except Exception as error:
            _fail(export, lease, error)
            raise
    return export


def _make(export: Export, lease: UUID) -> None:
    if not is_as_approved(export):
        raise NotAsApproved
    asker = export.requested_by
    # The second factor was shown when it was asked for, and whoever takes the file shows one again.
    actor = actors.staff(asker, stepped_up=True, address=export.address)
    if not asker.is_active or not gate.may(actor, Action.CUSTOMER_EXPORT):
        raise NobodyAsks
    Export.objects.filter(pk=export.pk).update(total=len(export.candidates))
    out = Sealing(export.ref, SHELF)
    try:
        built = building.build(
            export,
            cast("IO[bytes]", out),
            actor=actor,
            on_progress=lambda done: export.progress(lease, done=done),
        )
        _finish(export, lease, built, out)
    except BaseException:
        out.drop()
        raise


def _finish(export: Export, lease: UUID, built: Built, out: Sealing) -> None:
    """Put the file in its place, unless somebody else has the job, or a customer is gone, by now."""
    with transaction.atomic():
        export.progress(lease, done=len(export.candidates))
        held = Subject.objects.filter(pk__in=[*built.included, *built.canaries])
        if held.filter(status=Subject.Status.DESTROYED).exists():
            raise Vanished
        kept, now = out.keep(), clock.now()
        changes = {
            "included": built.included,
            "canaries": built.canaries,
            "honey": built.honey,
            "omitted": dict(built.omitted),
            "fingerprint": built.mark.id,
            "length": kept.length,
            "sha256": kept.sha256,
            "note": "",
            "finished_at": now,
            "expires_at": now + KEPT,
        }
        JOB.move(export, "finish", changes)


def _fail(export: Export, lease: UUID, error: Exception) -> None:
    with transaction.atomic():
        export.progress(lease, done=export.done)  # whose job it is no more does not end it
        changes = {"note": _told(error, export.language), "finished_at": clock.now()}
        JOB.move(export, "refuse" if isinstance(error, NotAsApproved) else "fail", changes)


def _told(error: Exception, language: str) -> str:
    """Why it failed; of what nobody foresaw only the kind, because a message may hold values."""
    with override(language):
        if isinstance(error, CustodianError) and error.message:
            return str(error.message)[:200]
        told = _("生成时出错，请再次生成；若再次出错，请联系合规官")
        return f"{told} ({type(error).__name__})"


def again(export: Export, *, channel: str, actor: Actor) -> None:
    """Try once more what failed; whoever asked may, and whoever keeps the register."""
    if export.requested_by_id != actor.id and not gate.may(actor, Action.EXPORT_END):
        raise NotVisible
    with transaction.atomic():
        facts = {"export": export.code, "again": 1}
        gate.authorise(actor, Action.EXPORT_REQUEST, channel=channel, facts=facts)
        with scopes.acting(actors.system("exporter")):
            JOB.move(export, "resume", {"note": ""})
        from access.tasks import build_export  # the task leads back here

        wake(build_export, export.pk)


def take(export: Export, *, channel: str, actor: Actor) -> Iterator[bytes]:
    """The file for whoever it is for; each time is on record before the first byte. Raises `NotThere`."""
    if export.taker_id != actors.person(actor):
        raise NotVisible
    if not actor.stepped_up:
        gate.refuse(actor, Action.EXPORT_TAKE, because="step-up-not-covered", channel=channel)
    due = Export.objects.takable().filter(pk=export.pk)
    if not due.exists():
        raise NotThere
    gate.permit(
        actor,
        Action.EXPORT_TAKE,
        purpose=export.purpose,
        channel=channel,
        facts={"export": export.code, "sha256": export.sha256, "fingerprint": export.fingerprint},
    )
    with scopes.acting(actors.system("exporter")):
        if not due.update(downloads=F("downloads") + 1, taken_at=clock.now()):
            raise NotThere
    try:
        return SHELF.read(export.ref)
    except (FileNotFoundError, NoKey):
        raise NotThere from None


def is_gone(export: Export) -> bool:
    late = export.expires_at is not None and export.expires_at <= clock.now()
    return late or export.removed_at is not None or export.downloads >= MOST_DOWNLOADS


def recall(export: Export, *, channel: str, actor: Actor) -> None:
    """Nobody takes it any more, from now on; raises `NotThere` when there is nothing to recall."""
    with transaction.atomic():
        held = Export.objects.select_for_update().get(pk=export.pk)
        if held.status != JobStatus.DONE or held.removed_at is not None:
            raise NotThere
        facts = {"export": held.code, "downloads": held.downloads}
        gate.authorise(actor, Action.EXPORT_END, channel=channel, facts=facts)
        remove(held, Removed.RECALLED)


def purge(subjects: Collection[int]) -> int:
    """Destroyed customers are in no file that is still kept; how many files went.

    One that is being made right now loses its lease and is made anew without them.
    """
    lost_ones = set(subjects)
    with transaction.atomic():
        open_ones = Export.objects.select_for_update().filter(removed_at=None)
        held = list(open_ones.filter(_with(lost_ones)))
        for export in held:
            if export.status == JobStatus.RUNNING:
                lost = {"status": JobStatus.QUEUED, "leased_by": None, "leased_until": None}
                Export.objects.filter(pk=export.pk).update(**lost)
        gone = [each for each in held if lost_ones & {*(each.included or ()), *each.canaries}]
        for export in gone:
            remove(export, Removed.DESTROYED)
    return len(gone)


def _with(subjects: Collection[int]) -> Q:
    among = list(subjects)
    held = Q(included__overlap=among) | Q(canaries__overlap=among)
    return held | Q(candidates__overlap=among)


def expire() -> int:
    """Remove what nobody may take any more; its row stays for the record."""
    now = clock.now()
    with scopes.acting(actors.system("exporter")):
        kept = Export.objects.filter(status=JobStatus.DONE, removed_at=None)
        late = list(kept.filter(expires_at__lte=now))
        full = list(
            kept.filter(
                expires_at__gt=now, downloads__gte=MOST_DOWNLOADS, taken_at__lte=now - LINGERS
            )
        )
        with transaction.atomic():
            for export in late:
                remove(export, Removed.EXPIRED)
            for export in full:
                remove(export, Removed.TAKEN)
    return len(late) + len(full)


def expire_missing() -> int:
    """Those whose file did not come back with a restored house; how many."""
    with scopes.acting(actors.system("exporter")), transaction.atomic():
        kept = Export.objects.filter(status=JobStatus.DONE, removed_at=None)
        lost = [each for each in kept if not SHELF.path_of(each.ref).exists()]
        for export in lost:
            remove(export, Removed.EXPIRED)
    return len(lost)


def due() -> list[int]:
    """What a worker should be at and nobody is."""
    with scopes.acting(actors.system("exporter")):
        return list(Export.objects.due().values_list("pk", flat=True))


def remove(export: Export, because: str) -> None:
    """The file and the key that it was sealed under: a copy in some backup opens no more."""
    SHELF.remove(export.ref)
    Export.objects.filter(pk=export.pk).update(removed_at=clock.now(), removed=because)
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_forget_export(%s)", [str(export.ref)])
