"""A long log: neither whoever writes its bundle nor whoever checks it needs more memory for it.

CUSTODIAN_BUNDLE_ENTRIES=1000000 tries a million; the suite is content with less.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from access.bundles import selecting
from access.bundles.criteria import Criteria
from access.bundles.report import MOST_ROWS, Tally
from access.bundles.selecting import Range
from custodian.tlog import verify
from custodian.tlog.bundle import WITHHELD
from tests.bundles.reading import REPOSITORY, Parts, Verdict, judged
from tests.bundles.synthetic import CUSTOMER, leaves, write

pytestmark = pytest.mark.xdist_group("bundles-large")

FEW, MANY = 3_000, int(os.environ.get("CUSTODIAN_BUNDLE_ENTRIES", "30000"))
MEGABYTE = 1024  # of ru_maxrss
PARTS_OF_256 = 3  # tile, entries and tags: what the directory of a zip file has to name


def weighed(command: Sequence[object]) -> tuple[Verdict, int]:
    """What a process says, and how much memory it took at most."""
    started = subprocess.Popen(
        [str(each) for each in command], cwd=REPOSITORY, stdout=subprocess.PIPE, env={"LANG": "en"}
    )
    assert started.stdout is not None
    with started.stdout as out:
        said = out.read().decode()
    _, status, used = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    return Verdict(started.returncode, said), used.ru_maxrss


@pytest.mark.slow
def test_a_long_log_is_written_and_checked_in_constant_memory(tmp_path: Path) -> None:
    used: dict[str, list[int]] = {"writing": [], "checking": []}
    for count in (FEW, MANY):
        path, policy = tmp_path / f"{count}.zip", tmp_path / "policy.txt"
        made, writing = weighed(
            [sys.executable, "-m", "tests.bundles.synthetic", count, path, policy]
        )
        assert made.code == 0
        said, checking = weighed([sys.executable, "-I", verify.__file__, path, "--policy", policy])
        assert said.code == 0
        assert f"WHOLE      {count:,} entries" in said.text
        used["writing"].append(writing)
        used["checking"].append(checking)
        with zipfile.ZipFile(path) as bundle:
            unpacked = sum(info.file_size for info in bundle.infolist())
    assert unpacked > 20 << 20  # more than it may take, were it held at once
    directory = 2 * MANY // 256 * PARTS_OF_256  # two kilobytes a part
    for few, many in used.values():
        assert many - few < 6 * MEGABYTE + directory, used


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "long.zip"
    write(path, lambda: leaves(FEW))
    return path


@pytest.mark.parametrize("index", [0, 255, 256, 2_345, FEW - 1])
def test_one_wrong_entry_of_many_is_found(long: Path, tmp_path: Path, index: int) -> None:
    """The first one that is wrong is named, wherever it lies."""
    parts = Parts.of(long)
    uid = f'"uid":"{index:016x}"'.encode()
    name = parts.change(index, uid, uid.replace(b"000", b"001", 1))
    assert uid not in parts.parts[name]
    told = judged(parts.write(tmp_path / "wrong.zip"), "--json").told
    assert (told["state"], told["index"]) == ("tampered", index)
    assert told["because"] == "the entry is not the one that was signed"


def test_a_customer_is_found_among_many(long: Path, tmp_path: Path) -> None:
    parts = Parts.of(long)
    digest = hashlib.sha256(CUSTOMER).hexdigest()
    line = {"customer": "c-1", "key": CUSTOMER.hex(), "key_id": digest[:32]}
    parts.add("subject_keys.jsonl", json.dumps(line).encode())
    told = judged(parts.write(tmp_path / "key.zip"), "--json").told
    assert told["customers"] == {"c-1": len(range(0, FEW, 7))}


class Pages:
    """A cursor over a log of any length that makes its rows only when they are fetched."""

    def __init__(self, wide: int) -> None:
        self._wide = wide
        self.most = 0

    def execute(self, _sql: str, terms: Any) -> None:
        self._terms = terms

    def fetchall(self) -> list[tuple[int, str, bytes]]:
        if isinstance(self._terms, list):
            return []
        low, high = self._terms["low"], self._terms["high"]
        rows = range(low, min(high, low + self._terms["page"]))
        self.most = max(self.most, len(rows))
        return [(index, f"{index:0{self._wide}}", b"t" * 16) for index in rows]


def test_entries_are_read_page_by_page() -> None:
    """Fifty megabytes of entries pass through a few."""
    count, wide = 25_000, 2_000
    cursor = Pages(wide)
    criteria = Criteria(since=date(2026, 11, 1), until=date(2026, 11, 1), everything=True)
    seen = 0
    tracemalloc.start()
    found: Iterator[Any] = selecting.blocks(
        cursor,
        criteria,
        Range(0, count),
        rolls=[],
        size=count,  # type: ignore[arg-type]
    )
    for block, rows in found:
        assert rows[0].raw == f"{block * 256:0{wide}}".encode()
        seen += sum(row is not WITHHELD for row in rows)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen == count
    assert cursor.most == selecting.PAGE
    assert peak < 16 << 20


def test_the_report_keeps_the_first_rows_only() -> None:
    tally = Tally()
    said = json.loads(next(leaves(1)).raw)
    for index in range(MOST_ROWS + 500):
        tally.take(index, said)
    assert len(tally.rows) == MOST_ROWS
    assert sum(tally.counts.values()) == MOST_ROWS + 500
