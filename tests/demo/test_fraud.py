"""The demo's suspicions come out of the real search, and one is worked through."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access import scopes
from access.models import User
from access.vocabulary import Role
from custodian import clock
from custodian.demo.fraud import PLANTED, Fraud
from incidents.models import FraudCase, FraudShared
from tests import estate
from tests.partners.house import House as Partners
from tests.records import desk_estate

pytestmark = pytest.mark.django_db
CAST = (
    ("C0217", Role.COMPLIANCE_OFFICER),
    ("S0088", Role.SECURITY_OFFICER),
    ("L0301", Role.CLAIMS_HANDLER),
    ("K0501", Role.SERVICE_DESK),
)


def test_what_is_planted_is_found_and_one_case_has_its_outcome(settings, tmp_path):
    settings.VAR = tmp_path
    desk_estate.open_all_day()
    begin = clock.now() - timedelta(days=31)
    people = {number: estate.user(role, staff_no=number) for number, role in CAST}
    User.objects.update(role_since=begin - timedelta(days=90))
    estate.customer()
    desk_estate.product()
    with clock.at(begin):
        Partners()
    plan = Fraud(people, begin, seal=lambda: None)
    for at, step in plan.steps:
        with clock.at(at):
            step()
    with scopes.acting(estate.system()):
        cases = {each.subject_id: each for each in FraudCase.objects.all()}
        shared = FraudShared.objects.get()
        assert len(plan._claims) == len(PLANTED)
        worked = cases[plan._claims[1].subject_id]
        assert (worked.state, worked.outcome) == ("concluded", "founded")
        waiting = [each for each in cases.values() if each.state == "suspected"]
        assert waiting
    assert (shared.kept, shared.quarantined) == (2, 2)
