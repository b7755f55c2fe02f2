"""A copy of one's own data: asked for in one's own session, made by a worker, taken once, gone in time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from access import actors, gate, keystore, scopes
from access.actions import Action
from access.actors import Actor
from access.keystore import NoKey
from access.models import Subject
from access.sealed_files import Sealing
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.errors import CustodianError, NotVisible, Unavailable
from custodian.jobs import JOB, OPEN, JobStatus, wake
from custodian.workflow import IllegalMove
from records.models import Customer, DataCopy
from records.own_data import archive, enclosures, files
from records.own_data.shelf import SHELF

PURPOSE, CHANNEL = Purpose.SELF.value, Channel.PORTAL.value
Removed = DataCopy.Removed
DAY = timedelta(days=1)
SHOWN = 12


class TooOften(CustodianError):
    """So many files in a day serve nobody but whoever floods the house."""

    code = "too-many-copies"
    status = 429
    message = _("今天已经索取过多次副本。请下载已有的，或明天再来")


class NotThere(CustodianError):
    """The file has expired, was downloaded already, or is not ready."""

    code = "copy-gone"
    status = 410
    message = _("副本已过期、已下载或尚未备好。请重新索取")


class Vanished(CustodianError):
    """Data was destroyed while the file was made."""

    code = "copy-vanished"
    status = 409
    message = _("生成期间有资料被销毁，请重新索取")


def ask(
    customer: Customer,
    actor: Actor,
    *,
    formats: Sequence[str] = (DataCopy.Format.PDF, DataCopy.Format.JSON),
    language: str = DataCopy.Language.CHINESE,
) -> list[DataCopy]:
    """Ask for a file of each format, or be told of the one that waits already.

    For requests of access, copy and portability too. Raises `NotVisible` for another's data, `TooOften`.
    """
    if customer.pk not in actor.subjects:
        raise NotVisible
    with transaction.atomic():
        return [_ask(customer, DataCopy.Format(each), language, actor=actor) for each in formats]


def _ask(customer: Customer, form: DataCopy.Format, language: str, *, actor: Actor) -> DataCopy:
    rows = DataCopy.objects.visible_to(actor).filter(subject=customer.pk)
    same = rows.filter(format=form, language=language)
    waiting: DataCopy | None = same.filter(status__in=OPEN).first() or same.takable().first()
    if waiting is not None:
        return waiting
    if rows.filter(created_at__gt=clock.now() - DAY).count() >= settings.CUSTODIAN_COPIES_A_DAY:
        raise TooOften
    ref = uuid4()
    copy = DataCopy(
        ref=ref,
        subject_id=customer.pk,
        capacity=actor.capacity,
        address=actor.address,
        format=form,
        language=DataCopy.Language(language),
        holding=keystore.named_holding(SHELF.holding(ref)),
    )
    gate.authorise(
        actor,
        Action.OWN_COPY_ASK,
        channel=CHANNEL,
        purpose=PURPOSE,
        subjects=gate.tagged(scopes.find([customer.pk])),
        facts={"copy": str(ref), "copy-format": f"{form}-{language}"},
    )
    copy.save(force_insert=True)
    from records.tasks import make_copy  # the task leads back here

    wake(make_copy, copy.pk)
    return copy


def of(customer: Customer, *, actor: Actor) -> list[DataCopy]:
    """Hers, newest first: what is on its way, ready, or lately gone."""
    since = clock.now() - timedelta(days=settings.CUSTODIAN_COPY_DAYS + 1)
    rows = DataCopy.objects.visible_to(actor).filter(subject=customer.pk, created_at__gt=since)
    return list(rows[:SHOWN])


def work(copy_id: int) -> DataCopy:
    """Make the file, or one that was broken off, anew. Raises `IllegalMove` when somebody is at it."""
    with scopes.acting(actors.system("copier")):
        copy: DataCopy = DataCopy.objects.get(pk=copy_id)
        lease = copy.claim()
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
    actor = actors.customer(copy.subject_id, capacity=copy.capacity, address=copy.address)
    with scopes.acting(actor), override(copy.language):
        enclosed = enclosures.of(copy, actor=actor)
        content = files.content(copy, enclosed, actor=actor)
    with scopes.acting(actors.system("copier")):
        out = Sealing(copy.ref, SHELF)
        try:
            with scopes.acting(actor), override(copy.language):
                archive.write(out, copy, content, enclosed, actor=actor)
            _finish(copy, lease, out, entry=content["log_entry"])
        except BaseException:
            out.drop()
            raise


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


def _fail(copy: DataCopy, lease: UUID, error: Exception) -> None:
    """Of what nobody foresaw only the kind is kept: a message may hold values."""
    with transaction.atomic():
        copy.progress(lease, done=copy.done)  # whose job it is no more does not end it
        JOB.move(copy, "fail", {"note": type(error).__name__[:200], "finished_at": clock.now()})


def find(ref: UUID, customer: Customer, *, actor: Actor) -> DataCopy | None:
    rows = DataCopy.objects.visible_to(actor).filter(subject=customer.pk)
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
    """What a worker should be at and nobody is."""
    with scopes.acting(actors.system("copier")):
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
