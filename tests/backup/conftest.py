from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.backup.house import House


@pytest.fixture
def house(tmp_path: Path, settings: Any, transactional_db: None) -> Iterator[House]:
    from access import restored
    from access.querylog import writer
    from custodian import keys
    from tests.backup.house import build

    writer.stop()
    restored.forget()
    yield build(tmp_path, settings)
    writer.stop()
    settings.CUSTODIAN_KEYRING = settings.VAR / "keyring.json"
    keys.forget()
    restored.forget()
