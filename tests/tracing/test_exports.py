"""A file that bears an export's fingerprint is that export; a list of the same customers is not called so."""

from __future__ import annotations

import pytest
from pyroaring import BitMap

from access.exports.register import Written
from access.vocabulary import Role
from incidents.tracing import tracing
from incidents.tracing.weighing import Listed, Source, Strength, weigh
from tests import estate
from tests.exports import office
from tests.exports.test_register import content

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def exports(agent):
    """Three of the same customers, for three people."""
    officer = estate.user(Role.COMPLIANCE_OFFICER)
    office.customers(30, of=[agent])
    office.honey(4)
    people = [agent, *(estate.user(Role.SERVICE_DESK) for _ in range(2))]
    return [office.made(agent, officer, to=person) for person in people]


def found(rows):
    trace = tracing.trace(Written(rows), channel="command", actor=estate.system())
    return {each.source.ref: each for each in trace.candidates if each.source.kind == "export"}


def test_the_export_that_it_was_is_strong_and_its_twins_are_not(exports, agent):
    _heads, *rows = office.table(content(exports[1], agent))
    weighed = found(rows)
    assert weighed.keys() == {each.code for each in exports}
    strong = {code for code, each in weighed.items() if each.strength is Strength.STRONG}
    assert strong == {exports[1].code}
    said = {each.code: each.speaks for each in weighed[exports[1].code].because}
    assert said["fingerprint"] == 1


def test_the_same_customers_in_another_order_are_none_of_them(exports, agent):
    _heads, *rows = office.table(content(exports[1], agent))
    assert not [each for each in found(sorted(rows)).values() if each.strength is Strength.STRONG]


def test_a_few_rows_are_enough_where_the_mark_is_there():
    rows = BitMap([1, 2, 3])
    listed = Listed(rows, {0: 3}, {0: 1_000})
    marked = Source("export", "E-1", {0: 900}, rows, fingerprint=1e-6)
    plain = Source("export", "E-2", {0: 900}, rows, fingerprint=0.4)
    found = {each.source.ref: each.strength for each in weigh(listed, [plain, marked])}
    assert found == {"E-1": Strength.STRONG, "E-2": Strength.NONE}
