"""A house for the modules that ask for one. Imports stand inside: this file is read before Django is set up."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    from tests.access import houses

    with django_db_blocker.unblock(), houses.built(tmp_path_factory.mktemp("log")) as found:
        yield found
