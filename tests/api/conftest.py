"""An agent by session and by token, his customer, and somebody else's.

Imports stand inside: this file is read before Django is set up.
"""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _office_hours(monkeypatch):
    """Rules keep office hours; the tests run at any time."""
    from custodian import clock

    local = clock.local
    monkeypatch.setattr(clock, "local", lambda moment=None: local(moment).replace(hour=10))


@pytest.fixture(autouse=True)
def _nothing_counted():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def agent():
    from tests import estate

    return estate.user()


@pytest.fixture
def own(agent):
    from tests import estate

    return estate.customer(of=[agent])


@pytest.fixture
def foreign():
    from tests import estate

    values = {**estate.ZHANG, "identity.mobile": "13800138001", "identity.name": "李四光"}
    return estate.customer(values, of=[estate.user(name="王磊")])


@pytest.fixture
def policy(own):
    from tests.records import desk_estate

    return desk_estate.policy(own)


@pytest.fixture
def session(agent, client):
    from tests import estate
    from tests.api.callers import Caller

    return Caller(estate.login(client, agent))


@pytest.fixture
def token(agent):
    from tests.api.callers import issue

    return issue(agent)


@pytest.fixture
def bearer(token):
    from django.test import Client

    from tests.api.callers import Caller

    return Caller(Client(), HTTP_AUTHORIZATION=f"Bearer {token[1]}")


@pytest.fixture(params=["session", "bearer"])
def caller(request):
    return request.getfixturevalue(request.param)
