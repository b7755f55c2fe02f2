from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    """Files and messages of one test do not stand beside those of another."""
    settings.VAR = tmp_path
    settings.CUSTODIAN_OUTBOX = tmp_path / "outbox"
    settings.EMAIL_BACKEND = "custodian.outbox.MailBackend"


@pytest.fixture
def cast(db):
    from tests.corrections.cast import Cast
    from tests.records import desk_estate

    desk_estate.open_all_day()
    return Cast()
