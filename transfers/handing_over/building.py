"""Makes a package: a leased job that seals customers chunk by chunk, each with its entry before its values.

Killed at any moment it goes on behind the last chunk that lay on the disk and in the database; what was
written after that is cut off and sealed anew under another key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import IO, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from access import actors, gate, own_looks, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from access.vocabulary import Channel, Purpose
from custodian import clock, failpoints
from custodian.errors import CustodianError
from custodian.jobs import JOB
from custodian.tlog.verify import canonical
from custodian.workflow import IllegalMove
from records import documents
from records.models import Document
from transfers import faults, freezing, identity
from transfers.handing_over import inventory
from transfers.handing_over.collecting import CHUNK, Collected, collect
from transfers.models import Content, HandOver, SentRecord
from transfers.packages import header, one_time, shelf
from transfers.packages.layout import Trailer
from transfers.packages.manifest import Manifest
from transfers.packages.recipient import Recipient
from transfers.packages.record import FilePart
from transfers.packages.writing import PIECE, Checkpoint, Writer

ACTOR: Final = "hand-over"
OnProgress = Callable[[HandOver], None]


def silent(job: HandOver) -> None:
    """Nobody watches."""


def work(pk: int, *, on_progress: OnProgress = silent) -> HandOver:
    """Make a package, or what is left of it. Raises `IllegalMove` when somebody else is at it."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        rows = HandOver.objects.select_related("transfer__counterparty", "invitation")
        job: HandOver = rows.get(pk=pk)
        lease = job.claim()
        try:
            _Build(job, lease, actor, on_progress).do()
        except IllegalMove:
            raise
        except CustodianError as error:
            _fail(job, error.code)
            raise
        except Exception as error:
            # What happened is told by its kind alone: a message may hold values.
            _fail(job, type(error).__name__)
            raise
    return job


def _fail(job: HandOver, note: str) -> None:
    with transaction.atomic():
        JOB.move(job, "fail", {"note": note, "finished_at": clock.now(), "leased_by": None})
        faults.job_failed(job, "pack", note=note)


