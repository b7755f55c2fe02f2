"""An investigation may keep a look back: by two, for days, unnoticed; and afterwards it says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from access import actors, approvals, own_looks, rechecking, scopes
from access.gate import Refused
from access.models import DelayedLook, Finding
from access.own_looks import delays
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.portal import looking
from tests.portal.test_looks import LOOKS, cards, portal
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
REASON = "疑似出售客户资料"


@pytest.fixture(autouse=True)
def _open():
    desk_estate.open_all_day()


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def own(agent):
    return estate.customer(of=[agent])


def officer(**more):
    return actors.staff(estate.user(Role.COMPLIANCE_OFFICER, **more), stepped_up=True)


def asked(scope, *, days=9, actor=None) -> DelayedLook:
    actor = actor or officer()
    with scopes.acting(actor):
        until = clock.now() + timedelta(days=days)
        return delays.ask(scope, until=until, reason=REASON, actor=actor)


def agreed(scope, **more) -> DelayedLook:
    delay, other = asked(scope, **more), officer()
    with scopes.acting(other):
        approvals.approve(delay.approval, seen=delay.approval.digest, actor=other)
        delay.refresh_from_db()
    return delay


def counted(customer) -> str:
    return portal(customer).get("/portal/").content.decode().split("次查看")[0][-40:]


def test_nothing_is_kept_back_before_somebody_else_agrees(agent, own):
    entry = looking.look(agent, own)
    asked(delays.Scope(entry=entry))
    assert len(cards(portal(own).get(LOOKS))) == 1


def test_what_is_kept_back_leaves_no_trace_in_list_number_sentence_proof_or_question(agent, own):
    before = counted(own)
    entry = looking.look(agent, own)
    agreed(delays.Scope(entry=entry))
    browser = portal(own)
    assert cards(browser.get(LOOKS)) == []
    assert counted(own) == before
    assert browser.get(f"{LOOKS}{entry}/proof/").status_code == 404
    assert own_looks.find(looking.subject_of(own), entry) is None


def test_no_link_leads_to_a_page_of_what_is_kept_back(agent, own):
    """Hidden looks lie behind a full page of others: there is no older page, and no index of theirs."""
    now = clock.now()
    hidden = []
    for hour in range(3):
        with clock.at(now - timedelta(hours=200 - hour)):
            hidden.append(looking.look(agent, own))
    other = estate.user(Role.SERVICE_DESK)
    for hour in range(own_looks.PAGE):
        with clock.at(now - timedelta(hours=150 - hour)):
            looking.look(other, own)
    agreed(
        delays.Scope(
            operator=agent, since=now - timedelta(hours=201), until=now - timedelta(hours=190)
        )
    )
    page = own_looks.page(looking.subject_of(own))
    assert page.older is None
    assert not set(hidden) & {
        index for day in page.days for visit in day.visits for index in visit.indexes
    }


def test_it_appears_when_it_is_released_and_says_that_it_came_late(agent, own):
    delay = agreed(delays.Scope(entry=looking.look(agent, own)))
    actor = officer()
    with scopes.acting(actor):
        delays.release(delay, actor=actor)
    (card,) = cards(portal(own).get(LOOKS))
    assert "因调查延后显示" in card


def test_it_appears_by_itself_at_its_date(agent, own):
    agreed(delays.Scope(entry=looking.look(agent, own)), days=2)
    with clock.at(clock.now() + timedelta(days=2, minutes=1)):
        (card,) = cards(portal(own).get(LOOKS))
    assert "因调查延后显示" in card


def test_a_persons_looks_of_some_days_are_kept_back_from_everybody(agent, own):
    second = estate.customer(of=[agent])
    colleague = estate.user(Role.SERVICE_DESK)
    for customer in (own, second):
        looking.look(agent, customer)
    looking.look(colleague, own)
    now = clock.now()
    agreed(
        delays.Scope(operator=agent, since=now - timedelta(hours=1), until=now + timedelta(hours=1))
    )
    assert cards(portal(second).get(LOOKS)) == []
    (card,) = cards(portal(own).get(LOOKS))
    assert colleague.staff_no in card


def test_nobody_keeps_back_or_agrees_to_keep_back_looks_of_his_own(own):
    snoop = officer()
    with scopes.acting(snoop):
        person = type(estate.user()).objects.get(pk=snoop.id)
    entry = looking.look(person, own, purpose="compliance", channel="admin")
    with pytest.raises(Refused):
        asked(delays.Scope(entry=entry), actor=snoop)
    delay = asked(delays.Scope(entry=entry))
    with scopes.acting(snoop), pytest.raises(Refused):
        approvals.approve(delay.approval, seen=delay.approval.digest, actor=snoop)


def test_a_delay_is_short(agent, own, settings):
    entry = looking.look(agent, own)
    with pytest.raises(delays.TooLong):
        asked(delays.Scope(entry=entry), days=settings.CUSTODIAN_LOOK_DELAY_DAYS + 1)


def test_the_reason_lies_sealed_and_whoever_decides_reads_it(agent, own):
    delay = asked(delays.Scope(entry=looking.look(agent, own)))
    assert REASON.encode() not in bytes(delay.reason_sealed)
    assert REASON not in str(delay.approval.payload)
    with scopes.acting(officer()):
        said = approvals.kind_of(delay.approval).describe(delay.approval.payload)
    assert REASON in str(said)


def test_a_delay_that_was_made_longer_by_hand_is_an_urgent_finding(agent, own):
    delay = agreed(delays.Scope(entry=looking.look(agent, own)))
    with scopes.acting(estate.system()):
        DelayedLook.objects.filter(pk=delay.pk).update(until=delay.until + timedelta(days=300))
        assert rechecking.carry_out() == 1
        assert Finding.objects.filter(kind=rechecking.KIND).count() == 1


def test_neither_customers_nor_agents_read_that_there_is_one(agent, own):
    agreed(delays.Scope(entry=looking.look(agent, own)))
    for actor in (actors.customer(own.pk), actors.staff(agent)):
        with scopes.acting(actor):
            assert DelayedLook.objects.count() == 0  # row-level security


def test_an_officer_asks_from_the_entry_and_releases_on_the_page(agent, own):
    entry = looking.look(agent, own)
    person = estate.user(Role.COMPLIANCE_OFFICER)
    browser = estate.login(Client(headers={"accept-language": "zh-hans"}), person, stepped_up=True)
    panel = browser.get(f"/admin/querylog/{entry}/").content.decode()
    assert f"/admin/look-delays/new/{entry}/" in panel
    until = (clock.local() + timedelta(days=5)).date().isoformat()
    page = browser.post(
        f"/admin/look-delays/new/{entry}/", {"scope": "entry", "until": until, "reason": REASON}
    )
    assert page.status_code == 302
    other = officer()
    with scopes.acting(other):
        delay = DelayedLook.objects.get()
        approvals.approve(delay.approval, seen=delay.approval.digest, actor=other)
    shown = browser.get(page.headers["Location"]).content.decode()
    assert "现在向客户显示" in shown
    assert REASON not in shown
    browser.post(f"{page.headers['Location']}release/")
    assert len(cards(portal(own).get(LOOKS))) == 1
