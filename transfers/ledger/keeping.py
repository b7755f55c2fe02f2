"""Notes every act of a transfer on a sheet outside the database, as far as it is not noted yet.

What is to be noted is read from the transfers themselves, so that no act can forget to say it: also one
of before there was a ledger, and one after which the process was killed.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db import transaction
from django.db.models import CharField, F, Func

from access import actors, proposals, scopes
from access.models import Subject
from transfers import identity
from transfers.ledger import sheets
from transfers.models import LedgerSheet, Receipt, Responsible, Transfer

What = LedgerSheet.What
ACTOR: Final = "hand-over"
# In the database: the sweep asks often, and a paper need not travel for it.
_DIGEST: Final = Func(
    F("release"), template="encode(sha256(%(expressions)s), 'hex')", output_field=CharField()
)


@dataclass(frozen=True)
class _Act:
    what: str
    transfer: Transfer
    release: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        return self.transfer.ref, self.what, self.release


def publish() -> int:
    """Number what stands on no sheet yet, and write whatever sheet is not outside; how many were written."""
    with scopes.acting(actors.system(ACTOR)), scopes.arrivals():
        if next(_loose(), None) is not None:
            with transaction.atomic():
                proposals.lock(Transfer)
                for act in _loose():
                    _number(act)
    return _write()


def _loose() -> Iterator[_Act]:
    noted = set(LedgerSheet.objects.values_list("transfer", "what", "release"))
    receipts = Receipt.objects.filter(live_at__isnull=False).annotate(sha256=_DIGEST)
    released = {
        transfer: (digest, ended_at is not None)
        for transfer, digest, ended_at in receipts.values_list("transfer", "sha256", "ended_at")
    }
    for transfer in Transfer.objects.select_related("counterparty", "opened_by").order_by("pk"):
        release, carried_out = released.get(transfer.pk, ("", False))
        for act in _acts(transfer, release, carried_out=carried_out):
            if act.key not in noted:
                yield act


def _acts(transfer: Transfer, release: str, *, carried_out: bool) -> Iterator[_Act]:
    """In the order in which they come."""
    yield _Act(What.OPENED, transfer)
    if release:
        yield _Act(What.SETTLED, transfer, release)
    if carried_out:
        yield _Act(What.CARRIED_OUT, transfer, release)
    if transfer.status == Transfer.Status.STOPPED:
        yield _Act(What.STOPPED, transfer)


def _number(act: _Act) -> None:
    last = LedgerSheet.objects.order_by("number").only("number", "sha256").last()
    number, before = (last.number + 1, last.sha256) if last else (1, "")
    body = sheets.signed(
        number, before=before, what=act.what, transfer=act.transfer.ref, said=_said(act)
    )
    LedgerSheet.objects.create(
        number=number, what=act.what, transfer=act.transfer.ref, release=act.release, body=body,
        sha256=sheets.digest(body),
    )  # fmt: skip


def _said(act: _Act) -> dict[str, Any]:
    transfer = act.transfer
    named = {
        "code": transfer.code,
        "side": transfer.side,
        "counterparty": identity.code_of(transfer.counterparty),
        "counterparty_name": transfer.counterparty.name,
        "counterparty_name_en": transfer.counterparty.name_en,
    }
    match act.what:
        case What.OPENED:
            return {**named, **_opened(transfer)}
        case What.SETTLED:
            return {**named, **_settled(transfer, act.release)}
        case What.CARRIED_OUT:
            ended = _said_at(transfer.receipt.ended_at)
            return {**named, "release_sha256": act.release, "ended_at": ended}
        case _:
            return {**named, "ended_at": _said_at(transfer.ended_at)}


def _said_at(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _opened(transfer: Transfer) -> dict[str, Any]:
    """What it takes to open it again as it was."""
    return {
        "counterparty_ref": str(transfer.counterparty.ref),
        "route": transfer.route,
        "title": transfer.title,
        "book": transfer.book.code if transfer.book else "",
        "important_data": transfer.important_data,
        "opened_at": transfer.opened_at.isoformat(),
        "opened_by": transfer.opened_by.staff_no,
    }


def _settled(transfer: Transfer, release: str) -> dict[str, Any]:
    """Both papers whole, for they hold no value of a customer, and the uids of those who moved."""
    receipt = transfer.receipt
    papers = bytes(receipt.acceptance), bytes(receipt.release)
    moving = Responsible.objects.filter(transfer=transfer)
    passing = moving.values_list("before", "after").first() or ("", "")
    uids = Subject.objects.filter(pk__in=moving.values("subject")).order_by("pk")
    return {
        "acceptance_sha256": sha256(papers[0]).hexdigest(),
        "release_sha256": release,
        "acceptance": b64encode(papers[0]).decode(),
        "release": b64encode(papers[1]).decode(),
        "accepted_at": receipt.accepted_at.isoformat(),
        "released_at": _said_at(receipt.released_at),
        "live_at": _said_at(receipt.live_at),
        "before_it": passing[0],
        "from_it_on": passing[1],
        "subjects": [str(uid) for uid in uids.values_list("uid", flat=True)],
    }


def _write() -> int:
    rows = LedgerSheet.objects.order_by("number")
    numbers = [
        number
        for number in rows.values_list("number", flat=True)
        if not sheets.path_of(number).exists()
    ]
    return sum(sheets.write(each.number, each.body) for each in rows.filter(number__in=numbers))


def soon(**_signal: Any) -> None:
    """Once what has happened is committed; where that fails, the sweep does it."""
    transaction.on_commit(publish, robust=True)
