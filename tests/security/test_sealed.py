"""Without its keys the product says so and shows nothing; when something fails, it says nothing at all."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from access import actors, tokens
from access.actions import Action
from access.vocabulary import Role
from custodian import keys, logs
from custodian.crypto.keyring import FileKeyring
from custodian.crypto.suites import Suite
from records import vault
from tests import estate
from tests.security.canary import Scanner
from tests.security.looking import logged_in, opened, permit


@pytest.fixture
def agent() -> Any:
    return estate.user(Role.AGENT)


@pytest.fixture
def customer(agent: Any) -> Any:
    return estate.customer(of=[agent])


@pytest.fixture
def token(agent: Any) -> str:
    given = tokens.issue(
        agent,
        name="core",
        actions=[Action.CUSTOMER_REVEAL.value, Action.CUSTOMER_VIEW.value],
        purposes=["follow_up"],
        days=1,
        actor=actors.system("tests"),
    )
    return given[1]


def ask(token: str, customer: Any) -> Any:
    client = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    body = {"elements": ["identity.mobile"], "purpose": "follow_up", "reason": "回访"}
    path = f"/api/v1/customers/{customer.ref}/reveal"
    return client.post(path, body, content_type="application/json")


def changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(settings.CUSTODIAN_KEYRING.read_text())
    change(document)
    path.write_text(json.dumps(document))
    path.chmod(0o600)


def another(path: Path) -> None:
    FileKeyring.create(path, insurer="ZZ", suite=Suite.AES_256_GCM, test=True)


def shortened(document: dict[str, Any]) -> None:
    document["keks"]["1"]["key"] = "AAAA"


def exchanged(document: dict[str, Any]) -> None:
    document["keks"]["1"]["key"] = document["roots"]["source"]["key"]


def open_to_all(path: Path) -> None:
    path.write_bytes(settings.CUSTODIAN_KEYRING.read_bytes())
    path.chmod(0o644)


WRONG: dict[str, Callable[[Path], None]] = {
    "missing": lambda path: None,
    "wrong-insurer": another,
    "short": lambda path: changed(path, shortened),
    "wrong-key": lambda path: changed(path, exchanged),
    "malformed": lambda path: (path.write_text("{"), path.chmod(0o600))[1],
    "open-permissions": open_to_all,
}


@pytest.fixture
def keyless() -> Iterator[Callable[[Path], None]]:
    """Points the process at another keyring for a while."""
    before = settings.CUSTODIAN_KEYRING

    def use(path: Path) -> None:
        settings.CUSTODIAN_KEYRING = path
        keys.forget()
        from access import keystore

        keystore.forget()

    yield use
    settings.CUSTODIAN_KEYRING = before
    keys.forget()


@pytest.mark.django_db
@pytest.mark.parametrize("reason", WRONG)
def test_without_the_right_keyring_it_is_sealed_and_makes_no_key(
    agent, customer, token: str, keyless, tmp_path: Path, reason: str
) -> None:
    assert ask(token, customer).status_code == 200  # not vacuous
    before, path = opened(), tmp_path / "keyring.json"
    real = tmp_path / "real.json"
    real.write_bytes(settings.CUSTODIAN_KEYRING.read_bytes())
    WRONG[reason](path)
    content = path.read_bytes() if path.exists() else None
    keyless(path)
    ready = Client().get("/readyz")
    assert (ready.status_code, ready.json()["keyring"]) == (503, reason)
    answer = ask(token, customer)
    assert (answer.status_code, opened()) == (503, before)
    assert Scanner(dict(estate.ZHANG)).scan(answer.content) == set()
    with estate.acting(agent) as actor, pytest.raises(keys.Sealed):
        permit(actor, customer)
    assert Client().get("/livez").status_code == 200  # pages without customers' data go on
    assert (path.read_bytes() if path.exists() else None) == content
    assert sorted(each.name for each in tmp_path.iterdir() if each.name != "real.json") == (
        ["keyring.json"] if content else []
    )


SECRET = {"value": f"欧阳{secrets.token_hex(8)}"}


class Boom(Exception):
    """Carries a value, as a careless exception may."""


def explode(*args: Any, **kwargs: Any) -> Any:
    local = SECRET["value"]  # in the frame as well
    raise Boom(f"{local}: {args!r}")


PLACES = {
    "opening a value": "records.vault._opened",
    "after the values were opened": "records.disclosure.vault.reveal",
    "finding subjects": "access.scopes.find",
    "writing the entry": "access.querylog.write.commit",
    "sealing the reason": "access.querylog.write.seal_context",
    "rendering": "rest_framework.renderers.JSONRenderer.render",
    "putting the entry together": "access.querylog.writer.loosen",
    "the writer's thread": "access.querylog.leaf.Session.chain",
}


@pytest.mark.django_db
@pytest.mark.parametrize("place", PLACES)
def test_whatever_fails_tells_no_value(
    agent, customer, token: str, monkeypatch, capfd, place: str
) -> None:
    values = {**SECRET, **{code: text for code, text in estate.ZHANG.items() if len(text) > 5}}
    ask(token, customer)
    monkeypatch.setattr(PLACES[place], explode)
    before = opened()
    try:
        answer = ask(token, customer)
        told = (answer.status_code, answer.content)
    except Boom:
        told = (500, b"")  # the renderer itself: the server answers nothing
    monkeypatch.undo()
    said = capfd.readouterr()
    assert told[0] in (500, 503), place
    scanner = Scanner(values)
    assert scanner.scan(told[1]) == set()
    assert scanner.text(said.err + said.out) == set()
    assert opened() - before <= 1


@pytest.mark.django_db
@pytest.mark.parametrize("place", ["formats.grouped", "drawing.level_bars"])
def test_a_page_that_fails_while_it_is_drawn_tells_no_value(
    agent, customer, monkeypatch, capfd, place: str
) -> None:
    """The value is in the template's context by then, and in the frames of the traceback."""
    client = Client(raise_request_exception=False)
    estate.login(client, agent, stepped_up=True)
    page = f"/desk/customers/{customer.ref}/"
    client.post(page, {"purpose": "follow_up"})
    asked = {"element": ["identity.mobile"], "purpose": "follow_up"}
    lit = client.post(f"{page}reveal/", asked).content.decode()
    assert "138 0013 8000" in lit  # not vacuous: drawn whole, it shows the number
    monkeypatch.setattr(f"custodian.site.{place}", explode)
    answer = client.post(f"{page}reveal/", asked)
    said = capfd.readouterr()
    assert answer.status_code == 500
    values = {**SECRET, "mobile": estate.ZHANG["identity.mobile"]}
    assert Scanner(values).scan(answer.content) == set()
    assert Scanner(values).text(said.err + said.out) == set()


