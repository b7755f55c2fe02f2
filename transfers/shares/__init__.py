"""Shares: what is given to partners under their agreements, and what each of them holds since."""

from __future__ import annotations

from transfers.shares.holding import Delivery, given

__all__ = ["Delivery", "given"]
