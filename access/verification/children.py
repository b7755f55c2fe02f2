"""Child processes that walk ranges of the log, each with its own way to the customers' keys."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import django

from access.verification.walk import Place, Walked, walk
from custodian import databases

if TYPE_CHECKING:
    from access.verification.looks import Lists

Range = tuple[Place, int, int, int]


@contextmanager
def walking(ranges: Sequence[Range], *, jobs: int) -> Iterator[Iterator[Walked]]:
    """The walked ranges in their order."""
    # A fork would take threads' locks and open connections along.
    context = multiprocessing.get_context("spawn")
    addresses = {databases.VARIABLES["app"]: databases.url("app")}
    with ProcessPoolExecutor(
        min(jobs, len(ranges)), mp_context=context, initializer=_prepare, initargs=(addresses,)
    ) as pool:
        yield pool.map(_walk, ranges)


def _prepare(addresses: Mapping[str, str]) -> None:
    os.environ.update(addresses)
    django.setup()


@cache
def _lists() -> Lists:
    """One for all ranges of the process, so that a customer's key is opened once."""
    # After Django is set up: the keys are found through its models.
    from access.verification.looks import Lists

    return Lists()


def _walk(each: Range) -> Walked:
    from access import actors, scopes  # like the lists

    with scopes.acting(actors.system("verifier")):
        return walk(*each, lists=_lists())
