"""A proposed rule tried against the log: what it would have changed, and that nothing else is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access import actors, approvals, gate, policy, rules, scopes
from access.actions import Action
from access.gate import Refused, StepUpNeeded
from access.models import Approval, PolicyRule, Replay, SealedContext
from access.replay import jobs
from access.replay.past import Period
from access.vocabulary import Role
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)
MOBILE, NUMBER, ACCOUNT = "identity.mobile", "identity.id_number", "financial.bank_account"


@pytest.fixture
def officers():
    return [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")]


@pytest.fixture
def rule():
    return PolicyRule.objects.in_force().get(
        role="agent", purpose="follow_up", element_class="identity"
    )


def look(person, customer, *codes, purpose="follow_up", masked=False, **more):
    with estate.acting(person, **more) as actor:
        return gate.permit(
            actor,
            Action.CUSTOMER_VIEW if masked else Action.CUSTOMER_REVEAL,
            subjects=[customer.pk], elements=codes, purpose=purpose, channel="desk", masked=masked,
        ).entry  # fmt: skip


def refused(person, customer, *codes, kind=Refused, **more):
    with pytest.raises(kind):
        look(person, customer, *codes, **more)


@pytest.fixture
def agents():
    return [estate.user(Role.AGENT, name=name) for name in ("李娜", "王伟")]


@pytest.fixture
def looks(agents):
    """Of each kind: allowed and refused by rules, and refused by what no rule knows."""
    one, other = agents
    own, foreign = estate.customer(of=[one]), estate.customer(of=[other])
    look(one, own, MOBILE)
    look(one, own, NUMBER, MOBILE)
    look(one, own, MOBILE, masked=True)
    look(other, foreign, MOBILE)
    look(other, foreign, ACCOUNT, purpose="payment", stepped_up=True)
    refused(one, own, ACCOUNT)
    refused(one, own, ACCOUNT, MOBILE)
    refused(one, own, ACCOUNT, purpose="payment", kind=StepUpNeeded)
    refused(one, foreign, MOBILE, kind=NotVisible)
    refused(estate.user(Role.ADMINISTRATOR), own, MOBILE, kind=NotVisible)
    return own


def proposed(person, base, *, ends=False, **changes):
    with estate.acting(person) as actor:
        terms = {**rules.terms_of(base), **changes}
        return rules.propose(terms, base=base, reason="试", ends=ends, actor=actor)


def replayed(person, proposal):
    today = clock.local().date()
    with estate.acting(person) as actor:
        replay = jobs.request(proposal, since=today, until=today, actor=actor)
    return jobs.work(replay.pk)


def rows(result, side):
    return [(e["operator"], e["element"], e["because"], e["count"]) for e in result[side]]


def test_unchanged_rules_reproduce_every_decision(officers, rule, looks):
    """The proposal is about another class, so nothing is gained or lost either."""
    result = replayed(officers[0], proposed(officers[0], rule, purpose="other")).result
    assert (result["otherwise"], result["unreadable"]) == (0, 0)
    assert result["looks"] == 8


def test_who_loses_what_is_told(officers, agents, rule, looks):
    result = replayed(officers[0], proposed(officers[0], rule, max_level=2)).result
    one, other = (each.staff_no for each in agents)
    assert (result["gained"], result["lost"]) == (0, 3)
    assert rows(result, "losses") == [
        (one, MOBILE, "level-not-covered", 2),
        (one, NUMBER, "level-not-covered", 1),
        (other, MOBILE, "level-not-covered", 1),
    ]


def test_who_gains_what_is_told(officers, agents, looks):
    base = PolicyRule.objects.in_force().get(
        role="agent", purpose="payment", element_class="financial"
    )
    result = replayed(officers[0], proposed(officers[0], base, step_up_level=5)).result
    assert (result["gained"], result["lost"]) == (1, 0)
    assert rows(result, "gains") == [(agents[0].staff_no, ACCOUNT, "step-up-not-covered", 1)]


def test_a_rule_that_ends_takes_even_the_masked_list(officers, agents, rule, looks):
    for each in PolicyRule.objects.in_force().filter(role="agent", element_class="identity"):
        if each.code != rule.code:
            PolicyRule.objects.filter(pk=each.pk).update(until=clock.now())
    policy.forget()
    result = replayed(officers[0], proposed(officers[0], rule, ends=True)).result
    assert result["lost"] == 4
    assert {each["because"] for each in result["losses"]} == {"class-not-covered"}


def test_a_decision_that_does_not_follow_from_its_rules_is_named(officers, rule, looks):
    """As if somebody had changed the rule's row by hand after it had decided."""
    PolicyRule.objects.filter(pk=rule.pk).update(max_level=2)
    rule.refresh_from_db()
    policy.forget()
    result = replayed(officers[0], proposed(officers[0], rule, max_level=3)).result
    assert result["otherwise"] == len(result["otherwise_at"]) == 3


def test_past_looks_are_held_against_the_rules_of_their_time(officers, agents, rule, looks):
    """Changed properly since, the decisions before the change still follow from the version then."""
    proposal = proposed(officers[0], rule, max_level=2)
    with estate.acting(officers[0]) as actor:
        approval = rules.submit(proposal, actor=actor)
    with clock.at(clock.now() + timedelta(seconds=5)):
        with estate.acting(officers[1], stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)
        policy.forget()
        newest = PolicyRule.objects.get(code=rule.code, version=2)
        result = replayed(officers[0], proposed(officers[0], newest, max_level=3)).result
    assert (result["otherwise"], result["gained"]) == (0, 3)


