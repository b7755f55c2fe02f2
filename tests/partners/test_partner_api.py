"""The partners' API: what one share allows, to nobody else, no longer than it lasts, and all of it on record."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client

from access import own_looks, scopes
from access.gate import StepUpNeeded
from access.models import Objection
from custodian import clock
from tests import estate
from tests.api.callers import Caller
from tests.partners.house import fresh
from transfers.models import Share, SharedCopy
from transfers.shares import bearing, jobs, reading

pytestmark = pytest.mark.django_db(transaction=True)


class World:
    def __init__(self, house, **more):
        self.house = house
        self.zhang = estate.customer()
        self.other = estate.customer(book_=estate.book("LJ"))
        self.agreement = house.agree(books=("QH",))
        self.share = house.share(self.agreement, form="api", **more)
        self.caller = bearer(house.token(self.share))

    def read(self, ref=""):
        return self.caller.get(f"partner/customers/{ref or self.zhang.ref}")


def bearer(secret):
    return Caller(Client(), HTTP_AUTHORIZATION=f"Bearer {secret}")


@pytest.fixture
def world(house):
    return World(house)


def copies():
    with scopes.acting(estate.system()):
        return list(SharedCopy.objects.order_by("pk"))


def test_a_partner_reads_its_customers_elements_and_each_time_is_on_record(world, entries_since):
    about = world.caller.get("partner/share").json()
    assert (about["share"], about["customers"]) == (world.share.code, 1)
    listed = world.caller.get("partner/customers").json()
    assert (listed["customers"], listed["left_out"]) == ([world.zhang.ref], 0)
    answer = world.read()
    assert answer.status_code == 200
    assert {v["element"]: v["value"] for v in answer.json()["values"]} == {
        "identity.name": "张三丰",
        "identity.mobile": "13800138000",
    }
    (copy,) = copies()
    assert copy.entry == answer.json()["entry"]
    leaf = next(json.loads(each.leaf) for each in entries_since() if each.id == copy.entry)
    assert (leaf["no"], leaf["ch"]) == (f"PARTNER-{world.house.party.code}", "api")
    assert leaf["fields"] == ["identity.mobile", "identity.name"]
    assert "share" in leaf["why"]
    with scopes.acting(estate.system()):
        page = own_looks.page(world.zhang.subject)
    assert any(v.who == "partner" for day in page.days for v in day.visits)


def test_others_customers_and_nobody_look_the_same_and_leave_an_entry(world, entries_since):
    answers = [world.read(ref) for ref in (world.other.ref, "c-0000-0000-000")]
    assert [each.status_code for each in answers] == [404, 404]
    first, second = (each.json() for each in answers)
    assert {**first, "instance": ""} == {**second, "instance": ""}
    denied = [json.loads(e.leaf) for e in entries_since() if e.outcome == "denied"]
    assert [each["what"] for each in denied] == ["transfers:share:read"] * 2
    assert copies() == []


def test_whoever_is_not_in_the_share_is_not_given_whoever_asks(world):
    given = reading.give(world.share, [world.other.pk], channel="api")
    assert (given.entry, given.plains, dict(given.omitted)) == (0, [], {"out-of-reach": 1})
    assert copies() == []


def test_whoever_objects_meanwhile_is_not_there_any_more(world):
    with scopes.acting(estate.system()):
        Objection.objects.create(subject_id=world.zhang.pk, purpose="claim")
    listed = world.caller.get("partner/customers").json()
    assert (listed["customers"], listed["left_out"]) == ([], 1)
    assert world.read().status_code == 404


def test_a_partners_token_opens_nothing_else_and_a_persons_not_this(world):
    for path in ("customers", f"customers/{world.zhang.ref}", "work-items", "log/entries"):
        assert world.caller.get(path, purpose="claim").status_code in {400, 403, 404}, path
    assert world.caller.get("me").status_code == 200
    officer = estate.login(Client(), world.house.officers[0], stepped_up=True)
    for path in ("share", "customers", f"customers/{world.zhang.ref}", "corrections"):
        assert officer.get(f"/api/v1/partner/{path}").status_code == 403
    assert Client().get("/api/v1/partner/share").status_code == 401
    assert Client().get("/admin/", headers={"authorization": "Bearer csp_x"}).status_code == 302


def test_it_ends_with_the_agreement_to_the_second(world):
    over = world.share.over_at
    with clock.at(over - timedelta(seconds=1)):
        assert world.caller.get("partner/share").status_code == 200
    with clock.at(over):
        assert world.caller.get("partner/share").status_code == 401
        assert world.read().status_code == 401


def test_an_early_end_a_stop_and_an_edit_cut_it_at_once(world, entries_since):
    with scopes.acting(estate.system()):
        Share.objects.update(elements=["identity.id_number"])
    assert world.read().status_code == 401
    with scopes.acting(estate.system()):
        Share.objects.update(elements=world.share.elements)
    assert world.read().status_code == 200
    with estate.acting(world.house.officers[0]) as actor:
        jobs.end(fresh(world.share), actor=actor)
    assert world.read().status_code == 401
    second = World(world.house)
    assert second.read().status_code == 200
    world.house.end(second.agreement)
    assert second.read().status_code == 401
    whys = [json.loads(e.leaf)["why"] for e in entries_since() if e.outcome == "denied"]
    assert ["share-over"] in whys


def test_a_token_is_shown_once_kept_as_a_hash_and_replaced_by_the_next(world):
    former = world.caller
    secret = world.house.token(fresh(world.share))
    assert former.get("partner/share").status_code == 401
    assert bearer(secret).get("partner/share").status_code == 200
    with scopes.acting(estate.system()):
        row = Share.objects.get()
        assert secret.encode() not in bytes(row.token)
    with estate.acting(world.house.officers[0]) as actor, pytest.raises(StepUpNeeded):
        bearing.issue(fresh(world.share), actor=actor)


def test_a_token_counts_only_from_its_networks_and_at_its_rate(house):
    world = World(house, networks=("10.1.0.0/16",), rate=2)
    assert world.caller.get("partner/share").status_code == 401
    with scopes.acting(estate.system()):
        row = Share.objects.get()
    assert row.networks == ["10.1.0.0/16"]
    near = World(house, rate=2)
    codes = [near.caller.get("partner/share").status_code for _each in range(5)]
    assert codes.count(200) <= 4
    assert codes[-1] == 429
