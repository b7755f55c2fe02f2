"""The supervising office's place: its own cases, bundles that need nobody's leave, and how to verify them."""

from __future__ import annotations

import hashlib
import re
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from access import regulator
from access.bundles.criteria import Criteria
from access.models import Approval, Bundle, Handout
from access.vocabulary import Role
from custodian import clock
from custodian.tlog import verify
from custodian.tlog.verify import Checkpoint, Policy
from records import references
from tests import estate
from tests.access.houses import LANGUAGES, SINCE, UNTIL, ZIP, nameless, said, whats, written
from tests.security.canary import Scanner

pytestmark = pytest.mark.xdist_group("regulator")
PAGE = "access:case:read"
DAYS = {"since": "2026-11-01", "until": "2026-11-20"}
OUTSIDE = "超出案件的时段，请核对"


@pytest.fixture(scope="module")
def case(house):
    found = house.case(customers=[house.customer.subject.uid])
    house.seal()
    return found


@pytest.fixture
def client(house):
    return house.browser(house.office)


def text(answer):
    return answer.content.decode()


def place(case, more=""):
    return f"/regulator/cases/{case.ref}/{more}"


# Whose


def asks(case_ref, bundle_ref):
    here, bundles = f"/regulator/cases/{case_ref}/", f"/regulator/bundles/{bundle_ref}/"
    return [
        ("get", here), ("get", f"{here}new/"), ("post", f"{here}new/"),
        ("post", f"{bundles}download/"), ("post", f"{bundles}verified/"),
    ]  # fmt: skip


def alike(answer, *names):
    """What of an answer may not depend on whether the thing exists."""
    body = text(answer)
    for name in names:
        body = body.replace(str(name), "THING")
    body = re.sub(r'(csrfmiddlewaretoken"\s+value=")[^"]+|\b[0-9a-f]{8}\b', "", body)
    return answer.status_code, re.sub(r"\d{2}:\d{2}(:\d{2})?", "", body)


def test_another_offices_case_looks_as_one_that_does_not_exist(house, case, client):
    theirs = house.case(guests=[house.other])
    bundle = house.bundle(theirs)
    absent = "R-2026-999", uuid.uuid4()
    for (method, theirs_at), (_, absent_at) in zip(
        asks(theirs.ref, bundle.ref), asks(*absent), strict=True
    ):
        with written() as leaves:
            one = getattr(client, method)(theirs_at, DAYS)
        with written() as others:
            other = getattr(client, method)(absent_at, DAYS)
        assert alike(one, theirs.ref, bundle.ref) == alike(other, *absent)
        assert one.status_code == 404
        assert whats(leaves) == whats(others)
        assert [leaf["act"] for leaf in leaves] == ["admin", "denied"]
    home = text(client.get("/regulator/"))
    assert case.ref in home
    assert theirs.ref not in home
    assert house.now(bundle).verified_at is None


def test_a_bundle_is_its_recipients_and_not_his_colleagues(house):
    case = house.case(guests=[house.office, house.other, house.auditor])
    bundle = house.bundle(case)
    for colleague in (house.other, house.auditor):
        client = house.browser(colleague)
        assert bundle.name not in text(client.get(place(case)))
        for act in ("download", "verified"):
            assert client.post(f"/regulator/bundles/{bundle.ref}/{act}/").status_code == 404
    assert house.now(bundle).downloads == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_home_page_names_each_case_with_its_scope_and_end(house, case, language):
    page = text(house.browser(house.office, language=language).get("/regulator/"))
    shown = [case.ref, case.title, case.office, case.letter, str(house.agent), house.customer.ref]
    assert [each for each in shown if each not in page] == []
    empty = text(house.browser(estate.user(Role.REGULATOR), language=language).get("/regulator/"))
    assert said("现在没有开放的案件。", language) in empty
    assert case.ref not in empty


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_case_names_its_bundles_and_the_checkpoints(house, case, language):
    bundle = house.bundle(case)
    page = text(house.browser(house.office, language=language).get(place(case)))
    head = Checkpoint.parse(house.place.head.read_bytes())
    seen = bundle.verdict[language]
    shown = [bundle.name, house.customer.ref, seen, f"{head.size:,}", head.root.hex()[:4]]
    assert [each for each in shown if each not in page] == []
    assert said("案件范围内，无须再批", language) in page


