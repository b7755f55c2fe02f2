"""Brakes on bulk: counted as it happens, slowed, reported, stopped; what was seen may be seen again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import DataError, ProgrammingError, connection
from django.test import Client
from django.urls import reverse
from django.utils import translation

from access import approvals, erasure, gate, quota_changes, quotas
from access.actions import Action
from access.gate import TooMuch
from access.models import Approval, Entry, Finding, Quota, Seen, Subject
from access.vocabulary import Role
from custodian import clock
from custodian.elements import Harm
from records.catalogue import BANK_ACCOUNT, HEALTH_DECLARATION
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
MOBILE, ACCOUNT = "identity.mobile", "financial.bank_account"


@pytest.fixture
def only():
    """The one quota in force."""
    Quota.objects.all().delete()

    def make(**terms):
        quotas.forget()
        return Quota.objects.create(**{"code": "Q-1", "measure": "customers", "hours": 24, **terms})

    return make


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def own(agent):
    return [estate.customer(of=[agent], accounts=()) for _ in range(6)]


def look(
    person, *customers, codes=(MOBILE,), masked=False, action=None, purpose="follow_up", **more
):
    with estate.acting(person, **more) as actor:
        return gate.permit(
            actor,
            action or (Action.CUSTOMER_LIST if masked else Action.CUSTOMER_REVEAL),
            subjects=[each.pk for each in customers], elements=list(codes), purpose=purpose,
            channel="desk", masked=masked,
        )  # fmt: skip


def refused(person, *customers, **more):
    with pytest.raises(TooMuch) as found:
        look(person, *customers, **more)
    return found.value


def seen(**terms):
    """Read from outside any person's scope."""
    with estate.scopes.acting(estate.system()):
        return Seen.objects.filter(**terms).count()


def findings(person):
    rows = Finding.objects.filter(kind=quotas.KIND, operator=person).order_by("pk")
    return [(each.facts["step"], each.facts["used"], each.severity) for each in rows]


# Counting


def test_the_same_customer_counts_once_and_may_be_seen_again_beyond_the_limit(only, agent, own):
    only(block=3)
    for each in (*own[:3], own[0], own[0]):
        look(agent, each)
    assert refused(agent, own[3]).decision.because == ("quota",)
    look(agent, own[1])
    assert seen(user=agent, kind="any") == 3


def test_a_refusal_is_on_record_shows_nothing_and_does_not_count(only, agent, own):
    only(block=1)
    look(agent, own[0])
    error = refused(agent, own[1])
    entry = Entry.objects.get(pk=error.entry)
    assert (error.status, error.wait) == (429, 0)
    assert (entry.act, entry.outcome, entry.subjects) == ("denied", "denied", 0)
    assert not seen(subject_id=own[1].pk)


@pytest.mark.parametrize(
    "action", [Action.CUSTOMER_LIST, Action.CUSTOMER_SEARCH, Action.CUSTOMER_VIEW]
)
def test_masked_lists_and_results_count_each_customer_in_them(only, agent, own, action):
    only(block=5)
    look(agent, *own[:5], masked=True, action=action)
    refused(agent, own[5], masked=True, action=action)


def test_a_list_that_goes_beyond_is_refused_as_a_whole(only, agent, own):
    only(block=5)
    refused(agent, *own, masked=True)
    assert not seen()


def test_reveals_count_each_time(only, agent, own):
    only(measure="reveals", block=2)
    look(agent, own[0])
    look(agent, own[0])
    look(agent, own[0], masked=True)
    refused(agent, own[0])


def test_plaintext_counts_by_what_it_harms(only, agent, own):
    """Masks of an account are no account, and a phone number is none either."""
    only(harm="property", block=1)
    rich = [estate.customer(of=[agent]) for _ in range(2)]
    asked = {"codes": (ACCOUNT,), "purpose": "payment", "stepped_up": True}
    look(agent, *rich, codes=(ACCOUNT,), masked=True)
    look(agent, own[0])
    look(agent, rich[0], **asked)
    look(agent, own[1])
    refused(agent, rich[1], **asked)


def test_every_kind_of_harm_has_elements():
    assert (BANK_ACCOUNT.harm, HEALTH_DECLARATION.harm) == (Harm.PROPERTY, Harm.HEALTH)


def test_a_window_rolls_and_ever_does_not(only, agent, own):
    only(block=2, hours=24)
    Quota.objects.create(code="Q-2", measure="customers", hours=None, block=3)
    quotas.forget()
    look(agent, own[0])
    look(agent, own[1])
    refused(agent, own[2])
    with clock.at(clock.now() + timedelta(hours=24, minutes=1)):
        look(agent, own[2])
        error = refused(agent, own[3])
    assert error.decision.because == ("quota",)


