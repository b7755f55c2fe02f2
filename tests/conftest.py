"""The suite runs as the app's database role, on services of its own, so that a missing right fails."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from access.models import Entry

REPOSITORY = Path(__file__).resolve().parents[1]

MEMORY, ROOM = Path("/dev/shm"), 3 * 2**30
LONGEST = 40  # of a value in the name of a test


def _services() -> str:
    """Where the services of the tests live: in memory if there is room, where a clone is made in no time.

    On a disk whose files come and go by the thousand each new one costs a search for a free inode.
    """
    if chosen := os.environ.get("CUSTODIAN_TEST_VAR"):
        return chosen
    with contextlib.suppress(OSError):
        if shutil.disk_usage(MEMORY).free > ROOM and os.access(MEMORY, os.W_OK):
            mark = hashlib.sha256(f"{os.getuid()} {REPOSITORY}".encode()).hexdigest()[:8]
            return str(MEMORY / f"custodian-test-{mark}")
    return str(REPOSITORY / "var-test")


# Before Django reads its settings.
os.environ["CUSTODIAN_ENV"] = "test"
os.environ["CUSTODIAN_VAR"] = _services()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custodian.settings")


def pytest_configure() -> None:
    import django
    from django.conf import settings

    if settings.configured and not settings.TESTING:
        # A settings module named on the command line or in the shell was read too early.
        pytest.exit("Unset DJANGO_SETTINGS_MODULE: tests/conftest.py names the settings.", 4)
    django.setup()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Long values by their beginning: they may differ from process to process, and names must not."""
    if isinstance(val, (str, bytes)) and len(val) > LONGEST:
        begins = val[:LONGEST] if isinstance(val, str) else val[:LONGEST].decode("latin-1")
        return begins.encode("unicode_escape").decode("ascii")
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a module builds once is built by one process: its tests stay together."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None and _builds_for_its_module(item):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))


def _builds_for_its_module(item: pytest.Item) -> bool:
    known: dict[str, Sequence[pytest.FixtureDef[object]]]
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return any(each[-1].scope == "module" for each in known.values() if each)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_blocker: pytest.FixtureDef[object]
) -> Iterator[None]:
    """Instead of Django's own test database: a clone of a template, used as the app's role."""
    from django.test import TransactionTestCase

    from access.querylog import writer
    from custodian import embedded
    from tests import databases

    def renew(case: TransactionTestCase) -> None:
        databases.renew()

    embedded.ensure()
    databases.before_drop += [writer.stop, forget]
    # Django would TRUNCATE, which the app's role may not, and would delete what migrations seeded.
    TransactionTestCase._fixture_teardown = renew  # type: ignore[method-assign]
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        databases.begin(rebuild=request.config.getvalue("create_db"))
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        databases.end()
    embedded.release()


@pytest.fixture(scope="session", autouse=True)
def keyring() -> None:
    """A keyring marked as a test's, made once for all runs."""
    from django.conf import settings

    from custodian.crypto.errors import KeyringExists
    from custodian.crypto.keyring import FileKeyring
    from custodian.crypto.suites import Suite

    path = settings.CUSTODIAN_KEYRING
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(KeyringExists):
        FileKeyring.create(path, insurer="QH", suite=Suite.AES_256_GCM, test=True)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process keeps in memory for seconds must not cross from one test into the next."""
    forget()


def forget() -> None:
    """Nor into another database, where the same numbers are other people's."""
    from django.utils import translation

    from access import keystore, policy
    from access.querylog import sealing
    from access.recertification import progress
    from access.training import standing

    translation.deactivate()  # a request leaves its reader's language behind
    keystore.forget()
    policy.forget()
    progress.forget()
    standing.forget()
    sealing.forget()


@pytest.fixture(scope="module")
def module_database(
    django_db_setup: None, django_db_blocker: pytest.FixtureDef[object]
) -> Iterator[None]:
    """One database for what a whole module asks of the same state.

    It is begun before the test that comes first forgets: a key that was made at first use, and rolled back
    with the test that used it, would still be in memory and vouch for rows that nobody can check.
    """
    from tests import databases

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        forget()
        yield
        databases.renew()


@pytest.fixture
def entries_since() -> Callable[[], list[Entry]]:
    """The log's entries written since this test began; entries outlive a test's transaction."""
    from access.models import Entry

    mark = Entry.objects.newest_index()
    return lambda: list(Entry.objects.filter(id__gt=mark).order_by("id"))
