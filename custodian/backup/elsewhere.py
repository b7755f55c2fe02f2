"""Work on another database of the same cluster for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from access import keystore, restored
from access.querylog import writer
from custodian import databases


@contextmanager
def inside(name: str) -> Iterator[None]:
    """Every role, Django and the log's writer work on this database."""
    writer.stop()
    connection.close()
    before, databases_before = connection.settings_dict["NAME"], databases.use(name)
    connection.settings_dict["NAME"] = name
    _forget()
    try:
        yield
    finally:
        writer.stop()
        connection.close()
        connection.settings_dict["NAME"] = before
        databases.use(databases_before)
        _forget()


def _forget() -> None:
    keystore.forget()
    restored.forget()