def test_each_visit_is_one_entry_and_an_act_one_more(house, client, case):
    bundle = house.bundle(case)
    expected = {
        ("get", "/regulator/"): [PAGE],
        ("get", place(case)): [PAGE],
        ("get", place(case, "new/")): [PAGE],
        ("get", "/regulator/checkpoints/"): [PAGE],
        ("get", "/regulator/verify/"): [PAGE],
        ("post", "/regulator/checkpoints/take/"): ["access:checkpoint:take"],
        ("post", f"/regulator/bundles/{bundle.ref}/download/"): [PAGE, "access:bundle:take"],
        ("post", f"/regulator/bundles/{bundle.ref}/verified/"): [PAGE],
        ("post", place(case, "new/")): [PAGE, "access:bundle:prepare"],
    }
    for (method, address), acts in expected.items():
        with written() as leaves:
            getattr(client, method)(address, DAYS if method == "post" else {}).getvalue()
        assert (address, whats(leaves)) == (address, acts)
        assert {leaf["actor"] for leaf in leaves} == {str(house.office.ref)}
        assert {leaf["ch"] for leaf in leaves} == {"regulator"}
        assert {leaf["purp"] for leaf in leaves} <= {"regulation", ""}


# A bundle


def asked_for(house, case):
    with house.everywhere():
        return Bundle.objects.filter(case=case).order_by("-number").first()


def test_a_bundle_inside_the_scope_needs_nobody(house, case):
    before = Approval.objects.count()
    for language, code in LANGUAGES.items():
        client = house.browser(house.office, language=language)
        with written() as leaves:
            answer = client.post(place(case, "new/"), DAYS)
        assert (answer.status_code, answer["Location"]) == (302, place(case))
        bundle = asked_for(house, case)
        assert (bundle.recipient_id, bundle.requested_by_id) == (house.office.pk,) * 2
        assert (bundle.language, bundle.status) == (code, "queued")
        assert leaves[-1]["bundle"] == str(bundle.ref)
        page = text(client.get(answer["Location"]))
        assert said("已申请。备好后可在本页下载。", language) in page
    assert Approval.objects.count() == before
    # Nothing chosen is all of the case, in the days that were said.
    asked = Criteria.load(bundle.criteria)
    assert asked.operators == (house.agent.ref,)
    assert asked.customers == (house.customer.subject.uid,)
    assert (str(asked.since), str(asked.until)) == (DAYS["since"], DAYS["until"])


def test_what_is_chosen_is_all_that_is_asked_for(house):
    second = house.newcomer()
    uids = [house.customer.subject.uid, second.subject.uid]
    case = house.case(operators=[house.agent, house.auditor], customers=uids, units=["XZ"])
    house.approve(house.ask_for_key(case, second))
    client = house.browser(house.office)
    for chosen, expected in (
        ({"operators": [house.auditor.ref]}, ((house.auditor.ref,), (), (), ())),
        ({"customers": [uids[0]]}, ((), (uids[0],), (), ())),
        ({"customers": [uids[1]]}, ((), (uids[1],), (), (uids[1],))),
        ({"units": ["XZ"]}, ((), (), ("XZ",), ())),
    ):
        assert client.post(place(case, "new/"), {**DAYS, **chosen}).status_code == 302
        asked = Criteria.load(asked_for(house, case).criteria)
        assert (asked.operators, asked.customers, asked.units, asked.keys) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "days",
    [
        {"since": SINCE - timedelta(days=1), "until": UNTIL},
        {"since": SINCE, "until": UNTIL + timedelta(days=1)},
        {"since": "2020-01-01", "until": "2020-01-02"},
    ],
)
def test_a_day_outside_the_scope_is_refused_with_a_clear_sentence(house, case, language, days):
    client, before = house.browser(house.office, language=language), asked_for(house, case)
    with written() as leaves:
        answer = client.post(place(case, "new/"), days)
    assert answer.status_code == 422
    assert said(OUTSIDE, language) in text(answer)
    assert nameless(text(answer)) == []
    assert whats(leaves) == [PAGE]
    assert asked_for(house, case) == before


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_and_nothing_outside_the_scope_can_be_chosen(house, case, language):
    client, before = house.browser(house.office, language=language), asked_for(house, case)
    stranger = house.newcomer()
    for chosen in (
        {"operators": [house.second.ref]},
        {"operators": [house.agent.ref, house.second.ref]},
        {"customers": [stranger.subject.uid]},
        {"customers": ["'; --"]},
        {"since": "gestern"},
        {"until": "2026-11-05", "since": "2026-11-06"},
    ):
        answer = client.post(place(case, "new/"), {**DAYS, **chosen})
        assert answer.status_code == 422
        assert 'role="alert"' in text(answer)
    # A unit is not among what this case covers, so there is no such question.
    assert client.post(place(case, "new/"), {**DAYS, "units": ["XZ"]}).status_code == 302
    assert Criteria.load(asked_for(house, case).criteria).units == ()
    assert asked_for(house, case).number == (before.number if before else 0) + 1


