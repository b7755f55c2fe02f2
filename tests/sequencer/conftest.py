"""Each test has a log of its own: an empty one in the database, and an empty folder outside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sequencer.trees import Place


@pytest.fixture
def place(
    tmp_path: Path, settings: Any, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Place]:
    """For tests that touch nothing of the database but the log; others ask for `estate` as well."""
    # Before Django is set up nothing of it can be read.
    from django.db import connection

    from access.querylog import writer
    from tests.sequencer.trees import FILES, Place, empty, is_empty

    for name, file in FILES.items():
        setattr(settings, f"CUSTODIAN_LOG_{name}", tmp_path / file)
    writer.stop()
    with django_db_blocker.unblock():
        if not is_empty():
            empty()
        place = Place.make(tmp_path)
        yield place
        for child in place.children:
            child.kill()
        writer.stop()
        empty()
        connection.close()
