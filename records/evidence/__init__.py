"""Evidence that people bring: looked at as pixels only, sealed under the customer, and on record."""

from records.evidence.contents import EvidenceRefused
from records.evidence.intake import Drawn, draw, keep, take

__all__ = ["Drawn", "EvidenceRefused", "draw", "keep", "take"]
