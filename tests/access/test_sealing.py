"""When entries wait too long for their seal: what is shut, what stays open, and how that is said.

How the wait grows and ends with a real sequencer is tested beside it; here it is set.
"""

from __future__ import annotations

import json

import pytest
from django.core.cache import cache
from django.urls import reverse
from structlog.testing import capture_logs

from access.querylog import sealing
from access.querylog.sealing import LogBehind
from access.vocabulary import Role
from custodian.problems import RETRY_SECONDS
from tests import estate
from tests.access import people
from tests.access.houses import LANGUAGES, ZIP, nameless, plain, said, stranger, written
from tests.api.callers import FOR, Caller
from tests.security.looking import look, opened

pytestmark = pytest.mark.xdist_group("sealing")
WORDS = str(LogBehind.message)
HEADING = "日志封存落后，因此暂不显示资料"


@pytest.fixture(autouse=True)
def waited(house, settings, monkeypatch):
    """Sets how long the oldest entry has waited."""
    settings.CUSTODIAN_SEALING = True
    cache.clear()
    state = [0.0]
    monkeypatch.setattr(sealing, "delay", lambda: state[0])

    def wait(seconds: float) -> None:
        state[0] = seconds

    return wait


@pytest.fixture(scope="module")
def bundle(house):
    return house.bundle(house.case())


def leaving(house, bundle, language="zh"):
    """Every way in which values leave in clear, on pages and for programs."""
    desk = house.browser(house.agent, language=language, fresh=True)
    office = house.browser(house.first, language=language, fresh=True)
    guest = house.browser(house.office, language=language)
    page = reverse("desk:customer", kwargs={"ref": house.customer.ref})
    desk.post(page, {"purpose": "follow_up"})
    body = {**FOR, "elements": ["identity.mobile"], "reason": "回访"}
    return {
        "reveal": desk.post(
            f"{page}reveal/", {"element": "identity.mobile", "purpose": "follow_up"}
        ),
        "api reveal": Caller(desk).post(f"customers/{house.customer.ref}/reveal", body),
        "csv": office.post("/admin/querylog/export/", {"format": "csv"}),
        "xlsx": office.post("/admin/querylog/export/", {"format": "xlsx"}),
        "bundle": guest.post(f"/regulator/bundles/{bundle.ref}/download/"),
    }


def showing(house, language="zh"):
    """Pages of customers that show masks."""
    desk = house.browser(house.agent, language=language)
    ref = house.customer.ref
    page = reverse("desk:customer", kwargs={"ref": ref})
    desk.post(page, {"purpose": "follow_up"})
    return {
        "mine": desk.get(reverse("desk:mine")),
        "customer": desk.get(page),
        "api customer": Caller(desk).get(f"customers/{ref}", **FOR),
        "api list": Caller(desk).get("customers", **FOR),
    }


def statuses(answers):
    for answer in answers.values():
        assert answer.getvalue() is not None
    return {name: answer.status_code for name, answer in answers.items()}


def all_of(answers, status):
    return dict.fromkeys(answers, status)


def test_up_to_the_bound_all_is_well_and_a_moment_later_it_is_not(house, bundle, waited):
    for seconds, status in ((5.0, 200), (5.001, 503)):
        waited(seconds)
        answers = leaving(house, bundle)
        assert (seconds, statuses(answers)) == (seconds, all_of(answers, status))
    for seconds, status in ((60.0, 200), (60.001, 503)):
        waited(seconds)
        answers = showing(house)
        assert (seconds, statuses(answers)) == (seconds, all_of(answers, status))
    waited(0)
    assert set(statuses({**leaving(house, bundle), **showing(house)}).values()) == {200}


