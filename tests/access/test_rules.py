"""Rules change by four eyes only, version by version, and what they said before stays readable."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access import actors, approvals, gate, policy, rules, scopes
from access.actions import Action
from access.approvals import ContentChanged
from access.gate import Refused
from access.models import PolicyRule, RuleProposal
from access.policy import Ask, Rule, decide
from access.querylog import write
from access.vocabulary import STAFF_ROLES, Reach, Role
from custodian import clock
from custodian.workflow import IllegalMove
from tests import estate

pytestmark = pytest.mark.django_db

RULE = Rule(
    code="R-001", version=1, role="agent", purpose="claim", element_class="identity", max_level=3,
    reach=Reach.UNIT, channel="desk", networks=(ipaddress.ip_network("10.20.0.0/16"),),
    hour_from=8, hour_until=20, step_up_level=3,
)  # fmt: skip
ASK = Ask(
    role="agent", purpose="claim", element_class="identity", level=3, nearness=Reach.OWN,
    channel="desk", address="10.20.3.4", hour=10, stepped_up=True,
)  # fmt: skip
# One thing wrong at a time, and what is said of it.
WRONG = {
    "role": ({"role": "auditor"}, "role-not-covered"),
    "class": ({"element_class": "financial"}, "class-not-covered"),
    "purpose": ({"purpose": "payment"}, "purpose-not-covered"),
    "level": ({"level": 4}, "level-not-covered"),
    "reach": ({"nearness": Reach.ALL}, "reach-not-covered"),
    "channel": ({"channel": "api"}, "channel-not-covered"),
    "another network": ({"address": "10.21.3.4"}, "network-not-covered"),
    "no network": ({"address": ""}, "network-not-covered"),
    "another family": ({"address": "2001:db8::1"}, "network-not-covered"),
    "before": ({"hour": 7}, "hours-not-covered"),
    "after": ({"hour": 20}, "hours-not-covered"),
    "second factor": ({"stepped_up": False}, "step-up-not-covered"),
}


def ask(**changes):
    return Ask(**{**vars(ASK), **changes})


def test_what_a_rule_covers_is_allowed_by_it():
    assert decide([RULE], ASK) == policy.Decision(
        allowed=True, because=("rule", "nearness-own", "stepped-up"), rule=("R-001", 1)
    )


@pytest.mark.parametrize("wrong", WRONG)
def test_each_part_of_a_rule_narrows_it(wrong):
    changes, because = WRONG[wrong]
    found = decide([RULE], ask(**changes))
    assert (found.allowed, found.because) == (False, (because,))


@pytest.fixture
def officers():
    return [estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")]


@pytest.fixture
def rule():
    return PolicyRule.objects.in_force().get(
        role="agent", purpose="follow_up", element_class="identity"
    )


def acting(person):
    return estate.acting(person, stepped_up=True)


def propose(person, rule, *, ends=False, since=None, **changes):
    with acting(person) as actor:
        return rules.propose(
            {**rules.terms_of(rule), **changes},
            base=rule, reason="夜间不回访", ends=ends, since=since, actor=actor,
        )  # fmt: skip


def submitted(person, rule, **changes):
    proposal = propose(person, rule, **changes)
    with acting(person) as actor:
        return proposal, rules.submit(proposal, actor=actor)


def approve(person, approval):
    with acting(person) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)
    policy.forget()


def versions(rule):
    return list(PolicyRule.objects.filter(code=rule.code).order_by("version"))


def test_a_draft_and_a_submission_change_nothing(officers, rule):
    before = policy.in_force()
    submitted(officers[0], rule, hour_from=8, hour_until=20)
    assert policy.in_force() == before


def test_an_approved_change_is_a_new_version_from_that_moment(officers, rule):
    _, approval = submitted(officers[0], rule, hour_from=8, hour_until=20)
    approve(officers[1], approval)
    old, new = versions(rule)
    assert (old.version, old.hour_from, old.until) == (1, 0, new.since)
    assert (new.version, new.hour_from, new.hour_until, new.until) == (2, 8, 20, None)
    assert new.approval == approval
    assert [each.version for each in policy.rules_of("agent") if each.code == rule.code] == [2]


def test_a_change_of_the_future_waits_for_its_day(officers, rule):
    later = clock.now() + timedelta(days=3)
    _, approval = submitted(officers[0], rule, max_level=2, since=later)
    approve(officers[1], approval)
    assert [each.max_level for each in policy.rules_of("agent") if each.code == rule.code] == [3]
    with clock.at(later + timedelta(seconds=1)):
        policy.forget()
        assert [e.max_level for e in policy.rules_of("agent") if e.code == rule.code] == [2]


def test_an_ended_rule_allows_nothing(officers, rule):
    _, approval = submitted(officers[0], rule, ends=True)
    approve(officers[1], approval)
    assert [each for each in policy.rules_of("agent") if each.code == rule.code] == []
    assert len(versions(rule)) == 1


def test_a_new_rule_gets_the_next_number_and_holds_when_approved(officers, rule):
    with acting(officers[0]) as actor:
        terms = {**rules.terms_of(rule), "purpose": "complaint", "element_class": "financial"}
        first = rules.propose(terms, base=None, reason="投诉", actor=actor)
        second = rules.propose(terms, base=None, reason="投诉", actor=actor)
        approval = rules.submit(first, actor=actor)
    assert int(second.code[2:]) == int(first.code[2:]) + 1
    assert not PolicyRule.objects.filter(code=first.code).exists()
    approve(officers[1], approval)
    assert rules.terms_of(PolicyRule.objects.get(code=first.code)) == terms


def test_nobody_approves_his_own_rule_nor_puts_up_anothers(officers, rule):
    proposal = propose(officers[0], rule, max_level=2)
    with acting(officers[1]) as actor, pytest.raises(Refused):
        rules.submit(proposal, actor=actor)
    with acting(officers[1]) as actor, pytest.raises(Refused):
        rules.withdraw(proposal, actor=actor)
    with acting(officers[0]) as actor:
        approval = rules.submit(proposal, actor=actor)
    with acting(officers[0]) as actor, pytest.raises(Refused):
        approvals.approve(approval, seen=approval.digest, actor=actor)
    assert len(versions(rule)) == 1


@pytest.mark.parametrize(
    "role", [each for each in STAFF_ROLES if each is not Role.COMPLIANCE_OFFICER]
)
def test_only_a_compliance_officer_proposes(rule, role):
    with pytest.raises(Refused):
        propose(estate.user(role), rule, max_level=2)
    assert not RuleProposal.objects.exists()


def test_what_was_altered_after_it_was_put_up_is_not_approved(officers, rule):
    proposal, approval = submitted(officers[0], rule, max_level=2)
    RuleProposal.objects.filter(pk=proposal.pk).update(terms={**proposal.terms, "max_level": 5})
    with acting(officers[1]) as actor, pytest.raises(ContentChanged):
        approvals.approve(approval, seen=approval.digest, actor=actor)
    assert len(versions(rule)) == 1


def test_of_two_changes_to_one_version_the_second_is_not_approved(officers, rule):
    one = submitted(officers[0], rule, max_level=2)[1]
    other = submitted(officers[0], rule, hour_from=9)[1]
    approve(officers[1], one)
    with acting(officers[1]) as actor, pytest.raises(rules.NotNewest):
        approvals.approve(other, seen=other.digest, actor=actor)
    assert len(versions(rule)) == 2
    with pytest.raises(rules.NotNewest):
        propose(officers[0], rule, hour_from=9)


def test_a_proposal_without_a_change_is_none(officers, rule):
    with pytest.raises(rules.NothingChanged):
        propose(officers[0], rule)


def test_a_withdrawn_proposal_can_be_neither_submitted_nor_approved(officers, rule):
    proposal, approval = submitted(officers[0], rule, max_level=2)
    with acting(officers[0]) as actor:
        rules.withdraw(proposal, actor=actor)
        with pytest.raises(IllegalMove):
            rules.submit(proposal, actor=actor)
    with acting(officers[1]) as actor, pytest.raises(ContentChanged):
        approvals.approve(approval, seen=approval.digest, actor=actor)


def test_a_returned_proposal_leaves_the_rule(officers, rule):
    proposal, approval = submitted(officers[0], rule, max_level=2)
    with acting(officers[1]) as actor:
        approvals.send_back(approval, seen=approval.digest, note="理由不足", actor=actor)
    proposal.refresh_from_db()
    assert (proposal.status, len(versions(rule))) == ("returned", 1)


def test_each_step_is_in_the_log_with_the_rule_and_the_hash(officers, rule, monkeypatch):
    told, enqueue = [], write.enqueue

    def note(draft):
        told.append((draft.facts["what"], draft.facts.get("rule-code"), draft.facts.get("digest")))
        enqueue(draft)

    monkeypatch.setattr(write, "enqueue", note)
    proposal, approval = submitted(officers[0], rule, max_level=2)
    approve(officers[1], approval)
    digest = approvals.digest_of(rules.KIND, rules.content(proposal))
    assert told == [
        ("access:policy-rule:propose", rule.code, digest),
        ("access:policy-rule:propose", rule.code, digest),
        ("access:policy-rule:approve", None, digest),
    ]


def test_a_rule_for_a_network_holds_there_only(officers, rule):
    """From the request's address to the refusal, past rule, approval and gate."""
    _, approval = submitted(officers[0], rule, networks=["10.20.0.0/16"])
    approve(officers[1], approval)
    agent = estate.user(Role.AGENT)
    own = estate.customer(of=[agent])
    for address, allowed in (("10.20.9.9", True), ("10.30.9.9", False), ("", False)):
        with scopes.acting(actors.staff(agent, address=address)) as actor:
            said = {
                "purpose": "follow_up", "channel": "desk",
                "subjects": [own.pk], "elements": ["identity.mobile"],
            }  # fmt: skip
            if allowed:
                gate.permit(actor, Action.CUSTOMER_REVEAL, **said)
                continue
            with pytest.raises(Refused) as refused:
                gate.permit(actor, Action.CUSTOMER_REVEAL, **said)
            assert refused.value.decision.because == ("network-not-covered",)