def test_a_quota_is_of_its_role_and_each_person_has_his_own(only, agent, own):
    only(role="service_desk", block=1)
    other = estate.user(Role.AGENT)
    theirs = [estate.customer(of=[other]) for _ in range(2)]
    for person, customers in ((agent, own[:3]), (other, theirs)):
        for each in customers:
            look(person, each)
    desk = estate.user(Role.SERVICE_DESK)
    look(desk, own[0])
    refused(desk, own[1])
    look(estate.user(Role.SERVICE_DESK), own[1])


def test_the_system_itself_has_no_quota(only, own):
    only(block=1)
    with estate.scopes.acting(estate.system()) as actor:
        for _ in range(2):
            gate.permit(
                actor, Action.CUSTOMER_REVEAL, subjects=[each.pk for each in own],
                elements=[MOBILE], purpose="system", channel="task",
            )  # fmt: skip


def test_of_sixteen_at_once_as_many_get_through_as_there_is_room_for(only, agent):
    only(block=5)
    customers = [estate.customer(of=[agent]) for _ in range(16)]

    def attempt(customer):
        try:
            look(agent, customer)
        except TooMuch:
            return "refused"
        else:
            return "shown"
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        answers = sorted(pool.map(attempt, customers))
    assert answers == ["refused"] * 11 + ["shown"] * 5
    assert seen(user=agent, kind="any") == 5


def test_masks_of_a_customer_just_counted_ask_the_database_nothing(only, agent, own, monkeypatch):
    only(block=1)
    look(agent, own[0], masked=True)
    monkeypatch.setattr(quotas, "_ALONE", "SELECT 1/0")
    look(agent, own[0], masked=True)
    for again in ({"codes": (MOBILE,)}, {"masked": True}):
        with pytest.raises(DataError):
            look(agent, own[0] if "codes" in again else own[1], **again)


# The three steps


def test_beyond_the_first_step_new_customers_come_slowly(only, agent, own):
    only(warn=2, block=5, pace=5)
    begun = clock.now()
    with clock.at(begun):
        for each in own[:2]:
            look(agent, each)
        error = refused(agent, own[2])
        look(agent, own[0])
    assert (error.decision.because, error.wait) == (("quota-pace",), 5)
    with clock.at(begun + timedelta(seconds=3)):
        assert refused(agent, own[2]).wait == 2
    with clock.at(begun + timedelta(seconds=5)):
        look(agent, own[2])
        refused(agent, own[3])


def test_each_step_is_told_once_a_day_with_its_entry(only, agent, own):
    only(finding=2, block=3)
    for each in own[:3]:
        look(agent, each)
    assert findings(agent) == [("finding", 2, "medium")]
    first = refused(agent, own[3]).entry
    refused(agent, own[4])
    assert findings(agent) == [("finding", 2, "medium"), ("block", 4, "high")]
    told = Finding.objects.get(kind=quotas.KIND, facts__step="block")
    assert told.entries == [first]
    with clock.at(clock.now() + timedelta(days=1, hours=1)):
        for each in own[:2]:
            look(agent, each)
    assert len(findings(agent)) == 3


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_finding_is_told_in_the_readers_language(only, agent, own, language):
    only(finding=1, harm="", hours=1)
    look(agent, own[0])
    with translation.override(language):
        words = Finding.objects.get(kind=quotas.KIND).words
    assert "1" in words
    assert ("小时" in words) == (language == "zh-hans")


def test_nobody_who_was_destroyed_stays_among_the_seen(only, agent, own):
    only(block=99)
    look(agent, own[0])
    assert seen(subject_id=own[0].pk)
    with estate.scopes.acting(estate.system()) as actor:
        Subject.objects.filter(pk=own[0].pk).update(status=Subject.Status.DESTROYED)
        erasure.forget(Subject.objects.get(pk=own[0].pk), channel="task", actor=actor)
    assert not seen(subject_id=own[0].pk)


def test_a_person_is_told_how_far_he_has_come_today(only, agent, own):
    only(warn=2, block=4)
    with estate.acting(agent) as actor:
        assert quotas.today(actor) == quotas.Standing(used=0, block=4, warn=2)
    look(agent, own[0])
    with estate.acting(agent) as actor:
        standing = quotas.today(actor)
    assert (standing.used, standing.share) == (1, 0.25)


# Seeded


def test_the_seeded_quotas_carry_the_law_where_it_is_law(agent):
    quotas.forget()
    known = {each.code: each for each in Quota.objects.in_force()}
    lawful = sorted((e.harm, e.finding) for e in known.values() if e.law)
    assert lawful == [("health", 250), ("other", 2_500), ("property", 25)]
    assert {each.role for each in known.values()} == {"", "agent", "claims_handler", "service_desk"}
    for each in known.values():
        steps = [step for step in (each.warn, each.finding, each.block) if step is not None]
        assert steps == sorted(steps)


# Changing them


