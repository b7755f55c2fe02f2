"""The time within which a request is answered: it starts with the request and is never set by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from access.law import clocks as law_clocks
from custodian import clock
from custodian.errors import CustodianError
from custodian.regimes.clocks import ClockRule, Extension, NotExtendable
from records.models import CustomerRequest, RequestClock
from records.requests import kinds

EARLIEST: Final = 60  # days back that a letter may have come before it is entered; company default


class NoExtension(CustodianError):
    """The rule gives no more time, or gave it already."""

    code = "no-extension"
    status = 409
    message = _("规定不允许再延期。请在期限内答复")


def start(request: CustomerRequest) -> RequestClock:
    """From the moment at which it was received, whoever entered it when."""
    running = RequestClock(
        request=request, rule=kinds.of(request.kind).clock, started_at=request.received_at
    )
    running.save()
    return running


def stop(request: CustomerRequest, *, at: datetime | None = None) -> None:
    RequestClock.objects.filter(request=request, stopped_at=None).update(
        stopped_at=at or clock.now()
    )


def rule_of(running: RequestClock) -> ClockRule:
    """As it holds on the day of the start."""
    return law_clocks.of(running.rule, clock.local(running.started_at).date())


def extensions(running: RequestClock) -> list[Extension]:
    """What the rule still gives, in its order: at most the next one."""
    left = [each for each in rule_of(running).extensions if each.code not in running.extended]
    return [each for each in left[:1] if not each.after or each.after in running.extended]


def extension(running: RequestClock, code: str) -> Extension:
    """Raises `NoExtension` for one that is not the next."""
    found = next((each for each in extensions(running) if each.code == code), None)
    if found is None or running.stopped_at is not None:
        raise NoExtension
    return found


def extend(running: RequestClock, code: str) -> None:
    """Give the time that the rule has; in the transaction of whoever decides."""
    running.extended = [*running.extended, code]
    running.told = ""
    try:
        running.save(update_fields=["extended", "told"])
    except NotExtendable:
        raise NoExtension from None
