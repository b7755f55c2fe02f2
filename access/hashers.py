"""Argon2id at about 100 ms, and never more of it at once than this process can afford."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.translation import gettext_lazy as _

from custodian.errors import CustodianError

AT_ONCE = 2
WAITING = 6
PATIENCE = 3.0

_seats = threading.BoundedSemaphore(AT_ONCE)
_queue = threading.BoundedSemaphore(AT_ONCE + WAITING)


class TooManySignIns(CustodianError):
    """More people sign in at this moment than passwords can be checked."""

    code = "too-many-sign-ins"
    status = 429
    message = _("现在登录的人太多，请过一分钟再试。")


@contextmanager
def _seat() -> Iterator[None]:
    """One of the few places at which a hash is computed; a long queue is refused, not grown."""
    if not _queue.acquire(blocking=False):
        raise TooManySignIns
    try:
        if not _seats.acquire(timeout=PATIENCE):
            raise TooManySignIns
        try:
            yield
        finally:
            _seats.release()
    finally:
        _queue.release()


class Argon2(Argon2PasswordHasher):
    """`docs/sign-in.md` says how the costs were measured and how to measure them again."""

    time_cost = 2
    memory_cost = 40 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _seat():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _seat():
            return super().verify(password, encoded)
