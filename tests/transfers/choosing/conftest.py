"""A book of families with a transfer that is open."""

from __future__ import annotations

import pytest


@pytest.fixture
def families(db):
    from tests.transfers.choosing.estate import Families

    return Families()
