"""Killed in the middle of a book, an import goes on and ends where it would have ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from access import actors, scopes
from custodian import clock
from custodian.jobs import JOB, LEASE, JobStatus
from records.importing import engine, runs
from records.models import Customer, ImportRun
from tests.importing import books

pytestmark = pytest.mark.django_db(transaction=True)

# The child joins the suite's services and database, under the same role, and takes small chunks.
CHILD = """
import os, resource, signal, sys
from pathlib import Path
import django
from custodian import databases, embedded
embedded.ensure()
databases.use(sys.argv[1])
django.setup()
from records.importing import engine
engine.CHUNK = 100
chunks = 0

def stopped(run):
    global chunks
    chunks += 1
    if chunks == 2 and sys.argv[3] == "deploy":
        os.kill(os.getpid(), signal.SIGTERM)
    if chunks == 2 and sys.argv[3] == "starve":
        size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        globals()["hoard"] = [bytes(64) for each in range(10**8)]

engine.work(int(sys.argv[2]), on_progress=stopped)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("insurer")
    books.write(path, customers=200)
    return path


@pytest.mark.parametrize(
    "failpoint", ["import-after-chunk@2", "import-before-commit@4", "import-after-chunk@6"]
)
def test_a_run_killed_in_the_middle_ends_as_one_that_was_not(
    folder: Path, failpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CHUNK", 100)
    run = begun(folder)
    assert work_elsewhere(run, failpoint=f"{failpoint}:sigkill") == -signal.SIGKILL
    run.refresh_from_db()
    assert run.status == JobStatus.RUNNING
    assert 0 < run.rows_in < (run.total or 0)
    assert run.rows_in == run.kept + run.unchanged + run.quarantined

    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        engine.work(run.pk)
    resumed, account = books.clear(), books.account_of(run)

    other = books.book("UN")
    whole = begun(folder, into=other)
    engine.work(whole.pk)
    assert account == books.account_of(whole)
    with scopes.acting(actors.system("tests")):
        assert Customer.objects.filter(book=other).count() == len(resumed["customers"])
    assert values_of(resumed) == values_of(books.clear(other))


def test_a_failure_inside_a_chunk_leaves_nothing_of_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begun(folder)
    assert work_elsewhere(run, failpoint="import-before-commit@1:raise") == 1
    run.refresh_from_db()
    assert (run.status, run.note, run.rows_in) == (JobStatus.FAILED, "FailedOnPurpose", 0)
    with scopes.acting(actors.system("tests")):
        assert not Customer.objects.exists()


@pytest.mark.parametrize(
    ("how", "left"),
    [("deploy", {JobStatus.RUNNING}), ("starve", {JobStatus.RUNNING, JobStatus.FAILED})],
    ids=["F21", "F25"],
)
def test_a_run_stopped_by_a_deploy_or_for_want_of_memory_goes_on(
    folder: Path, how: str, left: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """F21, F25: only this process ends; what it committed stays, and the next one goes on after it."""
    monkeypatch.setattr(engine, "CHUNK", 100)
    run = begun(folder)
    assert work_elsewhere(run, stopped=how) != 0
    run.refresh_from_db()
    assert run.status in left
    assert 0 < run.rows_in < (run.total or 0)
    assert run.note in {"", "MemoryError"}
    if run.status == JobStatus.FAILED:
        JOB.move(run, "resume", {"note": "", "finished_at": None})
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        engine.work(run.pk)
    account = books.account_of(run)

    whole = begun(folder, into=books.book("UN"))
    engine.work(whole.pk)
    assert account == books.account_of(whole)


def begun(folder: Path, *, into: books.Book | None = None) -> ImportRun:
    books.unit()
    files = runs.receive(books.files(folder))
    return runs.begin(
        files,
        book=into or books.book(),
        mapping=runs.mapping_for(files),
        actor=actors.system("importer"),
    )


def work_elsewhere(run: ImportRun, *, failpoint: str = "", stopped: str = "") -> int:
    from django.db import connection

    process = subprocess.run(
        [sys.executable, "-c", CHILD, connection.settings_dict["NAME"], str(run.pk), stopped],
        env={**os.environ, "CUSTODIAN_FAILPOINT": failpoint},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=120,
        check=False,
    )
    return process.returncode


def values_of(estate: dict[str, dict[bytes, object]]) -> list[list[str]]:
    """Without the digests, which differ from book to book."""
    return [
        sorted(str([part for part in entry if isinstance(part, (str, dict, list))]) for entry in kind)
        for kind in ([v[:3] for v in estate["customers"].values()],  # type: ignore[index]
                     [v[1:4] for v in estate["policies"].values()],  # type: ignore[index]
                     [v[1:] for v in estate["claims"].values()])  # type: ignore[index]
    ]  # fmt: skip
