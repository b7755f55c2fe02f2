"""What access tells whoever stands to its right, inside the sender's transaction: both or neither."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `finding: Finding` when an audit, an integrity check or the log's verification raised one.
finding_raised = Signal()

# Sent with `finding: Finding` when one that was raised grew, weighs more, or has its verdict.
finding_changed = Signal()
