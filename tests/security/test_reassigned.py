"""Reach that ends between two requests, and between the check and the use (A06)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from access.exports import jobs
from access.models import Assignment
from access.vocabulary import Role
from custodian import clock
from custodian.errors import CustodianError
from records import vault
from records.models import Customer
from tests import estate
from tests.exports import office
from tests.security.looking import permit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def first() -> Any:
    return estate.user(Role.AGENT)


@pytest.fixture
def second() -> Any:
    return estate.user(Role.AGENT, name="王伟")


@pytest.fixture
def customer(first: Any) -> Customer:
    return estate.customer(of=[first])


def move(customer: Customer, *, to: Any) -> None:
    """From whoever has her to another, as of a moment ago by the database's clock."""
    now = clock.now()
    with estate.scopes.acting(estate.system()):
        own = Assignment.objects.filter(subject_id=customer.pk)
        own.update(since=now - timedelta(days=1), until=now - timedelta(milliseconds=1))
        Assignment.objects.create(subject_id=customer.pk, user=to, since=now - timedelta(seconds=1))


def test_the_next_request_of_the_same_session_finds_her_no_more(
    first: Any, second: Any, customer: Customer, entries_since: Any
) -> None:
    page = f"/desk/customers/{customer.ref}/"
    old, new = (estate.login(Client(), each) for each in (first, second))
    purpose = {"purpose": "follow_up"}
    assert old.post(page, purpose, follow=True).status_code == 200
    assert new.get(page).status_code == 404
    move(customer, to=second)
    assert old.get(page).status_code == 404
    assert [each.outcome for each in entries_since()].count("denied") == 2
    assert new.post(page, purpose, follow=True).status_code == 200
    assert customer.ref not in old.get("/desk/mine/").content.decode()


def test_a_permit_from_before_opens_nothing_after(
    first: Any, second: Any, customer: Customer
) -> None:
    with estate.acting(first) as actor:
        given = permit(actor, customer)
        move(customer, to=second)
        try:
            shown = [each.text for each in vault.reveal(given)]
        except CustodianError:
            shown = []
    assert shown == []


def test_an_open_list_shows_no_more_of_her_either(
    first: Any, second: Any, customer: Customer
) -> None:
    with estate.acting(first) as actor:
        given = permit(actor, customer, masked=True)
        move(customer, to=second)
        assert list(vault.listed(given)) == []


def test_an_export_that_was_queued_before_the_move_omits_her(
    first: Any, second: Any, customer: Customer, tmp_path: Any, settings: Any
) -> None:
    """A06, second half: asked for and approved while she was his, made when she is not."""
    settings.VAR = tmp_path
    kept = estate.customer(of=[first])
    officer = estate.user(Role.COMPLIANCE_OFFICER, name="陈静")
    export = office.ask(first)
    office.approve(officer, export)
    move(customer, to=second)
    jobs.work(export.pk)
    content = office.take(first, export)
    assert office.refs(content) == [kept.ref]
    assert customer.ref not in content.decode()
    assert office.now(export).omitted == {"out-of-reach": 1}
