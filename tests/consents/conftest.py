"""An office for each test, whose customers have a policy each."""

from __future__ import annotations

import pytest


@pytest.fixture
def office():
    from tests.records import desk_estate
    from tests.requests.office import Office

    desk_estate.open_all_day()
    made = Office()
    for customer in (made.customer, made.other):
        desk_estate.policy(customer)
    return made
