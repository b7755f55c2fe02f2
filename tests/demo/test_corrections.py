"""The demo's corrections stand in the states that a newcomer meets, and were made by those who may make them."""

from __future__ import annotations

import pytest

from access import scopes
from access.vocabulary import Role
from custodian.demo import corrections
from records.models import Correction, Identity
from tests import estate
from tests.records import desk_estate
from tests.sign_in import people as numbers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.VAR = tmp_path


def test_one_of_each_that_somebody_meets():
    desk_estate.open_all_day()
    agent = estate.user(Role.AGENT)
    people = {
        "K0501": estate.user(Role.SERVICE_DESK, name="沈悦"),
        "K0502": estate.user(Role.SERVICE_DESK, name="唐宁"),
        "C0217": estate.user(Role.COMPLIANCE_OFFICER, name="陈静"),
    }
    one = estate.customer(of=[agent])
    two = estate.customer({**numbers.LI, "identity.mobile": ""}, of=[agent])
    corrections.begin(people, {"customer.mobile": one.pk, "customer.email": two.pk})
    with scopes.acting(estate.system()):
        rows = Correction.objects.order_by("pk").select_related("raised_by")
        found = [(each.subject_id, each.group, each.status, each.raised_by) for each in rows]
        assert found == [
            (one.pk, "address", "draft", None),
            (one.pk, "landline", "confirming", agent),
            (one.pk, "workplace", "applied", None),
            (two.pk, "nationality", "refused", None),
            (two.pk, "address", "approving", None),
        ]
        assert Identity.objects.get(pk=one.pk).origins["identity.workplace"][0] == "correction"


def test_without_the_two_nothing_is_made():
    corrections.begin({}, {})
    with scopes.acting(estate.system()):
        assert not Correction.objects.exists()
