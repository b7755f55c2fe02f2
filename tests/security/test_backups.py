"""A27 and F24: a backup does not bring the destroyed back, and a restored house serves nobody unreconciled."""

from __future__ import annotations

import pytest

from access.restored import RestoredNotReconciled
from custodian.errors import NotVisible
from tests.backup.conftest import house  # noqa: F401
from tests.backup.house import House, empty_database


def test_a27_the_destroyed_stay_destroyed(house: House) -> None:  # noqa: F811
    assert house.name_of(house.gone) == "张三丰"
    yesterday = house.backup()
    house.destroy(house.gone)
    house.seal()

    with empty_database():
        house.restore(yesterday)
        for each in (house.gone, house.neighbour):
            with pytest.raises(RestoredNotReconciled):
                house.name_of(each)
        done = house.reconcile(accept_gap="演练")
        assert done.replayed.subjects == 1
        with pytest.raises(NotVisible):
            house.name_of(house.gone)
        assert house.name_of(house.neighbour) == "李清照"
