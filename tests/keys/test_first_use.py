"""The first use of the keyring by several threads at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from custodian import keys


def test_whoever_comes_while_the_keyring_is_read_for_the_first_time_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = keys.load

    def slowly() -> object:
        time.sleep(0.2)
        return load()

    monkeypatch.setattr(keys, "load", slowly)
    keys.forget()

    def use(number: int) -> int:
        time.sleep(number * 0.02)
        return keys.keyring().current_kek

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(use, range(4)))
    keys.forget()
    assert len(set(found)) == 1
