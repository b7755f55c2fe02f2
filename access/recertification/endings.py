"""Ends one reviewed right through the capability that gave it, in the transaction of the decision."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from access import actors, cases, employment, grants, portfolios, scopes, tokens
from access.models import ApiToken, Case, Grant, HeldRight, User
from access.vocabulary import Channel, Role
from custodian import clock
from custodian.errors import CustodianError

# Fewer than these, and nobody is left who could undo it, or approve anything.
LEAST: Mapping[str, tuple[int, str]] = {
    Role.ADMINISTRATOR: (1, "last-administrator"),
    Role.COMPLIANCE_OFFICER: (2, "last-officers"),
}


class HouseNeeds(CustodianError):
    """Without this person the house could not govern itself; `because` is the code of the reason."""

    code = "house-needs"
    status = 409

    def __init__(self, because: str) -> None:
        self.because = because
        super().__init__()


def end(right: HeldRight) -> bool:
    """Whether there was something to end; raises `HouseNeeds`. Runs as the system, which logs each end."""
    actor = actors.system("recertifier")
    with scopes.acting(actor):
        return _ENDINGS[right.kind](right, actor)


def needed(right: HeldRight) -> str:
    """Why the house cannot do without this right now, as a reason code; holds those who would count."""
    least = LEAST.get(right.target) if right.kind == HeldRight.Kind.ROLE else None
    if least is None:
        return ""
    # In one order and under lock, so that two that end at once do not both count the other.
    rows = User.objects.filter(role=right.target, is_active=True).order_by("pk")
    left = [each.pk for each in rows.select_for_update(no_key=True)]
    return least[1] if right.person_id in left and len(left) <= least[0] else ""


def _end_role(right: HeldRight, actor: actors.Actor) -> bool:
    if because := needed(right):
        raise HouseNeeds(because)
    person = User.objects.select_for_update(no_key=True).get(pk=right.person_id)
    if not person.is_active or person.role != right.target:
        return False
    employment.disable(person, channel=Channel.TASK, actor=actor)
    return True


def _end_grant(right: HeldRight, actor: actors.Actor) -> bool:
    grant = Grant.objects.select_for_update().get(ref=right.target)
    if grant.status != Grant.Status.OPEN or grant.until <= clock.now():
        return False
    grants.end(grant, channel=Channel.TASK, actor=actor)
    return True


def _end_portfolio(right: HeldRight, actor: actors.Actor) -> bool:
    return bool(portfolios.end(right.person, channel=Channel.TASK, actor=actor))


def _end_token(right: HeldRight, actor: actors.Actor) -> bool:
    token = ApiToken.objects.select_for_update().get(ref=right.target)
    if token.revoked_at is not None or token.expires_at <= clock.now():
        return False
    tokens.revoke(token, channel=Channel.TASK, actor=actor)
    return True


def _end_case(right: HeldRight, actor: actors.Actor) -> bool:
    case = Case.objects.open().select_for_update().filter(ref=right.target).first()
    if case is None or not case.guests.filter(pk=right.person_id).exists():
        return False
    cases.remove_guest(case, right.person, channel=Channel.TASK, actor=actor)
    return True


_ENDINGS: Mapping[str, Callable[[HeldRight, actors.Actor], bool]] = {
    HeldRight.Kind.ROLE: _end_role,
    HeldRight.Kind.GRANT: _end_grant,
    HeldRight.Kind.PORTFOLIO: _end_portfolio,
    HeldRight.Kind.TOKEN: _end_token,
    HeldRight.Kind.CASE: _end_case,
}
