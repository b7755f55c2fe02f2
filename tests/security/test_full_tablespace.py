"""F12, A10: the log's own disk is full. Nothing of a customer is shown, all else goes on, and it passes by itself."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access.querylog import writer as writing
from access.vocabulary import Role
from custodian import clock
from tests import databases as test_databases
from tests import estate
from tests.api.callers import FOR, Caller
from tests.foundation.processes import reachable_folder
from tests.records import desk_estate
from tests.security import chains
from tests.security.looking import log, logged_in, opened

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk"),
]
MOST = "12m"


@pytest.fixture
def disk(transactional_db: None) -> Iterator[Path]:
    """A small disk of its own that holds the entries; everything else lies where it always does."""
    if log():
        test_databases.renew()
    with reachable_folder() as folder, mounted(folder / "disk") as disk, tablespace(disk):
        yield disk
        writing.stop()


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={MOST}", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def tablespace(disk: Path) -> Iterator[None]:
    name = f"small_{os.getpid()}"
    home = disk / "data"
    home.mkdir()
    with logged_in("superuser") as cursor:
        cursor.execute(
            "SELECT pg_stat_file('PG_VERSION') IS NOT NULL, current_setting('data_directory')"
        )
        owner = Path(cursor.fetchone()[1]).stat().st_uid
        os.chown(home, owner, pwd.getpwuid(owner).pw_gid)
        cursor.execute(f"CREATE TABLESPACE {name} LOCATION '{home}'")
    move(name)
    try:
        yield
    finally:
        move("pg_default")
        with logged_in("superuser") as cursor:
            cursor.execute(f"DROP TABLESPACE {name}")


def move(name: str) -> None:
    """The partition of today's entries, with its indexes."""
    with logged_in("superuser") as cursor:
        cursor.execute(
            "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = 'querylog.entry_0'::regclass"
        )
        indexes = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"ALTER TABLE querylog.entry_0 SET TABLESPACE {name}")
        for index in indexes:
            cursor.execute(f"ALTER INDEX {index} SET TABLESPACE {name}")


def fill(disk: Path) -> Path:
    """Everything that is left of the disk, and then of the pages that the table has already."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            pass
    return filler


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch, disk: Path) -> Caller:
    local = clock.local
    monkeypatch.setattr(clock, "local", lambda moment=None: local(moment).replace(hour=10))
    desk_estate.open_all_day()
    return Caller(estate.login(Client(), estate.user(Role.AGENT), stepped_up=True))


def statuses(api: Caller, ref: str) -> dict[str, int]:
    """With data of a customer, and without."""
    body = {**FOR, "elements": ["identity.mobile"], "reason": "回访"}
    search = {**FOR, "kind": "mobile", "values": ["13800138000"]}
    asked = {
        "reveal": api.post(f"customers/{ref}/reveal", body),
        "detail": api.get(f"customers/{ref}", **FOR),
        "search": api.post("customers/search", search),
        "home": api.client.get("/"),
        "settings": api.client.get(reverse("account_settings")),
        "alive": api.client.get("/livez"),
    }
    assert estate.ZHANG["identity.mobile"].encode() not in asked["home"].content
    return {name: answer.status_code for name, answer in asked.items()}


SHOWS = ("reveal", "detail", "search")


def test_a_full_log_disk_stops_what_shows_customers_and_nothing_else(
    api: Caller, disk: Path
) -> None:
    agent = estate.User.objects.get(pk=api.client.session["_auth_user_id"])
    customer = estate.customer(of=[agent])
    assert set(statuses(api, customer.ref).values()) == {200}
    filler = fill(disk)
    entries = full(api, customer.ref)
    before = opened()
    for _ in range(3):
        found = statuses(api, customer.ref)
        assert {name: code for name, code in found.items() if name in SHOWS} == dict.fromkeys(
            SHOWS, 503
        )
        assert {code for name, code in found.items() if name not in SHOWS} == {200}
    assert (opened(), len(log())) == (before, entries)
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()["log"]) == (503, "not-writable")
    assert ready.json()["database"] == "ok"
    filler.unlink()
    assert set(statuses(api, customer.ref).values()) == {
        200
    }  # in the same process, at the next look
    assert Client().get("/readyz").json()["log"] == "ok"
    assert chains.verify(log()).faults == []


def full(api: Caller, ref: str) -> int:
    """Looks go on until the pages that were already there are full too; says how many entries there are."""
    body: dict[str, Any] = {**FOR, "elements": ["identity.mobile"], "reason": "回访" * 20}
    for _ in range(400):
        answer = api.post(f"customers/{ref}/reveal", body)
        if answer.status_code == 503:
            assert json.loads(answer.content)["type"] == "urn:custodian:log-unavailable"
            return len(log())
    return pytest.fail("the disk is not full")
