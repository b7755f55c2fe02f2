"""A copy of one's own data: asked for, made by a worker, taken once, gone in time.

What answers a request is bound to it, is tried again while it fails, and is for whoever asked alone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.keystore import NoKey
from access.models import Subject
from access.sealed_files import Sealing
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.errors import CustodianError, NotVisible, Unavailable
from custodian.jobs import JOB, JobStatus, wake
from custodian.workflow import IllegalMove
from records.models import Customer, CustomerRequest, DataCopy
from records.own_data import archive, enclosures, files
from records.own_data.shelf import SHELF
from records.sign_in import representing

PURPOSE, CHANNEL = Purpose.SELF.value, Channel.PORTAL.value
Removed = DataCopy.Removed
DAY = timedelta(days=1)
SHOWN = 12
# Of a request: after so many attempts by itself it waits for a person; each pause is twice the one before.
ATTEMPTS: Final = 5
PAUSE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Followers:
    """Whoever asked for copies by a request hears of it, in the transaction that ends the job."""

    ready: Callable[[DataCopy], None]
    given_up: Callable[[DataCopy], None]
    # To whom it is addressed, in words that are read in the customer's own name; empty: to nobody else.
    addressee: Callable[[DataCopy, Actor], str]


followers: list[Followers] = []


class NotThere(CustodianError):
    """The file has expired, was downloaded already, or is not ready."""

    code = "copy-gone"
    status = 410
    message = _("副本已过期、已下载或尚未备好。请重新索取")


class NoLongerActing(CustodianError):
    """Whoever asked acted for her then, and does so no more."""

    code = "no-longer-acting"
    status = 409
    message = _("提出申请的代表人已不再代表这位客户")


class Vanished(CustodianError):
    """Data was destroyed while the file was made."""

    code = "copy-vanished"
    status = 409
    message = _("生成期间有资料被销毁，请重新索取")


def of(customer: Customer, *, actor: Actor) -> list[DataCopy]:
    """Hers, newest first: what is on its way, ready, or lately gone."""
    since = clock.now() - timedelta(days=settings.CUSTODIAN_COPY_DAYS + 1)
    rows = DataCopy.objects.of(actor).filter(subject=customer.pk, created_at__gt=since)
    return list(rows[:SHOWN])


def work(copy_id: int) -> DataCopy:
    """Make the file, or one that was broken off, anew. Raises `IllegalMove` when somebody is at it."""
    with scopes.acting(actors.system("copier")):
        copy: DataCopy = DataCopy.objects.select_related("request").get(pk=copy_id)
        lease = copy.claim()
        copy.attempts += 1
        DataCopy.objects.filter(pk=copy.pk).update(attempts=copy.attempts)
        try:
            _make(copy, lease)
        except (IllegalMove, Unavailable):
            raise  # of what is only not there now: the lease lapses, and the sweep tries again
        except Exception as error:
            _fail(copy, lease, error)
            raise
    return copy


def _make(copy: DataCopy, lease: UUID) -> None:
    """Read in the customer's own name, in her own scope, and seal what comes of it."""
    by = copy.request.asker_id if copy.request else None
    if by is not None:
        _require_acting(copy, by)
    actor = actors.customer(copy.subject_id, capacity=copy.capacity, by=by, address=copy.address)
    with scopes.acting(actor), override(copy.language):
        enclosed = enclosures.of(copy, actor=actor)
        content = files.content(copy, enclosed, actor=actor)
        if to := next((each.addressee(copy, actor) for each in followers if copy.request), ""):
            content["addressed_to"] = to
    with scopes.acting(actors.system("copier")):
        out = Sealing(copy.ref, SHELF)
        try:
            with scopes.acting(actor), override(copy.language):
                archive.write(out, copy, content, enclosed, actor=actor)
            _finish(copy, lease, out, entry=content["log_entry"])
        except BaseException:
            out.drop()
            raise


def _require_acting(copy: DataCopy, by: int) -> None:
    """He who asked acts for her at this moment still. Raises `NoLongerActing`."""
    with scopes.acting(actors.system("portal")) as portal:
        choices = representing.choices_of(by, actor=portal) if portal else []
    if not any(
        (each.subject, each.capacity) == (copy.subject_id, copy.capacity) for each in choices
    ):
        raise NoLongerActing


def _finish(copy: DataCopy, lease: UUID, out: Sealing, *, entry: int) -> None:
    """Put the file in its place, unless somebody else has the job, or its data is gone, by now."""
    with transaction.atomic():
        copy.progress(lease, done=1)
        held = Subject.objects.filter(pk=copy.subject_id)
        if held.filter(status=Subject.Status.DESTROYED).exists():
            raise Vanished
        kept, now = out.keep(), clock.now()
        changes = {
            "entry": entry,
            "length": kept.length,
            "sha256": kept.sha256,
            "note": "",
            "finished_at": now,
            "expires_at": now + timedelta(days=settings.CUSTODIAN_COPY_DAYS),
        }
        JOB.move(copy, "finish", changes)
        if copy.request_id:
            for each in followers:
                each.ready(copy)


