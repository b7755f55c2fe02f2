"""Two installations, which the tests of a module share as far as they can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.handover.houses import house
from tests.handover.two import Two


@pytest.fixture
def two(tmp_path: Path, django_db_setup: None, django_db_blocker: object) -> Iterator[Two]:
    with (
        django_db_blocker.unblock(),  # type: ignore[attr-defined]
        house(tmp_path / "qh", "QH", "青禾人寿") as seller,
        house(tmp_path / "hx", "HX", "恒信人寿") as buyer,
    ):
        yield Two(seller, buyer)
