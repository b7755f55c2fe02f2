"""The house of the tests of partners, with a store of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.partners.house import House


@pytest.fixture
def house() -> House:
    from tests.partners.house import House

    return House()


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path / "var"
