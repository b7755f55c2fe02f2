"""The API's manners: what it does not know it refuses, and how it says no."""

from __future__ import annotations

import json
import random
import uuid

import pytest
from django.core.cache import cache
from django.test import Client

from access.models import Entry
from custodian.api import ActorThrottle
from tests import estate
from tests.api.callers import BASE, FOR, Caller

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"


def problem(answer, status, code):
    told = json.loads(answer.content)
    assert (answer.status_code, told["status"], told["type"]) == (
        status,
        status,
        f"urn:custodian:{code}",
    )
    assert answer["Content-Type"] == PROBLEM
    assert uuid.UUID(told["instance"].removeprefix("urn:uuid:"))
    assert answer["Cache-Control"] == "no-store"
    return told


@pytest.mark.parametrize(
    "path",
    ["me", "schema", "customers", "customers/c-0000-0000-000", "customers/search", "nowhere"],
)
def test_nobody_gets_nothing(client, path):
    for method in ("get", "post", "patch", "head", "options"):
        answer = getattr(client, method)(BASE + path)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
    problem(client.get(BASE + path), 401, "not-authenticated")


def test_half_signed_in_is_nobody(client, agent):
    client.force_login(agent)
    problem(client.get(BASE + "me"), 401, "not-authenticated")


def test_a_bad_token_is_nobody_even_with_a_session(session):
    answer = session.client.get(BASE + "me", HTTP_AUTHORIZATION="Bearer cst_nothing")
    problem(answer, 401, "token-refused")


@pytest.mark.parametrize(
    "query",
    [
        "fields=name", "expand=policies", "include=financial", "depth=2", "format=xml", "format=api",
        "ordering=-bank_card", "bank_card__startswith=6", "page=2", "offset=1", "_method=DELETE",
        "purpose=claim", "count=1",
    ],
)  # fmt: skip
def test_an_unknown_query_is_refused_before_anything_is_read(
    session, own, policy, query, entries_since
):
    """A05."""
    for path in (
        "customers",
        f"customers/{own.ref}",
        f"customers/{own.ref}/policies",
        f"policies/{policy.ref}",
    ):
        answer = session.client.get(f"{BASE}{path}?purpose=follow_up&{query}")
        told = problem(answer, 400, "unknown-parameter")
        assert told["parameters"] == [query.partition("=")[0]]
    assert entries_since() == []


def test_a_name_that_may_be_a_value_is_not_told_back(session):
    answer = session.client.get(BASE + "customers?purpose=follow_up&张三丰=1")
    assert "张三丰" not in answer.content.decode()


def test_a_wrong_purpose_is_told_without_repeating_it(session):
    answer = session.get("customers", purpose="curiosity")
    assert list(problem(answer, 400, "invalid")["errors"]) == ["purpose"]
    assert "curiosity" not in answer.content.decode()


@pytest.mark.parametrize("purpose", ["self", "system", "import"])
def test_purposes_of_others_are_not_offered(session, purpose):
    problem(session.get("customers", purpose=purpose), 400, "invalid")


@pytest.mark.parametrize(
    "text",
    [
        "{", "[]", "1", '"x"', "null", '{"purpose": NaN}', '{"a": 1, "a": 2}',
        '{"purpose": "\\ud800"}', "{'purpose': 1}", "\ufeff{}", "[" * 100_000,
    ],
)  # fmt: skip
def test_only_one_json_object_is_a_body(session, text):
    problem(session.post("customers/search", text.encode()), 400, "malformed")


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "application/xml", ""]
)
def test_a_form_is_no_body(session, kind):
    answer = session.client.generic("POST", BASE + "customers/search", b"kind=mobile", kind)
    problem(answer, 415, "unsupported-media-type")
    problem(session.client.post(BASE + "customers/search", {"kind": "x"}), 415,
            "unsupported-media-type")  # fmt: skip


def test_a_body_has_a_limit(session):
    body = {**FOR, "kind": "mobile", "values": ["1" * 1_100_000]}
    problem(session.post("customers/search", body), 413, "too-large")


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*"])
def test_only_json_is_served(session, accept):
    problem(session.client.get(BASE + "me", HTTP_ACCEPT=accept), 406, "not-acceptable")


def test_a_method_override_is_no_method(session, own):
    for header in ("HTTP_X_HTTP_METHOD_OVERRIDE", "HTTP_X_METHOD_OVERRIDE"):
        answer = session.client.get(f"{BASE}customers/{own.ref}", {**FOR}, **{header: "DELETE"})
        assert answer.status_code == 200
        told = session.post(f"customers/{own.ref}", {}, **{header: "GET"})
        problem(told, 405, "method-not-allowed")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "XYZZY"])
def test_an_address_answers_its_own_methods_only(session, own, method, entries_since):
    answer = session.send(method, f"customers/{own.ref}?purpose=follow_up")
    assert (answer.status_code, answer["Allow"]) == (405, "GET")
    assert entries_since() == []


