"""The supervisor's page of a hand-over: marks reckoned from the signatures, counts, and nothing of a customer."""

from __future__ import annotations

import html
from datetime import date, timedelta

import pytest
from django.test import Client

from access import approvals, cases, scopes
from access.cases import Terms
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.transfers.house import House
from transfers import sight
from transfers.models import Receipt, Responsible


@pytest.fixture
def seen(db):
    """A transfer that the case of one guest sees, and a guest of another case."""
    house = House()
    house.found = house.transfer()
    house.guest, house.other = (estate.user(Role.REGULATOR, name=name) for name in ("周", "吴"))
    for guest in (house.guest, house.other):
        case = opened(house, guest)
        if guest is house.guest:
            with estate.acting(house.first, stepped_up=True) as actor:
                asked = sight.ask(house.found, case, actor=actor)
            house.approve(asked)
    return house


def opened(house, guest):
    terms = Terms(
        title="示例", office="示例监管局", letter="", since=date(2026, 11, 1), until=date(2026, 11, 30),
        everything=True, operators=[], customers=[], units=[], guests=[guest],
        access_until=clock.now() + timedelta(days=9),
    )  # fmt: skip
    with estate.acting(house.first, stepped_up=True) as actor:
        case = cases.open_case(terms, actor=actor)
    with estate.acting(house.second, stepped_up=True) as actor:
        approvals.approve(case.approval, seen=case.approval.digest, actor=actor)
    return case


def page(person, house, tail=""):
    client = estate.login(Client(headers={"accept-language": "zh-hans"}), person)
    return client.get(f"/regulator/transfers/{house.found.code}/{tail}")


def test_a_paper_that_nobody_signed_is_marked_so_and_names_no_customer(seen):
    customer = estate.customer()
    with scopes.acting(estate.system()):
        Responsible.objects.create(
            subject_id=customer.pk, transfer=seen.found, before="QH", after="HX", since=clock.now()
        )
    Receipt.objects.create(
        transfer=seen.found, acceptance=b'{"signature": "00"}', accepted_at=clock.now()
    )
    shown = html.unescape(page(seen.guest, seen).content.decode())
    assert "不符" in shown
    assert "相符" not in shown
    assert "恒信人寿保险有限公司" in shown
    assert customer.ref not in shown
    assert page(seen.guest, seen, "receipt.zip").status_code == 404


def test_whoever_has_no_case_for_it_sees_neither_page_nor_papers(seen):
    Receipt.objects.create(transfer=seen.found, acceptance=b"{}", accepted_at=clock.now())
    for tail in ("", "receipt.zip"):
        assert page(seen.other, seen, tail).status_code == 404
    assert page(seen.first, seen, "receipt.zip").status_code == 403
