"""Does once more, in a database that was restored, what the ledger says was done with a transfer."""

from __future__ import annotations

from base64 import b64decode
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from access import actors, scopes
from access.models import Arriving, Subject, User
from access.ports import LedgerRefused
from custodian import clock
from records.models import Book
from transfers.events import transfer_stopped
from transfers.ledger.sheets import Sheet, moment
from transfers.models import (
    Counterparty,
    Receipt,
    Responsible,
    Stage,
    Transfer,
    TransferStage,
)
from transfers.progress.moving import TRANSFER
from transfers.progress.opening import lay_out
from transfers.receipts import ending

State = TransferStage.State
PAGE: Final = 2_000
SELLER, BUYER = "hand-over", "receiver"


def settle(settled: Sheet, opened: Sheet | None) -> None:
    """Both papers, the register of who answers, and, if the moment is over, what happens at it."""
    with scopes.acting(actors.system(_actor(settled))), scopes.arrivals(), transaction.atomic():
        found = Transfer.objects.filter(ref=settled.transfer).first()
        transfer = found or _open(opened)
        Receipt.objects.update_or_create(transfer=transfer, defaults=_papers(settled))
        _pass_on(transfer, settled)
        _stand_at_the_end(transfer, at=moment(settled, "released_at"))
    if moment(settled, "live_at") <= clock.now():
        act(transfer)


def act(transfer: Transfer) -> None:
    """What the sweep does at the moment; twice is as once."""
    receipt = Receipt.objects.select_related("transfer").get(transfer=transfer)
    if receipt.ended_at is None:
        ending.act(receipt)


def stop(stopped: Sheet) -> None:
    with scopes.acting(actors.system(_actor(stopped))), transaction.atomic():
        transfer = Transfer.objects.select_for_update().get(ref=stopped.transfer)
        TRANSFER.move(transfer, "stop", {"ended_at": _when(stopped)})
        transfer_stopped.send(sender=Transfer, transfer=transfer)


def can_be_opened(opened: Sheet | None) -> bool:
    """Whether this database has what a transfer that it does not know needs to be opened again."""
    return opened is not None and _openers(opened).exists()


def all_here(settled: Sheet) -> bool:
    """Whether everybody who came with the transfer was loaded before the backup and waits for the moment."""
    with scopes.acting(actors.system(BUYER)), scopes.arrivals():
        waiting = Arriving.objects.filter(arrival=settled.transfer)
        here = {str(uid) for uid in waiting.values_list("subject__uid", flat=True)}
    return bool(here) and here >= set(settled.said["subjects"])


def _actor(sheet: Sheet) -> str:
    return SELLER if sheet.said["side"] == Transfer.Side.SELLER else BUYER


def _when(stopped: Sheet) -> datetime:
    return moment(stopped, "ended_at") if stopped.said["ended_at"] else clock.now()


def _open(opened: Sheet | None) -> Transfer:
    """Asked before by `can_be_opened`; raises `LedgerRefused` all the same."""
    if opened is None:
        raise LedgerRefused("ledger-not-carried-out")
    said = opened.said
    transfer = Transfer.objects.create(
        ref=opened.transfer,
        code=said["code"],
        side=said["side"],
        counterparty=_counterparty(opened),
        route=said["route"],
        title=said["title"],
        book=Book.objects.filter(code=said["book"]).first(),
        important_data=said["important_data"],
        opened_at=moment(opened, "opened_at"),
        opened_by=_openers(opened).get(),
    )
    lay_out(transfer)
    return transfer


def _openers(opened: Sheet) -> QuerySet[User]:
    return User.objects.filter(staff_no=opened.said["opened_by"])


def _counterparty(opened: Sheet) -> Counterparty:
    """By its reference; one that came after the backup is entered again, without keys and contacts."""
    said = opened.said
    found, _new = Counterparty.objects.get_or_create(
        ref=said["counterparty_ref"],
        defaults={
            "kind": Counterparty.Kind.INSURER,
            "name": said["counterparty_name"],
            "name_en": said["counterparty_name_en"],
        },
    )
    return found


def _papers(settled: Sheet) -> dict[str, Any]:
    papers = {name: b64decode(settled.said[name]) for name in ("acceptance", "release")}
    moments = ("accepted_at", "released_at", "live_at")
    return {**papers, **{name: moment(settled, name) for name in moments}}


def _pass_on(transfer: Transfer, settled: Sheet) -> None:
    """Those of the sheet who are here; whoever came after the backup is not."""
    said, uids = settled.said, [UUID(each) for each in settled.said["subjects"]]
    for first in range(0, len(uids), PAGE):
        here = Subject.objects.filter(uid__in=uids[first : first + PAGE])
        Responsible.objects.bulk_create(
            (
                Responsible(
                    subject_id=subject, transfer=transfer, before=said["before_it"],
                    after=said["from_it_on"], since=moment(settled, "live_at"),
                )
                for subject in here.order_by("pk").values_list("pk", flat=True)
            ),
            ignore_conflicts=True,
        )  # fmt: skip


def _stand_at_the_end(transfer: Transfer, *, at: datetime) -> None:
    """The two papers say that every stage before them is done; the last one is for people to end."""
    needed = transfer.stages.exclude(state=State.NOT_NEEDED).order_by("pk")
    last = needed.filter(stage__in=[Stage.GO_LIVE, Stage.END]).last()
    if last is None or transfer.status != Transfer.Status.OPEN or last.state == State.DONE:
        return
    before = needed.filter(pk__lt=last.pk).exclude(state=State.DONE)
    before.update(state=State.DONE, done_at=at)
    needed.filter(pk=last.pk, state=State.WAITING).update(state=State.NOW, begun_at=at)
