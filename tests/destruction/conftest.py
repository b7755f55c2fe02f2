"""An office for each test."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def outside(settings, tmp_path):
    settings.CUSTODIAN_TOMBSTONES = tmp_path / "tombstones"
    return settings.CUSTODIAN_TOMBSTONES


@pytest.fixture
def office():
    from tests.destruction.office import Office
    from tests.records import desk_estate

    desk_estate.open_all_day()
    return Office()
