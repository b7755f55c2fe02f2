"""A data room as a job: asked for, approved by another officer, made, taken a few times, destroyed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from access import actors, approvals, gate, keystore, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.keystore import NoKey
from access.law.reading import retention_rules, today
from access.sealed_files import Sealing
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError, NotVisible, Unavailable
from custodian.jobs import JOB, JobStatus
from custodian.regimes import deadlines
from custodian.workflow import IllegalMove
from records.models import Book
from records.retention.own_records.terms import longest
from transfers import assessing, faults, routes
from transfers.data_room import approving, counting, releasing, sampling, writing
from transfers.data_room.shelf import SHELF
from transfers.models import DataRoom, Stage, Transfer
from transfers.progress import gates, moving

ABOUT: Final = "deal_room"
MOST_SAMPLES: Final = 50
MOST_DAYS: Final = 90
Removed = DataRoom.Removed


class NotForUs(CustodianError):
    """Only the seller has something to show, and only once the papers for it are there."""

    code = "data-room-not-ours"
    status = 409
    message = _("尽调资料由转出方提供，且须先归档本阶段要求的文件")


class NotThere(CustodianError):
    """It has expired, was taken often enough or destroyed, or is not ready."""

    code = "data-room-gone"
    status = 410
    message = _("尽调资料已到期、已取满次数、已销毁或尚未备好")


class Vanished(CustodianError):
    """A customer whose masks are in it was destroyed while it was made."""

    code = "data-room-vanished"
    status = 409
    message = _("生成期间有客户的资料被销毁，请再次生成")


def ask(
    transfer: Transfer,
    *,
    recipient: str,
    samples: int,
    days: int,
    language: str = "zh-hans",
    actor: Actor,
) -> DataRoom:
    """Ask for one, for one person at the other insurer. Raises `NotYet`, `NotAssessed`, `NotForUs`."""
    with transaction.atomic():
        held = Transfer.objects.select_for_update().get(pk=transfer.pk)
        moving.require(held, Stage.DATA_ROOM)
        if held.is_sellers:
            assessing.require(assessing.of_transfer(held))
        book = _require_ours(held)
        ref, number = uuid4(), DataRoom.objects.filter(transfer=held).count() + 1
        payload: dict[str, Any] = {
            "transfer": held.code,
            "number": number,
            "book": book.code,
            "recipient": recipient.strip()[:60],
            "office": held.counterparty.name,
            "samples": min(samples, MOST_SAMPLES),
            "days": min(days, MOST_DAYS),
            "elements": list(sampling.ELEMENTS),
        }
        facts = {"transfer": held.code, "digest": approvals.digest_of(approving.KIND, payload)}
        gate.authorise(actor, Action.DATA_ROOM_ASK, channel=Channel.ADMIN, facts=facts)
        approval = approvals.request(approving.KIND, payload, actor=actor)
        return DataRoom.objects.create(
            ref=ref,
            transfer=held,
            book=book,
            number=number,
            recipient=payload["recipient"],
            samples=payload["samples"],
            days=payload["days"],
            language=language,
            requested_by_id=actors.person(actor),
            approval=approval,
            holding=keystore.named_holding(SHELF.holding(ref)),
        )


def _require_ours(transfer: Transfer) -> Book:
    found = routes.stage_of(transfer, Stage.DATA_ROOM)
    wanted = [each.code for each in found.papers if gates.demands(transfer, each)]
    filed = [gates.paper_of(transfer, Stage.DATA_ROOM, code) is not None for code in wanted]
    if not transfer.is_sellers or transfer.book is None or not all(filed):
        raise NotForUs
    return transfer.book


def work(room_id: int) -> DataRoom:
    """Make it, or one that was broken off, anew. Raises `IllegalMove` when somebody is at it."""
    actor = actors.system("data-room")
    with scopes.acting(actor):
        rows = DataRoom.objects.select_related("transfer__counterparty", "book", "approval")
        room: DataRoom = rows.get(pk=room_id)
        lease = room.claim()
        try:
            _make(room, lease, actor=actor)
        except (IllegalMove, Unavailable):
            raise  # of what is only not there now: the lease lapses, and the sweep tries again
        except Exception as error:
            _fail(room, lease, error)
            raise
    return room


def _make(room: DataRoom, lease: UUID, *, actor: Actor) -> None:
    if approving.content(room) != room.approval.payload or not approvals.is_as_left(room.approval):
        raise ContentChanged
    now = clock.now()
    room.expires_at = deadlines.end_of(clock.local(now).date() + room.lasts)
    room.counted_on, room.tables = releasing.release(
        room.book, on_progress=lambda done: room.progress(lease, done=done), actor=actor
    )
    samples = sampling.draw(room, actor=actor)
    room.mark = writing.mark_of(room)
    with override(room.language):
        body = writing.archive(room, samples.rows, room.mark, at=now)
    out = Sealing(room.ref, SHELF)
    try:
        out.write(body)
        _finish(room, lease, out, samples)
    except BaseException:
        out.drop()
        raise


def _finish(room: DataRoom, lease: UUID, out: Sealing, samples: sampling.Samples) -> None:
    """Put it in its place, unless somebody else has the job, or a customer is gone, by now."""
    with transaction.atomic():
        room.progress(lease, done=room.done)
        living = counting.customers_of(room.book).filter(pk__in=list(samples.subjects))
        if living.count() != len(samples.subjects):
            raise Vanished
        moving.require(room.transfer, Stage.DATA_ROOM)
        kept = out.keep()
        changes = {
            "tables": room.tables,
            "counted_on": room.counted_on,
            "drawn": list(samples.subjects),
            "entry": samples.entry,
            "mark": room.mark,
            "length": kept.length,
            "sha256": kept.sha256,
            "expires_at": room.expires_at,
            "finished_at": clock.now(),
            "note": "",
        }
        JOB.move(room, "finish", changes)
        faults.job_done(room, "room")


def _fail(room: DataRoom, lease: UUID, error: Exception) -> None:
    """Of what nobody foresaw only the kind is kept: a message may hold values."""
    said = str(error.message) if isinstance(error, CustodianError) else ""
    with transaction.atomic():
        room.progress(lease, done=room.done)  # whose job it is no more does not end it
        note = (said or type(error).__name__)[:200]
        JOB.move(room, "fail", {"note": note, "finished_at": clock.now()})
        faults.job_failed(room, "room", note=type(error).__name__)


def again(room: DataRoom, *, actor: Actor) -> None:
    """Try once more what failed."""
    with transaction.atomic():
        facts = {"data-room": room.code}
        gate.authorise(actor, Action.DATA_ROOM_ASK, channel=Channel.ADMIN, facts=facts)
        JOB.move(room, "resume", {"note": ""})
        approving.wake_up(room)


def take(room: DataRoom, *, purpose: str, actor: Actor) -> Iterator[bytes]:
    """The file for whoever asked for it, to hand on; on record before the first byte. Raises `NotThere`."""
    if room.requested_by_id != actors.person(actor):
        raise NotVisible
    if not actor.stepped_up:
        gate.refuse(
            actor, Action.DATA_ROOM_TAKE, because="step-up-not-covered", channel=Channel.ADMIN
        )
    due = DataRoom.objects.takable().filter(pk=room.pk)
    if not due.exists():
        raise NotThere
    gate.permit(
        actor,
        Action.DATA_ROOM_TAKE,
        purpose=purpose,
        channel=Channel.ADMIN,
        facts={"data-room": room.code, "sha256": room.sha256, "mark": room.mark},
    )
    if not due.update(downloads=F("downloads") + 1, taken_at=clock.now()):
        raise NotThere
    try:
        return SHELF.read(room.ref)
    except (FileNotFoundError, NoKey):
        raise NotThere from None


def recall(room: DataRoom, *, actor: Actor) -> None:
    """Destroy it now; raises `NotThere` when there is nothing to destroy."""
    with transaction.atomic():
        held = DataRoom.objects.select_for_update().get(pk=room.pk)
        if held.status != JobStatus.DONE or held.removed_at is not None:
            raise NotThere
        _destroy([held], Removed.RECALLED, action=Action.DATA_ROOM_ASK, actor=actor)


def due() -> list[int]:
    return list(DataRoom.objects.due().values_list("pk", flat=True))


def expire() -> int:
    """Destroy what has had its time, or whose transfer has been over for as long as it may be kept."""
    actor = actors.system("data-room")
    with scopes.acting(actor), transaction.atomic():
        kept = DataRoom.objects.filter(status=JobStatus.DONE, removed_at=None)
        rows = list(kept.select_related("transfer").select_for_update(of=("self",)))
        late = [each for each in rows if each.expires_at and each.expires_at <= clock.now()]
        over = [each for each in rows if each not in late and _is_over(each)]
        _destroy(late, Removed.EXPIRED, action=Action.DATA_ROOM_DESTROY, actor=actor)
        _destroy(over, Removed.CLOSED, action=Action.DATA_ROOM_DESTROY, actor=actor)
    return len(late) + len(over)


def _is_over(room: DataRoom) -> bool:
    ended = room.transfer.ended_at
    return ended is not None and last_moment(ended) <= clock.now()


def last_moment(ended: datetime) -> datetime:
    """Until when a copy may be kept after the deal: by the rule about data rooms, else not at all."""
    term = longest(retention_rules(today()), ABOUT, today=today())
    day = clock.local(ended).date()
    return deadlines.end_of(term.period.after(day)) if term else ended


def purge(subjects: Collection[int]) -> int:
    """A customer who is destroyed is in no room that is still kept."""
    lost = set(subjects)
    with transaction.atomic():
        kept = DataRoom.objects.filter(status=JobStatus.DONE, removed_at=None).select_for_update()
        gone = [each for each in kept if lost & set(each.drawn)]
        actor = actors.system("data-room")
        _destroy(gone, Removed.DESTROYED, action=Action.DATA_ROOM_DESTROY, actor=actor)
    return len(gone)


def kept_of(subjects: Collection[int]) -> Iterable[DataRoom]:
    """Rooms that still hold masks of these customers."""
    lost = set(subjects)
    rows = DataRoom.objects.filter(status=JobStatus.DONE, removed_at=None)
    return [each for each in rows if lost & set(each.drawn)]


def expire_missing() -> int:
    """Those whose file did not come back with a restored house; how many."""
    actor = actors.system("data-room")
    with scopes.acting(actor), transaction.atomic():
        kept = DataRoom.objects.filter(status=JobStatus.DONE, removed_at=None)
        rows = [each for each in kept if not SHELF.path_of(each.ref).exists()]
        _destroy(rows, Removed.EXPIRED, action=Action.DATA_ROOM_DESTROY, actor=actor)
    return len(rows)


def _destroy(rooms: Sequence[DataRoom], because: str, *, action: Action, actor: Actor) -> None:
    """File and key, with a line in the log: a copy in some backup opens no more."""
    for room in rooms:
        facts = {"data-room": room.code, "sha256": room.sha256, "gone": 1}
        channel = Channel.TASK if actor.id is None else Channel.ADMIN
        gate.authorise(actor, action, channel=channel, facts=facts)
        SHELF.remove(room.ref)
        DataRoom.objects.filter(pk=room.pk).update(
            removed_at=clock.now(), removed=because, drawn=[]
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT transfers_forget_room(%s)", [str(room.ref)])
