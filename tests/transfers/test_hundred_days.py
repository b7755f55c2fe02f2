"""The first hundred days: what came is counted by the machine, what is wrong gets an owner, a day and an end."""

from __future__ import annotations

import html
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from access import scopes
from access.models import Entry
from custodian import clock
from records import archiving
from records.models import Document, Identity
from tests import estate, pdfs
from tests.transfers.choosing.letters import person
from tests.transfers.house import House
from tests.transfers.incoming import Arrived
from transfers.hundred_days import remedying, report
from transfers.letters.arrived import NotLiveYet
from transfers.models import ArrivedRecord, Remedy
from transfers.stocktaking import taking

CATALOGUE = [
    {"code": "identity.mobile", "level": 2, "sensitive": False},
    {"code": "identity.name", "level": 2, "sensitive": False},
    {"code": "financial.income", "level": 4, "sensitive": False},
]


@pytest.fixture
def book(db):
    return Arrived(manifest={"catalogue": CATALOGUE})


def test_what_came_and_what_is_missing_is_counted_without_a_name(book):
    book.lose(book.child, id_valid_until_sealed=None)
    with scopes.acting(estate.system()):
        archiving.add(
            book.mother, kind=Document.Kind.APPLICATION, name="投保单.pdf", media_type="application/pdf",
            chunks=[b"%PDF-1.7 a"], channel="command", actor=estate.system(),
        )  # fmt: skip
        ArrivedRecord.objects.filter(subject=book.mother.pk).update(
            problems=[["check-digit", "identity.id_number"]]
        )
    book.count()
    found = report.of(book.transfer)
    assert (found.customers, found.newest.more["documents"]) == (2, {"application": 1})
    assert found.newest.more["without_application"] == 0
    assert [(each.code, each.count) for each in report.missing(found)][:1] == [
        ("identity.id_valid_until", 1)
    ]
    assert [(each.code, each.share) for each in report.problems(found)] == [
        ("check-digit identity.id_number", 0.5)
    ]
    said = report.as_json(found).decode()
    assert json.loads(said)["came"]["customers"] == {"person": 2}
    pdf = pdfs.text(report.as_pdf(found))
    assert "身份证件有效期" in pdf.replace("\n", "") or "有效期" in pdf
    for value in (person(1)["identity.mobile"], estate.ZHANG["identity.name"], book.mother.ref):
        assert value not in said
        assert value not in pdf
    estate.drain()
    reads = Entry.objects.filter(act="machine", staff_no="SYS-STOCK-TAKER")
    assert reads.exists()
    assert set(reads.values_list("subjects", flat=True)) == {0}


def test_the_stranger_to_the_book_is_not_counted_and_nobody_before_the_moment(db):
    book = Arrived(live=False)
    with pytest.raises(NotLiveYet):
        book.count()
    live = Arrived()
    live.lose(live.stranger, id_valid_until_sealed=None)
    live.count()
    assert report.missing(report.of(live.transfer)) == []
    # Who stayed with the seller after all came in an earlier package, and counts no more.
    with scopes.acting(estate.system()):
        ArrivedRecord.objects.filter(subject=live.child.pk).update(current=False)
    live.count()
    assert report.of(live.transfer).customers == 1


def test_levels_that_this_house_raises_are_named(book):
    book.count()
    raised = [(each.code, each.there, each.here) for each in report.of(book.transfer).raised]
    assert ("identity.mobile", 2, 3) in raised
    assert "identity.name" not in {code for code, _there, _here in raised}


def test_what_was_put_right_shows_as_progress(book):
    with scopes.acting(estate.system()):
        before = Identity.objects.get(pk=book.child.pk).id_valid_until_sealed
    book.lose(book.child, id_valid_until_sealed=None)
    book.count()
    book.lose(book.child, id_valid_until_sealed=before)
    book.count()
    found = report.of(book.transfer)
    assert found.gained == 1
    assert report.missing(found) == []


def test_a_remedy_has_an_owner_and_a_day_within_the_hundred_and_ends_with_a_reason(book):
    for days in (-1, 101):
        with pytest.raises(remedying.NotInTime):
            book.remedy(days=days)
    row = book.remedy(days=100)
    with pytest.raises(remedying.RemedyKnown):
        book.remedy()
    book.remedy(code="identity.email")
    with estate.acting(book.house.first, stepped_up=True) as actor:
        remedying.end(row, done=True, reason="都补齐了", actor=actor)
        with pytest.raises(remedying.RemedyEnded):
            remedying.end(row, done=False, reason="再来一次", actor=actor)
    book.remedy()  # the same again is a new affair
    row.refresh_from_db()
    assert (row.state, row.reason, row.ended_by) == ("done", "都补齐了", book.house.first)
    broken = pytest.raises(IntegrityError, match="remedy_that_ended_says_when_and_why")
    with broken, transaction.atomic():
        Remedy.objects.filter(pk=row.pk).update(reason="")


def test_the_page_opens_and_ends_remedies_and_hands_the_report_out(book):
    client = Client(headers={"accept-language": "zh-hans"})
    office = estate.login(client, book.house.first, stepped_up=True)
    here = f"/admin/transfer/{book.transfer.code}/first-hundred-days/"
    assert office.get(f"{here}report.pdf").status_code == 404
    book.lose(book.child, id_valid_until_sealed=None)
    office.post(f"{here}count/")
    taking.work(taking.newest(book.transfer).pk)
    day = clock.local().date() + timedelta(days=9)
    said = {
        "about": "missing/identity.id_valid_until", "says": "回访补齐证件有效期",
        "owner": str(book.house.second.ref), "due_on": day.isoformat(),
    }  # fmt: skip
    assert office.post(here, {**said, "due_on": "2031-01-01"}).status_code == 422
    assert office.post(here, said).status_code == 302
    row = Remedy.objects.get()
    assert (row.count, row.owner) == (1, book.house.second)
    page = html.unescape(office.get(here).content.decode())
    assert "回访补齐证件有效期" in page
    assert "2 名中 1 名" in page
    end = f"/admin/transfer/remedy/{row.ref}/end/"
    office.post(end, {"act": "done", "reason": ""})
    assert Remedy.objects.get().state == "open"
    office.post(end, {"act": "drop", "reason": "客户已退保"})
    assert Remedy.objects.get().state == "dropped"
    assert office.get(f"{here}report.pdf").content.startswith(b"%PDF")
    assert office.get(f"{here}report.json").json()["remedies"][0]["state"] == "dropped"


def test_the_seller_has_no_such_page(db):
    house = House()
    found = house.transfer()
    office = estate.login(Client(), house.first, stepped_up=True)
    for tail in ("", "report.json"):
        answer = office.get(f"/admin/transfer/{found.code}/first-hundred-days/{tail}")
        assert answer.status_code == 404