def test_the_requests_address_is_the_actors():
    client = estate.login(Client(), estate.user(Role.COMPLIANCE_OFFICER))
    answer = client.get(reverse("admin:access_policyrule_changelist"), REMOTE_ADDR="10.20.1.2")
    assert answer.wsgi_request.actor.address == "10.20.1.2"


# Through the pages


FORM = {
    "role": "agent", "purpose": "follow_up", "element_class": "identity", "max_level": "2",
    "reach": "own", "channel": "", "networks": "10.20.0.0/16，10.30.0.0/16", "hour_from": "8",
    "hour_until": "20", "step_up_level": "4", "since": "", "reason": "夜间不回访",
}  # fmt: skip


def browser(person, *, fresh=False):
    return estate.login(Client(), person, stepped_up=fresh)


def test_an_officer_proposes_and_another_approves_in_the_back_office(officers, rule):
    first, second = browser(officers[0]), browser(officers[1], fresh=True)
    answer = first.post(reverse("admin:rule_change", args=[rule.code]), FORM)
    proposal = RuleProposal.objects.get()
    place = reverse("admin:rule_proposal", args=[proposal.ref])
    assert (answer.status_code, answer["Location"]) == (302, place)
    assert proposal.terms["networks"] == ["10.20.0.0/16", "10.30.0.0/16"]
    assert first.post(place, {"act": "submit"}).status_code == 302
    proposal.refresh_from_db()
    approval = proposal.approval
    page = second.get(reverse("admin:approval", args=[approval.ref])).content.decode()
    assert "代理人 可为 回访 查看 身份信息 至 L2" in page
    decided = {"act": "approve", "digest": approval.digest}
    assert second.post(reverse("admin:approval", args=[approval.ref]), decided).status_code == 302
    body = first.get(reverse("admin:rule", args=[rule.code])).content.decode()
    assert "刘敏" in body
    assert "第 2 版" in body


