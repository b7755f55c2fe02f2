"""Hears of claims that are filed, and has each looked at once its own transaction is through."""

from __future__ import annotations

from typing import Any

from custodian.jobs import wake
from incidents.tasks import screen_claim
from records.events import claim_filed


def listen() -> None:
    claim_filed.connect(_on_claim, dispatch_uid="fraud-screens-claim")


def _on_claim(claim: int, **_kwargs: Any) -> None:
    """If nobody hears the bell, the search of the night finds it."""
    wake(screen_claim, claim)
