"""Proving oneself again in the middle of a session."""

from __future__ import annotations

import time

import pytest
from allauth.account.internal.flows import login as allauth_login
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import RequestFactory

from access import actors, step_up
from access.actors import TokenScope
from tests import estate
from tests.access.people import code, codes, person, sign_in

pytestmark = pytest.mark.django_db
CHANGE = "/accounts/password/change/"


@pytest.fixture(autouse=True)
def _no_attempts_remembered():
    cache.clear()


def test_what_needs_a_fresh_code_sends_there_and_back(client, entries_since):
    user = person()
    estate.login(client, user)
    asked = client.get(CHANGE).headers["Location"]
    assert asked == f"/accounts/step-up/?next={CHANGE}"
    back = client.post("/accounts/step-up/", {"code": code(), "next": CHANGE})
    assert back.headers["Location"] == CHANGE
    assert client.get(CHANGE).status_code == 200
    assert [each.act for each in entries_since()][-1] == "step-up"


def test_a_code_used_to_sign_in_does_not_step_up(client, entries_since):
    shown = code()
    sign_in(client, person(), shown=shown)
    assert client.post("/accounts/step-up/", {"code": shown}).status_code == 422
    assert entries_since()[-1].act == "step-up.failed"


def test_a_recovery_code_does_not_step_up(client):
    from access import second_factor

    user = person()
    estate.login(client, user)
    recovery = second_factor.recovery_codes(user)[0]
    assert client.post("/accounts/step-up/", {"code": recovery}).status_code == 422


def test_stepping_up_gives_a_new_session_key_and_keeps_the_session(client):
    user = person()
    older, _now, later = codes()
    sign_in(client, user, shown=older)
    before = client.session.session_key
    client.post("/accounts/step-up/", {"code": later})
    after = client.session.session_key
    assert after != before
    assert client.get("/accounts/settings/").status_code == 200
    assert (
        UserSession.objects.filter(user=user).values_list("session_key", flat=True).get() == after
    )


def test_five_wrong_codes_are_enough(client):
    estate.login(client, person())
    for _attempt in range(5):
        assert client.post("/accounts/step-up/", {"code": "000000"}).status_code == 422
    assert client.post("/accounts/step-up/", {"code": code()}).status_code == 429


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "\\\\evil.example"]
)
def test_it_leads_nowhere_else(client, elsewhere):
    estate.login(client, person())
    response = client.post("/accounts/step-up/", {"code": code(), "next": elsewhere})
    assert response.headers["Location"] == "/desk/"


def test_it_can_be_shown_in_a_dialog(client):
    estate.login(client, person())
    assert "data-dialog-content" in client.get(f"/accounts/step-up/?next={CHANGE}").content.decode()


def test_a_token_cannot_step_up():
    user = person()
    request = RequestFactory().post("/api/v1/anything")
    scope = TokenScope(token_id=1, actions=frozenset(), purposes=frozenset())
    request.user, request.actor = user, actors.staff(user, token=scope)
    assert step_up.verify(request, code()) is False


def test_the_recorder_that_marks_a_second_factor_is_still_there(client):
    """The mark is made by a function that its library calls internal; a new version may move it."""
    user = person()
    estate.login(client, user)
    client.post("/accounts/step-up/", {"code": code()})
    latest = client.session[allauth_login.AUTHENTICATION_METHODS_SESSION_KEY][-1]
    assert (latest["method"], latest["type"]) == ("mfa", "totp")
    assert time.time() - latest["at"] < 60


def test_a_mark_of_another_person_is_none(client):
    estate.login(client, person())
    session = client.session
    session["account_authentication_methods_user"] = "999999"
    session.save()
    assert client.get("/accounts/settings/").headers["Location"] == "/accounts/second-factor/"


def test_a_session_whose_code_was_never_shown_is_led_to_the_code(client):
    user = person()
    client.force_login(user)
    assert client.get("/").headers["Location"] == "/accounts/second-factor/"
    assert client.get("/accounts/second-factor/").headers["Location"] == "/accounts/step-up/"
    client.post("/accounts/step-up/", {"code": code()})
    assert client.get("/").status_code == 200
