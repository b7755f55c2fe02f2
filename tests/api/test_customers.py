"""Finding, listing, looking and revealing by API: what is answered, and what stands in the log."""

from __future__ import annotations

import json

import pytest

from access import scopes, tokens
from access.models import Assignment
from access.querylog import write
from access.querylog.connection import LogUnavailable
from access.vocabulary import Role
from custodian import clock
from records import vault
from tests import estate
from tests.api.callers import ACTIONS, FOR, PURPOSES, Caller, issue
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
PLAIN = ("13800138000", "张三丰", "320311198604180014", "6222020000006217", "zhang@example.com")


def last(entries_since):
    entry = entries_since()[-1]
    return entry.act, entry.channel, entry.outcome


def test_me_says_who_the_caller_is(caller, agent):
    told = caller.get("me").json()
    assert (told["staff_no"], told["role"]) == (agent.staff_no, "agent")
    assert "records:customer:reveal" in told["may"]


def test_a_token_tells_its_scope(bearer):
    told = bearer.get("me").json()
    assert told["token"]["purposes"] == sorted(PURPOSES)
    assert set(told["may"]) == set(ACTIONS)


def test_a_search_finds_the_own_customer_masked_and_logged(caller, own, entries_since):
    answer = caller.post("customers/search", {**FOR, "kind": "mobile", "values": ["13800138000"]})
    assert [each["ref"] for each in answer.json()["customers"]] == [own.ref]
    assert answer.json()["customers"][0]["phone"] == "138****8000"
    assert not any(plain in answer.content.decode() for plain in PLAIN)
    assert last(entries_since) == ("search", "api", "ok")
    assert entries_since()[-1].id == answer.json()["entry"]


def test_a_search_by_name_takes_two_values(caller, own):
    body = {**FOR, "kind": "name_and_birth_date", "values": ["张三丰", "1986-04-18"]}
    assert len(caller.post("customers/search", body).json()["customers"]) == 1
    assert caller.post("customers/search", {**body, "values": ["张三丰"]}).status_code == 400


def test_a_search_for_anothers_customer_answers_as_for_nobody(session, own, foreign):
    body = {**FOR, "kind": "mobile"}
    theirs = session.post("customers/search", {**body, "values": ["13800138001"]}).json()
    nobody = session.post("customers/search", {**body, "values": ["13900139009"]}).json()
    assert {**theirs, "entry": 0} == {**nobody, "entry": 0}


def test_a_list_holds_the_own_customers_page_by_page(caller, agent, foreign, entries_since):
    refs = sorted(estate.customer(of=[agent]).ref for _ in range(5))
    seen, cursor = [], None
    while True:
        page = caller.get("customers", limit=2, **FOR, **({"cursor": cursor} if cursor else {}))
        seen += [each["ref"] for each in page.json()["customers"]]
        cursor = page.json()["next"]
        if cursor is None:
            break
    assert seen == refs
    assert [(e.act, e.channel) for e in entries_since()] == [("list", "api")] * 3


def test_a_customer_is_shown_masked(caller, own, entries_since):
    answer = caller.get(f"customers/{own.ref}", **FOR)
    told = answer.json()
    masks = {each["element"]: each["masked"] for each in told["elements"]}
    assert masks["identity.mobile"] == "138****8000"
    assert masks["financial.bank_account"].endswith("6217")
    assert not any(plain in answer.content.decode() for plain in PLAIN)
    assert last(entries_since) == ("view", "api", "ok")
    assert told["entry"] == entries_since()[-1].id


def test_a_class_that_the_role_does_not_cover_is_not_shown(client, own):
    officer = Caller(estate.login(client, estate.user(Role.SECURITY_OFFICER)))
    told = officer.get(f"customers/{own.ref}", purpose="security").json()
    assert {each["element"].partition(".")[0] for each in told["elements"]} == {"identity"}


