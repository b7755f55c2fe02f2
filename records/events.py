"""What records tells whoever stands to its right, inside the sender's transaction: both or neither."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `subject: int`, `element: str`, `holding: UUID`, `slot: int` and `correction: str` (its reference)
# for each value that was corrected, so that whoever holds a copy of it is told. No value travels with it.
value_changed = Signal()

# Sent with `claim: int` for each claim that is filed, so that whoever looks for fraud can look at it soon.
# Whoever hears it changes nothing of the claim.
claim_filed = Signal()
