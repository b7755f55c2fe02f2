"""One whole installation for the tests that kill it or look through everything it leaves behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.backup.conftest import house  # noqa: F401
from tests.security.installation import Installation, installed


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    with installed() as found:
        yield found
