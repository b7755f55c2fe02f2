"""Messages and files go into folders of the test's own."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _outbox(settings, tmp_path):
    settings.CUSTODIAN_OUTBOX = tmp_path / "outbox"
    settings.EMAIL_BACKEND = "custodian.outbox.MailBackend"
