"""What leaves as a spreadsheet runs nowhere, and what comes back is what went out (A28)."""

from __future__ import annotations

import csv
import io
import re

import pytest
from python_calamine import CalamineWorkbook

from access.vocabulary import Role
from custodian.formula import unguard
from records.importing.readers import open_source
from tests import estate
from tests.exports import office

pytestmark = pytest.mark.django_db
RUNS = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")
NAMES = [
    "=HYPERLINK(1)", "+86 SUM(1)", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠A1", "'=1", "  =1",
]  # fmt: skip


@pytest.fixture
def officer(client):
    return estate.login(client, estate.user(Role.COMPLIANCE_OFFICER, name="=cmd|' /C calc'!A0"))


def cells(response, kind: str) -> list[str]:
    content = response.getvalue()
    if kind == "csv":
        text = content.decode("utf-8-sig")
        return [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    sheets = CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = sheets.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert {type(cell) for row in rows for cell in row} == {str}
    return [str(cell) for row in rows for cell in row]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_of_an_exported_log_begins_a_formula(officer, client, kind):
    for place, name in enumerate(NAMES):
        person = estate.user(name=name, unit_=estate.unit(f"={place}"))
        with estate.acting(person) as actor:
            _look(actor)
    exported = cells(officer.post("/admin/querylog/export/", {"format": kind}), kind)
    assert [cell for cell in exported if RUNS.match(cell)] == []
    assert {f"'={place}" for place in range(len(NAMES))} <= set(exported)
    back = {unguard(cell) for cell in exported}
    assert {f"={place}" for place in range(len(NAMES))} <= back
    assert any(cell.startswith("=cmd|' /C calc'!A0") for cell in back)


def _look(actor) -> None:
    from access import gate
    from access.actions import Action

    gate.permit(actor, Action.CUSTOMER_LIST, purpose="follow_up", channel="desk")


@pytest.mark.parametrize("place", ["/admin/inventory/data-map.csv"])
def test_no_cell_of_the_data_map_begins_a_formula(officer, place):
    exported = cells(officer.get(place), "csv")
    assert len(exported) > 100
    assert [cell for cell in exported if RUNS.match(cell)] == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_of_exported_customers_begins_a_formula(kind, tmp_path, settings):
    """A28, for the file that leaves with customers in it; what comes back is what went out."""
    settings.VAR = tmp_path
    agent, officer = estate.user(Role.AGENT), estate.user(Role.COMPLIANCE_OFFICER)
    for name in NAMES:
        estate.customer({**estate.ZHANG, "identity.name": name}, of=[agent], accounts=())
    export = office.made(agent, officer, format=kind, elements=["identity.name", "identity.email"])
    exported = cells(_File(office.take(agent, export)), kind)
    assert [cell for cell in exported if RUNS.match(cell)] == []
    assert set(NAMES) <= {unguard(cell) for cell in exported}


def test_exported_customers_read_back_as_they_were(tmp_path, settings):
    """A28, by the importer's own reader."""
    settings.VAR = tmp_path
    agent, officer = estate.user(Role.AGENT), estate.user(Role.COMPLIANCE_OFFICER)
    customers = [
        estate.customer({**estate.ZHANG, "identity.name": name}, of=[agent], accounts=())
        for name in NAMES
    ]
    for kind in ("csv", "xlsx"):
        export = office.made(agent, officer, format=kind, elements=["identity.name"])
        path = tmp_path / export.name
        path.write_bytes(office.take(agent, export))
        rows = [row.cells for sheet in open_source(path) for row in sheet.rows]
        found = {row[0]: unguard(row[1]) for row in rows if row[0].startswith("c-")}
        assert found == dict(zip([each.ref for each in customers], NAMES, strict=True))


class _File:
    """Bytes as a response has them."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def getvalue(self) -> bytes:
        return self._content
