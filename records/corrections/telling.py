"""What the customer is told of a change where she was reached before, so that she can object.

It is sent after the commit. Whoever is killed in between leaves `told_at` empty, and the sweep sends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from access import actors, scopes
from custodian import clock, failpoints, mail, texting
from records.corrections import groups, on_file, recording
from records.models import Correction

MOBILE, EMAIL = "identity.mobile", "identity.email"
LANGUAGES = ("zh-hans", "en")
AFTERWARDS: Final = timedelta(days=7)  # later it says nothing any more
_log = structlog.get_logger("records")


def tell(key: int) -> None:
    """To every contact that was replaced, once; of a change of something else nobody is told this way."""
    failpoints.hit("correction-telling")
    with scopes.acting(actors.system(recording.WRITER)):
        waiting = Correction.objects.filter(pk=key, status=Correction.Status.APPLIED, told_at=None)
        correction = waiting.first()
        if correction is None:
            return
        former = on_file.former(correction, elements=(EMAIL, MOBILE))
        _of_change(correction.ref, correction.group, former)
        waiting.update(told_at=clock.now())


def due() -> list[int]:
    """Applied of late, and nobody was told."""
    with scopes.acting(actors.system(recording.WRITER)):
        applied = Correction.objects.filter(status=Correction.Status.APPLIED, told_at=None)
        lately = applied.filter(decided_at__gt=clock.now() - AFTERWARDS).order_by("pk")
        return list(lately.values_list("pk", flat=True))


def _of_change(correction: str, group: str, former: Mapping[str, str]) -> None:
    """What cannot be delivered stays undelivered."""
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
