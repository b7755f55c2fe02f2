"""Two installations, each with a database of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from custodian.drills.handover import houses
from custodian.drills.handover.houses import House
from tests import databases
from tests.handover.two import Two

STEPS = "tests.handover.steps"


@contextlib.contextmanager
def house(folder: Path, code: str, name: str, *, acts: str = STEPS) -> Iterator[House]:
    with (
        databases.beside(code.lower()) as addresses,
        houses.standing(
            folder, code, name, {**addresses, "CUSTODIAN_ENV": "test"}, acts=acts
        ) as found,
    ):
        yield found


@contextlib.contextmanager
def two_of(folder: Path, acts: str) -> Iterator[Two]:
    with (
        house(folder / "qh", "QH", "青禾人寿", acts=acts) as seller,
        house(folder / "hx", "HX", "恒信人寿", acts=acts) as buyer,
    ):
        yield Two(seller, buyer)


@pytest.fixture
def two(tmp_path: Path, django_db_setup: None, django_db_blocker: object) -> Iterator[Two]:
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        two_of(tmp_path, STEPS) as found,
    ):
        yield found


@pytest.fixture
def drilled(tmp_path: Path, django_db_setup: None, django_db_blocker: object) -> Iterator[Two]:
    """As the drill has them: nothing is taken as done."""
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        two_of(tmp_path, houses.ACTS) as found,
    ):
        yield found