BAD = {
    "networks": ({"networks": "10.20.0.0/40"}, "这不是网段：10.20.0.0/40"),
    "a host with bits": ({"networks": "10.20.0.1/16"}, "这不是网段：10.20.0.1/16"),
    "hours": ({"hour_from": "20", "hour_until": "8"}, "截止时刻应晚于起始时刻"),
    "reach": ({"reach": "all"}, "此岗位最多到“名下及受理的客户”，请改选"),
    "since": ({"since": "2020-01-01 08:00"}, "请填以后的时间，或留空"),
    "no reason": ({"reason": ""}, "理由"),
}


@pytest.mark.parametrize("bad", BAD)
def test_a_wrong_form_says_what_to_do_and_keeps_what_was_typed(officers, rule, bad):
    changes, words = BAD[bad]
    answer = browser(officers[0]).post(
        reverse("admin:rule_change", args=[rule.code]), {**FORM, **changes}
    )
    body = answer.content.decode()
    assert (answer.status_code, words in body) == (422, True)
    assert not RuleProposal.objects.exists()


def test_an_unchanged_form_says_so(officers, rule):
    same = {
        name: str(value) for name, value in rules.terms_of(rule).items() if value not in ([], None)
    }
    answer = browser(officers[0]).post(
        reverse("admin:rule_change", args=[rule.code]), {**FORM, **same, "networks": ""}
    )
    assert answer.status_code == 422
    assert "与现行规则没有不同" in answer.content.decode()


def test_an_unknown_rule_is_absent_and_the_attempt_is_on_record(officers, entries_since):
    client = browser(officers[0])
    for name in ("rule", "rule_change", "rule_end"):
        assert client.get(reverse(f"admin:{name}", args=["R-999"])).status_code == 404
    assert [each.outcome for each in entries_since()].count("denied") == 3
