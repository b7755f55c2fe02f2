"""A book of families with a transfer that is open."""

from __future__ import annotations

import pytest


@pytest.fixture
def families(db):
    from tests.transfers.choosing.estate import Families

    return Families()


@pytest.fixture
def reachable(db, monkeypatch):
    """The same with contacts of their own that came by the import, chosen by two people."""
    from tests import estate
    from tests.transfers.choosing.estate import Families
    from tests.transfers.choosing.letters import person, proven

    numbers, made = iter(range(1, 50)), estate.customer
    with monkeypatch.context() as patched:
        patched.setattr(estate, "customer", lambda **more: made(person(next(numbers)), **more))
        found = Families()
    proven(found.zhang, found.wife, found.wu, found.son, found.sun, found.qian)
    found.choose()
    return found
