"""An office for each test."""

from __future__ import annotations

import pytest


@pytest.fixture
def office():
    from tests.records import desk_estate
    from tests.requests.office import Office

    desk_estate.open_all_day()
    return Office()