class _Build:
    def __init__(self, job: HandOver, lease: UUID, actor: Actor, on_progress: OnProgress) -> None:
        self.job, self.lease, self.actor, self.on_progress = job, lease, actor, on_progress
        self.facts = {"transfer": job.transfer.code, "package": str(job.package)}

    def do(self) -> None:
        job = self.job
        with shelf.open_for_writing(shelf.path_of(shelf.OUT, job.ref)) as file:
            writer = self._writer(file)
            if job.total is None:
                if job.content == Content.DELTA:
                    freezing.renew(job.transfer, job.only or [])
                job.total = inventory.count(job)
                HandOver.objects.filter(pk=job.pk).update(total=job.total)
            for chunk in _chunks(inventory.subjects(job, after=job.after)):
                self._seal(writer, chunk)
            self._end(writer)

    def _writer(self, file: IO[bytes]) -> Writer:
        job = self.job
        if job.checkpoint is None:
            self._hold_secret()
        return Writer(
            file,
            header=header_of(job),
            secret=one_time.release(job.holding, job.secret_sealed),
            recipient=Recipient(bytes(job.invitation.public)),
            resume=Checkpoint.load(job.checkpoint) if job.checkpoint else None,
        )

    def _hold_secret(self) -> None:
        """A package that is begun anew, because nothing of it lay on the disk, has a secret of its own."""
        with transaction.atomic():
            earlier = self.job.holding
            held = one_time.hold(one_time.fresh())
            self.job.keep(self.lease, holding=held.holding, secret_sealed=held.sealed)
            one_time.forget(earlier)

    def _seal(self, writer: Writer, chunk: Sequence[int]) -> None:
        job, sent = self.job, []
        place = writer.records.size
        found = list(collect(chunk, facts=self.facts, actor=self.actor))
        files = self._files([each for one in found for each in one.documents])
        looks = looks_of(chunk)
        for collected in found:
            leaf = self._write(writer, collected, files, next(looks))
            sent.append(
                SentRecord(
                    hand_over=job,
                    subject_id=collected.subject,
                    place=place,
                    leaf=leaf,
                    looked=collected.record.looked,
                )
            )
            place += 1
        failpoints.hit("hand-over-before-checkpoint")
        at = writer.checkpoint()
        with transaction.atomic():
            SentRecord.objects.bulk_create(sent)
            self.job.keep(self.lease, checkpoint=at.dump(), after=chunk[-1], done=at.records)
        failpoints.hit("hand-over-after-checkpoint")
        self.on_progress(job)

    def _files(self, wanted: Sequence[Document]) -> Iterator[Iterator[bytes]]:
        """In their order; one look at all of them is decided and logged before any is opened."""
        if not wanted:
            return iter(())
        permit = gate.permit(
            self.actor,
            Action.TRANSFER_PACK,
            purpose=Purpose.TRANSFER.value,
            channel=Channel.TASK.value,
            subjects=sorted({each.subject_id for each in wanted}),
            elements=sorted({documents.element_of(each) for each in wanted}),
            holdings=[each.holding for each in wanted],
            facts=self.facts,
        )
        return iter(documents.read_each(wanted, permit))

    def _write(
        self, writer: Writer, collected: Collected, files: Iterator[Iterator[bytes]], looks: bytes
    ) -> bytes:
        collected.record.looks = _list_of_looks(len(looks)) if looks else None
        collected.record.looked = looks.count(b"\n")
        leaf = writer.record(collected.record.dump())
        for _document in collected.documents:
            for piece in next(files):
                writer.file_piece(piece)
        for at in range(0, len(looks), PIECE):
            writer.file_piece(looks[at : at + PIECE])
        return leaf

    def _end(self, writer: Writer) -> None:
        job = self.job
        digest, count = sha256(), 0
        for line in inventory.lines(job, actor=self.actor):
            body = line.dump()
            writer.line(body)
            digest.update(body)
            count += 1
        manifest = Manifest(
            records=writer.records.size,
            root=writer.records.root.hex(),
            totals=inventory.totals(job),
            stayed=inventory.stayed(job),
            left=inventory.left(job),
            notice=inventory.notice(),
            catalogue=inventory.catalogue(),
            lines_sha256=digest.hexdigest(),
            lines=count,
        )
        trailer = writer.finish(manifest.dump(), key=identity.own_key())
        failpoints.hit("hand-over-before-done")
        self._done(manifest, trailer)

    def _done(self, manifest: Manifest, trailer: Trailer) -> None:
        job, holding = self.job, self.job.holding
        changes = {
            "finished_at": clock.now(),
            "leased_by": None,
            "done": manifest.records,
            "secret_sealed": None,
            "size": trailer.length + len(trailer.pack()),
            "root": trailer.root.hex(),
            "signature": trailer.signature,
            "manifest": manifest.said(),
        }
        with transaction.atomic():
            job.keep(self.lease)
            JOB.move(job, "finish", changes)
            one_time.forget(holding)
            faults.job_done(job, "pack")


def header_of(job: HandOver) -> header.Header:
    """The same each time, so that a package that is gone on with is the same package."""
    counterparty = job.transfer.counterparty
    names = settings.CUSTODIAN_INSURER_NAME
    return header.Header(
        package=job.package,
        transfer=job.transfer.ref,
        number=job.number,
        content=header.Content(job.content),
        seller=header.Party(code=settings.CUSTODIAN_INSURER, name=names["zh"]),
        buyer=header.Party(code=identity.insurer_of(counterparty), name=counterparty.name),
        recipient=job.invitation.key,
        made_at=job.created_at,
        valid_until=job.valid_until,
        frozen_at=job.frozen_at,
    )


def looks_of(subjects: Sequence[int]) -> Iterator[bytes]:
    """Who looked at each of them, in their order: one entry a line."""
    rows = Subject.objects.in_bulk(subjects)
    for _subject, told in own_looks.histories([rows[each] for each in subjects]):
        yield b"".join(canonical(each).encode() + b"\n" for each in told)


def _list_of_looks(size: int) -> FilePart:
    return FilePart(
        ref="looks",
        kind="looks",
        name="looks.ndjson",
        media_type="application/x-ndjson",
        size=size,
        claim="",
        paper="",
        need=None,
        added_at=clock.now().isoformat(),
    )


def _chunks(subjects: Iterable[int]) -> Iterator[list[int]]:
    waiting = iter(subjects)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk
