"""The customers' door attacked by a customer: odd queries, fields of others, control characters, caches."""

from __future__ import annotations

import json
import random
import re
import uuid
from typing import Any

import pytest

from access import scopes
from access.models import Entry
from records.models import Correction, CustomerRequest
from tests import estate
from tests.security import routes
from tests.security.routes import CUSTOMER, Row
from tests.security.test_hostile_text import HOSTILE, clean
from tests.security.test_scope_and_fields import NAMES, VALUES
from tests.security.things import FOREIGN, OWN
from tests.security.visitors import World

pytestmark = pytest.mark.django_db
ROWS = [row for row in routes.table() if row.of_portal]
OWNERSHIP = (
    "subject", "subject_id", "customer", "owner", "status", "handler", "office", "proof", "proven_at",
    "asked_by", "came_by", "capacity", "received_at", "due_at", "approval", "checked_by", "holding",
    "retention_until", "legal_hold", "destroyed_at", "amount", "paid_on",
)  # fmt: skip


@pytest.fixture(scope="module")
def world(module_database: None) -> World:
    return World()


def asked(world: World, row: Row, method: str, **more: Any) -> Any:
    place = row.address(world.thing(row.names, OWN), method)
    return world.ask(CUSTOMER, method, place, more.pop("body", row.body), **more)


def of_others(world: World) -> list[str]:
    """The names by which another customer's things go."""
    whose = f"{FOREIGN}'s "
    named = [thing for name, thing in world.things.items() if name.startswith(whose)]
    policy = world.policies[FOREIGN]
    return [world.customers[FOREIGN].ref, world.claims[FOREIGN].ref, policy.ref, *named]


def test_no_query_shows_anything_of_another_customer(world: World) -> None:
    """A02, A05: a name that the page does not know is refused, and a known one reaches her own only."""
    dice, theirs = random.Random(6), of_others(world)
    long = [each for each in theirs if not each.isdecimal()]
    for row in ROWS:
        if "GET" not in row.who:
            continue
        place = row.address(world.thing(row.names, OWN))
        for _ in range(12):
            name, value = dice.choice(NAMES), dice.choice([*VALUES, *theirs])
            answer = world.ask(CUSTOMER, "GET", f"{place}?{name}={value}")
            assert answer.status in {200, 302, 400, 404}, (row.path, name, value)
            assert not [each for each in long if each in answer.body and each != value], row.path


def test_a_form_takes_nothing_that_it_does_not_have(world: World) -> None:
    """A04: whose it is, how it stands and who proved it cannot be typed."""
    for row in ROWS:
        if "POST" not in row.who or row.path.startswith("portal/sign-in"):
            continue
        before = Entry.objects.newest_index()
        for name in OWNERSHIP:
            if name in row.body:
                continue
            answer = asked(world, row, "POST", body={**row.body, name: "1"})
            assert answer.status in {302, 400}, (row.path, name, answer.status)
            if answer.status == 302:
                assert answer.goes_to.startswith("/portal/"), row.path
        changed = Entry.objects.filter(id__gt=before, act="change")
        assert not changed.exists(), row.path


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_whatever_she_types_is_one_record_and_turns_nothing_about(world: World, text: str) -> None:
    """A14: in a request, under one, in a correction and in a claim."""
    own = {name: world.thing(name, OWN) for name in ("request", "own_draft")}
    forms = [
        ("/portal/requests/new/complaint/", {"form": str(uuid.uuid4()), "text": text}),
        (f"/portal/requests/{own['request']}/", {"act": "say", "text": text}),
        (f"/portal/corrections/{own['own_draft']}/value/", {"identity.email": text}),
        ("/portal/claims/new/", {"step": "2", "act": "next", "description": text}),
    ]
    for place, body in forms:
        before = Entry.objects.newest_index()
        answer = world.ask(CUSTOMER, "POST", place, body)
        assert answer.status in {200, 302, 400, 404, 422}, place
        leaves = Entry.objects.filter(id__gt=before).values_list("leaf", flat=True)
        assert all(clean(leaf) and isinstance(json.loads(leaf), dict) for leaf in leaves), place
        assert not [leaf for leaf in leaves if "level=info" in leaf], place
        shown = (
            answer.body if answer.status == 200 else ""
        )  # else what she typed stands in its field
        assert not re.search("[\x00\x1b\x85\u2028\u202e]", shown), place


def test_nobody_keeps_a_page_of_hers(world: World) -> None:
    """A33: no page may be kept by a cache or framed, and the cookie is out of reach of scripts."""
    for row in ROWS:
        for method in ("GET", "POST"):
            if method not in row.who:
                continue
            answer = asked(world, row, method)
            assert "no-store" in answer.headers.get("cache-control", ""), (method, row.path)
            assert answer.headers.get("x-frame-options") == "DENY", row.path
            assert answer.headers.get("referrer-policy") in {"no-referrer", "same-origin"}, row.path
            for cookie in answer.headers.get("set-cookie", "").split(", "):
                assert not cookie.startswith("session") or "HttpOnly" in cookie, row.path


def test_everything_is_as_it_was(world: World) -> None:
    """After all of the above: one request and one draft of hers, and none of another's has moved."""
    with scopes.acting(estate.system()):
        theirs = CustomerRequest.objects.filter(ref=world.thing("request", FOREIGN))
        assert theirs.values_list("status", flat=True).get() == "accepted"
        drafts = Correction.objects.filter(ref=world.thing("own_draft", FOREIGN))
        assert drafts.values_list("status", flat=True).get() == "draft"