def test_what_a_library_says_loses_its_values_and_its_traceback(capfd, request) -> None:
    # On this test's own stderr, whatever another test made of logging before.
    logs.setup()
    request.addfinalizer(logs.setup)
    try:
        explode("13587340926")
    except Boom:
        logging.getLogger("celery.worker").exception("Task %s raised %r", "one", SECRET["value"])
        logging.getLogger("other").exception("went wrong with " + SECRET["value"])  # noqa: G003
    said = capfd.readouterr().err
    assert Scanner(SECRET).text(said) == set()
    assert [json.loads(line)["event"] for line in said.splitlines()] == [
        "celery.worker",
        "other",
    ]


@pytest.mark.django_db
def test_a_value_in_clear_does_not_print_itself(agent, customer) -> None:
    with estate.acting(agent) as actor:
        (plain,) = vault.reveal(permit(actor, customer))
    told = f"{plain} {plain!r} {[plain]} {vars(vault.Plain).get('__str__')}"
    assert Scanner(dict(estate.ZHANG)).text(told) == set()
    assert plain.text == estate.ZHANG["identity.mobile"]


CANDIDATES = 100_000
STRINGS = 40


@pytest.mark.django_db(transaction=True)
def test_fingerprints_cannot_be_guessed_with_what_lies_beside_them(agent) -> None:
    """The attacker has the whole database and the number's form; only the key is not there."""
    number = estate.ZHANG["identity.id_number"]
    estate.customer(of=[agent])
    estate.customer({**estate.ZHANG, "identity.landline": "13800138000"}, of=[agent])
    with logged_in("superuser") as cursor:
        cursor.execute("SELECT element, digest FROM records_blindindex")
        rows = [(element, bytes(digest)) for element, digest in cursor.fetchall()]
        cursor.execute(
            "SELECT string_agg(DISTINCT word, ' ') FROM (SELECT unnest(ARRAY[holding::text,"
            " encode(wrapped, 'hex'), kek::text]) AS word FROM keys.data_key LIMIT 300) w"
        )
        words = cursor.fetchone()[0].split()
    digests = {digest for _, digest in rows}
    assert {len(digest) for digest in digests} == {16}
    lying_about = ["custodian", "QH", "identity.id_number", "custodian index 1", *words][:STRINGS]
    candidates = [number] + [f"320311{serial:012}" for serial in range(CANDIDATES)]
    hashes = (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha3_256)
    guessed = {h(c.encode()).digest()[:16] for c in candidates for h in hashes}
    assert guessed & digests == set()
    keyed = {
        hmac.digest(word.encode(), candidate.encode(), "sha256")[:16]
        for word in lying_about
        for candidate in candidates[: CANDIDATES // STRINGS]
    }
    assert keyed & digests == set()
    by_value = dict(rows)
    assert len(set(by_value.values())) == len(by_value)  # equal values differ across fields
