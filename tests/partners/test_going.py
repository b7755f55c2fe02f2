"""What the house noted of shares goes three years after there is proof that everything is back or deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from custodian import clock
from records.retention.own_records import expiring
from tests import estate
from tests.destruction.office import everything
from transfers.models import Agreement, Share, SharedCopy

pytestmark = pytest.mark.django_db(transaction=True)


def ended(house, *, days: int) -> Agreement:
    """An agreement with a share that was made, and the proof of its end so many days ago."""
    agreement = house.agree(party=house.register("garage", f"汽修 {days}"))
    share = house.share(agreement, form="api")
    house.end(agreement)
    agreement.refresh_from_db()
    house.prove(agreement)
    moment = clock.now() - timedelta(days=days)
    Agreement.objects.filter(pk=agreement.pk).update(proven_at=moment)
    assert share.agreement_id == agreement.pk
    return agreement


def test_an_agreement_goes_with_its_shares_in_its_time(house):
    estate.customer()
    old, young = ended(house, days=3 * 366), ended(house, days=3 * 364)
    with everything():
        run = expiring.carry_out()
        assert not Agreement.objects.filter(pk=old.pk).exists()
        assert not Share.objects.filter(agreement=old.pk).exists()
        assert not SharedCopy.objects.filter(share__agreement=old.pk).exists()
        assert Agreement.objects.filter(pk=young.pk).exists()
        assert Share.objects.filter(agreement=young.pk).exists()
    assert run.gone["partner-agreement"] == 1 == run.gone["share"]
