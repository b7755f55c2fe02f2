"""Files of a seller come in: sealed like an import, surveyed, mapped and rehearsed; nothing is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Arriving, Unit
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove
from records.importing import mapping as mappings
from records.importing import on_its_way, runs, saved, surveying
from records.importing.mapping import BookMapping, SourceMapping
from records.importing.recognise import mapping_of
from records.importing.runs import Recognised
from records.importing.targets import Kind, belongs
from records.models import Book, Customer, ImportFile, ImportRun
from transfers.letters import arrived
from transfers.models import Arrival, Receipt, Transfer

NOT_OURS: Final = _("原公司的人员和机构不随转")


class NotFromFiles(CustodianError):
    """It is the other side's, over, accepted already, without a book, or comes as packages."""

    code = "not-from-files"
    status = 409

    def __init__(self, message: object) -> None:
        super().__init__(message)


def require(transfer: Transfer) -> Book:
    """The book that files can come into now. Raises `NotFromFiles` where they cannot."""
    held = Transfer.objects.select_related("book").get(pk=transfer.pk)
    if held.side != Transfer.Side.BUYER or held.status != Transfer.Status.OPEN:
        raise NotFromFiles(_("只有进行中的转入才能接收文件"))
    if held.book is None:
        raise NotFromFiles(_("这笔转入还没有指定账册，请先指定"))
    if held.arrivals.exclude(stage=Arrival.Stage.REFUSED).exists():
        raise NotFromFiles(_("这笔转入已收到移交包，不能再接收文件"))
    if Receipt.objects.filter(transfer=held).exists():
        raise NotFromFiles(_("本公司已确认接收，不再接收文件"))
    if _has_others(held):
        raise NotFromFiles(_("账册里已有别的客户；请为这笔转入单独指定一本空账册"))
    return held.book


def _has_others(transfer: Transfer) -> bool:
    """Whether somebody else is in the book, so that a row could point at her and be seen through her."""
    with scopes.acting(actors.system("receiver")), scopes.arrivals():
        mine = Arriving.objects.filter(arrival=transfer.ref).values("subject")
        return Customer.objects.filter(book=transfer.book).exclude(subject__in=mine).exists()


def take(
    transfer: Transfer,
    files: Sequence[ImportFile],
    *,
    unit: Unit | None,
    kind: str = "",
    name: str = "",
    channel: str,
    actor: Actor,
) -> ImportRun:
    """A run that waits for its mapping. `kind` says what the files are where that cannot be told by itself;
    `name` is a saved mapping to begin with.

    A file that cannot be read is not kept. Raises `NotFromFiles`, `SourceRefused`, `NoMapping`, `Refused`.
    """
    try:
        book = require(transfer)
        found = runs.recognised(files)
        mapping = BookMapping(tuple(_ours(each, kind) for each in found))
        if name:
            mapping = saved.fitted(mappings.load(saved.find(name).toml), _with(found, mapping))
        with transaction.atomic():
            _authorise(transfer, files, channel=channel, actor=actor)
            run = runs.propose(
                files,
                book=book,
                unit=unit,
                mapping=mapping,
                arriving=transfer.ref,
                actor=actor if actor.id is not None else actors.system("importer"),
            )
            surveying.begin(files)
            arrived.begin(transfer, clock.now())
    except BaseException:
        runs.discard([each for each in files if each.run_id is None])
        raise
    return run


def _ours(each: Recognised, kind: str) -> SourceMapping:
    """As recognised, or as the officer says; without what names the seller's people."""
    source = each.mapping
    if kind and source.kind != kind:
        source = mapping_of(each.sheet, each.guesses, file=each.file)
        columns = {to: rule for to, rule in source.columns.items() if belongs(to, Kind(kind))}
        source = replace(source, kind=Kind(kind), columns=columns)
    theirs = on_its_way.without_theirs(source)
    columns = {to: rule for to, rule in source.columns.items() if to not in theirs}
    ignored = {header: str(NOT_OURS) for header in theirs.values()}
    return replace(source, columns=columns, ignored=ignored)


def _with(found: list[Recognised], mapping: BookMapping) -> list[Recognised]:
    return [
        replace(each, mapping=source) for each, source in zip(found, mapping.sources, strict=True)
    ]


def _authorise(
    transfer: Transfer, files: Sequence[ImportFile], *, channel: str, actor: Actor
) -> None:
    digests = b"".join(bytes(each.digest) for each in files)
    gate.authorise(
        actor,
        Action.TRANSFER_ARRIVE,
        channel=channel,
        facts={"transfer": transfer.code, "files": sha256(digests).hexdigest()},
    )


def rehearse(transfer: Transfer, run: ImportRun, mapping: BookMapping, *, actor: Actor) -> None:
    """Go through all rows as the mapping says, and change nothing. Raises `NotFromFiles`, `NotByTransfer`."""
    require(transfer)
    runs.confirm(run, mapping=mapping, dry_run=True, actor=actor)


def again(transfer: Transfer, rehearsal: ImportRun, *, actor: Actor) -> ImportRun:
    """The same files for another mapping. Raises `NotFromFiles`, `FilesGone`, `IllegalMove`."""
    require(transfer)
    if not rehearsal.dry_run or rehearsal.status not in {JobStatus.DONE, JobStatus.REFUSED}:
        raise IllegalMove
    return runs.propose(
        list(rehearsal.files.all()),
        book=rehearsal.book,
        unit=rehearsal.unit,
        mapping=mappings.load(rehearsal.mapping["toml"]),
        arriving=transfer.ref,
        actor=actor,
    )
