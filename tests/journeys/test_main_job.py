"""The release's story from end to end, through the surfaces that people use."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from access import actors, scopes, second_factor
from access.models import User
from custodian.demo import cast, insurer, reference
from records.models import Customer
from tests import estate
from tests.api import callers
from tests.demo import reading
from tests.records import desk_estate
from tests.security import chains, looking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TABLE = "客户资料.xlsx#个人客户"
CUSTOMERS, TODAY = 200, date(2026, 6, 1)


@dataclass
class Insurer:
    folder: Path
    report: dict
    rows: dict[str, dict[str, str]]
    portfolios: dict[str, list[str]]
    credentials: dict[str, dict[str, str]]
    plain: set[str] = field(default_factory=set)

    def of(self, staff_no: str) -> dict[str, str]:
        """The row of a person in somebody's portfolio who can be called and identified."""
        keys = [key for key in self.portfolios[staff_no] if key in self.rows]
        return next(
            row
            for row in map(self.rows.__getitem__, keys)
            if len(row["identity.mobile"]) == 11 and len(row["identity.id_number"]) == 18
        )


@pytest.fixture
def qinghe(tmp_path, monkeypatch) -> Insurer:
    """An insurer whose spreadsheets were imported by the command, and its cast."""
    monkeypatch.setattr(settings, "VAR", tmp_path)
    folder = tmp_path / "files"
    folder.mkdir()
    manifest = insurer.write(folder, customers=CUSTOMERS, seed=20260101, today=TODAY)
    with scopes.acting(actors.system("demo")):
        book = reference.register(manifest)
        people = cast.create(manifest)
    told = io.StringIO()
    paths = [str(folder / name) for name in manifest.importable]
    call_command("import_book", *paths, "--book", book.code, "--yes", "--json", stdout=told)
    with scopes.acting(actors.system("demo")):
        reference.assign(folder, manifest, book=book, people=people)
    desk_estate.open_all_day()
    bad = {row.line for row in manifest.bad_rows if row.table == TABLE}
    columns = manifest.tables[TABLE].columns
    rows = [
        reading.by_element(row, columns)
        for line, row in enumerate(reading.read(folder, TABLE, ""), 2)
        if line not in bad
    ]
    return Insurer(
        folder,
        json.loads(told.getvalue()),
        {row["customer.key"]: row for row in rows},
        manifest.facts.portfolios,
        _cast(tmp_path),
        {
            row[name]
            for row in rows
            for name in ("identity.mobile", "identity.id_number")
            if len(row[name]) > 8
        },
    )


def _cast(folder: Path) -> dict[str, dict[str, str]]:
    people = json.loads((folder / cast.FILE).read_text(encoding="utf-8"))["users"]
    return {each["username"]: each for each in people}


def sign_in(qinghe: Insurer, username: str) -> Client:
    """With the password and the code of the file that a demo leaves for scripts."""
    held = qinghe.credentials[username]
    client = Client()
    given = {"login": held["username"], "password": held["password"]}
    assert client.post("/accounts/login/", given).status_code == 302
    code = second_factor.code_at(held["totp_secret"], second_factor.step_now())
    assert client.post("/accounts/code/", {"code": code}).status_code == 302
    return client


def found_by(client: Client, mobile: str) -> tuple[str, str]:
    asked = {"kind": "mobile", "value": mobile, "purpose": "follow_up"}
    body = client.post("/desk/", asked).content.decode()
    refs = [part.partition("/")[0] for part in body.split("/desk/customers/")[1:]]
    return (refs[0] if refs else ""), body


def grouped(mobile: str) -> str:
    return f"{mobile[:3]} {mobile[3:7]} {mobile[7:]}"


def test_a_book_is_imported_looked_at_refused_and_every_look_is_on_record(qinghe, entries_since):
    report = qinghe.report
    assert report["rows_in"] == report["kept"] + report["unchanged"] + report["quarantined"]
    assert report["quarantined"] > 0

    own, others = qinghe.of("A0196"), qinghe.of("A0197")
    agent = sign_in(qinghe, "agent.li")
    ref, page = found_by(agent, own["identity.mobile"])
    assert ref.startswith("c-")
    assert own["identity.mobile"] not in page
    lit = agent.post(
        f"/desk/customers/{ref}/reveal/", {"element": "identity.mobile", "purpose": "follow_up"}
    )
    assert grouped(own["identity.mobile"]) in lit.content.decode()
    assert own["identity.mobile"] not in agent.get(f"/desk/customers/{ref}/").content.decode()

    nobody, page = found_by(agent, others["identity.mobile"])
    assert nobody == ""
    with scopes.acting(actors.system("demo")):
        foreign = reference.by_key(Customer.objects.get(ref=ref).book, {others["customer.key"]})
        foreign_ref = Customer.objects.get(pk=foreign[others["customer.key"]]).ref
    assert agent.get(f"/desk/customers/{foreign_ref}/").status_code == 404

    officer = sign_in(qinghe, "officer.chen")
    log = officer.get("/admin/querylog/").content.decode()
    rows = [row for row in log.split("<tr")[1:] if "A0196" in row]
    assert [word for word in ("揭示", "拒绝", "检索") if not any(word in row for row in rows)] == []

    token = callers.issue(User.objects.get(staff_no="A0196"))[1]
    api = callers.Caller(Client(), HTTP_AUTHORIZATION=f"Bearer {token}")
    answer = api.get(f"customers/{ref}", **callers.FOR)
    masks = {each["element"]: each["masked"] for each in answer.json()["elements"]}
    assert answer.status_code == 200
    assert (
        masks["identity.mobile"] == f"{own['identity.mobile'][:3]}****{own['identity.mobile'][7:]}"
    )
    assert api.get(f"customers/{foreign_ref}", **callers.FOR).status_code == 404

    estate.drain()
    entries = looking.log()
    assert chains.verify(entries).faults == []
    told = "\n".join(row.leaf for row in entries)
    assert [value for value in qinghe.plain if value in told] == []
    assert {"change", "login", "search", "reveal", "denied"} <= {row.body["act"] for row in entries}