def taken(house, bundle):
    """So that each time is the first download."""
    with house.everywhere():
        type(bundle).objects.filter(pk=bundle.pk).update(downloads=0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seconds", [6, 61])
def test_it_is_said_in_the_readers_language_with_when_to_come_again(
    house, bundle, waited, language, seconds
):
    waited(seconds)
    answers = leaving(house, bundle, language)
    if seconds > 60:
        answers |= showing(house, language)
    for name, answer in answers.items():
        assert (name, answer.status_code) == (name, 503)
        assert (name, answer["Retry-After"]) == (name, str(RETRY_SECONDS))
        assert answer["Cache-Control"] == "no-store"
        text = answer.content.decode()
        if name.startswith("api"):
            told = json.loads(text)
            assert answer["Content-Type"] == "application/problem+json"
            assert told["type"] == "urn:custodian:log-behind"
            assert told["detail"] == plain(WORDS, language)
        else:
            assert said(WORDS, language) in text
            assert f"<h1>{said(HEADING, language)}</h1>" in text
            assert said("日志无法写入，因此不显示任何资料", language) not in text
            assert nameless(text) == []


def test_nothing_is_opened_and_nothing_taken_and_the_servers_log_says_why(house, bundle, waited):
    taken(house, bundle)
    waited(6)
    before = opened()
    with capture_logs() as told:
        answers = leaving(house, bundle)
    assert opened() == before
    assert house.now(bundle).downloads == 0
    assert [each["code"] for each in told if each["event"] == "refused"].count("log-behind") == 4
    bodies = b"".join(answer.content for answer in answers.values())
    assert not [text for text in (estate.ZHANG["identity.mobile"], "138 0013 8000", ZIP.decode() + "\n")
                if text.encode() in bodies]  # fmt: skip


def test_the_log_itself_its_proofs_and_the_way_in_stay_open(house, bundle, waited):
    index = look_before(house, waited)
    waited(600)
    officer = house.browser(house.first, fresh=True)
    guest = house.browser(house.office)
    pages = {
        "log": officer.get("/admin/querylog/"),
        "entry": officer.get(f"/admin/querylog/{index}/"),
        "check": officer.post(f"/admin/querylog/{index}/check/"),
        "proof": officer.get(f"/admin/querylog/{index}/proof/"),
        "verifications": officer.get("/admin/access/verification/"),
        "approvals": officer.get("/admin/access/approval/"),
        "cases": officer.get("/admin/access/case/"),
        "case": officer.get(f"/admin/cases/{bundle.case.ref}/"),
        "morning": officer.get("/admin/"),
        "regulator": guest.get("/regulator/"),
        "checkpoints": guest.get("/regulator/checkpoints/"),
        "verify": guest.get("/regulator/verify/"),
        "head": stranger().get("/log/checkpoint"),
        "entries": Caller(officer).get("log/entries"),
        "home": guest.get("/"),
    }
    assert statuses(pages) == all_of(pages, 200)


def look_before(house, waited):
    waited(0)
    index = look(house.agent, house.customer)
    house.seal()
    return index


def test_signing_in_works_and_so_does_proving_it_again(house, waited):
    waited(600)
    person = people.person(Role.AGENT)
    older, _now, later = people.codes()
    client = stranger()
    with written() as leaves:
        people.sign_in(client, person, shown=older)
        assert client.get("/accounts/settings/").status_code == 200
        assert client.post("/accounts/step-up/", {"code": later, "next": "/"}).status_code == 302
        assert client.get(reverse("desk:find")).status_code == 200
        assert client.post("/accounts/logout/").status_code == 302
    assert [leaf["act"] for leaf in leaves if leaf["act"] in {"login", "step-up", "logout"}] == [
        "login", "step-up", "logout",
    ]  # fmt: skip


def test_work_that_shows_nothing_to_anybody_goes_on(house, waited):
    """A case is opened, approved and closed while nothing may be shown."""
    waited(600)
    case = house.case()
    house.close(case)
    assert house.now(case).status == "closed"


def test_where_sealing_is_not_asked_for_nothing_waits(house, bundle, waited, settings):
    settings.CUSTODIAN_SEALING = False
    waited(1e9)
    taken(house, bundle)
    answers = {**leaving(house, bundle), **showing(house)}
    assert statuses(answers) == all_of(answers, 200)
