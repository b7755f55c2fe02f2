"""Which notice a customer was shown when she said yes or no."""

from __future__ import annotations


def notice_in_force() -> str:
    """The code of the version in force; empty while none is published."""
    return ""
