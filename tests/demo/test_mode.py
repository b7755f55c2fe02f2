"""The demo's front door: there in a demo, and nowhere else."""

from __future__ import annotations

import importlib
import json
import stat
import sys

import pytest
from django.core import checks
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import NoReverseMatch, clear_url_caches, reverse

from custodian.demo import mode

pytestmark = pytest.mark.django_db
STEP_IN = "/demo/step-in/"


@pytest.fixture(autouse=True)
def _no_attempts_remembered():
    cache.clear()


def browser(**more):
    """On this machine, which is the only place where a demo is."""
    return Client(SERVER_NAME="127.0.0.1", **more)


@pytest.fixture
def client():
    return browser()


@pytest.fixture
def units():
    from custodian.demo.insurer.staff import UNITS
    from tests import estate

    for each in UNITS:
        estate.unit(each.code)


@pytest.fixture
def asked_for(settings, tmp_path):
    """Everything that a demo needs but the marker."""
    settings.CUSTODIAN_DEMO_REQUESTED = True
    settings.VAR = tmp_path


@pytest.fixture
def marked():
    from access.models import Installation

    Installation.objects.create(demo=True)


def read_addresses_again():
    import custodian.urls

    sys.modules.pop("custodian.demo.urls", None)
    importlib.reload(custodian.urls)
    clear_url_caches()


@pytest.fixture
def demo(asked_for, marked, units):
    """A running demo, and afterwards none."""
    from access import code_hints
    from custodian.demo import cast

    people = cast.engage()
    read_addresses_again()
    yield people
    code_hints.withdraw()
    sys.modules.pop("custodian.demo.urls", None)


@pytest.fixture(autouse=True)
def _ordinary_addresses_afterwards(request):
    yield
    if "demo" in request.fixturenames:
        from django.conf import settings

        settings.CUSTODIAN_DEMO_REQUESTED = False
        read_addresses_again()


def lines():
    from django.conf import settings

    return json.loads((settings.VAR / "demo-credentials.json").read_text())["users"]


def test_all_five_conditions_make_a_demo(asked_for, marked):
    assert mode.active()


def test_without_the_marker_there_is_no_demo(asked_for):
    assert not mode.active()


@pytest.mark.parametrize(
    ("name", "value"), [("CUSTODIAN_DEMO_REQUESTED", False), ("PRODUCTION", True)]
)
def test_not_asked_for_or_in_production_there_is_no_demo(asked_for, marked, settings, name, value):
    setattr(settings, name, value)
    assert not mode.active()


def test_on_somebodys_own_database_there_is_no_demo(asked_for, marked, monkeypatch):
    monkeypatch.setattr(mode, "on_embedded_services", lambda: False)
    assert not mode.active()


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "[::]:8000", "192.168.1.4", "demo.example:80"])
def test_bound_to_the_world_there_is_no_demo(asked_for, marked, monkeypatch, bind):
    monkeypatch.setenv("CUSTODIAN_BIND", bind)
    assert not mode.active()


@pytest.mark.parametrize(
    "bind", ["127.0.0.1:8000", "localhost:80", "[::1]:8000", "127.0.0.1", "::1"]
)
def test_the_loopback_in_its_spellings_is_known(bind):
    assert mode.is_loopback(bind)


def test_outside_a_demo_nothing_of_it_exists(client):
    assert client.post(STEP_IN, {"username": "agent.li"}).status_code == 404
    assert "演示" not in client.get("/").content.decode()
    with pytest.raises(NoReverseMatch):
        reverse("demo_step_in")
    sys.modules.pop("custodian.demo.urls", None)
    with pytest.raises(ImproperlyConfigured):
        importlib.import_module("custodian.demo.urls")


def test_the_front_page_names_five_audiences(client):
    page = client.get("/").content.decode()
    for audience in ("合规官", "代理人", "客户", "监管", "其他系统"):
        assert audience in page


def test_the_cast_is_on_the_front_page_of_a_demo(client, demo):
    page = client.get("/").content.decode()
    assert page.count(STEP_IN) == len(demo) == 10


def test_the_file_of_the_cast_is_its_owners_only(demo, settings):
    path = settings.VAR / "demo-credentials.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {"username", "staff_no", "role", "name", "password", "totp_secret"} == set(lines()[0])


def test_stepping_in_is_an_ordinary_sign_in_with_its_entries(client, demo, entries_since):
    response = client.post(STEP_IN, {"username": "auditor.qian"})
    assert response.headers["Location"] == "/admin/"
    assert client.get("/accounts/settings/").status_code == 200
    acts = [each.act for each in entries_since() if not each.act.startswith("writer.")]
    assert acts[-2:] == ["second-factor", "login"]
    methods = [each["method"] for each in client.session["account_authentication_methods"]]
    assert methods == ["password", "mfa"]


def test_stepping_in_as_another_leaves_the_first(client, demo, entries_since):
    client.post(STEP_IN, {"username": "agent.li"})
    client.post(STEP_IN, {"username": "regulator.zhou"})
    assert "logout" in [each.act for each in entries_since()]
    assert client.get("/regulator/").status_code == 200


def test_stepping_in_twice_within_one_code_works(demo):
    for _time in range(2):
        response = browser().post(STEP_IN, {"username": "agent.li"})
        assert response.headers["Location"] == "/desk/"


def test_stepping_in_needs_the_form(demo):
    client = browser(enforce_csrf_checks=True)
    assert client.post(STEP_IN, {"username": "agent.li"}).status_code == 403
    assert client.get(STEP_IN).status_code == 405


@pytest.mark.parametrize(
    "elsewhere",
    [{"REMOTE_ADDR": "10.0.0.7"}, {"HTTP_X_FORWARDED_FOR": "10.0.0.7"}],
    ids=["another machine", "through a proxy"],
)
def test_from_elsewhere_nobody_steps_in(client, demo, elsewhere):
    assert client.post(STEP_IN, {"username": "agent.li"}, **elsewhere).status_code == 404
    assert STEP_IN not in client.get("/", **elsewhere).content.decode()


def test_nobody_outside_the_cast_can_be_stepped_into(client, demo):
    from tests import estate

    estate.user(username="agent.nobody")
    assert client.post(STEP_IN, {"username": "agent.nobody"}).status_code == 404


def test_the_code_is_shown_where_it_is_asked_for_and_it_is_right(client, demo):
    line = next(each for each in lines() if each["username"] == "agent.li")
    client.post("/accounts/login/", {"login": line["username"], "password": line["password"]})
    page = client.get("/accounts/code/").content.decode()
    shown = page.split('mono bold">')[1][:6]
    assert client.post("/accounts/code/", {"code": shown}).headers["Location"] == "/desk/"


def test_a_demo_asked_for_in_production_is_an_error(settings):
    settings.CUSTODIAN_DEMO_REQUESTED = settings.PRODUCTION = True
    found = checks.run_checks(tags=["security"])
    assert "demo.E001" in {each.id for each in found}


def test_a_demos_database_elsewhere_is_an_error(marked, monkeypatch):
    monkeypatch.setattr(mode, "on_embedded_services", lambda: False)
    found = checks.run_checks(tags=["database"], databases=["default"])
    assert "demo.E002" in {each.id for each in found}
