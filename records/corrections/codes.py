"""One-time codes to a contact on file, as the sign-in sends and checks them, each for one correction."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from access import actors, scopes
from custodian import clock
from records.corrections import contacts, recording
from records.corrections.errors import NotFit, TooManyCodes, WrongCode
from records.models import Correction, CorrectionCode, CorrectionItem, SignInCode
from records.sign_in import codes as sign_in

# Of one customer; company default. The sign-in counts once more before it sends.
WINDOW: Final = timedelta(minutes=10)
IN_A_WINDOW: Final = 3
IN_A_DAY: Final = 10


def send(correction: Correction, contact: str) -> None:
    """On its way by the worker. Raises `NotFit`, `TooManyCodes`."""
    with scopes.acting(actors.system(recording.WRITER)):
        items = CorrectionItem.objects.filter(correction=correction)
        changing = list(items.values_list("element", flat=True))
        if not contacts.is_fit(correction.subject_id, contact, changing=changing):
            raise NotFit
        _limit(correction.subject_id)
        code = sign_in.issue(correction.subject_id, contact=contact.partition(".")[2])
        CorrectionCode.objects.create(
            ref=code.ref, subject_id=correction.subject_id, correction=correction, contact=contact
        )


def check(correction: Correction, typed: str) -> str:
    """The contact that the code went to; it is used up by this. Raises `WrongCode`.

    Outside of any transaction: a wrong one counts, whatever becomes of the rest.
    """
    with scopes.acting(actors.system(recording.WRITER)):
        sent = CorrectionCode.objects.filter(correction=correction).order_by("-sent_at")
        by_ref: dict[UUID, str] = {each.ref: each.contact for each in sent}
        # The newest of each contact is the one that is good.
        latest = list({contact: ref for ref, contact in reversed(by_ref.items())}.values())
        for code in SignInCode.objects.filter(ref__in=latest).order_by("-pk"):
            if sign_in.check(code, typed):
                return by_ref[code.ref]
    raise WrongCode


def is_sent(correction: Correction) -> bool:
    """Whether one may still come, or be typed; its row is out of the customer's own reach."""
    since = clock.now() - WINDOW
    with scopes.acting(actors.system(recording.WRITER)):
        lately = CorrectionCode.objects.filter(correction=correction, sent_at__gt=since)
        return bool(lately.exists())


def _limit(subject: int) -> None:
    mine, now = CorrectionCode.objects.filter(subject_id=subject), clock.now()
    lately = mine.filter(sent_at__gt=now - WINDOW).count()
    today = mine.filter(sent_at__gt=now - timedelta(days=1)).count()
    if lately >= IN_A_WINDOW or today >= IN_A_DAY:
        raise TooManyCodes
