"""The list that the insider sold: names and mobiles of the targets, among people who are nobody's."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Final

from custodian.demo.insurer import words
from custodian.demo.insurer.numbers import Supply

LEAKED: Final = "网上流出的名单.csv"
STRANGERS: Final = 0.2  # for each target


def write(folder: Path, sold: Sequence[tuple[str, str]]) -> Path:
    """It draws from a lot of its own, so that everybody else is who they were without it."""
    random = Random(LEAKED)  # noqa: S311 - invented data, repeatable on purpose
    supply = Supply(random)
    surnames, given = list(words.SURNAMES), [each for one in words.GIVEN.values() for each in one]
    strangers = range(max(2, round(len(sold) * STRANGERS)))
    rows = [
        *sold,
        *((random.choice(surnames) + random.choice(given), supply.mobile()) for _ in strangers),
    ]
    random.shuffle(rows)
    path = folder / LEAKED
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([("姓名", "联系电话"), *rows])
    return path
