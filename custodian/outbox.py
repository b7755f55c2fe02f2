"""Messages that go nowhere but into a folder, so that a person can try the demo. Never in production."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from custodian import clock

KEPT: Final = 200


@dataclass(frozen=True)
class Message:
    at: datetime
    to: str
    subject: str
    text: str


def put(to: str, text: str, *, subject: str = "") -> None:
    """Readable by its owner only, whole or not at all."""
    folder = settings.CUSTODIAN_OUTBOX
    if folder is None:
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = clock.now()
    path = folder / f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    handle = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"at": now.isoformat(), "to": to, "subject": subject, "text": text}, file)
    path.with_suffix(".new").replace(path.with_suffix(".json"))
    for old in sorted(folder.glob("*.json"))[:-KEPT]:
        old.unlink(missing_ok=True)


def messages() -> list[Message]:
    """The newest first."""
    folder = settings.CUSTODIAN_OUTBOX
    if folder is None or not folder.is_dir():
        return []
    said = [json.loads(each.read_text(encoding="utf-8")) for each in sorted(folder.glob("*.json"))]
    return [Message(datetime.fromisoformat(each.pop("at")), **each) for each in reversed(said)]


class MailBackend(BaseEmailBackend):
    """Django's mail, put into the same folder."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for each in email_messages:
            for to in each.to:
                put(to, str(each.body), subject=str(each.subject))
        return len(email_messages)
