"""A demo's visitor comes in as often as he likes; everywhere else the sign-in counts as it always does."""

from __future__ import annotations

import pytest
from django.core import checks

from access.models import Installation
from custodian.demo import mode
from records.sign_in import limits
from tests.sign_in import people
from tests.sign_in.people import Browser

pytestmark = pytest.mark.django_db
TIMES = 4


@pytest.fixture(autouse=True)
def _outbox(settings, tmp_path):
    settings.CUSTODIAN_OUTBOX = tmp_path / "outbox"
    settings.EMAIL_BACKEND = "custodian.outbox.MailBackend"


@pytest.fixture
def li():
    return people.customer()


@pytest.fixture
def wider(settings):
    settings.CUSTODIAN_DEMO_SIGN_INS = TIMES


@pytest.fixture
def demo(settings):
    settings.CUSTODIAN_DEMO_REQUESTED = True
    Installation.objects.create(demo=True)


def asked_until_refused(most):
    for number in range(most):
        if Browser("127.0.0.1").ask().status_code == 429:
            return number
    return most


def test_outside_a_demo_the_numbers_are_these():
    asked = (limits.OF_PERSON_THERE, limits.OF_ADDRESS, limits.AN_HOUR, limits.A_DAY)
    assert asked == (5, 40, 6, 12)
    assert [limits.wide(each) for each in asked] == [5, 40, 6, 12]


def test_in_a_demo_one_person_comes_in_more_often_and_gets_her_codes(li, wider, demo):
    most = limits.OF_PERSON_THERE * TIMES
    assert asked_until_refused(most + 1) == most
    assert people.notes().count("sent") == most


def test_a_demo_without_the_setting_counts_as_always(li, demo):
    assert asked_until_refused(8) == limits.OF_PERSON_THERE


def test_guessing_is_not_widened(li, wider, demo):
    for number in range(limits.WRONG_THERE // 5):
        browser = Browser("127.0.0.1")
        browser.ask(id_number=f"E{number:08}")
        for _ in range(5):
            browser.enter("000000")
    assert Browser("127.0.0.1").ask().status_code == 429


@pytest.mark.parametrize("lacking", ["asked for", "marker", "embedded", "loopback", "production"])
def test_where_one_condition_of_a_demo_lacks_nothing_is_widened(
    li, wider, demo, settings, monkeypatch, lacking
):
    if lacking == "asked for":
        settings.CUSTODIAN_DEMO_REQUESTED = False
    elif lacking == "marker":
        Installation.objects.filter(demo=True).delete()
    elif lacking == "embedded":
        monkeypatch.setattr(mode, "on_embedded_services", lambda: False)
    elif lacking == "loopback":
        monkeypatch.setenv("CUSTODIAN_BIND", "0.0.0.0:8000")
    else:
        settings.PRODUCTION = True
    assert asked_until_refused(8) == limits.OF_PERSON_THERE


@pytest.mark.parametrize(
    ("production", "requested", "times", "fails"),
    [
        (True, True, TIMES, True),
        (True, False, TIMES, True),
        (False, False, TIMES, True),
        (False, True, 0, True),
        (False, True, TIMES, False),
        (True, False, 1, False),
    ],
)
def test_the_check_fails_wherever_else_it_is_set(settings, production, requested, times, fails):
    settings.PRODUCTION, settings.CUSTODIAN_DEMO_REQUESTED = production, requested
    settings.CUSTODIAN_DEMO_SIGN_INS = times
    found = {each.id for each in checks.run_checks(tags=["security"])}
    assert ("demo.E004" in found) is fails