def _fail(copy: DataCopy, lease: UUID, error: Exception) -> None:
    """Of what nobody foresaw only the kind is kept: a message may hold values."""
    with transaction.atomic():
        copy.progress(lease, done=copy.done)  # whose job it is no more does not end it
        now = clock.now()
        changes = {"note": type(error).__name__[:200], "finished_at": now}
        if copy.request_id:
            changes["leased_until"] = now + PAUSE * 2 ** min(copy.attempts, ATTEMPTS)
        JOB.move(copy, "fail", changes)
        if copy.request_id and copy.attempts == ATTEMPTS:
            for each in followers:
                each.given_up(copy)


def again(request: CustomerRequest) -> int:
    """What failed of a request is tried again at once, by hand; how many."""
    from records.tasks import make_copy  # the task leads back here

    failed = list(DataCopy.objects.filter(request=request, status=JobStatus.FAILED))
    for copy in failed:
        DataCopy.objects.filter(pk=copy.pk).update(attempts=0)
        JOB.move(copy, "resume")
        wake(make_copy, copy.pk)
    return len(failed)


def find(ref: UUID, customer: Customer, *, actor: Actor) -> DataCopy | None:
    rows = DataCopy.objects.of(actor).filter(subject=customer.pk)
    found: DataCopy | None = rows.filter(ref=ref).first()
    return found


def take(copy: DataCopy, *, actor: Actor) -> bytes:
    """The file, this once; on record before the first byte, and gone with its key afterwards.

    Raises `NotThere`, also for the second of two at once.
    """
    if copy.subject_id not in actor.subjects:
        raise NotVisible
    if not DataCopy.objects.takable().filter(pk=copy.pk).exists():
        raise NotThere
    gate.permit(
        actor,
        Action.OWN_COPY_TAKE,
        purpose=PURPOSE,
        channel=CHANNEL,
        subjects=[copy.subject_id],
        facts={"copy": str(copy.ref), "sha256": copy.sha256},
    )
    with scopes.acting(actors.system("copier")):
        if not DataCopy.objects.takable().filter(pk=copy.pk).update(taken_at=clock.now()):
            raise NotThere
        try:
            body = b"".join(SHELF.read(copy.ref))
        except (FileNotFoundError, NoKey):
            raise NotThere from None
        with transaction.atomic():
            remove(copy, Removed.TAKEN)
    return body


def due() -> list[int]:
    """What a worker should be at and nobody is; what failed of a request is due again after its pause."""
    with scopes.acting(actors.system("copier")):
        failed = DataCopy.objects.filter(
            status=JobStatus.FAILED, attempts__lt=ATTEMPTS, leased_until__lte=clock.now()
        ).exclude(request=None)
        for copy in failed:
            JOB.move(copy, "resume")
        return list(DataCopy.objects.due().values_list("pk", flat=True))


def expire() -> int:
    """Remove what nobody may take any more; its row stays for the record."""
    with scopes.acting(actors.system("copier")):
        kept = DataCopy.objects.filter(status=JobStatus.DONE, removed_at=None)
        late = list(kept.filter(expires_at__lte=clock.now()))
        # Taken, and the process that was to remove it ended before it did.
        left = list(kept.filter(expires_at__gt=clock.now(), taken_at__lt=clock.now() - DAY / 24))
        with transaction.atomic():
            for copy in late:
                remove(copy, Removed.EXPIRED)
            for copy in left:
                remove(copy, Removed.TAKEN)
    return len(late) + len(left)


def expire_missing() -> int:
    """Those whose file did not come back with a restored house; how many."""
    with scopes.acting(actors.system("copier")), transaction.atomic():
        kept = DataCopy.objects.filter(status=JobStatus.DONE, removed_at=None)
        lost = [each for each in kept if not SHELF.path_of(each.ref).exists()]
        for copy in lost:
            remove(copy, Removed.EXPIRED)
    return len(lost)


def purge(subjects: Collection[int]) -> int:
    """Whoever loses some of her data loses her copies; one that is being made is made anew."""
    with transaction.atomic():
        rows = DataCopy.objects.select_for_update().filter(
            subject__in=list(subjects), removed_at=None
        )
        held: list[Any] = list(rows)
        for copy in held:
            if copy.status == JobStatus.DONE:
                remove(copy, Removed.DESTROYED)
            else:
                lost = {"status": JobStatus.QUEUED, "leased_by": None, "leased_until": None}
                DataCopy.objects.filter(pk=copy.pk, status=JobStatus.RUNNING).update(**lost)
    return len(held)


def kept(subjects: Collection[int]) -> Iterator[DataCopy]:
    rows = DataCopy.objects.filter(
        subject__in=list(subjects), status=JobStatus.DONE, removed_at=None
    )
    yield from rows


def remove(copy: DataCopy, because: str) -> None:
    """The file and the key that it was sealed under: a copy in some backup opens no more."""
    SHELF.remove(copy.ref)
    DataCopy.objects.filter(pk=copy.pk).update(removed_at=clock.now(), removed=because)
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_forget_copy(%s)", [str(copy.ref)])
