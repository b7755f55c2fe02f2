"""Exact search in one's own portfolio: every kind, however it is typed, and no word about anybody else."""

from __future__ import annotations

import json

import pytest

from access import scopes
from access.models import Assignment
from access.vocabulary import Role
from custodian import clock
from records import search
from records.models import Customer
from records.search import Kind
from tests import estate
from tests.records import desk_estate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _open_all_day(db):
    desk_estate.open_all_day()


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def own(agent):
    return estate.customer(of=[agent])


def look_for(person, kind, *values):
    with estate.acting(person) as actor:
        return search.exact(kind, values, purpose="follow_up", channel="desk", actor=actor)


def refs(found):
    return [row.ref for row in found.rows]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Kind.MOBILE, ["13800138000"]),
        (Kind.MOBILE, ["１３８ ００１３ ８０００"]),
        (Kind.MOBILE, ["+86 138-0013-8000"]),
        (Kind.ID_NUMBER, ["320311198604180014"]),
        (Kind.EMAIL, ["Zhang@Example.com"]),
        (Kind.BANK_ACCOUNT, ["6222 0200 0000 6217"]),
        (Kind.NAME, ["张三丰", "1986-04-18"]),
        (Kind.NAME, ["张 三丰", "1986-04-18"]),
    ],
)
def test_an_agent_finds_his_customer_however_it_is_typed(agent, own, kind, values):
    assert refs(look_for(agent, kind, *values)) == [own.ref]


@pytest.mark.parametrize(
    "typed", ["11010519491231002X", "11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_the_last_letter_of_an_id_number_is_found_in_every_width_and_case(agent, typed):
    values = {**estate.ZHANG, "identity.id_number": "11010519491231002X"}
    customer = estate.customer(values, of=[agent])
    assert refs(look_for(agent, Kind.ID_NUMBER, typed)) == [customer.ref]


@pytest.mark.parametrize("typed", ["王䶮", "王\ue863"])
def test_a_rare_character_is_found_in_both_its_codes(agent, typed):
    customer = estate.customer({**estate.ZHANG, "identity.name": "王䶮"}, of=[agent])
    assert refs(look_for(agent, Kind.NAME, typed, "1986-04-18")) == [customer.ref]


@pytest.mark.parametrize("typed", ["买买提·艾力", "买买提•艾力", "买买提.艾力"])
def test_the_dot_in_a_name_may_be_any_dot(agent, typed):
    customer = estate.customer({**estate.ZHANG, "identity.name": "买买提·艾力"}, of=[agent])
    found = look_for(agent, Kind.NAME, typed, "1986-04-18")
    assert refs(found) == [customer.ref]
    assert str(found.rows[0].name).startswith("买*")


def test_a_policy_number_finds_its_holder_and_the_insured_whom_the_agent_serves(agent, own):
    child = estate.customer({**estate.ZHANG, "identity.mobile": ""}, of=[agent])
    desk_estate.policy(own, insured=child)
    found = look_for(agent, Kind.POLICY_NUMBER, "p2019 0418 000418")
    assert refs(found) == [own.ref, child.ref]


def test_a_policy_number_does_not_bring_up_an_insured_person_of_another_agent(agent, own):
    child = estate.customer(of=[estate.user(Role.AGENT)])
    desk_estate.policy(own, insured=child)
    assert refs(look_for(agent, Kind.POLICY_NUMBER, "P20190418000418")) == [own.ref]


def test_another_agents_customer_and_nobody_give_the_same_answer_by_the_same_steps(agent, own):
    stranger = estate.user(Role.AGENT)
    look_for(stranger, Kind.MOBILE, "13900000000")  # rules and keys are in memory now
    with desk_estate.statements() as others:
        hidden = look_for(stranger, Kind.MOBILE, "13800138000")
    with desk_estate.statements() as nobody:
        absent = look_for(stranger, Kind.MOBILE, "13900000000")
    assert (hidden.rows, hidden.more) == (absent.rows, absent.more) == ([], False)
    assert others == nobody != []


def test_a_search_is_one_entry_with_its_tag_and_whom_it_showed(agent, own, entries_since):
    found = look_for(agent, Kind.MOBILE, "13800138000")
    entry = entries_since()[-1]
    leaf = json.loads(entry.leaf)
    assert (entry.id, entry.act, entry.subjects, leaf["mask"]) == (found.entry, "search", 1, 1)
    assert len(leaf["q"]) == 32
    assert "13800138000" not in entry.leaf


def test_the_same_search_has_the_same_tag_and_another_has_another(agent, own, entries_since):
    for typed in ("13800138000", "１３８００１３８０００", "13800138001"):
        look_for(agent, Kind.MOBILE, typed)
    tags = [json.loads(entry.leaf)["q"] for entry in entries_since() if entry.act == "search"]
    assert tags[0] == tags[1] != tags[2]


def test_results_are_masked(agent, own):
    row = look_for(agent, Kind.MOBILE, "13800138000").rows[0]
    assert (str(row.name), str(row.phone)) == ("张**", "138****8000")
    assert str(row.id_number) == "3" + "*" * 16 + "4"


def test_a_customer_who_was_reassigned_is_found_no_more(agent, own):
    with scopes.acting(estate.system()):
        Assignment.objects.filter(subject_id=own.pk).update(until=clock.now())
    assert refs(look_for(agent, Kind.MOBILE, "13800138000")) == []


def test_the_service_desk_finds_customers_of_every_agent(own):
    assert refs(look_for(estate.user(Role.SERVICE_DESK), Kind.MOBILE, "13800138000")) == [own.ref]


def test_a_destroyed_customer_is_listed_without_values_and_hides_nobody_else(agent, own):
    gone = estate.customer(of=[agent])
    desk_estate.status(gone, "destroyed")
    rows = {row.ref: row for row in look_for(agent, Kind.MOBILE, "13800138000").rows}
    assert rows[gone.ref].destroyed
    assert rows[gone.ref].name is None
    assert str(rows[own.ref].name) == "张**"


def test_every_customer_is_searched_only_in_scope():
    with estate.acting(estate.user(Role.ADMINISTRATOR)) as actor:
        assert not Customer.objects.visible_to(actor).exists()
