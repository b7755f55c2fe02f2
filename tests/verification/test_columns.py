"""What stands beside a leaf is what the leaf says: no column may say more, less or something else."""

from __future__ import annotations

import pytest

from custodian.drills import forge
from custodian.drills.copy import Copy
from tests.verification.playing import faults, looks, report

pytestmark = pytest.mark.xdist_group("verification")
CHANGES = {
    "actor": "actor = gen_random_uuid()",
    "nobody": "actor = NULL",
    "staff number": "staff_no = staff_no || ' '",
    "unit": "unit = 'XX'",
    "no unit": "unit = NULL",
    "act": "act = 'search'",
    "purpose": "purpose = ''",
    "outcome": "outcome = 'denied'",
    "channel": "channel = 'api'",
    "subjects": "subjects = subjects + 1",
    "time": "ts = ts + interval '1 microsecond'",
    "two exchanged": "unit = channel, channel = unit",
    "one inside another": "staff_no = staff_no || E'\\x1f' || unit, unit = NULL",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_column_that_is_not_the_leafs_is_found(copy: Copy, change: str) -> None:
    (index, *_) = looks(copy)
    forge.take_off_the_guards(copy.cursor)
    copy.change(f"UPDATE querylog.entry SET {CHANGES[change]} WHERE id = %s", [index], rows=1)
    assert f"#{index}: column-not-leaf" in faults(copy)
    assert str(report(copy).first) == f"#{index}: column-not-leaf"


def test_many_of_one_kind_do_not_hide_an_earlier_one_of_another(copy: Copy) -> None:
    """Marks are gone through before columns: more of them are wrong than one run tells."""
    size = copy.original.size
    looks(copy, 300)
    forge.take_off_the_guards(copy.cursor)
    copy.cursor.execute("SET session_replication_role = replica")
    altered = 'regexp_replace(leaf, \'"wm":"..\', \'"wm":"zz\')'
    copy.change(f"UPDATE querylog.entry SET leaf = {altered} WHERE id > %s", [size + 9])
    copy.change("UPDATE querylog.entry SET unit = 'XX' WHERE id = %s", [size + 5], rows=1)
    found = report(copy)
    assert str(found.first) == f"#{size + 5}: column-not-leaf"
    assert {fault.code for fault in found.faults} >= {"mark-not-leaf", "leaf-not-tile"}
