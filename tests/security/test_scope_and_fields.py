"""Attacks on scope and fields: generated queries, foreign names in bodies, methods in disguise."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest

from access import scopes
from access.models import Assignment, Subject, User
from access.vocabulary import Role
from custodian import clock
from records.models import Customer, Policy
from tests import estate
from tests.api.callers import Caller
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
QUERIES = 200
REF = re.compile(r"(?<![\w-])c-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{3}")
NAMES = [
    "fields", "expand", "include", "depth", "format", "ordering", "o", "order_by", "sort", "q", "search",
    "page", "p", "limit", "offset", "all", "count", "facets", "_facets", "_popup", "_to_field", "e",
    "bank_card__startswith", "identity__name_sealed__isnull", "subject__unit", "subject__assignment__user",
    "ref", "ref__gt", "pk__in", "id", "unit", "agent", "owner", "book__code", "minor_until__isnull",
    "kind", "kind__exact", "after", "before", "cursor", "purpose", "element", "of", "status__exact",
]  # fmt: skip
VALUES = [
    "1",
    "all",
    "true",
    "-bank_card",
    "张",
    "c-0000-0000-000",
    "person",
    "'; --",
    "%00",
    "follow_up",
    "*",
]


@pytest.fixture(autouse=True)
def _open_all_day(db):
    desk_estate.open_all_day()


@pytest.fixture
def people():
    return estate.user(Role.AGENT), estate.user(Role.AGENT, unit_=estate.unit("NJ"))


@pytest.fixture
def own(people):
    found = [estate.customer(of=[people[0]]) for _ in range(3)]
    desk_estate.policy(found[0])
    return found


@pytest.fixture
def foreign(people):
    found = [
        estate.customer({**estate.ZHANG, "identity.mobile": f"1391234567{n}"}, of=[people[1]], unit_=estate.unit("NJ"))
        for n in range(3)
    ]  # fmt: skip
    desk_estate.policy(found[0], values={**desk_estate.POLICY_VALUES, "policy.number": "P777"})
    return found


@pytest.fixture
def agent(people, client):
    estate.login(client, people[0])
    session = client.session
    session["desk"] = {"purpose": "follow_up", "visits": {}}
    session.save()
    return client


def generated(seed: int, refs: list[str]) -> list[dict[str, str]]:
    """The same queries in every run: names that exist somewhere, names that might, foreign references."""
    dice = random.Random(seed)
    values = [*VALUES, *refs]
    return [
        {dice.choice(NAMES): dice.choice(values) for _ in range(dice.choice([1, 1, 2]))}
        for _ in range(QUERIES)
    ]


def refs_of(customers) -> set[str]:
    return {each.ref for each in customers}


@pytest.mark.parametrize("address", ["/desk/mine/", "/desk/", "/api/v1/customers"])
def test_no_query_shows_an_agent_a_customer_that_is_not_his(agent, own, foreign, address):
    for query in generated(2, [*refs_of(own), *refs_of(foreign)]):
        asked = {"purpose": "follow_up", **query} if address.startswith("/api") else query
        answer = agent.get(address, asked)
        echoed = set(query.values())
        shown = set(REF.findall(answer.content.decode())) - echoed
        assert shown <= refs_of(own), query
        assert answer.status_code in {200, 400, 404, 422}, query


@pytest.mark.parametrize("address", ["/desk/mine/", "/api/v1/customers"])
def test_an_unknown_name_in_a_query_is_refused_whatever_it_says(agent, own, address):
    known = {"after", "before"} if "desk" in address else {"purpose", "cursor", "limit"}
    for name in set(NAMES) - known:
        asked = {name: "1"} | ({"purpose": "follow_up"} if "api" in address else {})
        assert agent.get(address, asked).status_code == 400, name


def test_what_is_counted_is_what_can_be_paged(agent, own, foreign):
    body = agent.get("/desk/mine/").content.decode()
    assert set(REF.findall(body)) == refs_of(own)
    assert len(set(REF.findall(body))) == len(own)
    first = agent.get("/api/v1/customers", {"purpose": "follow_up", "limit": "2"}).json()
    asked = {"purpose": "follow_up", "limit": "2", "cursor": first["next"]}
    second = agent.get("/api/v1/customers", asked).json()
    paged = [each["ref"] for each in first["customers"] + second["customers"]]
    assert (sorted(paged), second["next"]) == (sorted(refs_of(own)), None)


def test_no_query_to_the_back_offices_lists_gives_an_oracle(own, client):
    """Two hundred generated queries per list are refused, except for the filters that are declared."""
    officer = estate.login(client, estate.user(Role.COMPLIANCE_OFFICER))
    declared = {"kind__exact", "status__exact", "after", "before", "role__exact"}
    for place in ("records/customer", "access/user"):
        plain = officer.get(f"/admin/{place}/").status_code
        assert plain == 200
        for query in generated(5, [*refs_of(own)]):
            if set(query) <= declared:
                continue
            answer = officer.get(f"/admin/{place}/", query)
            assert answer.status_code == 400, (place, query)
            assert not REF.findall(answer.content.decode()), (place, query)


def test_another_agents_customer_in_a_body_refuses_the_whole_request(
    people, agent, own, foreign, entries_since
):
    theirs = foreign[0]
    with scopes.acting(estate.system()):
        policy = Policy.objects.get(subject_id=theirs.pk).ref
    mine = own[0].ref
    api = Caller(agent)
    reveal = {"elements": ["identity.mobile"], "purpose": "follow_up"}
    of_policies = {"elements": ["policy.number"], "purpose": "follow_up"}
    asked: list[tuple[int, Callable[[], object]]] = [
        (404, lambda: agent.post(f"/desk/customers/{theirs.ref}/", {"purpose": "follow_up"})),
        (404, lambda: agent.post(
            f"/desk/customers/{mine}/reveal/",
            {"of": policy, "element": "policy.number", "purpose": "follow_up"},
        )),
        (404, lambda: api.post(f"customers/{theirs.ref}/reveal", reveal)),
        (404, lambda: api.post(f"customers/{mine}/reveal", {**of_policies, "policies": [policy]})),
    ]  # fmt: skip
    for status, ask in asked:
        mark = len(entries_since())
        answer = ask()
        new = [entry for entry in entries_since()[mark:] if entry.staff_no == people[0].staff_no]
        assert answer.status_code == status
        assert [entry.outcome for entry in new] == ["denied"]
        assert estate.ZHANG["identity.mobile"] not in answer.content.decode()


PROTECTED = [
    "owner_agent", "portfolio", "classification", "dek_id", "retention_until", "legal_hold", "destroyed_at",
    "created_by", "unit", "subject", "book", "assigned_to", "status", "ref", "customer",
]  # fmt: skip


@pytest.mark.parametrize("name", PROTECTED)
def test_a_form_of_the_desk_takes_no_field_that_it_does_not_show(agent, own, foreign, name):
    before = _state(own[0])
    places = {
        f"/desk/customers/{own[0].ref}/": {"purpose": "follow_up"},
        f"/desk/customers/{own[0].ref}/reveal/": {
            "element": "identity.sex",
            "purpose": "follow_up",
        },
        "/desk/": {"kind": "mobile", "value": "13800138000", "purpose": "follow_up"},
        "/desk/register/": {"kind": "person"},
    }
    for place, body in places.items():
        answer = agent.post(place, {**body, name: foreign[0].ref})
        assert answer.status_code == 400, place
    assert _state(own[0]) == before


def _state(customer: Customer) -> tuple:
    with scopes.acting(estate.system()):
        return (
            Subject.objects.filter(pk=customer.pk).values_list("status", "unit_id").get(),
            list(Assignment.objects.filter(subject_id=customer.pk).values_list("user_id", "until")),
            Customer.objects.filter(pk=customer.pk).values_list("book_id", "minor_until").get(),
        )


@pytest.mark.parametrize(
    "code", ["financial.bank_account", "policy.query_password", "policy.health_declaration"]
)
def test_what_a_role_is_not_granted_is_in_no_answer(agent, own, code):
    """A05."""
    answer = agent.post(
        f"/desk/customers/{own[0].ref}/reveal/",
        {"element": code, "purpose": "follow_up", "reason": "想看"},
    )
    value = {**estate.ACCOUNT, **desk_estate.POLICY_VALUES}[code]
    assert answer.status_code in {403, 422}
    assert value not in answer.content.decode()


def test_a_customer_who_is_reassigned_is_gone_with_the_next_request(people, agent, own):
    """The same session, and rights that were looked at a second ago."""
    place = f"/desk/customers/{own[0].ref}/"
    assert agent.get(place).status_code == 200
    with scopes.acting(estate.system()):
        moved = Assignment.objects.filter(subject_id=own[0].pk, user=people[0])
        moved.update(until=clock.now())
        Assignment.objects.create(subject_id=own[0].pk, user=people[1], since=clock.now())
    assert agent.get(place).status_code == 404
    assert own[0].ref not in agent.get("/desk/mine/").content.decode()
    assert agent.get(f"/api/v1{place[5:-1]}", {"purpose": "follow_up"}).status_code == 404
    lit = agent.post(f"{place}reveal/", {"element": "identity.mobile", "purpose": "follow_up"})
    assert lit.status_code == 404


def _disguised(path: str) -> list[str]:
    return [f"{path.rstrip('/')}.json", path.replace("/customers/", "//customers/"), path.upper(), f"{path}%20",
            path.replace("/customers/", "/./customers/"), f"{path};x=1/"]  # fmt: skip


@pytest.mark.parametrize("who", ["agent", "nobody"])
def test_an_address_in_disguise_leads_nowhere(agent, own, client, who):
    """A07."""
    if who == "nobody":
        client.logout()
    for path in (f"/desk/customers/{own[0].ref}/", f"/api/v1/customers/{own[0].ref}"):
        for place in _disguised(path):
            answer = client.get(place, {"purpose": "follow_up"} if "/API" in place.upper() else {})
            assert answer.status_code in {301, 302, 401, 404}, place
            assert "138****8000" not in answer.content.decode(), place


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_no_header_turns_one_method_into_another(agent, own, header, entries_since):
    """A07."""
    place = f"/desk/customers/{own[0].ref}/reveal/"
    answer = agent.get(place, {"element": "identity.mobile"}, headers={header: "POST"})
    assert "138 0013 8000" not in answer.content.decode()
    assert not [entry for entry in entries_since() if entry.act == "reveal"]
    api = f"/api/v1/customers/{own[0].ref}"
    assert agent.post(api, {}, "application/json", headers={header: "GET"}).status_code == 405


def test_a_person_who_leaves_is_out_with_the_next_request(people, agent, own):
    assert agent.get("/desk/mine/").status_code == 200
    User.objects.filter(pk=people[0].pk).update(is_active=False)
    assert agent.get("/desk/mine/").status_code == 302