def test_a_reveal_shows_what_was_asked_and_nothing_else(caller, own, entries_since):
    body = {**FOR, "elements": ["identity.mobile"], "reason": "回电"}
    answer = caller.post(f"customers/{own.ref}/reveal", body)
    assert answer.json()["values"] == [
        {"element": "identity.mobile", "slot": 0, "of": None, "value": "13800138000"}
    ]
    assert "张三丰" not in answer.content.decode()
    assert last(entries_since) == ("reveal", "api", "ok")


def test_a_refusal_names_its_reasons_and_its_entry(session, own, entries_since):
    body = {**FOR, "elements": ["financial.bank_account"]}
    answer = session.post(f"customers/{own.ref}/reveal", body)
    told = answer.json()
    assert (answer.status_code, told["type"]) == (403, "urn:custodian:refused")
    assert told["because"] == ["purpose-not-covered"]
    assert told["entry"] == entries_since()[-1].id
    assert last(entries_since) == ("denied", "api", "denied")


def test_level_four_by_session_needs_a_fresh_second_factor(session, own, agent):
    body = {"purpose": "payment", "elements": ["financial.bank_account"]}
    path = f"customers/{own.ref}/reveal"
    assert session.post(path, body).json()["type"] == "urn:custodian:step-up-needed"
    estate.login(session.client, agent, stepped_up=True)
    assert session.post(path, body).json()["values"][0]["value"] == "6222020000006217"


def test_level_four_by_token_needs_a_grant_for_element_and_purpose(bearer, token, own, agent):
    body = {"purpose": "payment", "elements": ["financial.bank_account"]}
    path = f"customers/{own.ref}/reveal"
    assert bearer.post(path, body).status_code == 403
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    tokens.grant(
        token[0],
        elements=["financial.bank_account"],
        purpose="payment",
        reason="自动给付",
        until=clock.now().replace(year=clock.now().year + 1),
        channel="admin",
        granted_by=officer,
        actor=estate.system(),
    )
    assert bearer.post(path, body).json()["values"][0]["value"] == "6222020000006217"
    other = {"purpose": "payment", "elements": ["financial.income"]}
    assert bearer.post(path, other).status_code == 403


def test_a_session_that_stepped_up_lends_nothing_to_a_token(bearer, session, own, agent):
    estate.login(session.client, agent, stepped_up=True)
    both = Caller(session.client, **bearer.headers)
    body = {"purpose": "payment", "elements": ["financial.bank_account"]}
    assert both.post(f"customers/{own.ref}/reveal", body).status_code == 403


def test_a_token_stays_within_its_purposes_and_actions(client, agent, own):
    narrow = issue(agent, actions=ACTIONS[1:2], purposes=PURPOSES[:1])[1]
    caller = Caller(client, HTTP_AUTHORIZATION=f"Bearer {narrow}")
    assert caller.get("customers", **FOR).status_code == 200
    assert caller.get("customers", purpose="payment").json()["because"] == ["token-not-covered"]
    assert caller.get(f"customers/{own.ref}", **FOR).json()["because"] == ["token-not-covered"]


def test_policies_are_shown_masked_with_who_is_who(caller, own, policy, entries_since):
    answer = caller.get(f"customers/{own.ref}/policies", **FOR)
    told = answer.json()["policies"][0]
    assert (told["ref"], told["status"]) == (policy.ref, "in_force")
    assert {"role": "policyholder", "customer": own.ref} in told["roles"]
    assert "P20190418000418" not in answer.content.decode()
    assert last(entries_since) == ("view", "api", "ok")


def test_one_policy_is_shown_masked(caller, own, policy, entries_since):
    told = caller.get(f"policies/{policy.ref}", **FOR).json()
    masks = {each["element"]: each["masked"] for each in told["elements"]}
    assert masks["policy.number"].startswith("P2019")
    assert "policy.query_password" not in masks
    assert last(entries_since) == ("view", "api", "ok")


