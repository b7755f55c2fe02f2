"""Alerts by API: once for each number of a system, and only for whoever may raise one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from access.actions import Action
from access.vocabulary import Role
from custodian import clock
from incidents.models import Alert
from tests import estate
from tests.api.callers import Caller, issue

pytestmark = pytest.mark.django_db


def bearer(role: Role, *actions: Action) -> Caller:
    _token, raw = issue(estate.user(role), actions=[*actions])
    return Caller(Client(), HTTP_AUTHORIZATION=f"Bearer {raw}")


def body(**more):
    said = {"system": "DLP", "number": "1", "severity": "high", "summary": "拷出文件"}
    return {**said, **more}


def test_a_detector_raises_an_alert_once():
    caller = bearer(Role.SECURITY_OFFICER, Action.ALERT_RAISE)
    at = (clock.now() - timedelta(hours=1)).isoformat()
    first = caller.post("alerts", body(happened_at=at))
    again = caller.post("alerts", body(happened_at=at))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    alert = Alert.objects.get()
    assert (alert.source, alert.severity, alert.summary) == ("external", "high", "拷出文件")
    assert caller.post("alerts", body(number="2")).status_code == 201
    assert caller.post("alerts", body(system="IDS")).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"severity": "terrible"},
        {"summary": ""},
        {"summary": "x" * 301},
        {"number": ""},
        {"happened_at": "yesterday"},
        {"happened_at": "2999-01-01T00:00:00+08:00"},
        {"more": "x"},
    ],
)
def test_what_is_wrong_is_refused_and_raises_nothing(wrong):
    caller = bearer(Role.SECURITY_OFFICER, Action.ALERT_RAISE)
    assert caller.post("alerts", body(**wrong)).status_code in {400, 422}
    assert not Alert.objects.exists()


def test_a_token_without_the_act_raises_nothing():
    assert (
        bearer(Role.SECURITY_OFFICER, Action.FINDING_READ).post("alerts", body()).status_code == 403
    )
    assert bearer(Role.AGENT, Action.ALERT_RAISE).post("alerts", body()).status_code == 403
    assert not Alert.objects.exists()
