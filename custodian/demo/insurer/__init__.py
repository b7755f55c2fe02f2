"""Deterministic spreadsheets of an invented Chinese life insurer, 青禾人寿.

Every person, firm, street and illness is put together from short lists of words; a likeness to
anybody is chance. Numbers pass their checks but lie where hardly any are issued (see `numbers`).
No Django here.
"""

from __future__ import annotations

from custodian.demo.insurer.book import write
from custodian.demo.insurer.manifest import Facts, Manifest, Reason, load

__all__ = ["Facts", "Manifest", "Reason", "load", "write"]
