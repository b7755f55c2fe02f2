"""What transfers tell: sent inside the transaction of what happened."""

from __future__ import annotations

from django.dispatch import Signal

# All with `transfer`: it is given up, or its last stage is done; its moment is set, or was carried out.
transfer_stopped = Signal()
transfer_ended = Signal()
transfer_settled = Signal()
transfer_carried_out = Signal()
