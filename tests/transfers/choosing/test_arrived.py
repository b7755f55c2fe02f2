"""The buyer tells each customer who arrived, once, by the same ways as the seller's letter, within its time."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from access import scopes
from access.law import clocks as law_clocks
from access.models import Finding
from custodian import clock
from records.models import Policy, PolicyRole
from tests import estate
from tests.portal import people
from tests.transfers.incoming import Arrived
from transfers.letters import arrived, drafting, recipients
from transfers.letters.arrived import NotLiveYet
from transfers.models import (
    TransferNotice,
)


@pytest.fixture
def book(db):
    return Arrived()


def text(response):
    return html.unescape(response.content.decode())


def test_who_arrived_is_told_what_the_house_holds_and_where_it_came_from(book):
    book.sent()
    with scopes.acting(estate.system()):
        rows = {each.subject_id: each for each in TransferNotice.objects.all()}
    assert set(rows) == {book.mother.pk, book.child.pk}
    assert rows[book.child.pk].addressee_id == book.mother.pk
    assert {each.state for each in rows.values()} == {"sent"}
    assert {each.asks for each in rows.values()} == {False}
    said = mail.outbox[0].body
    for part in ("青禾人寿", "Qinghe Life", book.transfer.counterparty.name, "查阅、复制、更正"):
        assert part in said
    assert "答复" not in said.split("本信没有链接")[0]
    assert estate.ZHANG["identity.name"] not in said


def test_who_came_without_a_policy_is_told_too(book):
    with scopes.acting(estate.system()):
        PolicyRole.objects.all().delete()
        PolicyRole.objects.create(
            policy=Policy.objects.get(subject=book.stranger.pk), subject_id=book.child.pk,
            role=PolicyRole.Role.BENEFICIARY,
        )  # fmt: skip
        assert recipients.counts(book.transfer).roles == {recipients.NO_POLICY: 1}
    approval = book.sent().approval
    said = drafting._Kind().describe(approval.payload)
    assert ["1", "没有保单的客户 1"] in [list(each) for _, each in said]
    with scopes.acting(estate.system()):
        [row] = TransferNotice.objects.all()
        assert (row.subject_id, row.roles, row.asks) == (book.mother.pk, "", False)
        assert arrived.left(book.transfer) == 0


def test_nobody_is_written_to_before_the_moment_and_nobody_twice(db):
    with pytest.raises(NotLiveYet):
        Arrived(live=False).drafted()
    book = Arrived()
    book.sent()
    with pytest.raises(drafting.NobodyToTell), estate.acting(book.house.first) as actor:
        drafting.submit(book.drafted(), actor=actor)


@pytest.mark.parametrize(
    ("route", "rule", "law"),
    [("cn-voluntary", "CO-TRF-ARRIVED", False), ("eu-s2-39", "EU-14", True)],
)
def test_the_time_is_the_laws_where_it_names_one_and_else_the_houses_own(
    settings, db, route, rule, law
):
    settings.CUSTODIAN_REGIME = route.partition("-")[0]
    book = Arrived(route=route)
    found = book.clock()
    assert (found.rule, law_clocks.of(rule).law) == (rule, law)
    assert found.due_at > found.started_at + timedelta(days=27)
    assert found.due_at < found.started_at + timedelta(days=33)


def test_the_clock_stops_when_everybody_has_been_told_and_not_before(book):
    arrived.carry_out()
    assert book.clock().stopped_at is None
    book.sent()
    with scopes.acting(estate.system()):
        TransferNotice.objects.filter(subject=book.child.pk).update(state="failed", sent_at=None)
    arrived.carry_out()
    assert book.clock().stopped_at is None
    with scopes.acting(estate.system()):
        TransferNotice.objects.filter(subject=book.child.pk).update(
            state="printed", sent_at=clock.now()
        )
    arrived.carry_out()
    assert book.clock().stopped_at is not None


def test_a_late_notice_is_told_once_and_closes_with_the_last_letter(book):
    late = clock.now() + timedelta(days=40)
    with time_machine.travel(late, tick=True):
        for _each in range(2):
            arrived.carry_out()
    found = Finding.objects.get(kind="transfer-fault")
    assert (found.facts["what"], found.facts["count"], found.status) == ("notice-late", 2, "open")
    book.sent()
    arrived.carry_out()
    found.refresh_from_db()
    assert (found.status, found.verdict) == ("closed", "settled")


def test_the_office_and_the_customer_each_see_the_letter(book):
    office = estate.login(
        Client(headers={"accept-language": "zh-hans"}), book.house.first, stepped_up=True
    )
    here = f"/admin/transfer/{book.transfer.code}/letters/"
    draft = text(office.get(here))
    assert "资料从哪里来" in draft
    assert "答复期限" not in draft
    book.sent()
    assert "已送出" in text(office.get(f"/admin/transfer/{book.transfer.code}/")) or "送达" in text(
        office.get(here)
    )
    hers = people.signed_in(Client(headers={"accept-language": "zh-hans"}), book.mother)
    assert "青禾人寿已承接您的保单" in text(hers.get("/portal/"))
    page = text(hers.post("/portal/transfer/look/", follow=True))
    assert "资料从哪里来" in page
    assert "不同意" not in page
    assert "已承接您的保单" not in text(hers.get("/portal/"))
    other = people.signed_in(Client(headers={"accept-language": "zh-hans"}), book.stranger)
    assert "已承接您的保单" not in text(other.get("/portal/"))
