"""Exports from the request to the file: approved by somebody else, made as things stand, taken by one."""

from __future__ import annotations

import pytest

from access.exports import jobs
from access.vocabulary import Role
from tests import estate
from tests.exports import office

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def agent():
    return estate.user(Role.AGENT)


@pytest.fixture
def officer():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


def test_it_holds_exactly_ones_own_customers(agent, officer):
    own = office.customers(4, of=[agent])
    office.customers(2, of=[estate.user(Role.AGENT)], start=50)
    export = office.made(agent, officer)
    assert (export.status, export.exported, export.omitted) == ("done", 4, {})
    content = office.take(agent, export)
    assert sorted(office.refs(content)) == sorted(each.ref for each in own)
    rows = {row[0]: row for row in office.table(content)[1:]}
    assert {cell for cell in rows[own[0].ref]} >= {own[0].ref, office.mobile(0)}
