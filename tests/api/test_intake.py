"""Registering a customer by API: checked as in an import, and once for each key."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from access import scopes
from access.models import Assignment
from access.vocabulary import Role
from records.models import Customer
from tests import estate
from tests.api.callers import Caller

pytestmark = pytest.mark.django_db
PERSON = {
    "kind": "person",
    "name": "赵小满",
    "id_type": "resident_id",
    "id_number": "320311198604180011",
    "mobile": "138 0013 8000",
    "address": "江苏省徐州市云龙区和平路1号",
    "income": "120000",
    "accounts": [{"bank_name": "示例银行", "bank_account": "6222020000006217"}],
}
KEY = {"HTTP_IDEMPOTENCY_KEY": "order-20261122-1"}


def stored(customer):
    with scopes.acting(estate.system()):
        return Customer.objects.filter(pk=customer.pk).values().get()


def assigned():
    with scopes.acting(estate.system()):
        return list(Assignment.objects.values_list("user_id", flat=True))


def shown(caller, ref):
    told = caller.get(f"customers/{ref}", purpose="follow_up").json()
    return {each["element"]: each["masked"] for each in told["elements"]}


def test_a_customer_is_registered_and_becomes_the_agents_own(caller, agent):
    answer = caller.post("customers", PERSON, **KEY)
    assert answer.status_code == 201
    masks = shown(caller, answer.json()["ref"])
    assert masks["identity.mobile"] == "138****8000"
    assert masks["identity.birth_date"].startswith("1986")
    assert masks["financial.bank_account"].endswith("6217")
    assert "identity.nationality" in answer.json()["missing"]
    assert assigned() == [agent.pk]


def test_the_same_key_and_body_have_the_same_answer(session):
    first = session.post("customers", PERSON, **KEY)
    again = session.post("customers", PERSON, **KEY)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert len(assigned()) == 1


def test_the_same_key_for_another_body_is_a_conflict(session):
    session.post("customers", PERSON, **KEY)
    answer = session.post("customers", {**PERSON, "name": "赵大满"}, **KEY)
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:custodian:idempotency-conflict"


def test_a_key_belongs_to_one_caller(session):
    session.post("customers", PERSON, **KEY)
    other = Caller(estate.login(Client(), estate.user(Role.AGENT)))
    answer = other.post("customers", {**PERSON, "name": "赵大满"}, **KEY)
    assert answer.status_code == 201


def test_a_duplicate_is_nobodys_business(session, foreign):
    body = {**PERSON, "mobile": "13800138001"}
    assert session.post("customers", body, **KEY).status_code == 201


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id_number": "320311198604180015"}, "id_number"),
        ({"mobile": "123"}, "mobile"),
        ({"birth_date": "1999-01-01"}, "birth_date"),
        ({"accounts": [{"bank_account": "12"}]}, "bank_account"),
        ({"intermediary": "NOBODY"}, "intermediary"),
        ({"name": ""}, "name"),
        ({"mobile": 13800138000}, "mobile"),
    ],
)
def test_what_an_import_would_set_aside_is_refused(session, change, field):
    answer = session.post("customers", {**PERSON, **change}, **KEY)
    told = answer.json()
    assert (answer.status_code, told["type"]) == (400, "urn:custodian:invalid")
    assert list(told["errors"]) == [field]
    assert "320311198604180015" not in answer.content.decode()
    assert assigned() == []


@pytest.mark.parametrize("key", ["", "short", "a b c d e f g h", "x" * 65])
def test_a_key_is_asked_for(session, key):
    answer = session.post("customers", PERSON, HTTP_IDEMPOTENCY_KEY=key)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["Idempotency-Key"])


def test_whoever_may_not_register_is_refused_on_record(client, entries_since):
    caller = Caller(estate.login(client, estate.user(Role.AUDITOR)))
    answer = caller.post("customers", PERSON, **KEY)
    assert (answer.status_code, answer.json()["because"]) == (403, ["role-not-covered"])
    assert entries_since()[-1].outcome == "denied"


FORBIDDEN = [
    "assignments", "book", "classification", "created_by", "dek_id", "destroyed_at", "honey",
    "legal_hold", "owner_agent", "portfolio", "ref", "retention_until", "source_key", "subject",
    "unit",
]  # fmt: skip


@pytest.mark.parametrize("name", FORBIDDEN)
def test_nobody_writes_what_is_not_his_to_say(session, name):
    answer = session.post("customers", {**PERSON, name: "x"}, **KEY)
    told = answer.json()
    assert (answer.status_code, told["type"]) == (400, "urn:custodian:unknown-parameter")
    assert told["parameters"] == [name]
    assert assigned() == []


@pytest.mark.parametrize("name", FORBIDDEN)
def test_a_customer_is_not_patched(session, own, name):
    before = stored(own)
    for method in ("PATCH", "PUT", "DELETE"):
        assert session.send(method, f"customers/{own.ref}", {name: "x"}).status_code == 405
    assert before == stored(own)


def test_an_unknown_name_deep_in_a_body_is_refused(session):
    body = {**PERSON, "accounts": [{"bank_account": "6222020000006217", "until": "2020"}]}
    assert session.post("customers", body, **KEY).json()["parameters"] == ["until"]


@pytest.mark.django_db(transaction=True)
def test_the_registration_stands_in_the_log(session, entries_since):
    session.post("customers", PERSON, **KEY)
    estate.drain()
    entry = entries_since()[-1]
    assert (entry.act, entry.channel, entry.subjects) == ("change", "api", 1)
    assert "赵小满" not in entry.leaf


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_key_make_one_customer_with_one_answer():
    """A23."""
    agent = estate.user(Role.AGENT)
    estate.book()
    callers = [Caller(estate.login(Client(), agent)) for _ in range(4)]

    def ask(number):
        try:
            answer = callers[number % 4].post("customers", PERSON, **KEY)
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(ask, range(20)))
    ((status, _body),) = answers
    assert status == 201
    assert len(assigned()) == 1
