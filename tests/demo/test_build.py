"""The demo as `make demo` builds it, small: its own log is whole, and what must always hold holds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# Built once: the worker that builds it has all of its tests.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]
ROOT = Path(__file__).parents[2]
# Of the test's own services the child must know nothing.
OURS = ("DATABASE_URL", "REDIS_URL", "CUSTODIAN_", "DJANGO_")


class Demo:
    def __init__(self, var: Path) -> None:
        kept = {name: said for name, said in os.environ.items() if not name.startswith(OURS)}
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
