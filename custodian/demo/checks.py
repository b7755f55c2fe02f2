"""A demo has no place in production, nor on anybody's real database."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from custodian import env
from custodian.demo import mode


@register(Tags.security)
def a_demo_is_asked_for_only_at_home(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    if not settings.CUSTODIAN_DEMO_REQUESTED:
        return []
    return _misplaced()


@register(Tags.security)
def only_a_demo_counts_sign_ins_more_widely(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    times = settings.CUSTODIAN_DEMO_SIGN_INS
    at_home = settings.CUSTODIAN_DEMO_REQUESTED and not settings.PRODUCTION
    if times == 1 or (times > 1 and at_home):
        return []
    return [Error("CUSTODIAN_DEMO_SIGN_INS is a demo's, and 1 everywhere else", id="demo.E004")]


@register(Tags.database)
def a_demo_database_stays_at_home(
    app_configs: Any, databases: Any = None, **_kwargs: Any
) -> list[CheckMessage]:
    return _misplaced() if databases and mode.marked() else []


def _misplaced() -> list[CheckMessage]:
    errors: list[CheckMessage] = []
    if settings.PRODUCTION:
        errors.append(Error("a demo does not run in production", id="demo.E001"))
    if not mode.on_embedded_services():
        errors.append(Error("a demo runs on embedded services only", id="demo.E002"))
    if not mode.is_loopback(env.text("CUSTODIAN_BIND", default="127.0.0.1")):
        errors.append(Error("a demo binds to the loopback only", id="demo.E003"))
    return errors
