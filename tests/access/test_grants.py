"""Time-boxed grants: reach that somebody else approved, for a purpose, and not a second longer."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from access import approvals, gate, grants, rechecking
from access.actions import Action
from access.approvals import ContentChanged
from access.gate import Refused
from access.grant_admin import waiting
from access.models import Approval, Assignment, Finding, Grant, User
from access.vocabulary import Role
from custodian import clock, invariants
from custodian.errors import NotVisible
from custodian.invariants import Options
from custodian.workflow import IllegalMove
from records import references
from records.models import Customer
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
MOBILE = "identity.mobile"


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def foreign():
    return estate.customer(of=[estate.user(Role.AGENT, name="王伟")], unit_=estate.unit("NJ"))


def ask(person, *refs, purpose="complaint", days=3):
    with estate.acting(person) as actor:
        return grants.request(
            refs, purpose=purpose, reason="代班期间客户投诉", until=clock.now() + timedelta(days=days),
            actor=actor,
        )  # fmt: skip


def approve(person, grant):
    with estate.acting(person, stepped_up=True) as actor:
        approval = Approval.objects.get(pk=grant.approval_id)
        approvals.approve(approval, seen=approval.digest, actor=actor)


def given(person, officer, *customers, **more):
    grant = ask(person, *(each.ref for each in customers), **more)
    approve(officer, grant)
    with estate.scopes.acting(estate.system()):
        grant.refresh_from_db()
    return grant


def reveal(person, customer, purpose="complaint"):
    with estate.acting(person) as actor:
        return gate.permit(
            actor, Action.CUSTOMER_REVEAL, subjects=[customer.pk], elements=[MOBILE],
            purpose=purpose, channel="desk",
        )  # fmt: skip


def sees(person, customer):
    with estate.acting(person) as actor:
        return Customer.objects.visible_to(actor).filter(pk=customer.pk).exists()


def test_what_waits_gives_nothing_and_what_is_approved_gives_reach(agent, officer, foreign):
    grant = ask(agent, foreign.ref)
    assert not sees(agent, foreign)
    with pytest.raises(NotVisible):
        reveal(agent, foreign)
    approve(officer, grant)
    assert sees(agent, foreign)
    reveal(agent, foreign)


def test_the_entry_says_that_it_was_lent(agent, officer, foreign, entries_since):
    given(agent, officer, foreign)
    entry = reveal(agent, foreign).entry
    leaf = json.loads(next(each.leaf for each in entries_since() if each.id == entry))
    assert leaf["why"] == ["rule", "nearness-lent"]


def test_it_is_for_its_purpose(agent, officer, foreign):
    given(agent, officer, foreign)
    with pytest.raises(Refused) as refused:
        reveal(agent, foreign, purpose="follow_up")
    assert refused.value.decision.because == ("grant-purpose",)


def test_ones_own_customer_stays_so_under_a_grant(agent, officer):
    own = estate.customer(of=[agent])
    given(agent, officer, own)
    reveal(agent, own, purpose="follow_up")


def test_it_ends_to_the_second_in_the_database_as_well(agent, officer, foreign):
    """The database asks its own clock, so the end is moved and not the time."""
    given(agent, officer, foreign)
    with estate.scopes.acting(estate.system()):
        Assignment.objects.filter(user=agent).update(
            until=clock.now() - timedelta(seconds=1), since=clock.now() - timedelta(days=1)
        )
    assert not sees(agent, foreign)
    with pytest.raises(NotVisible):
        reveal(agent, foreign)


def test_it_can_be_ended_at_once_and_once(agent, officer, foreign):
    grant = given(agent, officer, foreign)
    with estate.acting(officer) as actor:
        grants.end(grant, channel="admin", actor=actor)
        with pytest.raises(IllegalMove):
            grants.end(grant, channel="admin", actor=actor)
    assert not sees(agent, foreign)


def test_a_handler_reaches_beyond_his_unit_by_it(officer, foreign):
    handler = estate.user(Role.CLAIMS_HANDLER)
    assert not sees(handler, foreign)
    given(handler, officer, foreign, purpose="claim")
    assert sees(handler, foreign)
    with clock.at(clock.now().replace(hour=4)):
        reveal(handler, foreign, purpose="claim")


def test_whoever_asks_is_not_told_who_exists(agent, officer, foreign):
    nobody = references.new_customer()
    both = [ask(agent, foreign.ref), ask(agent, nobody)]
    assert {(each.status, each.approval.status) for each in both} == {("waiting", "waiting")}
    client = estate.login(Client(headers={"accept-language": "zh-hans"}), agent)
    page = client.get(reverse("desk:grants")).content.decode()
    assert "没有这个编号" not in page
    office = estate.login(Client(headers={"accept-language": "zh-hans"}), officer)
    shown = office.get(reverse("admin:approval", args=[both[1].approval.ref])).content.decode()
    assert f"{nobody}（没有这个编号）" in shown


def test_nobody_at_all_cannot_be_approved(agent, officer):
    grant = ask(agent, references.new_customer())
    with pytest.raises(grants.NobodyFound):
        approve(officer, grant)
    assert not Assignment.objects.filter(user=agent).exists()
    approval = Approval.objects.get(pk=grant.approval_id)
    client = estate.login(Client(), officer, stepped_up=True)
    said = {"act": "approve", "digest": approval.digest}
    assert client.post(reverse("admin:approval", args=[approval.ref]), said).status_code == 409


def test_those_who_exist_are_given_and_the_others_are_not(agent, officer, foreign):
    grant = ask(agent, foreign.ref, references.new_customer())
    approve(officer, grant)
    with estate.scopes.acting(estate.system()):
        given_ = list(Assignment.objects.filter(user=agent).values_list("subject_id", flat=True))
    assert given_ == [foreign.pk]


def test_who_has_left_or_came_too_late_gets_nothing(agent, officer, foreign):
    left, late = ask(agent, foreign.ref), ask(agent, foreign.ref, days=1)
    with clock.at(clock.now() + timedelta(days=2)), pytest.raises(ContentChanged):
        approve(officer, late)
    User.objects.filter(pk=agent.pk).update(is_active=False)
    with pytest.raises(ContentChanged):
        approve(officer, left)


@pytest.mark.parametrize("days", [-1, 0, 15])
def test_a_grant_ends_within_a_fortnight(agent, foreign, days):
    with pytest.raises(grants.TooLong):
        ask(agent, foreign.ref, days=days)


def test_nobody_reads_anothers_grants_in_the_database(agent, officer, foreign):
    given(agent, officer, foreign)
    with estate.acting(estate.user(Role.AGENT)):
        assert not Grant.objects.exists()
    with estate.acting(agent):
        assert Grant.objects.count() == 1


FORGERIES = {
    "longer": "UPDATE access_assignment SET until = until + interval '1 day' WHERE grant_id = %(id)s",
    "another purpose": "UPDATE access_assignment SET purpose = 'claim' WHERE grant_id = %(id)s",
    "another customer": "INSERT INTO access_assignment (subject_id, user_id, since, until, grant_id, purpose)"
    " SELECT %(other)s, user_id, since, until, grant_id, purpose FROM access_assignment WHERE grant_id = %(id)s",
    "the grant itself": "UPDATE access_grant SET until = until + interval '1 day' WHERE id = %(id)s",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_reach_that_was_widened_by_hand_is_found(agent, officer, foreign, forgery):
    other = estate.customer(of=[estate.user(Role.AGENT)])
    grant = given(agent, officer, foreign)
    assert invariants.broken(Options())["grants"] == "ok"
    with estate.scopes.acting(estate.system()), connection.cursor() as cursor:
        cursor.execute(FORGERIES[forgery], {"id": grant.pk, "other": other.pk})
    assert str(grant.ref) in invariants.broken(Options())["grants"]
    assert (rechecking.carry_out(), rechecking.carry_out()) == (1, 0)
    assert Finding.objects.get(kind=rechecking.KIND).severity == "urgent"


# Through the pages


def test_an_agent_asks_an_officer_approves_and_another_day_ends_it(agent, officer, foreign):
    desk = estate.login(Client(headers={"accept-language": "zh-hans"}), agent)
    until = (clock.local() + timedelta(days=2)).date().isoformat()
    form = {"customers": foreign.ref, "purpose": "complaint", "reason": "代班", "until": until}
    assert desk.post(reverse("desk:grants"), form).status_code == 302
    office = estate.login(Client(headers={"accept-language": "zh-hans"}), officer, stepped_up=True)
    request = office.get("/admin/").wsgi_request
    with estate.acting(officer):
        told = waiting(request)
    assert told is not None
    assert str(told.sentence) == "1 项临时授权等待复核。"
    approval = Approval.objects.get(kind=grants.KIND)
    address = reverse("admin:approval", args=[approval.ref])
    page = office.get(address).content.decode()
    assert (foreign.ref in page, "代班" in page) == (True, True)
    office.post(address, {"act": "approve", "digest": approval.digest})
    opened = desk.post(f"/desk/customers/{foreign.ref}/", {"purpose": "complaint"}, follow=True)
    assert opened.status_code == 200
    with estate.scopes.acting(estate.system()):
        grant = Grant.objects.get()
    assert foreign.ref in office.get(reverse("admin:grants")).content.decode()
    assert office.post(reverse("admin:grant_end", args=[grant.ref])).status_code == 302
    assert desk.get(f"/desk/customers/{foreign.ref}/").status_code == 404


WRONG = {
    "misspelt": ({"customers": "c-0000-0000-001"}, "编号写得不对：c-0000-0000-001"),
    "too long": ({"until": "2999-01-01"}, "请填今天起 14 天以内的日期"),
    "no reason": ({"reason": ""}, "理由"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_form_is_told(agent, foreign, wrong):
    changes, words = WRONG[wrong]
    until = (clock.local() + timedelta(days=2)).date().isoformat()
    form = {
        "customers": foreign.ref,
        "purpose": "complaint",
        "reason": "x",
        "until": until,
        **changes,
    }
    desk = estate.login(Client(headers={"accept-language": "zh-hans"}), agent)
    answer = desk.post(reverse("desk:grants"), form)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
