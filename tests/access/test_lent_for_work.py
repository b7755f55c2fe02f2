"""A case as a scope: the customer of one's work is lent while it lasts, and rules may leave the lent out."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from access import approvals, gate, grants, policy, rechecking, scopes, work_items
from access.actions import Action
from access.approvals import ContentChanged
from access.gate import Refused
from access.grants import NotForThisWork
from access.models import Approval, Assignment, Finding, Grant, PolicyRule, User, WorkItem
from access.policy import Ask, Rule
from access.replay.past import Period
from access.vocabulary import Reach, Role
from custodian import clock, invariants
from custodian.errors import NotVisible
from custodian.invariants import Options
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


@pytest.fixture
def item(agent, foreign):
    with estate.scopes.acting(estate.system()):
        return WorkItem.objects.create(
            kind="claim", source="import", number="CL-2026-0417", subject_id=foreign.pk, user=agent
        )


def until(days=3) -> datetime:
    return clock.now() + timedelta(days=days)


def ask(person, item, purpose="claim"):
    with estate.acting(person) as actor:
        return grants.request_for(item, purpose=purpose, reason="赔案", until=until(), actor=actor)


def approve(person, grant):
    with estate.acting(person, stepped_up=True) as actor:
        approval = Approval.objects.get(pk=grant.approval_id)
        approvals.approve(approval, seen=approval.digest, actor=actor)


def reveal(person, customer, purpose="claim"):
    with estate.acting(person) as actor:
        return gate.permit(
            actor, Action.CUSTOMER_REVEAL, subjects=[customer.pk], elements=[MOBILE],
            purpose=purpose, channel="desk",
        )  # fmt: skip


def sees(person, customer):
    with estate.acting(person) as actor:
        return Customer.objects.visible_to(actor).filter(pk=customer.pk).exists()


def test_work_alone_lends_nobody_and_its_grant_lends_its_customer(agent, officer, foreign, item):
    assert not sees(agent, foreign)
    grant = ask(agent, item)
    assert not sees(agent, foreign)
    approve(officer, grant)
    reveal(agent, foreign)
    with pytest.raises(Refused):
        reveal(agent, foreign, purpose="follow_up")


def test_the_entry_says_that_she_is_near_by_a_case(agent, officer, foreign, item, entries_since):
    approve(officer, ask(agent, item))
    entry = reveal(agent, foreign).entry
    leaf = json.loads(next(each.leaf for each in entries_since() if each.id == entry))
    assert leaf["why"] == ["rule", "nearness-lent"]
    with estate.acting(agent):
        assert scopes.find([foreign.pk])[foreign.pk].nearness is Reach.CASE


def test_reach_ends_with_the_work(agent, officer, foreign, item):
    approve(officer, ask(agent, item))
    with estate.acting(agent) as actor:
        work_items.close(item, outcome="done", channel="desk", actor=actor)
    assert not sees(agent, foreign)
    with pytest.raises(NotVisible):
        reveal(agent, foreign)
    with estate.scopes.acting(estate.system()):
        assert Grant.objects.get().status == "ended"


def test_reach_ends_with_the_end_that_another_system_told(agent, officer, foreign, item):
    approve(officer, ask(agent, item))
    item.closed_at, item.outcome = clock.now(), "done"
    with estate.acting(officer) as actor:
        work_items.register(
            [], [item], channel="admin", actor=actor, action=Action.BOOK_IMPORT, book="B",
            operation=item.ref,
        )  # fmt: skip
    assert not sees(agent, foreign)


def test_what_was_asked_for_closed_work_cannot_be_approved(agent, officer, foreign, item):
    grant = ask(agent, item)
    with estate.acting(agent) as actor:
        work_items.close(item, outcome="withdrawn", channel="desk", actor=actor)
    with pytest.raises(ContentChanged):
        approve(officer, grant)
    assert not sees(agent, foreign)


def test_who_no_longer_does_the_work_is_lent_nobody(agent, officer, foreign, item):
    grant = ask(agent, item)
    with estate.scopes.acting(estate.system()):
        WorkItem.objects.filter(pk=item.pk).update(user=estate.user(Role.AGENT, name="王磊"))
    with pytest.raises(ContentChanged):
        approve(officer, grant)
    assert not sees(agent, foreign)


def test_nobody_asks_for_anothers_work_nor_for_what_it_does_not_need(agent, foreign, item):
    with pytest.raises(NotForThisWork):
        ask(estate.user(Role.AGENT, name="王磊"), item)
    with pytest.raises(NotForThisWork):
        ask(agent, item, purpose="underwriting")
    assert not Approval.objects.filter(kind=grants.KIND).exists()


FORGERIES = {
    "another customer": "UPDATE access_assignment SET subject_id = %(other)s WHERE grant_id = %(id)s",
    "other work": "UPDATE access_grant SET item_id = %(item)s WHERE id = %(id)s",
    "closed work": "UPDATE access_workitem SET closed_at = opened_at, outcome = 'done'"
    " WHERE id = (SELECT item_id FROM access_grant WHERE id = %(id)s)",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_reach_that_was_bent_by_hand_is_found(agent, officer, foreign, item, forgery):
    other = estate.customer(of=[estate.user(Role.AGENT)])
    grant = ask(agent, item)
    approve(officer, grant)
    with estate.scopes.acting(estate.system()), connection.cursor() as cursor:
        spare = WorkItem.objects.create(
            kind="claim", source="import", number="CL-2", subject_id=foreign.pk, user=agent
        )
        assert invariants.broken(Options())["grants"] == "ok"
        cursor.execute(FORGERIES[forgery], {"id": grant.pk, "other": other.pk, "item": spare.pk})
    assert str(grant.ref) in invariants.broken(Options())["grants"]
    assert rechecking.carry_out() == 1
    assert Finding.objects.get(kind=rechecking.KIND).severity == "urgent"


# Rules


def rule(reach):
    return Rule(
        code="R-1", version=1, role="agent", purpose="claim", element_class="identity", max_level=3,
        reach=reach, channel="", networks=(), hour_from=0, hour_until=24, step_up_level=4,
    )  # fmt: skip


def near(nearness, *, masked=False):
    return Ask(
        role="agent", purpose="claim", element_class="identity", level=3, nearness=nearness,
        channel="desk", hour=10, masked=masked, lent="lent" if nearness is Reach.CASE else "",
    )  # fmt: skip


ORDER = (Reach.OWN, Reach.CASE, Reach.UNIT, Reach.ALL)


@pytest.mark.parametrize("reach", ORDER)
@pytest.mark.parametrize("nearness", ORDER)
def test_a_rule_covers_what_is_as_near_as_it_says(reach, nearness):
    covered = ORDER.index(nearness) <= ORDER.index(reach)
    assert policy.decide([rule(reach)], near(nearness)).allowed is covered
    # Masks of the lent stand among those of one's own.
    masked = covered or (nearness, reach) == (Reach.CASE, Reach.OWN)
    assert policy.decide([rule(reach)], near(nearness, masked=True)).allowed is masked


def narrow(code):
    PolicyRule.objects.filter(role="agent", purpose=code).update(reach="own")
    policy.forget()


def test_a_rule_about_ones_own_leaves_the_lent_masked(agent, officer, foreign, item):
    own = estate.customer(of=[agent])
    approve(officer, ask(agent, item))
    narrow("claim")
    with pytest.raises(Refused) as refused:
        reveal(agent, foreign)
    assert refused.value.decision.because == ("reach-not-covered",)
    reveal(agent, own)
    client = estate.login(Client(headers={"accept-language": "zh-hans"}), agent)
    page = client.post(f"/desk/customers/{foreign.ref}/", {"purpose": "claim"}, follow=True)
    body = page.content.decode()
    assert page.status_code == 200
    assert ("客户不在此规则的范围之内" in body, "因受理的事项授权给您" in body) == (True, True)
    assert client.get("/desk/").status_code == 200


def test_a_replay_tells_who_would_lose_what_was_lent(agent, officer, foreign, item):
    own = estate.customer(of=[agent])
    approve(officer, ask(agent, item))
    reveal(agent, own)
    lost = reveal(agent, foreign).entry
    today = clock.local().date()
    looks = [each for page in Period.of(today, today).pages() for each in page.looks]
    before = policy.rules_of("agent")
    after = [
        policy.Rule(**{**vars(each), "reach": Reach.OWN}) if each.purpose == "claim" else each
        for each in before
    ]

    def allowed(rules):
        return {
            each.entry
            for each in looks
            if all(policy.decide(rules, asked).allowed for _code, asked in each.asks)
        }

    assert allowed(before) - allowed(after) == {lost}


# Through the pages


def test_from_the_list_of_work_to_the_customer_and_back(agent, officer, foreign, item):
    desk = estate.login(Client(headers={"accept-language": "zh-hans"}), agent)
    office = estate.login(Client(headers={"accept-language": "zh-hans"}), officer, stepped_up=True)
    address = reverse("desk:work_grant", args=[item.ref])
    body = desk.get(reverse("desk:work")).content.decode()
    assert (address in body, foreign.ref in body) == (True, False)
    page = desk.get(address).content.decode()
    assert ("CL-2026-0417" in page, foreign.ref in page, 'name="customers"' in page) == (
        True, False, False,
    )  # fmt: skip
    day = (clock.local() + timedelta(days=2)).date().isoformat()
    wrong = desk.post(address, {"purpose": "underwriting", "reason": "x", "until": day})
    assert wrong.status_code == 422
    said = {"purpose": "claim", "reason": "查勘", "until": day}
    assert desk.post(address, said).status_code == 302
    assert "已申请，待复核" in desk.get(reverse("desk:work")).content.decode()
    approval = Approval.objects.get(kind=grants.KIND)
    place = reverse("admin:approval", args=[approval.ref])
    shown = office.get(place).content.decode()
    assert (f"赔案 CL-2026-0417：{foreign.ref}" in shown, "查勘" in shown) == (True, True)
    office.post(place, {"act": "approve", "digest": approval.digest})
    assert foreign.ref in desk.get(reverse("desk:work")).content.decode()
    assert "CL-2026-0417" in office.get(reverse("admin:grants")).content.decode()
    desk.post(reverse("desk:work_close", args=[item.ref]), {"outcome": "done"})
    assert desk.get(f"/desk/customers/{foreign.ref}/").status_code == 404


def test_anothers_work_is_absent(item):
    other = estate.login(Client(), estate.user(Role.AGENT, name="王磊"))
    assert other.get(reverse("desk:work_grant", args=[item.ref])).status_code == 404
    assert User.objects.get(pk=item.user_id).is_active
    assert not Assignment.objects.filter(user__name="王磊").exists()
