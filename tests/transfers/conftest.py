"""A house for each test."""

from __future__ import annotations

import pytest


@pytest.fixture
def house(db):
    from tests.transfers.house import House

    return House()


"""The house of the tests of transfers, with a store of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.transfers.partners import House


@pytest.fixture
def house() -> House:
    from tests.transfers.partners import House

    return House()


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path / "var"
