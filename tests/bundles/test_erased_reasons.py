"""A bundle says of which months the written reasons are gone, and is as whole as before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection

from access.querylog import write
from custodian import clock
from tests import pdfs
from tests.bundles.reading import Parts, judged
from tests.bundles.world import World

pytestmark = pytest.mark.xdist_group("bundles")
MONTH = date(2019, 3, 1)


def test_the_months_are_named(world: World, tmp_path: Path) -> None:
    order = world.order(replace(world.criteria(everything=True), since=date(2019, 1, 1)))
    head = replace(world.head(), made_at=clock.real())
    world.build(tmp_path / "before.zip", order, head)
    with clock.at(datetime(2019, 3, 15, tzinfo=UTC)):
        write.seal_context({"reason": "x"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_forget_month(%s, 'reasons')", [MONTH])
        assert cursor.fetchone() == (True,)
    world.build(tmp_path / "same.zip", order, head)
    assert (tmp_path / "same.zip").read_bytes() == (tmp_path / "before.zip").read_bytes()
    world.build(tmp_path / "after.zip", order, replace(head, made_at=clock.real()))
    assert Parts.of(tmp_path / "before.zip").manifest.get("reasons_erased") is None
    after = Parts.of(tmp_path / "after.zip")
    assert after.manifest["reasons_erased"] == ["2019-03"]
    assert "2019-03" in pdfs.text(after.parts["report.pdf"])
    assert judged(tmp_path / "after.zip").word == judged(tmp_path / "before.zip").word
