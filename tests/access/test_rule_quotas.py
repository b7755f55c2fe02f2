"""A rule's own end: so many different customers in plaintext by it in a day, whatever the role's quotas say."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access import gate, policy
from access.actions import Action
from access.gate import TooMuch
from access.models import Finding, PolicyRule
from access.rule_sentences import sentence
from custodian import clock
from tests import estate
from tests.records import desk_estate
from tests.security.looking import unbounded

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule():
    """Follow-up calls of agents end at two customers a day."""
    desk_estate.open_all_day()
    unbounded()
    found = PolicyRule.objects.in_force().get(
        role="agent", purpose="follow_up", element_class="identity"
    )
    PolicyRule.objects.filter(pk=found.pk).update(daily=2)
    policy.forget()
    found.refresh_from_db()
    yield found
    policy.forget()


@pytest.fixture
def agent():
    return estate.user()


def look(agent, customer, *, purpose="follow_up", masked=False):
    with estate.acting(agent) as actor:
        return gate.permit(
            actor,
            Action.CUSTOMER_VIEW if masked else Action.CUSTOMER_REVEAL,
            purpose=purpose,
            channel="desk",
            subjects=[customer.pk],
            elements=["identity.mobile"],
            masked=masked,
        )


def test_the_customer_after_the_last_one_is_not_shown(rule, agent):
    first, second, third = (estate.customer(of=[agent]) for _ in range(3))
    look(agent, first)
    look(agent, second)
    with pytest.raises(TooMuch):
        look(agent, third)
    # Whom one has seen may be seen again, masks are no plaintext, and another rule has its own end.
    look(agent, first)
    look(agent, third, masked=True)
    look(agent, third, purpose="policy_service")


def test_the_day_goes_by(rule, agent):
    customers = [estate.customer(of=[agent]) for _ in range(3)]
    for each in customers[:2]:
        look(agent, each)
    with clock.at(clock.now() + timedelta(hours=25)):
        look(agent, customers[2])


def test_the_officer_hears_which_rule_ended_it(rule, agent):
    for _ in range(2):
        look(agent, estate.customer(of=[agent]))
    with pytest.raises(TooMuch) as stopped:
        look(agent, estate.customer(of=[agent]))
    found = Finding.objects.get(operator=agent)
    assert (found.entries, rule.code in found.words) == ([stopped.value.entry], True)


def test_a_rule_says_its_end_in_its_sentence(rule):
    assert "每人每天至多 2 名客户" in sentence(rule)
