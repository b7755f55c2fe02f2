"""Claims come along as a parquet file, recognised by its headers, and stand in lines of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from access import scopes
from records.importing import engine
from records.models import Claim
from tests import estate
from tests.transfers.legacy import files
from tests.transfers.legacy.seller import Buyer
from transfers.receipts import reconciling
from transfers.receipts.accepting import NotReconciled

pytestmark = pytest.mark.django_db(transaction=True)
PAID, OPEN = 3, 2


def claims(path: Path) -> Path:
    polars = pytest.importorskip("polars")
    count = PAID + OPEN
    polars.DataFrame({
        "赔案号": [f"PA{n:05}" for n in range(count)],
        "所属保单号": [f"HT{n:06}" for n in range(count)],
        "赔案状态": ["已给付"] * PAID + ["审核中"] * OPEN,
        "报案日期": ["2024-03-01"] * count,
        "赔付金额": ["100.00"] * count,
    }).write_parquet(path)  # fmt: skip
    return path


def test_claims_stand_in_their_own_lines(tmp_path: Path) -> None:
    buyer = Buyer()
    buyer.load(files.book(tmp_path))
    buyer.load(files.mended(tmp_path))
    run = buyer.rehearse(buyer.upload([claims(tmp_path / "赔案.parquet")], name=""))
    assert (run.kept, run.quarantined) == (PAID + OPEN, 0), run.reasons
    engine.work(buyer.order(run).pk)
    buyer.count()
    buyer.state(
        claims=PAID + OPEN, open_claims=OPEN + 1, in_force=files.POLICIES + files.BAD_POLICIES
    )
    wrong = [line for line in reconciling.lines(buyer.transfer) if not line.zero]
    assert [(line.name, line.difference) for line in wrong] == [("open_claims", -1)]
    with pytest.raises(NotReconciled):
        buyer.accept()
    buyer.state(claims=PAID + OPEN, open_claims=OPEN)
    buyer.accept()
    with scopes.acting(estate.system()):
        assert not Claim.objects.exists()
    with scopes.acting(estate.system()), scopes.arrivals():
        assert Claim.objects.count() == PAID + OPEN
