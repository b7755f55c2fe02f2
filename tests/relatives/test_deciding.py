"""What the staff do with it: nothing is revealed to him, four eyes as at the desk, and it goes in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from access import approvals, keystore, scopes
from access.gate import Refused
from access.models import Approval
from access.vocabulary import Role
from custodian import clock, outbox
from records.destruction.stores import Gone
from records.models import Document, RelativeAsk, Representative
from records.relatives import deciding, keeping, limits, looking
from records.relatives.sealing import SHELF, holding_of
from records.sign_in import representing
from tests import estate
from tests.relatives import kin as kins
from tests.relatives.kin import MOBILE, NAME, TEXT
from tests.sign_in import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def li():
    return people.customer()


@pytest.fixture
def desk():
    from tests.records import desk_estate

    desk_estate.open_all_day()
    return estate.user(Role.SERVICE_DESK, name="吴敏")


@pytest.fixture
def browser(client, desk):
    return estate.login(client, desk)


def one(ask):
    return f"/desk/relatives/{ask.ref}/"


def again(ask):
    with scopes.acting(estate.system()):
        return RelativeAsk.objects.get(pk=ask.pk)


def test_the_desk_sees_what_he_said_and_his_paper_and_each_look_is_on_record(
    li, browser, entries_since
):
    ask = kins.filed(called="<script>alert(1)</script>.jpg", name="<b>李</b>")
    page = browser.get(one(ask)).content.decode()
    for words in (TEXT, MOBILE, li.ref, "核对原件之前"):
        assert words in page
    assert people.ID_NUMBER not in page
    assert "<script>alert(1)" not in page
    assert "<b>李" not in page
    paper = browser.get(f"{one(ask)}papers/1/")
    assert paper["Content-Type"] == "image/jpeg"
    assert "sandbox" in paper["Content-Security-Policy"]
    looks = [each for each in entries_since() if "records:relative:read" in each.leaf]
    assert len(looks) == 2
    assert browser.get(f"{one(ask)}papers/2/").status_code == 404


def test_nobody_found_is_said_to_the_staff(browser):
    ask = kins.filed()
    page = browser.get(one(ask)).content.decode()
    assert "查无此人" in page
    assert 'value="file"' not in page
    browser.post(one(ask), {"act": "file"})
    assert again(ask).state == "nobody"
    assert "查无此人" in browser.get("/desk/relatives/").content.decode()


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLAIMS_HANDLER, Role.AUDITOR])
def test_no_other_role_sees_any_of_it(li, client, role):
    ask = kins.filed()
    other = estate.login(client, estate.user(role))
    for place in ("/desk/relatives/", one(ask), f"{one(ask)}papers/1/"):
        assert other.get(place).status_code in {403, 404}, place
    with scopes.acting(estate.system()):
        assert again(ask).open


def test_his_papers_become_evidence_by_which_somebody_is_put_up_and_another_agrees(
    li, desk, browser
):
    ask = kins.filed()
    browser.post(one(ask), {"act": "file"})
    browser.post(one(ask), {"act": "file"})  # nothing twice
    with scopes.acting(estate.system()):
        (document,) = Document.objects.filter(subject=li.pk)
    assert document.kind == "evidence"
    heir = estate.customer({**people.LI, "identity.name": NAME, "identity.id_number": "E11112222"})
    with estate.acting(desk) as actor:
        made = representing.put_up(
            li,
            representing.Draft(representative=heir.ref, kind="heir", evidence=document.ref),
            channel="desk",
            actor=actor,
        )
    with scopes.acting(estate.system()):
        assert not Representative.objects.exists()
        approval = Approval.objects.select_related("rule").get(pk=made.approval_id)
    with estate.acting(estate.user(Role.COMPLIANCE_OFFICER), stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)
    with scopes.acting(estate.system()):
        assert Representative.objects.get().representative_id == heir.pk


@pytest.mark.parametrize("outcome", ["granted", "refused"])
def test_the_answer_is_one_sentence_whatever_it_is_and_names_nobody(li, browser, outcome):
    ask = kins.filed()
    browser.post(one(ask), {"act": outcome})
    assert again(ask).outcome == outcome
    looking.tell(ask.pk)
    message = outbox.messages()[0]
    assert message.to == MOBILE
    assert message.text == looking.words()
    for value in (NAME, li.ref, people.LI["identity.name"], people.POLICY, "不予"):
        assert value not in message.text
    looking.tell(ask.pk)
    assert len([each for each in outbox.messages() if each.text == message.text]) == 1


def test_nobody_is_told_in_the_same_words(browser):
    ask = kins.filed()
    browser.post(one(ask), {"act": "nobody"})
    looking.tell(ask.pk)
    assert outbox.messages()[0].text == looking.words()


def test_it_is_ended_once(li, browser, desk):
    ask = kins.filed()
    browser.post(one(ask), {"act": "granted"})
    with estate.acting(desk) as actor, pytest.raises(deciding.NotNow):
        deciding.close(again(ask), "refused", channel="desk", actor=actor)
    assert again(ask).outcome == "granted"


def test_whoever_has_her_for_an_own_customer_does_not_decide(desk):
    people.customer(of=[desk])
    ask = kins.filed()
    with estate.acting(desk) as actor, pytest.raises(Refused):
        deciding.close(ask, "granted", channel="desk", actor=actor)


def keys(ask):
    with scopes.acting(estate.system()):
        held = [holding_of(ask.ref), *ask.papers.values_list("holding", flat=True)]
        return [each for each in held if keystore.held([each])]


def test_where_nobody_was_found_all_of_it_goes_after_a_month_with_its_keys(browser):
    ask = kins.filed()
    with scopes.acting(estate.system()):
        papers = list(ask.papers.all())
        holdings = [ask.holding, *(each.holding for each in papers)]
        assert all(keystore.held([each]) for each in holdings)
        assert keeping.tidy() == 0
    with (
        clock.at(clock.now() + limits.NOBODY_KEPT + timedelta(hours=1)),
        scopes.acting(estate.system()),
    ):
        assert keeping.tidy() == 1
        assert not RelativeAsk.objects.exists()
        assert not any(keystore.held([each]) for each in holdings)
    assert not SHELF.path_of(papers[0].ref).exists()


def test_what_is_open_about_a_customer_stays_until_it_is_ended_and_a_while(li, browser):
    ask = kins.filed()
    with clock.at(clock.now() + timedelta(days=200)), scopes.acting(estate.system()):
        assert keeping.tidy() == 0
    browser.post(one(ask), {"act": "refused"})
    with (
        clock.at(clock.now() + limits.CLOSED_KEPT + timedelta(hours=1)),
        scopes.acting(estate.system()),
    ):
        assert keeping.tidy() == 1


def test_no_key_of_another_goes_by_that_way(li):
    """The function takes a reference of an ask, and deletes nothing else."""
    ask = kins.filed()
    with scopes.acting(estate.system()), connection.cursor() as cursor:
        before = keystore.held([li.identity.holding]) if hasattr(li, "identity") else None
        cursor.execute("SELECT records_forget_relative(%s)", [str(li.subject.uid)])
        assert keystore.held([ask.holding])
        if before is not None:
            assert keystore.held([li.identity.holding]) == before


def test_it_goes_with_its_customer(li):
    kins.filed()
    with scopes.acting(estate.system()):
        gone = Gone({}, subjects=[li.pk], whole=[li.subject])
        store = keeping._Relatives()
        assert [each.store for each in store.scan(gone)] == ["relatives"]
        store.purge(gone)
        assert list(store.scan(gone)) == []
