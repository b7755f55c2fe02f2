"""Work items by API: once for each number, within reach, and closed by whose they are."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from access import scopes
from access.actions import Action
from access.models import WorkItem
from access.vocabulary import Role
from records import references
from tests import estate
from tests.api.callers import ACTIONS, Caller, issue

pytestmark = pytest.mark.django_db
WORK = [Action.WORK_ITEM_OPEN, Action.WORK_ITEM_CLOSE, Action.WORK_ITEM_READ]


@pytest.fixture
def bearer(agent):
    _token, raw = issue(agent, actions=[*ACTIONS, *WORK])
    return Caller(Client(), HTTP_AUTHORIZATION=f"Bearer {raw}")


@pytest.fixture
def service():
    return estate.user(Role.SERVICE_DESK, name="沈悦")


def body(customer, **more):
    return {"number": "CRM-1", "kind": "follow_up", "customer": customer.ref, **more}


def count():
    with scopes.acting(estate.system()):
        return WorkItem.objects.count()


def signed_in(person):
    return Caller(estate.login(Client(), person))


def test_an_item_is_opened_for_the_caller(caller, agent, own):
    answer = caller.post("work-items", body(own, due_at="2026-12-01T17:00:00+08:00"))
    told = answer.json()
    assert answer.status_code == 201
    assert (told["customer"], told["staff_no"], told["opened_by"], told["source"]) == (
        own.ref, agent.staff_no, agent.staff_no, "api",
    )  # fmt: skip
    assert caller.get(f"work-items/{told['ref']}").json() == told
    assert [each["ref"] for each in caller.get("work-items").json()["items"]] == [told["ref"]]


def test_the_same_number_with_the_same_content_is_the_same_item(caller, own):
    first, again = caller.post("work-items", body(own)), caller.post("work-items", body(own))
    assert (first.status_code, first.content) == (again.status_code, again.content)
    assert count() == 1


@pytest.mark.parametrize("change", [{"kind": "claim"}, {"due_at": "2026-12-01T17:00:00+08:00"}])
def test_the_same_number_with_another_content_is_a_conflict(session, own, change):
    session.post("work-items", body(own))
    answer = session.post("work-items", body(own, **change))
    assert answer.status_code == 409
    assert answer.json()["type"] == "urn:custodian:idempotency-conflict"


def test_a_number_of_another_caller_is_a_conflict_and_tells_nothing(session, own, service):
    signed_in(service).post("work-items", body(own))
    answer = session.post("work-items", body(own))
    assert answer.status_code == 409
    assert service.staff_no not in answer.content.decode()


def test_a_system_opens_for_a_person_or_a_unit(service, agent, own):
    caller = signed_in(service)
    told = caller.post("work-items", body(own, staff_no=agent.staff_no)).json()
    assert (told["staff_no"], told["opened_by"]) == (agent.staff_no, service.staff_no)
    told = caller.post("work-items", body(own, number="CRM-2", unit=agent.unit.code)).json()
    assert (told["staff_no"], told["unit"]) == (None, agent.unit.code)


def test_an_agent_opens_for_nobody_else(session, own, service):
    answer = session.post("work-items", body(own, staff_no=service.staff_no))
    assert (answer.status_code, answer.json()["because"]) == (403, ["own-work-only"])
    assert count() == 0


def test_anothers_customer_and_nobody_are_alike(session, foreign):
    theirs = session.post("work-items", body(foreign))
    nobody = session.post("work-items", {**body(foreign), "customer": references.new_customer()})
    assert theirs.status_code == nobody.status_code == 404
    assert theirs.json()["type"] == nobody.json()["type"]
    assert count() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "x" * 41}, "number"),
        ({"kind": "walk"}, "kind"),
        ({"staff_no": "NOBODY"}, "staff_no"),
        ({"unit": "NOWHERE"}, "unit"),
        ({"due_at": "soon"}, "due_at"),
    ],
)
def test_what_does_not_stand_is_said_field_by_field(service, own, change, field):
    answer = signed_in(service).post("work-items", body(own, **change))
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


@pytest.mark.parametrize("name", ["opened_at", "opened_by", "source", "outcome", "subject", "ref"])
def test_nobody_writes_what_is_not_his_to_say(session, own, name):
    answer = session.post("work-items", body(own, **{name: "x"}))
    assert answer.json()["parameters"] == [name]


def test_it_is_closed_once(caller, own):
    ref = caller.post("work-items", body(own)).json()["ref"]
    for _ in range(2):
        answer = caller.send("PATCH", f"work-items/{ref}", {"outcome": "done"})
        assert (answer.status_code, answer.json()["outcome"]) == (200, "done")
        assert answer.json()["closed_at"]
    answer = caller.send("PATCH", f"work-items/{ref}", {"outcome": "withdrawn"})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:custodian:work-item-closed")
    assert caller.get("work-items").json()["items"] == []
    assert len(caller.get("work-items", state="closed").json()["items"]) == 1


def test_anothers_item_and_none_are_alike(session, own, service):
    ref = signed_in(service).post("work-items", body(own)).json()["ref"]
    for asked in (ref, str(uuid.uuid4()), "nonsense"):
        assert session.get(f"work-items/{asked}").status_code == 404
        answer = session.send("PATCH", f"work-items/{asked}", {"outcome": "done"})
        assert answer.status_code == 404


def test_a_token_does_only_what_it_was_issued_for(agent, own):
    _token, raw = issue(agent)
    caller = Caller(Client(), HTTP_AUTHORIZATION=f"Bearer {raw}")
    answer = caller.post("work-items", body(own))
    assert (answer.status_code, answer.json()["because"]) == (403, ["token-not-covered"])


def test_pages_follow_one_another(session, own):
    refs = [session.post("work-items", body(own, number=f"N{n}")).json()["ref"] for n in range(3)]
    page = session.get("work-items", limit=2).json()
    rest = session.get("work-items", limit=2, cursor=page["next"]).json()
    assert [each["ref"] for each in (*page["items"], *rest["items"])] == refs[::-1]
    assert rest["next"] is None


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_number_make_one_item_with_one_answer():
    """A23."""
    agent = estate.user(Role.AGENT)
    own = estate.customer(of=[agent])
    callers = [signed_in(agent) for _ in range(4)]

    def ask(number):
        try:
            answer = callers[number % 4].post("work-items", body(own))
            return answer.status_code, answer.content
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(ask, range(20)))
    ((status, _body),) = answers
    assert (status, count()) == (201, 1)
