"""What transfers tell: sent inside the transaction of what happened."""

from __future__ import annotations

from django.dispatch import Signal

transfer_stopped = Signal()  # transfer
