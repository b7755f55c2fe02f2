"""Mail to staff: one short text in both languages, and nothing of any customer in it."""

from __future__ import annotations

import smtplib
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import override

LANGUAGES = ("zh-hans", "en")
_log = structlog.get_logger("custodian")


def send(address: str, write: Callable[[], tuple[str, str]]) -> bool:
    """Whether it went out; `write` gives subject and text in the language that is active."""
    said = []
    for language in LANGUAGES:
        with override(language):
            said.append(write())
    subject = " / ".join(str(subject) for subject, _text in said)
    text = "\n\n".join(str(text) for _subject, text in said)
    try:
        EmailMessage(subject, text, settings.DEFAULT_FROM_EMAIL, [address]).send()
    except (smtplib.SMTPException, OSError) as error:
        _log.warning("mail-not-sent", reason=type(error).__name__)
        return False
    return True
