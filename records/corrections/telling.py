"""What the customer is told of a change where she was reached before, so that she can object."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from records.corrections import groups, messages

LANGUAGES = ("zh-hans", "en")


def of_change(group: str, former: Mapping[str, str]) -> None:
    """After the commit, to every contact that was replaced; what cannot be delivered stays undelivered."""
    for element, address in former.items():
        if element in groups.CONTACTS:
            messages.send(element=element, address=address, text=_text(group))


def _text(group: str) -> str:
    said = []
    for language in LANGUAGES:
        with override(language):
            insurer = settings.CUSTODIAN_INSURER_NAME["en" if language == "en" else "zh"]
            said.append(
                _("【%(insurer)s】您登记的%(what)s已更改。不是您本人办理，请立即拨打 %(line)s。")
                % {
                    "insurer": insurer,
                    "what": groups.label_of(group),
                    "line": settings.CUSTODIAN_COMPLAINT_LINE,
                }
            )
    return " ".join(said)
