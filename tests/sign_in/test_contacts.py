"""Where a code may go: to her own contact, and to no agent's, shared, doubted or unconfirmed one."""

from __future__ import annotations

import pytest

from access import scopes
from access.vocabulary import Role
from custodian import outbox
from records import intake
from records.models import Contact, PolicyRole
from records.sign_in import codes, contacts, ending, flags
from tests import estate
from tests.sign_in import people
from tests.sign_in.people import Browser

pytestmark = pytest.mark.django_db


def doubt(customer, contact=Contact.MOBILE) -> str:
    with scopes.acting(estate.system()):
        return {each.contact: each for each in contacts.standings(customer.pk)}[contact].doubt


def holder(number: int, *, of=(), mobile=people.MOBILE):
    values = {
        **people.LI,
        "identity.id_number": people.resident(f"3203111970010101{number % 10}"),
        "identity.mobile": mobile,
        "identity.email": "",
    }
    return estate.customer(values, of=of, accounts=())


def test_her_own_is_good():
    assert doubt(people.customer()) == ""


def test_an_agents_own_number_is_not_even_for_his_customers_mail():
    agent = estate.user()
    people.know(agent, mobile=people.MOBILE)
    li = people.customer(of=[agent])
    assert doubt(li) == "staff"
    Browser().ask()
    assert outbox.messages() == []
    assert people.notes() == ["staff"]


def test_an_agent_who_is_a_customer_himself_has_his_own_number():
    agent = estate.user()
    people.know(agent, mobile=people.MOBILE, id_number=people.ID_NUMBER)
    assert doubt(people.customer()) == ""


def test_the_houses_own_mail_addresses_are_staffs():
    agent = estate.user()
    agent.email = people.EMAIL.upper()
    agent.save()
    li = people.customer({"identity.mobile": ""})
    assert doubt(li, Contact.EMAIL) == "staff"


def test_four_strangers_are_too_many_and_a_family_is_none():
    li = people.customer()
    for number in range(3):
        holder(number)
    assert doubt(li) == ""
    fourth = holder(3)
    assert doubt(li) == "shared"
    with scopes.acting(estate.system()):
        policy = PolicyRole.objects.filter(subject=li.pk)[0].policy
        PolicyRole.objects.create(policy=policy, subject_id=fourth.pk, role="beneficiary")
    assert doubt(li) == ""


def test_two_strangers_of_one_agent_are_too_many():
    agent = estate.user()
    li = people.customer(of=[agent])
    holder(1, of=[agent])
    assert doubt(li) == "one-agent"


def test_what_was_typed_at_the_desk_is_nobodys_proof():
    newcomer = intake.NewCustomer(
        kind="person", source_key="desk/1", unit_id=estate.unit().pk, values=people.LI,
        origin=("desk", "2026-11-01"),
    )  # fmt: skip
    made = intake.register([newcomer], book=estate.book(), channel="desk", actor=estate.system())[0]
    people.policy(made, people.POLICY)
    assert doubt(made) == "unproven"
    Browser().ask()
    assert outbox.messages() == []


def test_a_flag_holds_for_everybody_who_has_the_same_contact_until_it_is_taken_back():
    li, other = people.customer(), holder(1)
    with estate.acting(estate.user(Role.SERVICE_DESK)) as actor:
        flags.put(other, Contact.MOBILE, why="wrong", channel="desk", actor=actor)
        flags.put(other, Contact.MOBILE, why="wrong", channel="desk", actor=actor)
    assert doubt(li) == doubt(other) == "flagged"
    with estate.acting(estate.user(Role.COMPLIANCE_OFFICER)) as actor:
        flags.take_back(other, Contact.MOBILE, channel="desk", actor=actor)
    assert doubt(li) == ""


def test_a_doubted_mobile_is_no_reason_to_try_the_mail():
    li = people.customer()
    with estate.acting(estate.user(Role.SERVICE_DESK)) as actor:
        flags.put(li, Contact.MOBILE, why="not_hers", channel="desk", actor=actor)
    Browser().ask()
    assert outbox.messages() == []


def test_when_a_contact_changes_every_session_ends_and_no_browser_is_known():
    li = people.customer()
    browser = Browser()
    browser.sign_in()
    with scopes.acting(estate.system()):
        ending.contact_changed(None, subject=li.pk, element="identity.address")
    assert browser.is_in
    with scopes.acting(estate.system()):
        ending.contact_changed(None, subject=li.pk, element="identity.mobile")
    assert not browser.is_in


def test_another_capability_asks_for_a_code_to_a_contact_on_file():
    li = people.customer()
    with scopes.acting(estate.system()):
        code = codes.issue(li.pk, contact="mobile")
        people.deliver()
        [message] = outbox.messages()
        assert "更改联系方式" in message.text
        assert not codes.check(code, "12345")
        assert codes.check(code, people.code_in(message.text))
        assert not codes.check(code, people.code_in(message.text))
        flags_of = estate.user(Role.SERVICE_DESK)
    with estate.acting(flags_of) as actor:
        flags.put(li, Contact.EMAIL, why="staff", channel="desk", actor=actor)
    with scopes.acting(estate.system()):
        codes.issue(li.pk, contact="email")
        people.deliver()
    assert len(outbox.messages()) == 1


def test_a_gateway_that_fails_is_tried_again_and_given_up_visibly(monkeypatch):
    from datetime import timedelta

    from access.models import Finding
    from custodian import clock, texting
    from records.models import SignInCode

    people.customer()

    def fail(*_args, **_more):
        raise texting.NotSent("gateway-said-503")

    monkeypatch.setattr(texting, "send", fail)
    Browser().ask()
    for seconds in (20, 80, 200):
        with clock.at(clock.now() + timedelta(seconds=seconds)):
            people.deliver()
    with scopes.acting(estate.system()):
        row = SignInCode.objects.get()
        assert (row.status, row.note, row.turns, row.code_sealed) == ("failed", "gave-up", 4, None)
        assert Finding.objects.filter(kind="codes-not-sent").count() == 1
