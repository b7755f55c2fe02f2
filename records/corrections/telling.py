"""What the customer is told of a change where she was reached before, so that she can object."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from custodian import mail, texting
from records.corrections import groups

MOBILE, EMAIL = "identity.mobile", "identity.email"
LANGUAGES = ("zh-hans", "en")
_log = structlog.get_logger("records")


def of_change(correction: str, group: str, former: Mapping[str, str]) -> None:
    """After the commit, to every contact that was replaced; what cannot be delivered stays undelivered."""
    if address := former.get(EMAIL):
        mail.send(address, lambda: (_("登记资料已更改"), _text(group)))
    if number := former.get(MOBILE):
        try:
            texting.send(number, _in_both(group), reference=correction)
        except texting.NotSent as error:
            _log.warning("change-not-told", reason=error.reason)


def _in_both(group: str) -> str:
    said = []
    for language in LANGUAGES:
        with override(language):
            said.append(_text(group))
    return " ".join(said)


def _text(group: str) -> str:
    english = (get_language() or "").startswith("en")
    return _("【%(insurer)s】您登记的%(what)s已更改。不是您本人办理，请立即拨打 %(line)s。") % {
        "insurer": settings.CUSTODIAN_INSURER_NAME["en" if english else "zh"],
        "what": groups.label_of(group),
        "line": settings.CUSTODIAN_COMPLAINT_LINE,
    }
