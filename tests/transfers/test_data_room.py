"""A data room from the asking to its destruction, and what nobody learns from it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from python_calamine import CalamineWorkbook

from access import approvals, keystore, scopes
from access.approvals import ContentChanged
from access.gate import Refused
from access.keystore import NoKey
from access.law.reading import today
from access.models import Choice, Restriction, Subject
from access.querylog import write
from custodian import clock
from custodian.errors import NotVisible
from custodian.jobs import JobStatus
from custodian.regimes import deadlines
from custodian.workflow import IllegalMove
from records.assessments.standing import NotAssessed
from records.destruction.stores import Gone
from records.models import Customer, Policy, Product
from tests import estate, pdfs
from tests.records import desk_estate
from tests.transfers.house import everything_done
from transfers import progress
from transfers.data_room import approving, counting, releasing, rooms, sampling, store
from transfers.data_room.shelf import SHELF
from transfers.models import DataRoom, Transfer

MANY = 14
PEOPLE = {
    "identity.name": "张三丰", "identity.sex": "male", "identity.birth_date": "1986-04-18",
    "identity.id_type": "resident_id", "identity.id_number": "11010519491231002X",
    "identity.mobile": "13812345678",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.VAR = tmp_path


@contextmanager
def everywhere() -> Iterator[None]:
    with scopes.acting(estate.system()):
        yield


def people(house, count: int, *, product: str = "WL01", **values: str) -> list[Customer]:
    """So many customers of the book with one policy each."""
    found = []
    kind = Product.objects.get_or_create(code=product, defaults={"name": product})[0]
    for _each in range(count):
        customer = estate.customer(values={**PEOPLE, **values})
        with everywhere():
            Customer.objects.filter(pk=customer.pk).update(book=house.book)
        customer.book = house.book
        policy = desk_estate.policy(customer)
        with everywhere():
            Policy.objects.filter(pk=policy.pk).update(product=kind, book=house.book)
        found.append(customer)
    return found


@pytest.fixture
def transfer(house, monkeypatch) -> Transfer:
    """At its data room, with the assessment filed."""
    everything_done(monkeypatch)
    found = house.transfer()
    house.walk(found, until="data_room")
    house.assess(found)
    house.paper(found, "data_room", "pipia")
    return found


def asked(house, transfer, **more) -> DataRoom:
    said = {"recipient": "吴越", "samples": 5, "days": 30, **more}
    with estate.acting(house.first, stepped_up=True) as actor:
        return rooms.ask(transfer, **said, actor=actor)


def made(house, transfer, **more) -> DataRoom:
    room = asked(house, transfer, **more)
    house.approve(room.approval)
    return rooms.work(room.pk)


def taken(house, room) -> zipfile.ZipFile:
    with estate.acting(house.first, stepped_up=True) as actor:
        body = b"".join(rooms.take(room, purpose="compliance", actor=actor))
    return zipfile.ZipFile(io.BytesIO(body))


def cells(table) -> dict:
    return dict(map(tuple, table["cells"]))


def test_a_room_is_asked_for_approved_made_and_taken(house, transfer, entries_since):
    people(house, MANY)
    people(house, 3, **{"identity.sex": "female"})
    room = asked(house, transfer)
    with pytest.raises(IllegalMove):
        rooms.work(room.pk)  # nobody else has approved it
    house.approve(room.approval)
    room = rooms.work(room.pk)
    assert room.status == JobStatus.DONE
    machine = [each.leaf for each in entries_since() if '"act":"machine"' in each.leaf]
    assert machine
    assert all('"transfers:data-room:build"' in each for each in machine)
    files = taken(house, room)
    assert sorted(files.namelist()) == [f"{room.code}.pdf", f"{room.code}.xlsx"]
    leaves = [json.loads(each.leaf) for each in entries_since()]
    assert leaves[-1]["what"] == "transfers:data-room:take"
    sampled = next(each for each in leaves if each.get("what") == "transfers:data-room:sample")
    assert (sampled["act"], sampled["mask"], sampled["n"]) == ("export", 1, 5)


def test_what_is_in_it_names_the_recipient_and_shows_masks_only(house, transfer):
    people(house, MANY)
    room = made(house, transfer)
    files = taken(house, room)
    sheets = files.read(f"{room.code}.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheets))
    tables = [book.get_sheet_by_index(at).to_python() for at in range(2)]
    said = " ".join(str(cell) for table in tables for row in table for cell in row)
    assert "吴越" in said
    assert house.other.name in said
    assert room.mark in said
    with zipfile.ZipFile(io.BytesIO(sheets)) as inside:
        pages = [inside.read(f"xl/worksheets/sheet{at}.xml").decode() for at in (1, 2)]
    assert all(room.mark in page.partition("<headerFooter")[2] for page in pages)
    for value in PEOPLE.values():
        assert value not in said or value in {"male", "resident_id"}
    assert "张**" in said
    assert "138****5678" in said
    pages = pdfs.pages(files.read(f"{room.code}.pdf"))
    assert pages
    assert all(room.mark in page and "吴越" in page for page in pages)


def test_small_cells_are_left_out_with_company(house, transfer):
    people(house, MANY)
    people(house, 3, **{"identity.sex": "female", "identity.birth_date": "1950-01-01"})
    people(house, 11, **{"identity.birth_date": "2000-01-01"})
    room = made(house, transfer)
    sexes = room.tables["customers-by-sex"]
    assert sexes["total"] == MANY + 14
    assert cells(sexes) == {"male": None, "female": None, "unknown": 0}
    ages = cells(room.tables["customers-by-age"])
    old, young = counting.age_band("1950-01-01", today()), counting.age_band("2000-01-01", today())
    assert ages[old] is None
    assert ages[young] is None  # the next smallest, or the total would tell
    assert ages[counting.age_band("1986-04-18", today())] == MANY


def test_two_releases_are_one_so_that_nobody_subtracts_them(house, transfer):
    people(house, 20)
    first = made(house, transfer)
    people(house, 1, **{"identity.sex": "female"})
    second = made(house, transfer, recipient="郑宁")
    assert second.tables == first.tables
    assert second.counted_on == first.counted_on
    with clock.at(clock.now() + releasing.REPEATED + timedelta(days=2)):
        assert releasing.released(house.book) is None


def test_two_rooms_show_the_same_samples_and_marks_of_their_own(house, transfer):
    people(house, 30)
    first, second = made(house, transfer), made(house, transfer, recipient="郑宁")
    assert first.drawn == second.drawn
    assert len(first.drawn) == 5
    assert first.mark != second.mark


def test_nobody_who_stands_out_or_said_no_is_a_sample(house, transfer):
    crowd = people(house, 12)
    rare = people(house, 2, product="RARE")
    vip, child, shut, objecting, honey = people(house, 5)
    with everywhere():
        Subject.objects.filter(pk=vip.pk).update(vip=True)
        Subject.objects.filter(pk=honey.pk).update(honey=True)
        Customer.objects.filter(pk=child.pk).update(minor_until=today() + timedelta(days=99))
        policy = Policy.objects.get(subject=shut.pk)
        Restriction.objects.create(holding=policy.holding, subject_id=shut.pk, kind="policy")
        Choice.objects.create(subject_id=objecting.pk, purpose="sharing", element="", agreed=False)
    room = made(house, transfer, samples=50)
    assert sorted(room.drawn) == sorted(each.pk for each in crowd)
    assert not {each.pk for each in rare} & set(room.drawn)
    assert room.tables["customers-by-sex"]["total"] == 12 + 2 + 4  # honey is nobody


def test_the_buyer_and_a_seller_without_assessment_open_none(house, monkeypatch):
    everything_done(monkeypatch)
    selling = house.transfer()
    house.walk(selling, until="data_room")
    with pytest.raises(NotAssessed, match="还没有个人信息保护影响评估"):
        asked(house, selling)
    house.assess(selling)
    with pytest.raises(rooms.NotForUs):  # its report is not filed yet
        asked(house, selling)
    buying = house.transfer(side="buyer", book=None)
    house.walk(buying, until="data_room")
    with pytest.raises(rooms.NotForUs):
        asked(house, buying)
    early = house.transfer(side="buyer", book=None)
    with pytest.raises(progress.NotYet):
        asked(house, early)


def test_nobody_approves_his_own_and_nothing_else_is_made(house, transfer):
    people(house, MANY)
    room = asked(house, transfer)
    with estate.acting(house.first, stepped_up=True) as actor, pytest.raises(Refused):
        approvals.approve(room.approval, seen=room.approval.digest, actor=actor)
    house.approve(room.approval)
    DataRoom.objects.filter(pk=room.pk).update(recipient="别人")
    with pytest.raises(ContentChanged):
        rooms.work(room.pk)
    room.refresh_from_db()
    assert room.status == JobStatus.FAILED
    assert [each.pk for each in approving.altered()] == [room.approval_id]


def test_it_is_taken_by_whoever_asked_three_times_and_by_nobody_else(house, transfer):
    people(house, MANY)
    room = made(house, transfer)
    with estate.acting(house.second, stepped_up=True) as actor, pytest.raises(NotVisible):
        rooms.take(room, purpose="compliance", actor=actor)
    with estate.acting(house.first) as actor, pytest.raises(Refused):
        rooms.take(room, purpose="compliance", actor=actor)
    for _each in range(3):
        taken(house, room)
    with pytest.raises(rooms.NotThere):
        taken(house, room)


@pytest.mark.parametrize("how", ["time", "deal", "recall", "customer"])
def test_it_is_destroyed_with_its_key_and_a_line_in_the_log(house, transfer, how, monkeypatch):
    people(house, MANY)
    room = made(house, transfer, days=90)
    entered, enqueue = [], write.enqueue
    monkeypatch.setattr(write, "enqueue", lambda draft: (entered.append(draft), enqueue(draft)))
    held = keystore.named_holding(SHELF.holding(room.ref))
    assert keystore.held([held]) == {held}
    if how == "time":
        with clock.at(room.expires_at):
            assert rooms.expire() == 1
    if how == "deal":
        with estate.acting(house.first, stepped_up=True) as actor:
            approval = progress.stop(transfer, reason="双方终止", actor=actor)
        house.approve(approval)
        transfer.refresh_from_db()
        last = deadlines.end_of(clock.local(transfer.ended_at).date() + timedelta(days=30))
        with clock.at(last - timedelta(seconds=1)):
            assert rooms.expire() == 0
        with clock.at(last):
            assert rooms.expire() == 1
    if how == "recall":
        with estate.acting(house.first, stepped_up=True) as actor:
            rooms.recall(room, actor=actor)
    if how == "customer":
        gone = Gone(holdings={}, subjects=[room.drawn[0]])
        place = store.DataRoomStore()
        assert [each.what for each in place.scan(gone)] == [f"data room {room.code}"]
        with everywhere():
            place.purge(gone)
        assert list(place.scan(gone)) == []
    room.refresh_from_db()
    assert room.removed == {
        "time": "expired", "deal": "closed", "recall": "recalled", "customer": "destroyed",
    }[how]  # fmt: skip
    assert room.drawn == []
    assert not SHELF.path_of(room.ref).exists()
    assert keystore.held([held]) == set()
    with pytest.raises((NoKey, FileNotFoundError)):
        SHELF.read(room.ref)
    (line,) = [each.facts for each in entered if each.facts.get("gone")]
    assert (line["data-room"], line["sha256"]) == (room.code, room.sha256)


def test_the_stage_ends_with_something_given_and_nothing_under_way(house, transfer, monkeypatch):
    people(house, MANY)
    assert [each.code for each in approving.missing(transfer)] == ["data-room"]
    made(house, transfer)
    assert approving.missing(transfer) == []
    asked(house, transfer, recipient="郑宁")
    assert [each.code for each in approving.missing(transfer)] == ["data-room-open"]


def test_the_demo_of_bands():
    assert counting.age_band("1986-04-18", date(2026, 4, 17)) == "30-39"
    assert counting.age_band("1986-04-18", date(2026, 4, 18)) == "40-49"
    assert counting.age_band("", date(2026, 1, 1)) == "unknown"
    assert [counting.premium_band(each) for each in ("999.99", "1000", "50000.00", "viel")] == [
        "<1000", "1000-4999", "50000+", "unknown",
    ]  # fmt: skip
    assert len(sampling.ELEMENTS) == 5
