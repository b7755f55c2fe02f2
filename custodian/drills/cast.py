"""Whoever acts in a drill, at any hour and without courses; and the log that is sealed when it says so."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from access import policy
from access.models import PolicyRule, Unit, User
from access.querylog import writer
from access.sequencer.process import Sequencer
from access.vocabulary import Role
from custodian import clock
from custodian.tlog import log_key


def let_in() -> None:
    """The real rules know office hours, and a drill may be played at night by people without courses."""
    PolicyRule.objects.update(hour_from=0, hour_until=24, training=[])
    policy.forget()


def person(username: str, role: Role, unit: Unit) -> User:
    made = User.objects.create_user(
        username, staff_no=username.upper(), name=username, role=role, unit=unit, password=None
    )
    # Whoever has just come into a role may not approve yet.
    User.objects.filter(pk=made.pk).update(role_since=clock.now() - timedelta(days=90))
    made.refresh_from_db()
    return made


def seal_log() -> int:
    """Turns of the product's sequencer until nothing waits; how many entries they took.

    Afterwards its head is outside.
    """
    writer.stop()
    sequencer = Sequencer(
        head=settings.CUSTODIAN_LOG_HEAD, keys=log_key.load(settings.CUSTODIAN_LOG_KEY)
    )
    try:
        return sum(iter(sequencer.cycle, 0))
    finally:
        sequencer.close()
