"""When entries wait for their seal too long, reads stop: first what leaves in clear, then all, and no more than that."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.querylog import sealing
from access.vocabulary import Role
from custodian import clock
from tests import estate
from tests.api.callers import FOR, Caller
from tests.records import desk_estate
from tests.security.looking import log, opened
from tests.sequencer.trees import Place, append, superuser, tree, until

LEAVES, SHOWS, OTHERWISE = "leaves", "shows", "otherwise"
SORTS = {LEAVES: "behind", SHOWS: "stopped"}


@pytest.fixture
def house(
    transactional_db: None, place: Place, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> House:
    local = clock.local
    monkeypatch.setattr(clock, "local", lambda moment=None: local(moment).replace(hour=10))
    desk_estate.open_all_day()
    settings.CUSTODIAN_SEALING = True
    house = House(place)
    place.seal()
    return house


class House:
    """An agent with a customer, an officer, and every kind of page that they open."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.agent = estate.user(Role.AGENT)
        self.customer = estate.customer(of=[self.agent])
        officer = estate.user(Role.COMPLIANCE_OFFICER)
        self._desk = estate.login(Client(), self.agent, stepped_up=True)
        self._office = estate.login(Client(), officer, stepped_up=True)
        self._api = Caller(self._desk)

    def pages(self, waited: float) -> dict[str, dict[str, int]]:
        """The status of each page, by what it does with customers' data, while entries have waited so long."""
        ref, desk, api = self.customer.ref, self._desk, self._api
        page = reverse("desk:customer", kwargs={"ref": ref})
        body = {**FOR, "elements": ["identity.mobile"], "reason": "回访"}
        search = {**FOR, "kind": "mobile", "values": ["13800138000"]}
        element = {"element": "identity.mobile", "purpose": "follow_up"}
        asks: dict[str, dict[str, Callable[[], Any]]] = {
            LEAVES: {
                "api reveal": lambda: api.post(f"customers/{ref}/reveal", body),
                "desk reveal": lambda: desk.post(f"{page}reveal/", element),
                "log export": lambda: self._office.post(
                    "/admin/querylog/export/", {"format": "csv"}
                ),
            },
            SHOWS: {
                "api detail": lambda: api.get(f"customers/{ref}", **FOR),
                "api search": lambda: api.post("customers/search", search),
                "desk customer": lambda: desk.get(page),
                "desk mine": lambda: desk.get(reverse("desk:mine")),
            },
            OTHERWISE: {
                "home": lambda: desk.get("/"),
                "settings": lambda: desk.get(reverse("account_settings")),
                "desk search form": lambda: desk.get(reverse("desk:find")),
                "log": lambda: self._office.get("/admin/querylog/"),
                "alive": lambda: desk.get("/livez"),
            },
        }
        desk.post(page, {"purpose": "follow_up"})
        found: dict[str, dict[str, int]] = {sort: {} for sort in asks}
        for sort, each in asks.items():
            for name, ask in each.items():
                age(waited)
                found[sort][name] = ask().status_code
        return found

    def reveal(self) -> Any:
        body = {**FOR, "elements": ["identity.mobile"], "reason": "回访"}
        return self._api.post(f"customers/{self.customer.ref}/reveal", body)

    def look(self) -> None:
        assert self.reveal().status_code == 200

    def ready(self) -> tuple[int, str]:
        answer = Client().get("/readyz")
        return answer.status_code, answer.json()["seal"]

    def seal(self) -> None:
        self.place.seal()
        sealing.forget()


def age(seconds: float) -> None:
    """Let the oldest entry that waits have waited so long."""
    with superuser() as cursor:
        cursor.execute(
            "UPDATE querylog.entry SET written_at = clock_timestamp() - %s * interval '1 second'"
            " WHERE id >= (SELECT announced FROM querylog.tree)",
            [seconds],
        )
        assert cursor.rowcount >= 1
    sealing.forget()


LADDER = [(1, []), (6, [LEAVES]), (61, [LEAVES, SHOWS])]


def test_the_longer_entries_wait_the_less_is_shown(house: House, settings: Any) -> None:
    assert settings.CUSTODIAN_SEAL_SECONDS == (5, 60)
    house.look()
    for waited, stopped in LADDER:
        age(waited)
        assert house.ready() == ((503, SORTS[stopped[-1]]) if stopped else (200, "ok"))
        pages = house.pages(waited)
        assert {sort: set(answers.values()) for sort, answers in pages.items()} == {
            sort: {503 if sort in stopped else 200} for sort in pages
        }, pages
    refused_without_a_trace(house)
    settings.CUSTODIAN_SEALING = False
    assert house.reveal().status_code == 200
    settings.CUSTODIAN_SEALING = True
    house.seal()
    assert house.reveal().status_code == 200
    assert house.ready() == (200, "ok")


def refused_without_a_trace(house: House) -> None:
    before, entries = opened(), len(log())
    answer = house.reveal()
    kind = json.loads(answer.content)["type"]
    assert (answer.status_code, kind) == (503, "urn:custodian:log-behind")
    assert estate.ZHANG["identity.mobile"].encode() not in answer.content
    assert (opened(), len(log())) == (before, entries)


def test_the_wait_is_that_of_the_oldest_entry_without_a_seal(place: Place) -> None:
    sealing.forget()
    assert sealing.delay() == 0
    append(2)
    place.seal()
    age_all("1 year")
    sealing.forget()
    assert sealing.delay() == 0
    append()
    age_all("9 seconds")
    sealing.forget()
    append()
    assert 9 <= sealing.delay() < 12
    place.seal()
    until(lambda: sealing.delay() == 0, seconds=0.5)  # what is known is no older than that


def age_all(by: str) -> None:
    with superuser() as cursor:
        cursor.execute("UPDATE querylog.entry SET written_at = written_at - %s::interval", [by])


def test_a_head_that_cannot_be_written_stops_reading_until_it_can(
    house: House, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F14, from the disk to the page and back, with nobody's help."""
    settings.CUSTODIAN_SEAL_SECONDS = (1.0, 60.0)
    monkeypatch.setattr(sealing, "_FRESH", 0.0)
    sync, full = os.fsync, [False]

    def fsync(descriptor: int) -> None:
        if full[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with house.place.running():
        until(lambda: tree("announced") == tree())
        full[0] = True
        house.look()
        announced = tree("announced")
        until(lambda: house.reveal().status_code == 503)
        assert house.ready() == (503, "behind")
        settings.CUSTODIAN_SEAL_SECONDS = (0.1, 0.5)
        assert house.ready() == (503, "stopped")
        settings.CUSTODIAN_SEAL_SECONDS = (1.0, 60.0)
        assert tree("announced") == announced
        full[0] = False
        until(lambda: house.reveal().status_code == 200)
        until(lambda: house.ready() == (200, "ok"))
