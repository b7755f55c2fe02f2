"""Processing purposes as this insurer has them: the register's file, and dated versions by four eyes.

A version begins with a day, tomorrow at the earliest, so that all words of one day are about the same.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from django.db import connection

from access.choices import Held
from custodian.regimes.purposes import ProcessingPurpose, otherwise, processing_purposes

Versions = Mapping[str, Sequence[Held]]
# Read as it stands, since whoever finds subjects is there before the models are.
_CAME_TO_HOLD: Final = """
SELECT purpose, since, terms::text FROM access_purposeoverride
WHERE until IS NULL OR until > since ORDER BY purpose, version
"""


def changed() -> Versions:
    """All versions, oldest first, of the purposes that were ever changed or will be."""
    found: dict[str, list[Held]] = defaultdict(list)
    known = processing_purposes()
    with connection.cursor() as cursor:
        cursor.execute(_CAME_TO_HOLD)
        rows = cursor.fetchall()
    for code, since, said in rows:
        if (base := known.get(code)) is not None:
            held = found[code] or [Held(None, base)]
            found[code] = [*held, Held(since, otherwise(base, json.loads(said)))]
    return found


def register(on: date, versions: Versions | None = None) -> dict[str, ProcessingPurpose]:
    """Every purpose as it holds on the day, in the order of the file."""
    known = changed() if versions is None else versions
    return {code: held(code, on, known).purpose for code in processing_purposes()}


def held(code: str, on: date, versions: Versions) -> Held:
    """The version of the day; raises `KeyError` where the register has no such purpose."""
    known = versions.get(code) or [Held(None, processing_purposes()[code])]
    return next(each for each in reversed(known) if each.since is None or each.since <= on)
