"""While the demo is built its own sequencer seals, and what was known of the wait before is over with it."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from access.querylog import sealing
from custodian import clock
from custodian.demo import build


def test_a_seal_forgets_how_long_entries_waited_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[int] = []
    own = SimpleNamespace(cycle=lambda: turns.append(1), close=lambda: None)
    monkeypatch.setattr(build, "Sequencer", lambda **_kwargs: own)
    monkeypatch.setattr(build.log_key, "load", lambda _path: [])
    monkeypatch.setattr(build.writer, "tell", lambda _moment: None)
    with build._sealing(clock.now()) as seal:
        sealing._known[:] = [(time.monotonic(), 99.0)]
        assert sealing.delay() == 99.0
        seal()
        assert turns == [1]
        assert not sealing._known
