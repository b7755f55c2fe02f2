"""Every entry of a person says in which sign-in it was made; two devices are two sign-ins."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from access import sessions
from access.models import Entry
from access.vocabulary import Role
from tests import estate

pytestmark = pytest.mark.django_db(transaction=True)


def marks_of(person) -> list[str]:
    rows = Entry.objects.filter(actor=person.ref).order_by("pk").values_list("leaf", flat=True)
    return [json.loads(each).get("sid", "") for each in rows]


def test_two_devices_of_one_person_are_told_apart() -> None:
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    one, two = (estate.login(Client(), officer, stepped_up=True) for _n in range(2))
    for client in (one, two, one):
        assert client.get("/admin/leak-tracing/").status_code == 200
    estate.drain()
    first, second, third = marks_of(officer)
    assert first == third != second
    assert len(first) == len(second) == 12
    assert first == one.session[sessions.MARK]


def test_what_the_system_does_has_no_sign_in() -> None:
    assert estate.system().session == ""
