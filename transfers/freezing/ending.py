"""The end of the sums: their key goes with the transfer's end, and nothing opens them any more."""

from __future__ import annotations

from django.db import connection, transaction

from access import actors, keystore, scopes
from custodian import clock
from custodian.workflow import IllegalMove
from transfers.freezing.freezing import ACTOR
from transfers.models import Freeze, Transfer


def forget(transfer: Transfer) -> None:
    """Destroy the key of a transfer that is over; twice changes nothing. Raises `IllegalMove` before."""
    if transfer.status == Transfer.Status.OPEN:
        raise IllegalMove
    with scopes.acting(actors.system(ACTOR)), transaction.atomic():
        rows = Freeze.objects.filter(transfer=transfer, forgotten_at=None)
        if rows.update(forgotten_at=clock.now()):
            with connection.cursor() as cursor:
                cursor.execute("SELECT transfers_forget_freeze(%s)", [transfer.pk])
    keystore.forget()
