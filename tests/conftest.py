"""The suite runs as the app's database role, on services of its own, so that a missing right fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]

# Before Django reads its settings.
os.environ["CUSTODIAN_ENV"] = "test"
os.environ["CUSTODIAN_VAR"] = os.environ.get("CUSTODIAN_TEST_VAR") or str(REPOSITORY / "var-test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custodian.settings")


def pytest_configure() -> None:
    import django
    from django.conf import settings

    if settings.configured and not settings.TESTING:
        # A settings module named on the command line or in the shell was read too early.
        pytest.exit("Unset DJANGO_SETTINGS_MODULE: tests/conftest.py names the settings.", 4)
    django.setup()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_blocker: pytest.FixtureDef[object]
) -> Iterator[None]:
    """Instead of Django's own test database: a clone of a template, used as the app's role."""
    from django.test import TransactionTestCase

    from custodian import embedded
    from tests import databases

    def renew(case: TransactionTestCase) -> None:
        databases.renew()

    embedded.ensure()
    # Django would TRUNCATE, which the app's role may not, and would delete what migrations seeded.
    TransactionTestCase._fixture_teardown = renew  # type: ignore[method-assign]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        databases.begin(rebuild=request.config.getvalue("create_db"))
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        databases.end()
    embedded.release()
