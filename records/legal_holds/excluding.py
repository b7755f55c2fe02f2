"""Keeps the beginning of a hold and the end of data apart: one is over before the other begins."""

from __future__ import annotations

from django.db import connection


def exclude_new() -> None:
    """From here to the end of this transaction no hold begins.

    Whoever destroys calls it first in the transaction of each chunk, before he asks `on()`. Any number of
    such transactions stand beside each other. A hold that is being placed is waited for, and `on()` sees it
    afterwards, because each statement of a READ COMMITTED transaction reads what is committed by then; a
    hold that is asked for or approved meanwhile waits until the chunk is over, and so does any other write
    to the table, by whatever path. So either the hold is there before the chunk, or the chunk is over before
    the hold is there. Raises RuntimeError outside a transaction.
    """
    _lock("SHARE")


def exclude_destruction() -> None:
    """From here to the end of this transaction nothing is destroyed, and no other hold begins."""
    _lock("SHARE ROW EXCLUSIVE")


def _lock(mode: str) -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("a lock that ends with its transaction needs one")
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE records_legalhold IN {mode} MODE")
