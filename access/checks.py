"""System checks of access: a rule set that nobody could pass, or an act without a row, is an error."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from access import policy, ports
from access.action_roles import ROLES
from access.actions import Action
from access.exports import builders
from access.reasons import MESSAGES
from custodian.regimes import calendars, packs


@register
def every_action_has_its_roles(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"{action.value} has no row in the table of roles", id="access.E001")
        for action in Action
        if action not in ROLES
    ]


@register
def every_port_is_registered(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    missing = [*ports.missing(), *builders.missing()]
    return [Error(f"nobody registered the port {name}", id="access.E003") for name in missing]


@register
def every_refusal_has_words(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"the refusal {code} has no words", id="access.E002")
        for code in policy.REFUSALS
        if code not in MESSAGES
    ]


@register
def the_law_can_be_read(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    name = settings.CUSTODIAN_REGIME
    if name not in packs.regimes():
        known = ", ".join(packs.regimes())
        return [Error(f"CUSTODIAN_REGIME is {name}, and there is only {known}", id="access.E010")]
    try:
        packs.load(name)
        packs.company_clocks()
        calendars.load(name)
    except packs.BadPack as error:
        return [Error(str(error), id="access.E011")]
    return []
