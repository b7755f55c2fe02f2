"""The family of errors that a person may be shown: a stable code, a sentence, and never a value."""

from __future__ import annotations

from typing import Any


class CustodianError(Exception):
    """Something was refused or could not be done; `code` is stable, `message` is for people."""

    code = "error"
    status = 400
    message: Any = ""

    def __init__(self, message: Any = "") -> None:
        self.message = message or self.message
        super().__init__(str(self.message) or self.code)


class Unavailable(CustodianError):
    """What the answer needs is not there; nothing was shown."""

    code = "unavailable"
    status = 503


class NotVisible(CustodianError):
    """Absent, or outside the actor's scope: the two look the same from outside."""

    code = "not-found"
    status = 404
