"""The demo stands under the law of any pack; its Chinese transfers are told under Chinese law alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access import actors, scopes
from custodian import clock
from custodian.demo import transfers
from custodian.demo.officers import OFFICER, SECOND
from tests.transfers.house import House
from transfers import routes
from transfers.models import Transfer


@pytest.mark.parametrize(("regime", "route"), [("uk", "uk-part-vii"), ("eu", "eu-s2-39")])
def test_the_first_route_of_another_law_is_begun(db, settings, regime, route):
    settings.CUSTODIAN_REGIME = regime
    house = House()
    people = {OFFICER: house.first, SECOND: house.second}
    plan = transfers.Transfers(people, clock.now() - timedelta(days=30))
    with scopes.acting(actors.system("demo")):
        for _at, step in plan.steps:
            step()
        plan.end()
    begun = Transfer.objects.get(title=transfers.TITLE)
    assert begun.route == route
    assert begun.stages.filter(state="done").count() == 1


def test_where_no_law_has_a_route_nothing_is_sold(db, settings):
    settings.CUSTODIAN_REGIME = "us"
    assert not routes.offered()
    house = House()
    people = {OFFICER: house.first, SECOND: house.second}
    plan = transfers.Transfers(people, clock.now())
    plan.end()
    assert plan.steps == []
    assert not Transfer.objects.exists()
