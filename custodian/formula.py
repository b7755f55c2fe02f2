"""Cells that a spreadsheet would run as formulas: guarded going out, restored coming in."""

from __future__ import annotations

import re
from typing import Final

# Earlier apostrophes belong to the match, so that guarding twice and restoring twice is exact.
_RUNS: Final = re.compile(r"'*\s*[=+\-@\t\r＝＋－＠]")


def guard(cell: str) -> str:
    return f"'{cell}" if _RUNS.match(cell) else cell


def unguard(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and _RUNS.match(cell) else cell
