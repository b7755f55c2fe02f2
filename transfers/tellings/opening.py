"""A corrected value is to be told to every partner that holds it: noted in the correction's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from access import actors, gate
from access.actions import Action
from access.vocabulary import Channel
from custodian import clock, failpoints
from records.events import value_changed
from transfers.models import Share, SharedCopy, Telling
from transfers.shares.jobs import SYSTEM

_UID: Final = "partners"


def listen() -> None:
    value_changed.connect(open_tellings, dispatch_uid=_UID)


def open_tellings(
    sender: Any, *, subject: int, element: str, holding: UUID, slot: int, correction: str,
    **_more: Any,
) -> None:  # fmt: skip
    """One for each partner with a live copy of this element of hers; a second time changes nothing."""
    shares = _holders(subject, element)
    if not shares:
        return
    now = clock.now()
    due = now + timedelta(days=settings.CUSTODIAN_PARTNER_TELL_DAYS)
    Telling.objects.bulk_create(
        [
            Telling(
                counterparty_id=share.agreement.counterparty_id, share=share, subject_id=subject,
                correction=correction, element=element, holding=holding, slot=slot,
                opened_at=now, due_at=due,
            )
            for share in shares
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    failpoints.hit("tellings-opened")
    gate.authorise(
        actors.system(SYSTEM),
        Action.TELLING_OPEN,
        channel=Channel.TASK,
        facts={
            "correction": correction,
            "elements": [element],
            "partner": sorted(share.agreement.counterparty.code for share in shares),
            "tellings": len(shares),
        },
    )


def _holders(subject: int, element: str) -> list[Share]:
    """By partner the share through which it is told: by interface if one is open, else the newest."""
    copies = SharedCopy.objects.live().filter(subject=subject, elements__contains=[element])
    keys = copies.values_list("share", flat=True).distinct()
    found: dict[int, Share] = {}
    rows = Share.objects.filter(pk__in=list(keys)).select_related("agreement__counterparty")
    for share in rows.order_by("pk"):
        party = share.agreement.counterparty_id
        held = found.get(party)
        if held is None or _reaches(share) or not _reaches(held):
            found[party] = share
    return [found[party] for party in sorted(found)]


def _reaches(share: Share) -> bool:
    return bool(share.form == Share.Form.API and share.is_open)