def test_what_is_sealed_in_a_strangers_policy_stays_hers(session, own, foreign, entries_since):
    theirs = desk_estate.policy(foreign, insured=own)
    for path in (f"policies/{theirs.ref}", f"customers/{own.ref}/policies"):
        answer = session.get(path, **FOR).json()
        told = answer["policies"][0] if "policies" in answer else answer
        assert told["elements"] == []
        assert told["roles"] == [{"role": "insured", "customer": own.ref}]
        assert entries_since()[-1].subjects == 1


def test_a_policy_reveal_names_the_policy(session, own, policy):
    second = desk_estate.policy(own, values={"policy.number": "P20200101000001"})
    body = {**FOR, "elements": ["policy.number"], "policies": [second.ref]}
    values = session.post(f"customers/{own.ref}/reveal", body).json()["values"]
    assert [(each["of"], each["value"]) for each in values] == [(second.ref, "P20200101000001")]


def test_own_and_anothers_policies_together_are_refused_whole(
    session, own, foreign, policy, entries_since
):
    theirs = desk_estate.policy(foreign)
    opened = vault.OPENED._value.get()
    body = {**FOR, "elements": ["policy.number"], "policies": [policy.ref, theirs.ref]}
    answer = session.post(f"customers/{own.ref}/reveal", body)
    assert answer.status_code == 404
    assert vault.OPENED._value.get() == opened
    assert last(entries_since) == ("denied", "api", "denied")


@pytest.mark.parametrize(
    "path",
    ["customers/{}", "customers/{}/policies", "customers/{}/reveal", "policies/{}"],
)
def test_anothers_looks_exactly_as_nobodys(session, foreign, path, entries_since):
    theirs = desk_estate.policy(foreign).ref if path.startswith("p") else foreign.ref
    absent = "p-0000-0000-000" if path.startswith("p") else "c-0000-0000-000"
    answers = []
    for ref in (theirs, absent, "nonsense"):
        where = path.format(ref)
        body = {**FOR, "elements": ["identity.name"]}
        reveal = where.endswith("reveal")
        answer = session.post(where, body) if reveal else session.get(where, **FOR)
        told = json.loads(answer.content)
        assert told.pop("instance").startswith("urn:uuid:")
        headers = {k: v for k, v in answer.headers.items() if k != "X-Request-ID"}
        answers.append((answer.status_code, told, headers))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 404
    assert [each.outcome for each in entries_since()] == ["denied"] * 3


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "customers?purpose=follow_up", None),
        ("GET", "customers/{ref}?purpose=follow_up", None),
        ("GET", "customers/{ref}/policies?purpose=follow_up", None),
        ("GET", "policies/{policy}?purpose=follow_up", None),
        ("POST", "customers/{ref}/reveal", {**FOR, "elements": ["identity.name"]}),
        ("POST", "customers/search", {**FOR, "kind": "mobile", "values": ["13800138000"]}),
    ],
)
def test_without_an_entry_nothing_is_opened(session, own, policy, monkeypatch, method, path, body):
    def unwritten(_draft):
        raise LogUnavailable

    monkeypatch.setattr(write, "commit", unwritten)
    opened = vault.OPENED._value.get()
    answer = session.send(method, path.format(ref=own.ref, policy=policy.ref), body)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:custodian:log-unavailable")
    assert answer["Content-Type"] == "application/problem+json"
    assert "Retry-After" in answer
    assert vault.OPENED._value.get() == opened


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.REGULATOR])
def test_roles_without_customers_get_none(client, own, role):
    caller = Caller(estate.login(client, estate.user(role)))
    assert caller.get(f"customers/{own.ref}", **FOR).status_code == 404
    assert caller.get("customers", **FOR).status_code == 403


def test_a_reassigned_customer_is_gone_with_the_next_request(session, own, agent):
    assert session.get(f"customers/{own.ref}", **FOR).status_code == 200
    with scopes.acting(estate.system()):
        Assignment.objects.filter(user=agent).update(until=clock.now())
    assert session.get(f"customers/{own.ref}", **FOR).status_code == 404
    assert session.get("customers", **FOR).json()["customers"] == []
