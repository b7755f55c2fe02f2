"""A transfer was given up after its customers were loaded: they never were ours, and are destroyed unseen.

Two people gave it up knowing this. Page by page, each with its stones and its entry; whatever is left after a
kill is destroyed by the next sweep.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Arriving
from access.vocabulary import Channel
from custodian import failpoints
from custodian.errors import CustodianError
from records.destruction import going
from transfers import faults
from transfers.models import Transfer

ACTOR: Final = "destroyer"
PAGE: Final = 200


def due() -> list[Transfer]:
    """Given up, and somebody of them is still here."""
    refs = Arriving.objects.values("arrival")
    return list(Transfer.objects.filter(status=Transfer.Status.STOPPED, ref__in=refs))


def carry_out(transfer: Transfer) -> int:
    """Destroy them all; how many. What fails is told, and tried again by the next sweep."""
    cause, count = f"unload:{transfer.ref}", 0
    actor = actors.system(ACTOR)
    try:
        with scopes.acting(actor), scopes.arrivals():
            while page := _page(transfer):
                _destroy(transfer, page, actor)
                count += len(page)
                failpoints.hit("unload-page")
    except Exception as error:
        note = error.code if isinstance(error, CustodianError) else type(error).__name__
        faults.failed(transfer, "unload", cause, note=note, anew=False)
        raise
    faults.gone(cause)
    return count


def _page(transfer: Transfer) -> list[int]:
    rows = Arriving.objects.filter(arrival=transfer.ref).order_by("subject_id")
    return list(rows.values_list("subject_id", flat=True)[:PAGE])


def _destroy(transfer: Transfer, page: Sequence[int], actor: Actor) -> None:
    with transaction.atomic():
        going.lock(page)
        gone = going.destroy(going.holdings_of(page), batch=None)
        gate.authorise(
            actor,
            Action.RETENTION_DESTROY,
            channel=Channel.TASK,
            facts={
                "transfer": transfer.code,
                "gone": len(gone.all),
                "digest": going.digest_of(gone),
            },
        )
        # The empty rows that stay say of nobody that she was here.
        Arriving.objects.filter(subject__in=page).delete()
