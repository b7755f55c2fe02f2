"""The end of the time to answer: who kept silent stays or goes as the route reads it; the stage may end."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from access import actors, scopes
from custodian import clock
from records.notices import delivering
from transfers import chosen, progress
from transfers.choosing.selecting import is_frozen
from transfers.letters import recipients
from transfers.letters.sending import ACTOR
from transfers.models import LetterBatch, Stage, Transfer, TransferNotice
from transfers.progress import Missing

Approved: Final = LetterBatch.Stage.APPROVED
State = TransferNotice.State


def carry_out() -> None:
    """Once for each batch whose day is over."""
    with scopes.acting(actors.system(ACTOR)):
        over = LetterBatch.objects.filter(
            stage=Approved, closed_at=None, reply_by__lt=clock.local().date()
        ).filter(transfer__status=Transfer.Status.OPEN)
        rows = list(over.select_related("transfer"))
    for batch in rows:
        if not is_frozen(batch.transfer):
            chosen.recheck(batch.transfer)
        LetterBatch.objects.filter(pk=batch.pk).update(closed_at=clock.now())


def missing(transfer: Transfer) -> list[Missing]:
    """What the stage of letters still waits for on the seller's side."""
    if transfer.side != Transfer.Side.SELLER:
        return []
    with scopes.acting(actors.system(ACTOR)):
        return _missing(transfer)


def _missing(transfer: Transfer) -> list[Missing]:
    batches = LetterBatch.objects.filter(transfer=transfer, stage=Approved)
    if not chosen.is_settled(transfer):
        return [Missing("chosen", _("还没有经复核的随转客户"))]
    if not batches.exists():
        return [Missing("letters", _("告知信还没有发出"))]
    rows = TransferNotice.objects.filter(transfer=transfer)
    unsent = rows.filter(state__in=[State.WAITING, State.TO_PRINT]).count()
    unsent += recipients.counts(transfer).left
    found = []
    if unsent:
        said = ngettext_lazy("还有 %(n)s 封告知信没有送出", "还有 %(n)s 封告知信没有送出", "n")
        found.append(Missing("unsent", said % {"n": unsent}))
    if failed := _untold(transfer):
        said = ngettext_lazy("有 %(n)s 名随转客户没有送达", "有 %(n)s 名随转客户没有送达", "n")
        found.append(Missing("untold", said % {"n": failed}))
    if batches.filter(reply_by__gte=clock.local().date()).exists():
        found.append(Missing("answers", _("答复期限还没有到")))
    return found


def _untold(transfer: Transfer) -> int:
    """Who would move without having been told; where silence is no consent they stay anyway.

    Whose data are stored only is told by the announcement: nothing of hers may be opened for a letter.
    """
    if recipients.terms(transfer).consent:
        return 0
    failed = TransferNotice.objects.filter(transfer=transfer, state=State.FAILED, seen_at=None)
    failed = failed.exclude(note=delivering.RESTRICTED)
    moving = set(failed.values_list("subject_id", flat=True))
    return sum(chosen.moves(transfer, each) for each in moving)


progress.register(Stage.NOTICE, missing)
