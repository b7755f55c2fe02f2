"""The insurer that takes the closed book over: an installation of its own, as drills have it.

Its own code checks, compares and signs, so that nothing here has to pretend it; a copy of the empty database
and a process beside this one cost a few seconds. Both are ended with the build.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.db import connection

from access.querylog import writer
from custodian.drills import scratch
from custodian.drills.handover import houses
from custodian.drills.handover.houses import House

CODE, NAME, NAME_EN = "ZA", "泽安人寿保险有限公司", "Zean Life"
BOOK: Final = "QH-OLD"  # as it is called over there
_DATABASE: Final = "buyer"


@contextmanager
def standing() -> Iterator[House]:
    """Begun before anything is in this database, which it is a copy of."""
    writer.stop()
    connection.close()  # nobody may be connected to what is copied
    name = str(connection.settings_dict["NAME"])
    with (
        scratch.opened(name) as beside,
        tempfile.TemporaryDirectory(prefix="custodian-demo-") as folder,
        houses.standing(
            Path(folder), CODE, NAME, houses.addresses(beside.create(_DATABASE, template=name))
        ) as house,
    ):
        yield house
