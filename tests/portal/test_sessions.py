"""A customer's session: within her own rows, short, gone everywhere at once, and on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from access import actors, gate, portal_sessions, scopes
from access.actions import Action
from access.models import Subject
from custodian import clock
from custodian.errors import NotVisible
from records import vault
from records.models import Customer, Identity, Policy
from tests import estate
from tests.portal import people
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
HOME = "/portal/"


@pytest.fixture
def two():
    return estate.customer(of=[]), estate.customer(of=[])


@pytest.fixture
def browser(two):
    return people.signed_in(Client(), two[0])


def test_a_customer_sees_her_own_rows_and_nobody_elses(two):
    own, other = two
    for customer in two:
        desk_estate.policy(customer)
    with scopes.acting(actors.customer(own.pk)) as actor:
        assert list(Subject.objects.values_list("pk", flat=True)) == [own.pk]  # row-level security
        assert list(Customer.objects.values_list("pk", flat=True)) == [own.pk]
        assert list(Customer.objects.visible_to(actor).values_list("pk", flat=True)) == [own.pk]
        assert set(Policy.objects.values_list("subject_id", flat=True)) == {own.pk}
        with pytest.raises(NotVisible):
            gate.permit(
                actor, Action.CUSTOMER_REVEAL, purpose="self", channel="portal",
                subjects=[other.pk], elements=["identity.name"],
            )  # fmt: skip


def test_she_reads_her_own_values_for_her_own_purpose_in_the_portal_only(two):
    own = two[0]
    holding = Identity.objects.all()
    with scopes.acting(actors.customer(own.pk)) as actor:
        permit = gate.permit(
            actor, Action.CUSTOMER_REVEAL, purpose="self", channel="portal", subjects=[own.pk],
            elements=["identity.mobile"], holdings=list(holding.values_list("holding", flat=True)),
        )  # fmt: skip
        assert [each.text for each in vault.reveal(permit)] == [estate.ZHANG["identity.mobile"]]
        for purpose, channel in (("follow_up", "portal"), ("self", "desk")):
            with pytest.raises(gate.Refused):
                gate.permit(
                    actor, Action.CUSTOMER_REVEAL, purpose=purpose, channel=channel,
                    subjects=[own.pk], elements=["identity.mobile"],
                )  # fmt: skip


def test_coming_in_and_going_out_are_on_record_without_naming_her(two, entries_since):
    browser = people.signed_in(Client(), two[0])
    browser.post("/portal/sign-out/")
    with scopes.acting(estate.system()):
        uid = str(Subject.objects.get(pk=two[0].pk).uid)
    opened, closed = (each for each in entries_since() if each.act in {"login", "logout"})
    assert (opened.act, closed.act) == ("login", "logout")
    for entry in (opened, closed):
        assert (entry.staff_no, entry.actor) == (actors.CUSTOMER, actors.CUSTOMER_REF)
        assert (entry.subjects, len(entry.tags) > 0) == (1, True)
        assert not any(name in entry.leaf for name in (uid, two[0].ref))


def test_the_home_page_greets_her_by_family_name_and_shows_no_value(browser):
    page = browser.get(HOME)
    text = page.content.decode()
    assert page.status_code == 200
    assert "张先生" in text
    for value in (estate.ZHANG["identity.name"], estate.ZHANG["identity.mobile"]):
        assert value not in text


@pytest.mark.parametrize("minutes", [16, 125])
def test_a_session_ends_by_itself(browser, minutes):
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        assert browser.get(HOME).status_code == 302
    assert browser.get(HOME).status_code == 302  # and does not come back with the clock


def test_every_session_of_hers_ends_at_once(two):
    browsers = [people.signed_in(Client(), two[0]) for _ in range(2)]
    neighbour = people.signed_in(Client(), two[1])
    portal_sessions.end_all(two[0].pk)
    assert [each.get(HOME).status_code for each in browsers] == [302, 302]
    assert neighbour.get(HOME).status_code == 200


def test_a_session_is_new_and_leaves_nothing_of_the_one_before(two):
    client = estate.login(Client(), estate.user())
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    people.signed_in(client, two[0])
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert "_auth_user_id" not in client.session
    client.cookies[settings.SESSION_COOKIE_NAME] = before
    assert client.get("/desk/").status_code == 302


def test_a_portal_session_is_nobody_at_the_desk_and_a_member_of_staff_nobody_in_the_portal(browser):
    assert browser.get("/desk/").status_code == 302
    assert browser.get("/admin/").status_code == 302
    staff = estate.login(Client(), estate.user())
    assert staff.get(HOME).headers["Location"] == "/portal/sign-in/"


def test_when_nothing_is_left_of_her_her_session_is_over(browser, two):
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=two[0].pk).update(status=Subject.Status.DESTROYED)
    assert browser.get(HOME).status_code == 302
