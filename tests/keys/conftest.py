"""A keyring of the test's own, so that keys can be added and destroyed in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from access import keystore
from custodian import keys


class Clock:
    """Stands in for the monotonic clock that decides how old the keyring in memory is."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def after(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def own_keyring(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A copy of the suite's keyring, which nobody else uses."""
    path = tmp_path / "keyring.json"
    path.write_bytes(settings.CUSTODIAN_KEYRING.read_bytes())
    path.chmod(0o600)
    settings.CUSTODIAN_KEYRING = path
    keys.forget()
    keystore.forget()
    yield path
    keys.forget()
    keystore.forget()


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = settings.CUSTODIAN_KEYRING
    yield
    settings.CUSTODIAN_KEYRING = before
    keys.forget()


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(keys, "monotonic", clock)
    return clock
