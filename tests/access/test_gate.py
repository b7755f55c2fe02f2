"""The door: decided, logged, then shown."""

from __future__ import annotations

import pickle

import pytest

from access import gate
from access.actions import Action
from access.gate import PermitSpent, Refused, StepUpNeeded
from access.vocabulary import Role
from custodian.errors import NotVisible
from records import vault
from tests import estate

pytestmark = pytest.mark.django_db
SHOWN = {"purpose": "follow_up", "channel": "desk"}


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def own(agent):
    return estate.customer(of=[agent])


def reveal(actor, customer, *codes, **more):
    return gate.permit(
        actor, Action.CUSTOMER_REVEAL, subjects=[customer.pk], elements=codes, **{**SHOWN, **more}
    )


def test_an_agent_reveals_his_own_customer_and_the_entry_is_there_first(agent, own, entries_since):
    with estate.acting(agent) as actor:
        permit = reveal(actor, own, "identity.mobile")
        entry = entries_since()[-1]
        assert (entry.id, entry.act, entry.subjects) == (permit.entry, "reveal", 1)
        assert vault.reveal(permit)[0].text == "13800138000"


def test_another_agents_customer_looks_absent_and_the_attempt_is_logged(own, entries_since):
    stranger = estate.user(Role.AGENT)
    with estate.acting(stranger) as actor, pytest.raises(NotVisible):
        reveal(actor, own, "identity.mobile")
    assert [(e.act, e.outcome) for e in entries_since()][-1] == ("denied", "denied")


def test_a_permit_opens_once(agent, own):
    with estate.acting(agent) as actor:
        permit = reveal(actor, own, "identity.mobile")
        vault.reveal(permit)
        with pytest.raises(PermitSpent):
            vault.reveal(permit)


def test_a_permit_of_another_visit_opens_nothing(agent, own):
    with estate.acting(agent) as actor:
        permit = reveal(actor, own, "identity.mobile")
    with estate.acting(agent), pytest.raises(PermitSpent):
        vault.reveal(permit)


def test_a_permit_cannot_be_pickled(agent, own):
    with estate.acting(agent) as actor, pytest.raises(TypeError):
        pickle.dumps(reveal(actor, own, "identity.mobile"))


def test_follow_up_does_not_reach_the_bank_account(agent, own):
    with estate.acting(agent) as actor, pytest.raises(Refused) as refusal:
        reveal(actor, own, "financial.bank_account")
    assert refusal.value.decision.because == ("purpose-not-covered",)


def test_level_four_needs_a_fresh_second_factor(agent, own):
    with estate.acting(agent) as actor, pytest.raises(StepUpNeeded):
        reveal(actor, own, "financial.bank_account", purpose="payment")
    with estate.acting(agent, stepped_up=True) as actor:
        permit = reveal(actor, own, "financial.bank_account", purpose="payment")
        assert vault.reveal(permit)[0].text == "6222020000006217"


def test_an_administrator_sees_no_customer(own):
    with estate.acting(estate.user(Role.ADMINISTRATOR)) as actor, pytest.raises(NotVisible):
        reveal(actor, own, "identity.name")


def test_no_value_is_in_the_log(agent, own, entries_since):
    with estate.acting(agent) as actor:
        reveal(actor, own, "identity.mobile", reason="给张三丰回电 13800138000")
    assert all("张三丰" not in e.leaf and "13800138000" not in e.leaf for e in entries_since())


@pytest.mark.django_db(transaction=True)
def test_the_change_that_registers_a_customer_is_logged_with_it(agent, own, entries_since):
    estate.drain()
    entry = entries_since()[-1]
    assert (entry.act, entry.subjects) == ("change", 1)
