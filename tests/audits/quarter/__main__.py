"""Prints the score of seeds: `python -m tests.audits.quarter 1 2 3`."""

from __future__ import annotations

import os
import sys
import time

import django

if __name__ == "__main__":
    os.environ.setdefault("CUSTODIAN_ENV", "test")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custodian.settings")
    django.setup()
    from tests.audits.quarter import made, running, scoring

    for seed in map(int, sys.argv[1:]):
        begun = time.perf_counter()
        quarter = made.made(seed)
        made_after = time.perf_counter() - begun
        found = running.run(quarter).hits
        sys.stdout.write(scoring.told(quarter, scoring.score(quarter, found)) + "\n")
        took = time.perf_counter() - begun
        sys.stdout.write(f"  {took:.1f} s, {made_after:.1f} s of it to make the quarter\n\n")