def test_each_download_is_on_record_before_its_first_byte_and_there_are_five(house, case):
    bundle = house.bundle(case)
    address = f"/regulator/bundles/{bundle.ref}/download/"
    client = house.browser(house.office)
    for count in range(1, 6):
        with written() as leaves:
            answer = client.post(address)
        assert whats(leaves) == [PAGE, "access:bundle:take"]
        assert answer.getvalue() == ZIP
        assert answer["Content-Type"] == "application/zip"
        assert answer["Content-Length"] == str(len(ZIP))
        assert answer["Content-Disposition"] == f'attachment; filename="{bundle.name}"'
        assert answer["Cache-Control"] == "no-store"
        assert house.now(bundle).downloads == count
    for language in LANGUAGES:
        answer = house.browser(house.office, language=language).post(address)
        assert answer.status_code == 410
        assert said("取证包已过期、已取满次数或尚未备好，请重新申请", language) in text(answer)
    assert house.now(bundle).downloads == 5
    assert "已过期或已取满次数" in text(client.get(place(case)))


def test_what_is_not_ready_or_kept_no_longer_is_gone(house, case, client):
    for changes in (
        {"status": "queued"},
        {"status": "running"},
        {"status": "failed"},
        {"expires_at": clock.now()},
    ):
        bundle = house.bundle(case)
        with house.everywhere():
            Bundle.objects.filter(pk=bundle.pk).update(**changes)
        with written() as leaves:
            answer = client.post(f"/regulator/bundles/{bundle.ref}/download/")
        assert (answer.status_code, whats(leaves)) == (410, [PAGE])


def test_that_it_was_verified_is_noted_and_told_to_the_insurer(house):
    case = house.case()
    bundle = house.bundle(case)
    client = house.browser(house.office)
    assert "我已核验，结果完整" in text(client.get(place(case)))
    answer = client.post(f"/regulator/bundles/{bundle.ref}/verified/")
    assert (answer.status_code, answer["Location"]) == (302, place(case))
    assert clock.now() - house.now(bundle).verified_at < timedelta(seconds=30)
    page = text(client.get(place(case)))
    assert "我已核验，结果完整" not in page
    assert re.search(r"您于 .* 核验", page)
    told = text(house.browser(house.first).get(f"/admin/cases/{case.ref}/"))
    assert re.search(r"接收人于 .* 核验", told)


# Checkpoints


def test_the_newest_checkpoint_is_a_file_that_verifies(house, case, client):
    with written() as leaves:
        answer = client.post("/regulator/checkpoints/take/")
    assert whats(leaves) == ["access:checkpoint:take"]
    head = Checkpoint.parse(answer.content)
    assert Policy.parse(settings.CUSTODIAN_LOG_POLICY.read_text()).log_time(head)
    assert head.note == Checkpoint.parse(house.place.head.read_bytes()).note
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert f'filename="checkpoint-{head.size}.note"' in answer["Content-Disposition"]