def test_an_erased_context_is_counted_and_not_guessed(officers, rule, looks, monkeypatch):
    monkeypatch.setattr("access.replay.past.context_in", lambda sealed, *, at: None)
    result = replayed(officers[0], proposed(officers[0], rule, max_level=2)).result
    assert (result["looks"], result["unreadable"]) == (0, 8)


def test_only_the_days_asked_for_are_read(officers, rule, looks):
    yesterday = clock.local().date() - timedelta(days=1)
    assert len(Period.of(yesterday, yesterday)) == 0
    today = clock.local().date()
    assert sum(len(page.looks) for page in Period.of(today, today).pages()) == 8


def test_small_pages_find_the_same(officers, rule, looks, monkeypatch):
    proposal = proposed(officers[0], rule, max_level=2)
    large = replayed(officers[0], proposal).result
    monkeypatch.setattr("access.replay.past.PAGE", 3)
    assert replayed(officers[0], proposal).result == large


def test_a_replay_is_one_entry_and_shows_nobody(officers, rule, looks, entries_since):
    proposal = proposed(officers[0], rule, max_level=2)
    before = len(entries_since())
    replayed(officers[0], proposal)
    (entry,) = [each for each in entries_since()[before:] if each.staff_no == officers[0].staff_no]
    assert (entry.act, entry.subjects) == ("admin", 0)
    assert SealedContext.objects.filter(entry_id=entry.id).exists()


def test_whoever_left_gets_no_replay(officers, rule, looks):
    today = clock.local().date()
    proposal = proposed(officers[0], rule, max_level=2)
    with estate.acting(officers[0]) as actor:
        replay = jobs.request(proposal, since=today, until=today, actor=actor)
    officers[0].role = Role.AGENT
    officers[0].save()
    with pytest.raises(jobs.NobodyAsks):
        jobs.work(replay.pk)
    replay.refresh_from_db()
    assert (replay.status, replay.result) == ("failed", None)


@pytest.mark.parametrize(
    "role", [Role.AGENT, Role.AUDITOR, Role.SECURITY_OFFICER, Role.ADMINISTRATOR]
)
def test_only_a_compliance_officer_replays(officers, rule, role):
    proposal = proposed(officers[0], rule, max_level=2)
    today = clock.local().date()
    with estate.acting(estate.user(role)) as actor, pytest.raises(Refused):
        jobs.request(proposal, since=today, until=today, actor=actor)
    assert not Replay.objects.exists()


def test_a_replay_foretells_a_refusal_that_then_happens(officers, agents, rule, looks):
    """The officer's way: propose, replay, read, submit; another approves; the agent is refused."""
    client = estate.login(Client(), officers[0])
    form = {
        "role": "agent", "purpose": "follow_up", "element_class": "identity", "max_level": "2",
        "reach": "own", "hour_from": "0", "hour_until": "24", "step_up_level": "4", "reason": "收紧",
    }  # fmt: skip
    place = client.post(reverse("admin:rule_change", args=[rule.code]), form)["Location"]
    today = clock.local().date().isoformat()
    assert client.post(place, {"act": "replay", "since": today, "until": today}).status_code == 302
    jobs.work(Replay.objects.get().pk)
    body = client.get(place).content.decode()
    assert agents[1].staff_no in body
    assert "所选用途不含此等级的信息" in body
    client.post(place, {"act": "submit"})
    approval = Approval.objects.get(kind=rules.KIND)
    with estate.acting(officers[1], stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)
    policy.forget()
    with scopes.acting(actors.staff(agents[0])) as actor, pytest.raises(Refused) as found:
        gate.permit(
            actor, Action.CUSTOMER_REVEAL, subjects=[looks.pk], elements=[MOBILE],
            purpose="follow_up", channel="desk",
        )  # fmt: skip
    assert found.value.decision.because == ("level-not-covered",)


WRONG = {
    "backwards": ({"since": "2026-01-02", "until": "2026-01-01"}, "“至”早于“自”，请核对"),
    "too long": ({"since": "2020-01-01", "until": "2026-01-01"}, "一次最多回放一年"),
    "tomorrow": ({"since": "2026-01-01", "until": "2999-01-01"}, "请填今天或更早的日期"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_period_is_told(officers, rule, wrong):
    said, words = WRONG[wrong]
    proposal = proposed(officers[0], rule, max_level=2)
    client = estate.login(Client(), officers[0])
    answer = client.post(
        reverse("admin:rule_proposal", args=[proposal.ref]), {"act": "replay", **said}
    )
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_errors_of_the_work_itself_are_told_to_who_asked(officers, rule, looks, monkeypatch):
    def broken(*args, **more):
        raise CustodianError("坏了")

    monkeypatch.setattr("access.replay.jobs.hold", broken)
    with pytest.raises(CustodianError):
        replayed(officers[0], proposed(officers[0], rule, max_level=2))
    assert Replay.objects.get().note == "坏了"
