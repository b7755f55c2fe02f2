"""The law as this insurer applies it: the pack, texts that were read, other periods by four eyes."""

from __future__ import annotations

from access.law.confirming import propose_confirmation
from access.law.overriding import propose_override
from access.law.reading import Provision, UnknownClause, UnknownRule, clause, retention_rules

__all__ = [
    "Provision",
    "UnknownClause",
    "UnknownRule",
    "clause",
    "propose_confirmation",
    "propose_override",
    "retention_rules",
]
