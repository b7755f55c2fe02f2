"""The demo as `make demo` builds it, small: its own log is whole, and what must always hold holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from custodian.demo.moving import other_house

# Built once: the worker that builds it has all of its tests.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]
ROOT = Path(__file__).parents[2]
# Of the test's own services the child must know nothing.
OURS = ("DATABASE_URL", "REDIS_URL", "CUSTODIAN_", "DJANGO_")


class Demo:
    def __init__(self, var: Path) -> None:
        kept = {name: said for name, said in os.environ.items() if not name.startswith(OURS)}
        self.var = var
        self.environment = {**kept, "CUSTODIAN_VAR": str(var)}

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    demo = Demo(tmp_path_factory.mktemp("demo"))
    built = demo.manage("demo", "--build-only", "--customers", "150")
    assert built.returncode == 0, built.stderr[-2000:]
    return demo


def test_its_log_is_whole(demo: Demo) -> None:
    verified = demo.manage("verify_log")
    assert verified.returncode == 0, verified.stdout


def test_what_must_always_hold_holds(demo: Demo) -> None:
    checked = demo.manage("invariants")
    assert checked.returncode == 0, checked.stdout


def test_the_insider_stands_first_for_the_list_he_sold(demo: Demo) -> None:
    path = demo.var / "demo-files" / "网上流出的名单.csv"
    traced = demo.manage("trace_leak", str(path), "--json")
    assert traced.returncode == 0, traced.stderr[-2000:]
    said = json.loads(traced.stdout)
    assert said["matched"] == said["customers"] > 0
    assert said["not_ours"] >= 2
    assert said["candidates"][0]["operator"].startswith("王磊")
    assert said["candidates"][0]["share"] == 1.0


def test_there_is_something_to_do_for_everybody(demo: Demo) -> None:
    """A newcomer who steps in finds no empty desk."""
    counted = demo.manage(
        "shell", "-c",
        "from access import actors, scopes\n"
        "from access.models import Approval, Finding\n"
        "from records.models import Claim, ClaimPaper, Correction, CustomerRequest, DataCopy, LegalHold\n"
        "with scopes.acting(actors.system('demo')):\n"
        "    for rows in (Approval, Finding, Claim, ClaimPaper, Correction, CustomerRequest, DataCopy,\n"
        "                 LegalHold):\n"
        "        print(rows.__name__, rows.objects.count())\n",
    )  # fmt: skip
    said = dict(line.split() for line in counted.stdout.splitlines() if line.count(" ") == 1)
    assert len(said) == 8
    assert "0" not in said.values(), said


def test_papers_came_by_both_ways_and_copies_stand_at_different_steps(demo: Demo) -> None:
    counted = demo.manage(
        "shell", "-c",
        "from access import actors, scopes\n"
        "from records.models import ClaimPaper, CustomerRequest\n"
        "with scopes.acting(actors.system('demo')):\n"
        "    papers = ClaimPaper.objects.values_list('document__media_type', 'claim__status')\n"
        "    print('papers', len({kind for kind, _ in papers}), len({state for _, state in papers}))\n"
        "    rows = CustomerRequest.objects.filter(kind__in=('access', 'copy', 'portability'))\n"
        "    print('states', *sorted(set(rows.values_list('status', flat=True))))\n",
    )  # fmt: skip
    assert "papers 2 " in counted.stdout, counted.stderr[-2000:]
    assert int(counted.stdout.partition("papers 2 ")[2].split()[0]) >= 2
    assert "answered" in counted.stdout.partition("states")[2]
    assert "working" in counted.stdout.partition("states")[2]


@pytest.fixture(scope="module")
def moved(demo: Demo) -> dict[str, Any]:
    said = demo.manage("shell", "-v0", "-c", "from tests.demo import transfers; transfers.tell()")
    assert said.returncode == 0, said.stderr[-2000:]
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def test_a_closed_book_has_gone_with_everything_on_record(moved: dict[str, Any]) -> None:
    assert moved["told"] == {"one_day": True, "contact": True, "in_english": True}
    gone = moved["gone"]
    ((before, count),) = gone["before"].items()
    assert (gone["status"], before, gone["answers"]) == ("ended", "QH", {other_house.CODE: count})
    assert gone["papers"] == [["acceptance", True, False], ["release", True, False]]
    # The first package forgot somebody, and the second one is about her alone.
    assert gone["packages"] == [["book", count - 1], ["again", 1]]
    assert gone["certificates"] == [True]


def test_a_small_book_has_come_as_files_and_is_looked_after(moved: dict[str, Any]) -> None:
    came = moved["came"]
    count = came["counted"]
    assert (came["status"], came["answers"]) == ("ended", {"QH": count})
    assert list(came["before"].values()) == [count]
    assert came["before"].keys() != came["answers"].keys()
    assert came["papers"] == [["acceptance", True, False], ["release", False, True]]
    assert (came["even"], came["untold"], came["pairs"]) == (True, 0, 1)
    assert came["aside"] == ["fixed", "fixed"]
    assert came["remedies"] == ["done", "open", "open"]


def test_a_newcomer_can_be_one_who_has_gone_and_one_who_arrived(demo: Demo) -> None:
    said = json.loads((demo.var / "demo-credentials.json").read_text("utf-8"))
    names = {each["username"]: each["code_to"] for each in said["portal"]}
    assert (names["customer.gone"], names["customer.arrived"]) == ("mobile", "mobile")


def test_the_other_insurer_is_gone_with_the_build(demo: Demo) -> None:
    counted = demo.manage(
        "shell", "-v0", "-c",
        "from django.db import connection\n"
        "cursor = connection.cursor()\n"
        "cursor.execute(\"SELECT count(*) FROM pg_database WHERE datname LIKE '%drill%'\")\n"
        "print(cursor.fetchone()[0])\n",
    )  # fmt: skip
    assert counted.stdout.split() == ["0"], counted.stderr[-2000:]
