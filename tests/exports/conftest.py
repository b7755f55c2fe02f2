"""An agent who asks and an officer who decides."""

from __future__ import annotations

import pytest


@pytest.fixture
def agent():
    from access.vocabulary import Role
    from tests import estate

    return estate.user(Role.AGENT)


@pytest.fixture
def officer():
    from access.vocabulary import Role
    from tests import estate

    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def own(agent):
    from tests.exports import office

    return office.customers(4, of=[agent])


@pytest.fixture(autouse=True)
def _files_of_its_own(tmp_path, monkeypatch):
    from django.conf import settings

    monkeypatch.setattr(settings, "VAR", tmp_path)
