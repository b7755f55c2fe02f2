"""What transfers tell: sent inside the transaction of what happened."""

from __future__ import annotations

from django.dispatch import Signal

# Both with `transfer`: it is given up, or its last stage is done.
transfer_stopped = Signal()
transfer_ended = Signal()
