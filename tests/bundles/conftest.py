"""One insurer for each file: some move its clock on, which would push the days of the others aside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.bundles.reading import Home
    from tests.bundles.world import World


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[World]:
    # Before Django is set up nothing of it can be read.
    from django.test import override_settings

    from access import tasks
    from access.querylog import writer
    from tests import databases
    from tests.bundles.world import World
    from tests.sequencer.trees import FILES, empty

    folder = tmp_path_factory.mktemp("insurer")
    places = {f"CUSTODIAN_LOG_{name}": folder / file for name, file in FILES.items()}
    with (
        django_db_blocker.unblock(),
        override_settings(**places, VAR=folder),
        pytest.MonkeyPatch.context() as patched,
    ):
        # Nobody listens: the tests do the jobs themselves, and need not wait until no broker answers.
        patched.setattr(tasks.build_bundle, "delay", lambda _key: None)
        empty()
        yield World.make(folder)
        writer.stop()
        databases.renew()


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    from tests.bundles.reading import Home

    return Home(tmp_path_factory.mktemp("home"))
