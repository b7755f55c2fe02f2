"""Letters: who is told, by which way, and what they answer (PIPL art. 22; the 2011 rules on transfers)."""

from __future__ import annotations
