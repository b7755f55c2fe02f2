"""A text column encrypted with Fernet, as such field packages do it: decrypted when a row is loaded."""

from __future__ import annotations

import base64
import hashlib
import os
from functools import cache
from typing import Any

from cryptography.fernet import Fernet
from django.db import models


@cache
def fernet() -> Fernet:
    """One key for the whole application, from its secret, as is usual there."""
    secret = os.environ.get("BENCH_FERNET", "bench").encode()
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(secret).digest()))


class EncryptedTextField(models.TextField):
    def get_prep_value(self, value: Any) -> Any:
        return fernet().encrypt(value.encode()).decode() if value is not None else None

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return fernet().decrypt(value.encode()).decode() if value is not None else None