@pytest.fixture
def officers():
    return [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")]


def browser(person, *, fresh=False):
    return estate.login(Client(headers={"accept-language": "zh-hans"}), person, stepped_up=fresh)


STEPS = {"warn": "1", "finding": "2", "block": "2", "pace": "5", "reason": "从严"}


def test_steps_change_by_four_eyes_and_hold_from_then_on(officers, agent, own):
    quota = Quota.objects.in_force().get(role="agent", measure="customers", hours=24)
    first, second = browser(officers[0]), browser(officers[1], fresh=True)
    answer = first.post(reverse("admin:quota", args=[quota.code]), STEPS)
    assert answer.status_code == 302
    approval = Approval.objects.get(kind=quota_changes.KIND)
    page = second.get(answer["Location"]).content.decode()
    assert "600 → 2" in page
    look(agent, *own[:3], masked=True)
    again = first.post(reverse("admin:quota", args=[quota.code]), STEPS)
    assert "已有一项修改待复核" in again.content.decode()
    said = {"act": "approve", "digest": approval.digest}
    assert second.post(answer["Location"], said).status_code == 302
    quotas.forget()
    refused(agent, own[3], masked=True)
    versions = Quota.objects.filter(code=quota.code).order_by("version")
    assert [(each.version, each.block) for each in versions] == [(1, 600), (2, 2)]


def test_a_new_quota_gets_the_next_number(officers):
    client = browser(officers[0])
    form = {**STEPS, "role": "auditor", "measure": "customers", "harm": "", "hours": "24"}
    assert client.post(reverse("admin:quota_new"), form).status_code == 302
    approval = Approval.objects.get(kind=quota_changes.KIND)
    with estate.acting(officers[1], stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)
    made = Quota.objects.get(role="auditor")
    assert (made.code, made.block, made.law) == (approval.payload["quota"], 2, "")


def test_a_number_other_than_the_laws_is_the_companys_own(officers):
    quota = Quota.objects.in_force().get(harm="property", hours=24)
    for finding, law in ((25, "CN-CRIM"), (30, "")):
        quota = Quota.objects.in_force().get(code=quota.code)
        with estate.acting(officers[0]) as actor:
            terms = {**quota_changes.terms_of(quota), "finding": finding, "block": 60 + finding}
            asked = quota_changes.propose(terms, base=quota, reason="x", actor=actor)
        with estate.acting(officers[1], stepped_up=True) as actor:
            approvals.approve(asked, seen=asked.digest, actor=actor)
        assert Quota.objects.in_force().get(code=quota.code).law == law


WRONG = {
    "falling": ({"warn": "5", "finding": "3"}, "三步须依次不减"),
    "nothing": ({"warn": "", "finding": "", "block": ""}, "至少填一步"),
    "no pace": ({"pace": "0"}, "放慢后的间隔"),
    "no reason": ({"reason": ""}, "理由"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_form_is_told(officers, wrong):
    changes, words = WRONG[wrong]
    client = browser(officers[0])
    answer = client.post(reverse("admin:quota", args=["Q-01"]), {**STEPS, **changes})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Approval.objects.exists()


def test_the_database_itself_lets_the_app_count_in_no_other_way(agent):
    with connection.cursor() as cursor:
        for statement in (
            "INSERT INTO access_seen (user_id, kind, subject_id, last_at) VALUES (%s, 'any', 1, now())",
            "UPDATE access_seen SET last_at = now() WHERE user_id = %s",
            "DELETE FROM access_tally WHERE user_id = %s",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(statement, [agent.pk])


# Through the surfaces


def test_an_agent_who_pages_through_her_portfolio_by_script_is_slowed_stopped_and_reported(agent):
    """Page after page, as fast as she can."""
    customers = [estate.customer(of=[agent], accounts=()) for _ in range(12)]
    Quota.objects.all().delete()
    Quota.objects.create(
        code="Q-1", role="agent", measure="customers", hours=1, warn=4, finding=6, block=8, pace=2
    )
    quotas.forget()
    client, clock_ = browser(agent), clock.now()
    session = client.session
    session["desk"] = {"purpose": "follow_up", "visits": {}}
    session.save()
    answers = []
    for each in customers:
        for _try in range(3):
            with clock.at(clock_):
                answer = client.get(f"/desk/customers/{each.ref}/")
            clock_ += timedelta(seconds=1)
            answers.append(answer.status_code)
            if answer.status_code == 200:
                break
    shown = answers.count(200)
    assert shown == 8
    assert answers[:4] == [200] * 4
    assert 429 in answers[4:8]
    assert [step for step, _used, _severity in findings(agent)] == ["finding", "block"]
    last = client.get(f"/desk/customers/{customers[-1].ref}/")
    assert "查询限额已用完" in last.content.decode()
    assert estate.ZHANG["identity.name"] not in last.content.decode()
