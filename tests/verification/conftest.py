"""One small log for all tests of a process, with its copies outside; each test has a clone of it to spoil."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

# Models cannot be imported yet when pytest reads this file.
if TYPE_CHECKING:
    from custodian.drills.copy import Copy, Original
    from custodian.drills.scratch import Scratch

ENTRIES = 560  # two full tiles, and some


@pytest.fixture(scope="session")
def beside(django_db_setup: None, django_db_blocker: Any) -> Iterator[Scratch]:
    from custodian.drills import scratch
    from tests.verification import leftovers

    with django_db_blocker.unblock():
        leftovers.drop()
        with scratch.opened(leftovers.name(os.getpid())) as found:
            yield found


@pytest.fixture(scope="session")
def original(beside: Scratch, keyring: None) -> Iterator[Original]:
    from custodian.drills import copy as copies
    from tests import databases

    template = f"custodian_test_{databases._fingerprint()}"
    with copies.original(beside, copied=False, entries=ENTRIES, template=template) as found:
        yield found


@pytest.fixture
def untouched(original: Original) -> Iterator[Copy]:
    """The log itself, for tests that only read; cloning it takes longer than reading it."""
    from contextlib import closing

    from access import actors, scopes
    from custodian.drills import scratch
    from custodian.drills.copy import Copy

    with (
        closing(scratch.superuser(original.database)) as raw,
        raw.cursor() as cursor,
        scratch.inside(original.database),
        scopes.acting(actors.system("verifier")),
    ):
        cursor.execute("SET default_transaction_read_only = on")
        yield Copy(original, original.database, original.head, cursor)


@pytest.fixture
def copy(beside: Scratch, original: Original, settings: Any) -> Iterator[Copy]:
    """The process works on a clone, as the verifier, and the settings name what lies outside of it."""
    from access import actors, scopes
    from access.querylog import writer
    from custodian.drills import copy as copies

    writer.stop()
    with copies.copy(beside, original) as found, scopes.acting(actors.system("verifier")):
        settings.CUSTODIAN_LOG_HEAD = found.head
        settings.CUSTODIAN_LOG_POLICY = original.policy
        settings.CUSTODIAN_LOG_STORE = original.archive.folder
        yield found
        writer.stop()
