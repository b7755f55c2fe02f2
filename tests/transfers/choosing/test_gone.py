"""A customer who went: her policies say so on every page, and her page in the back office says to whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access import scopes
from access.vocabulary import Role
from custodian import clock
from records.models import Policy
from tests import estate
from tests.portal import people
from tests.transfers.choosing.test_enquiry import passes, text, told  # noqa: F401  a fixture
from transfers.models import Counterparty, Responsible

NAME = "恒信人寿保险有限公司"
ZH = {"accept-language": "zh-hans"}


@pytest.fixture
def officer(told):  # noqa: F811
    return estate.login(Client(headers=ZH), estate.user(Role.COMPLIANCE_OFFICER))


def back_office(officer, customer):
    return text(officer.get(reverse("admin:records_customer_change", args=[customer.ref])))


def went_on() -> str:
    day = clock.local(clock.now() - timedelta(hours=1))
    return f"{day:%Y-%m-%d} 起转由{NAME}承接"


def test_her_policies_and_her_page_in_the_back_office_name_the_insurer_and_the_transfer(
    told,  # noqa: F811
    officer,
):
    before = back_office(officer, told.sun)
    assert "有效" in before
    assert NAME not in before
    passes(told, told.sun, hours=-1)
    page = back_office(officer, told.sun)
    assert went_on() in page
    assert ">有效<" not in page
    assert reverse("admin:transfer_board", args=[told.transfer.code]) in page
    assert "400-800-1234" in page
    assert NAME not in back_office(officer, told.zhang)


def test_her_portal_says_so_and_asks_for_no_premium(told):  # noqa: F811
    with scopes.acting(estate.system()):
        Policy.objects.update(next_due_on=clock.local().date() + timedelta(days=30))
    hers = people.signed_in(Client(headers=ZH), told.sun)
    assert "下次交费" in text(hers.get("/portal/data/"))
    passes(told, told.sun, hours=-1)
    page = text(hers.get("/portal/data/"))
    assert went_on() in page
    assert "下次交费" not in page
    other = people.signed_in(Client(headers=ZH), told.zhang)
    assert NAME not in text(other.get("/portal/data/"))


def test_before_the_moment_they_are_in_force_here(told, officer):  # noqa: F811
    passes(told, told.sun, hours=5)
    assert ">有效<" in back_office(officer, told.sun)


def test_a_policy_that_had_ended_stays_ended(told, officer):  # noqa: F811
    with scopes.acting(estate.system()):
        Policy.objects.filter(subject=told.sun.pk).update(status="terminated")
    passes(told, told.sun, hours=-1)
    page = back_office(officer, told.sun)
    assert ">终止<" in page
    assert "起转由" not in page


def test_who_came_back_is_this_house_s_again(told, officer):  # noqa: F811
    passes(told, told.sun, hours=-2)
    back = told.house.transfer(side="buyer", book=None, counterparty=Counterparty.objects.get())
    with scopes.acting(estate.system()):
        Responsible.objects.create(
            subject_id=told.sun.pk, transfer=back, before="HX", after="QH", since=clock.now()
        )
    assert ">有效<" in back_office(officer, told.sun)
