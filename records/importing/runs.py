"""From files to a run: received, recognised, confirmed, started. Used by command, page and demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Unit, User
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import JOB, JobStatus, wake
from custodian.workflow import IllegalMove
from records import books
from records.importing import engine, on_its_way, store
from records.importing import mapping as mappings
from records.importing.mapping import BookMapping, SourceMapping
from records.importing.on_its_way import OnItsWay
from records.importing.readers import Sheet, Source
from records.importing.recognise import ColumnGuess, mapping_of, recognise
from records.importing.steps import open_file
from records.models import Book, ImportFile, ImportRun


class FilesGone(CustodianError):
    """The files of the run were removed since; whoever needs them brings them again."""

    code = "import-files-gone"
    status = 410
    message = _("导入文件已按保存期限删除，请重新上传")


@dataclass(frozen=True)
class Recognised:
    """A sheet with what its columns seem to be."""

    file: str
    sheet: Sheet
    guesses: Sequence[ColumnGuess]
    mapping: SourceMapping


def receive(paths: Sequence[Path]) -> list[ImportFile]:
    """Seal files of this machine into the store. Raises `SourceRefused`, and then keeps none."""
    taken: list[ImportFile] = []
    try:
        for path in paths:
            source = Source.from_path(path)
            taken.append(store.receive(source))
    except BaseException:
        for file in taken:
            store.remove(file)
        raise
    return taken


def mapping_for(files: Sequence[ImportFile]) -> BookMapping:
    """What the columns seem to be, unconfirmed. A file that cannot be read is not kept."""
    try:
        return BookMapping(tuple(each.mapping for each in recognised(files)))
    except BaseException:
        discard(files)
        raise


def recognised(files: Sequence[ImportFile]) -> list[Recognised]:
    """Every sheet of the files, with the mapping that its columns amount to."""
    found = []
    for file in files:
        name = store.name_of(file)
        for sheet in open_file(file, None):
            guesses = recognise(sheet)
            found.append(Recognised(name, sheet, guesses, mapping_of(sheet, guesses, file=name)))
    return found


def begin(
    files: Sequence[ImportFile],
    *,
    book: Book,
    mapping: BookMapping,
    unit: Unit | None = None,
    dry_run: bool = False,
    arriving: UUID | None = None,
    actor: Actor,
) -> ImportRun:
    """A queued run over files that lie in the store. Its actor is asked again when it starts.

    `arriving` is the transfer that the files are of. Raises `NotByTransfer`, `FilesGone`.
    """
    if arriving is not None:
        on_its_way.require(mapping)
    if not gate.may(actor, Action.BOOK_IMPORT):
        raise PermissionError
    user = User.objects.get(pk=actor.id) if actor.id else None
    with transaction.atomic():
        run = ImportRun.objects.create(
            book=book,
            unit=unit,
            requested_by=user,
            dry_run=dry_run,
            arriving=arriving,
            mapping={"toml": mappings.dump(mapping)},
        )
        there = ImportFile.objects.filter(pk__in=[file.pk for file in files], removed_at=None)
        if there.update(run=run) < len(files):
            raise FilesGone
    return run


def propose(
    files: Sequence[ImportFile],
    *,
    book: Book,
    unit: Unit | None,
    mapping: BookMapping,
    arriving: UUID | None = None,
    actor: Actor,
) -> ImportRun:
    """A run that waits until somebody has confirmed its columns. Raises as `begin` does."""
    with transaction.atomic():
        run = begin(
            files,
            book=book,
            mapping=mapping,
            unit=unit,
            dry_run=True,
            arriving=arriving,
            actor=actor,
        )
        JOB.move(run, "pause")
    return run


def confirm(run: ImportRun, *, mapping: BookMapping, dry_run: bool, actor: Actor) -> None:
    """Start a proposed run with the columns that a person has confirmed. Raises `NotByTransfer`."""
    if run.arriving is not None:
        on_its_way.require(mapping)
    changes = {
        "mapping": {"toml": mappings.dump(mapping)},
        "dry_run": dry_run,
        "confirmed_at": clock.now(),
        "requested_by_id": actor.id,
    }
    JOB.move(run, "resume", changes)
    _wake(run)


def for_real(rehearsal: ImportRun, *, of_transfer: bool = False, actor: Actor) -> ImportRun:
    """The same files with the same columns once more, this time to be kept.

    Raises `OnItsWay` for a transfer's files, unless the transfer itself asks for it.
    """
    if rehearsal.arriving is not None and not of_transfer:
        raise OnItsWay
    run = begin(
        list(rehearsal.files.all()),
        book=rehearsal.book,
        mapping=mappings.load(rehearsal.mapping["toml"]),
        unit=rehearsal.unit,
        arriving=rehearsal.arriving,
        actor=actor,
    )
    _wake(run)
    return run


def resume(run: ImportRun, *, actor: Actor) -> None:
    """Go on with a run that failed; raises `FilesGone`."""
    with transaction.atomic():
        files = list(run.files.select_for_update())
        if any(each.removed_at for each in files):
            raise FilesGone
        JOB.move(run, "resume", {"requested_by_id": actor.id, "note": "", "finished_at": None})
        _wake(run)


def withdraw(run: ImportRun) -> None:
    """Forget a proposed run and its files."""
    if run.status != JobStatus.PAUSED:
        raise IllegalMove
    discard(list(run.files.all()))
    run.delete()


def _wake(run: ImportRun) -> None:
    from records.tasks import run_import  # tasks know the engine, which knows the runs

    wake(run_import, run.pk)


def discard(files: Sequence[ImportFile]) -> None:
    for file in files:
        store.remove(file)


def book_of(code: str) -> Book:
    """The book of this code; without a code the insurer's own, opened when it is not there yet."""
    if code and code != settings.CUSTODIAN_INSURER:
        return Book.objects.get(code=code)
    return books.own()


def run_files(
    paths: Sequence[Path],
    *,
    book: Book,
    mapping: BookMapping | None = None,
    unit: Unit | None = None,
    dry_run: bool = False,
    on_progress: engine.Progress | None = None,
    actor: Actor,
) -> ImportRun:
    """Import files from end to end in this process."""
    with scopes.acting(actors.system("importer")):
        files = receive(paths)
        chosen = mapping or mapping_for(files)
        run = begin(files, book=book, mapping=chosen, unit=unit, dry_run=dry_run, actor=actor)
        return engine.work(
            run.pk, channel=Channel.COMMAND, on_progress=on_progress or engine.silent
        )
