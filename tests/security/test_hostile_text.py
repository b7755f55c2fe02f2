"""Control characters in what people type: one event stays one record, and nothing forges another (A14)."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from access.vocabulary import Role
from tests import estate
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
HOSTILE = [
    "a\r\nb", "a\nlevel=info event=login", "a\x1b[2Jb", "a\u2028b", "a\u202eb", "a\x00b", "a\x85b", "x" * 5000,
]  # fmt: skip
_DANGEROUS = {*map(chr, range(32)), "\x7f", "\x85", "\u2028", "\u2029", "\u202e"}


@pytest.fixture(autouse=True)
def _open_all_day(db):
    desk_estate.open_all_day()


def leaves(entries) -> list[str]:
    return [entry.leaf for entry in entries if entry.act not in {"writer.open", "writer.close"}]


def clean(leaf: str) -> bool:
    return not _DANGEROUS & set(leaf) and isinstance(json.loads(leaf), dict)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_failed_sign_in_with_any_name_is_one_record(text, entries_since):
    Client().post("/accounts/login/", {"login": text, "password": text})
    found = leaves(entries_since())
    assert len(found) <= 1
    assert all(map(clean, found))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_search_for_anything_is_one_record_without_what_was_typed(text, entries_since):
    agent = estate.login(Client(), estate.user(Role.AGENT))
    mark = len(entries_since())
    answer = agent.post("/desk/", {"kind": "email", "value": text, "purpose": "follow_up"})
    found = leaves(entries_since()[mark:])
    assert answer.status_code in {200, 422}
    assert len(found) == (1 if answer.status_code == 200 else 0)
    assert all(map(clean, found))
    assert not [leaf for leaf in found if text[:20] in leaf]


@pytest.mark.parametrize(
    "text", ["%0d%0aSet-Cookie:x=1", "%1b%5b2J", "%E2%80%A8", "%00", "a" * 3000]
)
def test_a_path_of_anything_is_one_refusal_and_no_header(text, entries_since):
    agent = estate.login(Client(), estate.user(Role.AGENT))
    mark = len(entries_since())
    answer = agent.get(f"/desk/customers/{text}/")
    found = leaves(entries_since()[mark:])
    assert answer.status_code == 404
    assert "x=1" not in str(answer.headers)
    assert len(found) == 1
    assert all(map(clean, found))


def test_a_reason_of_anything_stays_out_of_the_leaf(entries_since):
    person = estate.user(Role.AGENT)
    customer = estate.customer(of=[person])
    agent = estate.login(Client(), person)
    agent.post(f"/desk/customers/{customer.ref}/", {"purpose": "follow_up"})
    for text in HOSTILE[:-1]:
        mark = len(entries_since())
        body = {"element": "identity.mobile", "purpose": "follow_up", "reason": text}
        answer = agent.post(f"/desk/customers/{customer.ref}/reveal/", body)
        found = leaves(entries_since()[mark:])
        assert answer.status_code in {200, 422}
        assert all(map(clean, found))
        assert not [leaf for leaf in found if "level=info" in leaf]


def test_log_lines_of_the_process_are_one_to_an_event(capfd):
    for text in HOSTILE[:-1]:
        Client().get(
            "/api/v1/customers", {text: text}, headers={"user-agent": text.replace("\x00", "")}
        )
    told = capfd.readouterr()
    lines = [line for line in (told.out + told.err).split("\n") if line]
    assert all(isinstance(json.loads(line), dict) for line in lines)
