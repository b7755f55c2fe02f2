"""What a run prints: each ratio with its spread over the rounds, beside its goal."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Sequence


def line(text: str = "") -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def heading(text: str) -> None:
    line(f"\n{text}\n{'-' * len(text)}")


def machine() -> str:
    """The machine in a line; only ratios of one run mean anything."""
    model = "unknown processor"
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            names = [each for each in file if each.startswith("model name")]
            model = names[0].partition(":")[2].strip() if names else model
    except OSError:
        pass
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {model}, Python {platform.python_version()}, load {load:.1f}"


def spread(values: Sequence[float], *, digits: int = 2) -> str:
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{low:.{digits}f} / {middle:.{digits}f} / {high:.{digits}f}"


def verdict(values: Sequence[float], *, goal: float) -> str:
    """The median decides."""
    return "reached" if statistics.median(values) >= goal else "NOT reached"


def percentile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]