def test_what_somebody_took_is_remembered_for_his_next_visit(house, case):
    person = estate.user(Role.REGULATOR)
    with house.everywhere():
        case.guests.add(person)
    client = house.browser(person)
    pages = ("/regulator/checkpoints/", place(case))
    mine, newest = "您最近取走的", "您取走过，取证包会与它衔接"
    assert not [page for page in pages if mine in text(client.get(page))]
    first = Checkpoint.parse(client.post("/regulator/checkpoints/take/").content).size
    client.post("/regulator/checkpoints/take/")
    assert [*Handout.objects.filter(user=person).values_list("size", flat=True)] == [first]
    assert all(mine in text(client.get(page)) for page in pages)
    house.seal()
    page = text(client.get("/regulator/checkpoints/"))
    assert page.index('<td data-label="与您所持的比">最新</td>') < page.index(mine)
    second = Checkpoint.parse(client.post("/regulator/checkpoints/take/").content).size
    assert second > first
    page = text(client.get("/regulator/checkpoints/"))
    assert page.index(mine) < page.index(newest)
    stranger = text(house.browser(house.other).get("/regulator/checkpoints/"))
    assert mine not in stranger
    assert f">{first:,}</th>" not in stranger
    with house.everywhere():
        case.guests.remove(person)


def test_an_empty_log_has_no_checkpoint_to_take(client, monkeypatch):
    monkeypatch.setattr(regulator, "told_head", lambda: None)
    answer = client.post("/regulator/checkpoints/take/", follow=True)
    assert "还没有检查点。" in text(answer)
    assert answer.redirect_chain == [("/regulator/checkpoints/", 302)]


# Verifying


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_instructions_carry_the_hash_of_the_script_that_can_be_had_apart(house, case, language):
    client = house.browser(house.office, language=language)
    script = client.get("/log/verify.py")
    assert script.content == Path(verify.__file__).read_bytes()
    assert "verify.py" in script["Content-Disposition"]
    digest = hashlib.sha256(script.content).hexdigest()
    house.bundle(case)
    for address in ("/regulator/verify/", place(case)):
        page = text(client.get(address))
        assert digest in page
        assert 'href="/log/verify.py"' in page
        assert 'href="/log/policy"' in page
        assert "python verify.py" in page
        assert "--policy log-policy.txt" in page
        assert said("如何核验", language) in page
    policy = client.get("/log/policy")
    assert policy.content == settings.CUSTODIAN_LOG_POLICY.read_bytes()


# Every page


def every_page(case, client):
    return {
        "home": client.get("/regulator/"),
        "case": client.get(place(case)),
        "form": client.get(place(case, "new/")),
        "errors": client.post(place(case, "new/"), {"since": "gestern"}),
        "checkpoints": client.get("/regulator/checkpoints/"),
        "verify": client.get("/regulator/verify/"),
        "gone": client.get(place(case).replace("R-", "R-9")),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_holds_a_customers_plaintext(house, case, language):
    house.bundle(case)
    scanner = Scanner({**estate.ZHANG, **estate.ACCOUNT}, fragments=6)
    pages = every_page(case, house.browser(house.office, language=language))
    assert scanner.text(f"<p>{estate.ZHANG['identity.mobile']}</p>")
    found = {name: scanner.scan(answer.content) for name, answer in pages.items()}
    assert {name: hits for name, hits in found.items() if hits} == {}
    headers = "".join(f"{answer.headers}" for answer in pages.values())
    assert scanner.text(headers) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_control_has_a_name_and_every_page_its_language_and_title(house, case, language):
    house.bundle(case)
    pages = every_page(case, house.browser(house.office, language=language))
    for name, answer in pages.items():
        page = text(answer)
        assert (name, nameless(page)) == (name, [])
        assert (name, page.count("<h1")) == (name, 1)
        assert f'<html lang="{LANGUAGES[language]}"' in page
        assert all("<caption" in table for table in page.split("<table")[1:])
        assert not re.search(r'tabindex="[1-9]', page)


def test_a_control_without_a_name_would_be_found():
    assert nameless("<form><input id=a><label for=b>B</label><input id=b></form>") != []
    assert nameless("<form><button></button></form>") != []
    assert nameless("<p id=a></p><p id=a></p>") != []
    assert nameless("<label>A <input></label><button>Go</button>") == []


def test_no_customer_can_be_looked_up_by_trying(house, case, client):
    """What the case was opened with is all that it says."""
    there, absent = house.newcomer().ref, references.new_customer()
    answers = [
        alike(client.post(place(case, "new/"), {**DAYS, "customers": [ref]}), ref)
        for ref in (there, absent)
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
