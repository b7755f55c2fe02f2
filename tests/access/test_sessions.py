"""How long a session lives, what ends it, and how passwords change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client

from access import invitations, second_factor
from access.models import User
from access.vocabulary import Role
from custodian import clock, databases
from tests.access.people import (
    PASSWORD,
    code,
    codes,
    give_password,
    person,
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_remembered():
    cache.clear()


def acts(entries):
    return [each.act for each in entries if not each.act.startswith("writer.")]


# -- A33: a session ends with its rights ------------------------------------------------------


def test_signing_in_gives_a_new_session_key(client):
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = 1
    session.save()
    planted = session.session_key
    client.cookies["custodian"] = planted
    sign_in(client, person())
    assert client.session.session_key != planted
    stranger = Client()
    stranger.cookies["custodian"] = planted
    assert stranger.get("/accounts/settings/").status_code == 302


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"role": "auditor"}, {"password": "md5$x$y"}],
    ids=["disabled", "another role", "another password"],
)
def test_a_session_is_dead_at_the_next_request_after(client, change):
    user = person()
    sign_in(client, user)
    User.objects.filter(pk=user.pk).update(**change)
    assert client.get("/accounts/settings/").headers["Location"].startswith("/accounts/login/")


def test_a_session_does_not_come_back_with_the_person(client):
    user = person()
    sign_in(client, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert client.get("/accounts/settings/").status_code == 302


def test_signing_out_ends_the_session_and_clears_the_browser(client, entries_since):
    user = person()
    sign_in(client, user)
    key = client.session.session_key
    response = client.post("/accounts/logout/")
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert acts(entries_since())[-1] == "logout"
    thief = Client()
    thief.cookies["custodian"] = key
    assert thief.get("/accounts/settings/").status_code == 302


def test_half_an_hour_without_anybody_ends_the_session(client, entries_since):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        sign_in(client, person())
        traveller.shift(timedelta(minutes=29))
        assert client.get("/accounts/settings/").status_code == 200
        traveller.shift(timedelta(minutes=31))
        assert client.get("/accounts/settings/").status_code == 302
    assert json.loads(entries_since()[-1].leaf)["why"] == ["idle"]


def test_a_page_that_renews_itself_keeps_nobody_signed_in(client):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        sign_in(client, person())
        for _turn in range(4):
            traveller.shift(timedelta(minutes=10))
            last = client.get("/accounts/settings/", headers={"X-Partial": "jobs"})
        assert last.status_code == 302


def test_eight_hours_are_the_most(client):
    with time_machine.travel(clock.now(), tick=False) as traveller:
        sign_in(client, person())
        for _turn in range(24):
            traveller.shift(timedelta(minutes=20))
            client.get("/accounts/settings/")
        traveller.shift(timedelta(minutes=1))
        assert client.get("/accounts/settings/").status_code == 302


def test_cookies_are_kept_from_scripts_and_other_sites(client, settings):
    sign_in(client, person())
    cookie = client.cookies["custodian"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert client.get("/accounts/settings/").headers["Cache-Control"] == "no-store"


# -- passwords ----------------------------------------------------------------------------------


def test_changing_the_password_ends_every_session(client):
    user = person()
    older, _now, later = codes()
    other = sign_in(Client(), user, shown=older)
    sign_in(client, user, shown=later)
    new = "another long password 8"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.post("/accounts/password/change/", form).status_code == 302
    for each in (client, other):
        assert each.get("/accounts/settings/").status_code == 302
    user.refresh_from_db()
    assert user.check_password(new)


def test_a_one_time_link_sets_a_password_once_and_leaves_the_app_alone(client):
    user = person()
    link = invitations.link_of(user)
    new = "another long password 8"
    form = {"password1": new, "password2": new}
    assert client.get(link).status_code == 200
    assert client.post(link, form).headers["Location"] == "/accounts/login/"
    assert client.get(link).status_code == 404
    assert second_factor.enrolled(user)
    assert give_password(client, user, new).headers["Location"] == "/accounts/code/"


def renew(user, by, *more):
    call_command("renew_sign_in", user.username, f"--by={by.username}", *more)


def test_an_administrator_ends_a_sign_in_and_hands_over_a_link(client, capsys):
    user = person()
    sign_in(client, user)
    renew(user, person(Role.ADMINISTRATOR))
    link = capsys.readouterr().out.strip().splitlines()[-1]
    assert client.get("/accounts/settings/").status_code == 302
    assert Client().get(link).status_code == 200
    assert second_factor.enrolled(user)


def test_a_lost_app_is_forgotten_only_when_asked(client, capsys):
    user = person()
    renew(user, person(Role.ADMINISTRATOR), "--second-factor")
    assert not second_factor.enrolled(user)


def test_nobody_else_renews_a_sign_in(capsys):
    user = person()
    with pytest.raises(CommandError, match="岗位"):
        renew(user, person(Role.SECURITY_OFFICER))
    user.refresh_from_db()
    assert user.has_usable_password()


def test_production_binds_its_cookies_to_the_host_and_to_tls():
    names = "SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE".split()
    script = f"import custodian.settings as s; print([getattr(s, n) for n in {names}])"
    environment = {
        "CUSTODIAN_ENV": "production",
        "CUSTODIAN_SECRET_KEY": "x" * 50,
        "CUSTODIAN_HOSTS": "custodian.example",
        **dict.fromkeys(databases.VARIABLES.values(), "postgresql://u:p@127.0.0.1:1/d"),
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "['__Host-custodian', '__Host-csrf', True, True]", done.stderr


def test_a_link_does_not_bring_a_person_back_who_left(client):
    user = person()
    link = invitations.link_of(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.REGULATOR, "/regulator/"), (Role.AUDITOR, "/admin/"), (Role.AGENT, "/desk/")],
)
def test_people_land_where_they_work(client, role, place):
    user = person(role)
    give_password(client, user)
    assert client.post("/accounts/code/", {"code": code()}).headers["Location"] == place


def test_the_supervisor_is_told_honestly_that_no_case_is_open(client):
    sign_in(client, person(Role.REGULATOR))
    assert "现在没有开放的案件" in client.get("/regulator/").content.decode()


def test_an_agent_has_no_business_in_the_supervisors_place(client):
    sign_in(client, person())
    assert client.get("/regulator/").status_code == 403


def test_a_theme_is_kept_with_the_person(client):
    user = person()
    sign_in(client, user)
    client.post("/accounts/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/accounts/settings/").content.decode()


def test_next_leads_nowhere_else(client):
    sign_in(client, person())
    response = client.post("/accounts/theme/", {"theme": "dark", "next": "//evil.example/"})
    assert response.headers["Location"] == "/accounts/settings/"
