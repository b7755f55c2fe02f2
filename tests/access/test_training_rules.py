"""Training as one more part of a rule: edited by four eyes, kept in each entry, decided again by a replay."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from access import approvals, asking, policy, rules
from access.models import PolicyRule, SealedContext
from access.querylog.opened import context_in
from access.replay import jobs
from access.rule_sentences import sentence
from access.training import standing
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.access.test_rules import ASK, RULE
from tests.access.training import (
    ACCOUNT,
    ALL,
    LAW,
    MOBILE,
    SECRECY,
    browser,
    lacking,
    learn,
    look,
    newcomer,
    sign,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def officers():
    return [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")]


@pytest.fixture
def rule():
    return PolicyRule.objects.in_force().get(
        role="agent", purpose="follow_up", element_class="identity"
    )


def with_training(*codes, **changes):
    ask = policy.Ask(**{**vars(ASK), **changes})
    return policy.decide([policy.Rule(**{**vars(RULE), "training": codes})], ask)


def test_a_rule_without_training_asks_for_none():
    assert with_training().allowed


def test_what_is_lacking_is_named_and_only_that():
    found = with_training("a", "b", trained=frozenset({"b"}))
    assert (found.allowed, found.because, found.lacking) == (
        False,
        ("training-not-covered",),
        ("a",),
    )
    assert found.rule == ("R-001", 1)


def test_more_than_is_asked_for_does_no_harm():
    assert with_training("a", trained=frozenset({"a", "b"})).allowed


def test_masks_need_no_training():
    assert with_training("a", masked=True).allowed


def test_training_is_asked_for_before_the_second_factor():
    assert with_training("a", stepped_up=False).because == ("training-not-covered",)
    last = with_training("a", trained=frozenset({"a"}), stepped_up=False)
    assert last.because == ("step-up-not-covered",)


def test_a_rule_that_asks_for_less_is_enough():
    strict = policy.Rule(**{**vars(RULE), "code": "R-002", "training": ("a",)})
    assert policy.decide([strict, RULE], ASK).rule == ("R-001", 1)


def propose(person, base, **changes):
    with estate.acting(person) as actor:
        return rules.propose(
            {**rules.terms_of(base), **changes}, base=base, reason="先培训", actor=actor
        )


def change(officers, base, **changes):
    proposal = propose(officers[0], base, **changes)
    with estate.acting(officers[0]) as actor:
        asked = rules.submit(proposal, actor=actor)
    with estate.acting(officers[1], stepped_up=True) as actor:
        approvals.approve(asked, seen=asked.digest, actor=actor)
    policy.forget()


def test_officers_tie_a_rule_to_training(officers, rule):
    agent = newcomer()
    own = estate.customer(of=[agent])
    assert lacking(agent, own, MOBILE, purpose="follow_up") == ()
    others = PolicyRule.objects.filter(role="agent", element_class="identity").exclude(pk=rule.pk)
    others.update(until=clock.now())
    change(officers, rule, training=[LAW])
    assert lacking(agent, own, MOBILE, purpose="follow_up") == (LAW,)
    learn(agent, LAW)
    assert lacking(agent, own, MOBILE, purpose="follow_up") == ()


def test_the_form_offers_what_is_in_force_and_the_sentence_says_it(officers, rule):
    client = browser(officers[0])
    address = reverse("admin:rule_change", args=[rule.code])
    page = client.get(address).content.decode()
    assert all(title in page for title in ("客户信息与法律", "客户信息保密承诺"))
    terms = {
        **rules.terms_of(rule),
        "networks": "",
        "daily": "",
        "training": [SECRECY, LAW],
        "reason": "先培训",
    }
    answer = client.post(address, terms, follow=True)
    assert "明文须《客户信息与法律》、《客户信息保密承诺》有效" in answer.content.decode()
    rule.training = [LAW, SECRECY]
    assert "明文须《客户信息与法律》" in sentence(rule)


def test_a_draft_from_before_training_is_read_as_asking_for_none(officers, rule):
    proposal = propose(officers[0], rule, max_level=2)
    del proposal.terms["training"]
    assert rules.as_row(proposal).training == []
    changed = rules.with_proposal(policy.in_force(), proposal)
    assert next(each for each in changed if each.code == rule.code).training == ()


# What is kept, and replayed


def context_of(entry):
    row = SealedContext.objects.get(entry_id=entry)
    return context_in(bytes(row.body_sealed), at=clock.now())


def test_each_look_in_clear_keeps_what_was_valid(officers):
    agent = newcomer()
    own = estate.customer(of=[agent])
    assert context_of(look(agent, own, MOBILE, purpose="follow_up"))["trained"] == []
    learn(agent, LAW)
    assert context_of(look(agent, own, MOBILE, purpose="follow_up"))["trained"] == [LAW]
    assert "trained" not in context_of(look(agent, own, MOBILE, purpose="follow_up", masked=True))


def replayed(person, proposal):
    today = clock.local().date()
    with estate.acting(person) as actor:
        replay = jobs.request(proposal, since=today, until=today, actor=actor)
    return jobs.work(replay.pk).result


@pytest.fixture
def looks():
    """Allowed with everything, refused with nothing, refused with a part, and below what is asked for."""
    ready, new, half = estate.user(Role.AGENT), newcomer(), newcomer()
    learn(half, LAW)
    for person in (ready, new, half):
        own = estate.customer(of=[person])
        lacking(person, own)
        look(person, own, MOBILE, purpose="follow_up")
        look(person, own, ACCOUNT, masked=True)
    return ready, new, half


def test_unchanged_rules_reproduce_every_decision(officers, rule, looks):
    result = replayed(officers[0], propose(officers[0], rule, purpose="other"))
    assert (result["looks"], result["otherwise"], result["unreadable"]) == (9, 0, 0)


def test_what_people_learn_afterwards_changes_no_past_decision(officers, rule, looks):
    for person in looks[1:]:
        learn(person, *ALL)
        sign(person)
    result = replayed(officers[0], propose(officers[0], rule, purpose="other"))
    assert result["otherwise"] == 0


def test_a_replay_tells_whom_a_course_would_shut_out(officers, rule, looks):
    result = replayed(officers[0], propose(officers[0], rule, training=[LAW]))
    lost = [(each["operator"], each["because"], each["count"]) for each in result["losses"]]
    assert (result["lost"], lost) == (1, [(looks[1].staff_no, "training-not-covered", 1)])


def test_entries_from_before_training_are_decided_as_they_were(officers, rule, monkeypatch):
    monkeypatch.setattr(asking.Request, "trained", None)
    agent = newcomer()
    own = estate.customer(of=[agent])
    assert "trained" not in context_of(look(agent, own, ACCOUNT))
    monkeypatch.undo()
    standing.forget()
    result = replayed(officers[0], propose(officers[0], rule, purpose="other"))
    assert (result["looks"], result["otherwise"], result["unreadable"]) == (1, 0, 0)


def test_the_opened_context_names_what_was_valid(officers, client):
    agent = estate.user(Role.AGENT)
    entry = look(agent, estate.customer(of=[agent]), ACCOUNT)
    page = browser(officers[0], fresh=True).post(reverse("admin:querylog_reason", args=[entry]))
    assert (
        "客户信息与法律、" in page.content.decode() or "、客户信息与法律" in page.content.decode()
    )


def test_nothing_but_codes_stands_in_the_context():
    agent = estate.user(Role.AGENT)
    held = context_of(look(agent, estate.customer(of=[agent]), ACCOUNT))
    assert json.dumps(held["trained"]) == json.dumps(sorted((*ALL, SECRECY)))
