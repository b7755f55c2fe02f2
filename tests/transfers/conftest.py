"""A house for each test."""

from __future__ import annotations

import pytest


@pytest.fixture
def house(db):
    from tests.transfers.house import House

    return House()
