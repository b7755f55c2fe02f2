"""What a malicious database administrator tries with the log, as data, from the plain to the cunning."""

from __future__ import annotations

from custodian.drills.attacks import beside, keyholder, sealed, tree, waiting
from custodian.drills.attacks.attack import Attack

__all__ = ["ATTACKS", "Attack"]

ATTACKS: tuple[Attack, ...] = (
    *sealed.ATTACKS,
    *waiting.ATTACKS,
    *tree.ATTACKS,
    *beside.ATTACKS,
    *keyholder.ATTACKS,
)