@pytest.mark.parametrize(
    "path",
    [
        "me/", "me.json", "/me", "ME", "Me", "customers/", "customers.json", "customers//search",
        "Customers", "customers/search/", "schema.yaml", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_nearly_right_address_is_none(session, path, method):
    problem(session.send(method, path), 404, "not-found")


@pytest.mark.parametrize("suffix", ["/", ".json", "%00", "%0d%0aX: 1", "%E2%80%AE", "'--"])
def test_a_reference_is_exact(session, own, suffix, entries_since):
    answer = session.client.get(f"{BASE}customers/{own.ref}{suffix}?purpose=follow_up")
    problem(answer, 404, "not-found")
    lower = session.client.get(f"{BASE}customers/{own.ref.lower()}?purpose=follow_up")
    problem(lower, 404, "not-found")
    assert "view" not in [each.act for each in entries_since()]
    assert all("\n" not in each.leaf for each in entries_since())


def test_a_session_writes_only_with_its_cross_site_proof(agent):
    strict = Caller(estate.login(Client(enforce_csrf_checks=True), agent))
    problem(strict.post("customers/search", {}), 403, "forbidden")


def test_a_token_needs_no_cross_site_proof(token):
    strict = Caller(Client(enforce_csrf_checks=True), HTTP_AUTHORIZATION=f"Bearer {token[1]}")
    problem(strict.post("customers/search", {}), 400, "invalid")


def test_titles_are_in_the_readers_language(session):
    chinese = session.client.get(BASE + "nowhere", HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert "没有找到" in chinese.json()["title"]


def test_the_instance_is_never_what_the_caller_said(session):
    for said in (str(uuid.uuid4()), "<b>not a uuid</b>"):
        answer = session.client.get(BASE + "nowhere", HTTP_X_REQUEST_ID=said)
        assert said not in answer.content.decode()


def test_too_many_requests_are_told_to_wait(session, bearer, monkeypatch):
    monkeypatch.setattr(ActorThrottle, "rate", "3/min")
    monkeypatch.setattr("custodian.api.time.time", lambda: 1_000_000_005.0)
    answers = [session.get("me").status_code for _ in range(3)]
    assert answers == [200] * 3
    late = session.get("me")
    problem(late, 429, "throttled")
    assert 0 < int(late["Retry-After"]) <= 61
    assert bearer.get("me").status_code == 200


def test_without_a_count_there_is_no_answer(session, own, monkeypatch, entries_since):
    def down(*_args, **_kwargs):
        raise ConnectionError

    monkeypatch.setattr(cache, "incr", down)
    problem(session.get(f"customers/{own.ref}", **FOR), 503, "unavailable")
    assert entries_since() == []


def test_two_hundred_queries_stay_within_the_portfolio(session, agent, own):
    """Generated searches and lists: whatever is asked, the answer is a part of the portfolio."""
    chance = random.Random(7)
    strangers = [estate.user(name="王磊") for _ in range(3)]
    mobiles = [f"1380013{number:04}" for number in range(9)]
    names = ["张三丰", "李四光", "王五"]
    portfolio = {own.ref}
    for number in range(12):
        values = {
            **estate.ZHANG,
            "identity.mobile": chance.choice(mobiles),
            "identity.name": chance.choice(names),
            "identity.email": f"p{number % 4}@example.com",
        }
        holder = chance.choice([agent, *strangers])
        found = estate.customer(values, of=[holder])
        portfolio |= {found.ref} if holder is agent else set()
    kinds = {
        "mobile": lambda: [chance.choice([*mobiles, "13800138000"])],
        "email": lambda: [f"p{chance.randrange(5)}@example.com"],
        "id_number": lambda: ["320311198604180014"],
        "bank_account": lambda: ["6222020000006217"],
        "name_and_birth_date": lambda: [chance.choice(names), "1986-04-18"],
        "policy_number": lambda: ["P20190418000418"],
    }
    seen = set()
    for _ in range(200):
        if chance.random() < 0.3:
            cursor = {"cursor": chance.choice(sorted(portfolio))} if chance.random() < 0.5 else {}
            answer = session.get("customers", limit=chance.randint(1, 20), **FOR, **cursor)
        else:
            kind = chance.choice(sorted(kinds))
            body = {**FOR, "kind": kind, "values": kinds[kind]()}
            answer = session.post("customers/search", body)
        assert answer.status_code == 200
        seen |= {each["ref"] for each in answer.json()["customers"]}
    assert seen == portfolio


def test_a_look_is_not_kept_by_any_cache(caller, own):
    answer = caller.get(f"customers/{own.ref}", **FOR)
    assert answer["Cache-Control"] == "no-store"
    assert not {"ETag", "Last-Modified"} & set(answer.headers)


def test_no_value_of_a_search_stands_in_the_log(session, own, entries_since):
    session.post("customers/search", {**FOR, "kind": "mobile", "values": ["13800138000"]})
    entry: Entry = entries_since()[-1]
    assert "13800138000" not in entry.leaf


def test_what_breaks_tells_nothing_but_its_id(session, own, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("张三丰 13800138000")

    monkeypatch.setattr("records.disclosure.customer", broken)
    session.client.raise_request_exception = False
    answer = session.get(f"customers/{own.ref}", **FOR)
    assert answer.status_code == 500
    assert "张三丰" not in answer.content.decode()
