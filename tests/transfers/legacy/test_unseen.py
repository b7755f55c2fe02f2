"""Who comes by files: compared with who is here, and destroyed where the transfer is given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from access import scopes
from access.models import Arriving
from records.models import BlindIndex, Customer, Identity, ImportRun, MergeCase
from tests import estate
from tests.transfers.legacy import files
from tests.transfers.legacy.seller import Buyer
from transfers import progress, tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def buyer() -> Buyer:
    return Buyer()


def test_a_customer_who_is_here_already_is_a_case_and_stays_as_she_was(
    buyer: Buyer, tmp_path: Path
) -> None:
    known = estate.customer({**estate.ZHANG, "identity.id_number": files.resident(3)})
    with scopes.acting(estate.system()):
        before = Identity.objects.filter(subject=known.pk).values().get()
    buyer.load(files.book(tmp_path))
    with scopes.acting(estate.system()):
        assert MergeCase.objects.count() == 0  # nobody sees one of somebody who is on her way
        assert Identity.objects.filter(subject=known.pk).values().get() == before
        with scopes.arrivals():
            case = MergeCase.objects.get()
    assert (case.other_id, case.source) == (known.pk, buyer.house.book.code)
    assert case.agrees == ["identity.id_number"]


def test_whoever_came_is_destroyed_where_the_transfer_is_given_up(
    buyer: Buyer, tmp_path: Path
) -> None:
    mine = estate.customer()
    buyer.load(files.book(tmp_path))
    waiting = buyer.order(buyer.rehearse(buyer.upload(files.mended(tmp_path))))
    with estate.acting(buyer.house.first, stepped_up=True) as actor:
        asked = progress.stop(buyer.transfer, reason="监管不予批准", actor=actor)
    buyer.house.approve(asked)
    assert ImportRun.objects.get(pk=waiting.pk).status == "refused"
    tasks._unload()
    with scopes.acting(estate.system()), scopes.arrivals():
        assert Arriving.objects.count() == 0
        left = Identity.objects.exclude(name_sealed=None)
        assert list(left.values_list("subject_id", flat=True)) == [mine.pk]
        assert set(BlindIndex.objects.values_list("subject_id", flat=True)) == {mine.pk}
        gone = Customer.objects.exclude(pk=mine.pk)
        assert set(gone.values_list("subject__status", flat=True)) == {"destroyed"}
