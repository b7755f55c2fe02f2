"""The buyer's notice to who arrived: from when it may go out, by when it has to, and when that is done.

The time runs from the day the data came in, as GDPR art. 14(3) counts it, although nobody could read them
yet. Where the law of the route names none, the company's own time runs and is shown as such.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, scopes
from access.law import clocks as law_clocks
from custodian import clock
from custodian.errors import CustodianError
from custodian.regimes.clocks import COMPANY
from records.notices import delivering
from transfers import faults
from transfers.letters import recipients
from transfers.letters.sending import ACTOR
from transfers.models import (
    LetterBatch,
    Receipt,
    Stage,
    Transfer,
    TransferClock,
    TransferNotice,
)

OCCASION: Final = "indirect_collection"
State = TransferNotice.State


class NotLiveYet(CustodianError):
    """Nobody is written to before this insurer answers for her."""

    code = "arrived-not-live"
    status = 409
    message = _("到交接时点启用之后，才能告知转来的客户")


def is_live(transfer: Transfer) -> bool:
    """Whether the customers of a book that came in are this insurer's own."""
    rows = Receipt.objects.filter(transfer=transfer, ended_at__isnull=False)
    return transfer.side == Transfer.Side.BUYER and rows.exists()


def require_live(transfer: Transfer) -> None:
    """Raises `NotLiveYet`."""
    if not is_live(transfer):
        raise NotLiveYet


def rule(transfer: Transfer) -> str:
    """The clock of the law of the route; else this company's own."""
    regime = transfer.route.partition("-")[0]
    found = [each for each in law_clocks.by_trigger(OCCASION) if each.enabled]
    ours = next(each.code for each in found if each.regime == COMPANY)
    return next((each.code for each in found if each.regime == regime), ours)


def begin(transfer: Transfer, at: datetime) -> None:
    """With the first package that is taken in. Twice is as once."""
    TransferClock.objects.get_or_create(
        transfer=transfer, rule=rule(transfer), defaults={"stage": Stage.RECEIVE, "started_at": at}
    )


def left(transfer: Transfer) -> int:
    """Who has not been told, as far as she can be: whoever is stored only is written to by no way."""
    rows = TransferNotice.objects.filter(transfer=transfer)
    waiting = rows.exclude(state__in=TransferNotice.DELIVERED).filter(seen_at=None)
    return recipients.counts(transfer).left + waiting.exclude(note=delivering.RESTRICTED).count()


def carry_out() -> None:
    """Stop the clock of each book whose customers have all been told; tell of one that is late, once."""
    with scopes.acting(actors.system(ACTOR)):
        rows = TransferClock.objects.running().filter(transfer__side=Transfer.Side.BUYER)
        for row in rows.exclude(transfer__status=Transfer.Status.STOPPED).select_related(
            "transfer"
        ):
            if row.rule == rule(row.transfer) and is_live(row.transfer):
                _settle(row)


def _settle(row: TransferClock) -> None:
    transfer, cause = row.transfer, f"notice:{row.transfer.ref}"
    waiting = left(transfer)
    sent = LetterBatch.objects.filter(transfer=transfer, stage=LetterBatch.Stage.APPROVED).exists()
    if sent and not waiting:
        with transaction.atomic():
            row.stopped_at = clock.now()
            row.save(update_fields=["stopped_at"])
            faults.gone(cause)
    elif row.due_at < clock.now():
        faults.notice_late(transfer, cause, count=waiting)


def clocks(transfer: Transfer) -> list[str]:
    """For the board of the buyer: the time is named before it begins."""
    return [rule(transfer)] if transfer.side == Transfer.Side.BUYER else []
