"""The same question at the same checkpoint gives the same file, whoever builds it, where and when.

Recipient and case are part of the question: they stand on every page of the report and in the manifest,
so that a copy that turns up elsewhere tells whose it was, and two recipients never get the same file. The
time at which a bundle is built stands nowhere in it; the report bears the time of the checkpoint.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from access import scopes
from access.bundles import building, jobs
from access.models import Bundle, Handout
from custodian import clock
from tests import databases, estate
from tests.bundles.reading import REPOSITORY, Parts
from tests.bundles.world import World, options
from tests.sequencer import trees
from tests.sequencer.trees import FILES

pytestmark = pytest.mark.xdist_group("bundles")


@pytest.fixture(scope="module")
def question(world: World) -> dict[str, Any]:
    """The command's arguments for a selection; customers and units bring sets and tables into play."""
    return {
        "since": str(world.day(0)), "until": str(world.day(2)), "operator": [world.li.staff_no],
        "subject": [world.wu.ref, world.zhang.ref], "unit": ["NJ"], "recipient": "周明",
        "checkpoint": world.sizes[2],
    }  # fmt: skip


def export(question: dict[str, Any], out: Path) -> bytes:
    call_command("export_log", *options(question), f"--out={out}", stdout=io.StringIO())
    return out.read_bytes()


@pytest.fixture
def more_entries(world: World) -> Iterator[int]:
    trees.append(300)
    world.place.seal()
    return world.head().size


def test_the_same_again_is_the_same_file(
    world: World, question: dict[str, Any], tmp_path: Path, more_entries: int
) -> None:
    first = export(question, tmp_path / "first.zip")
    trees.append(300)
    world.place.seal()
    assert world.head().size > more_entries
    assert export(question, tmp_path / "second.zip") == first
    assert Parts.of(first).manifest["size"] == world.sizes[2]


def test_another_process_elsewhere_on_earth_makes_the_same_file(
    world: World, question: dict[str, Any], tmp_path: Path
) -> None:
    here = hashlib.sha256(export(question, tmp_path / "here.zip")).hexdigest()
    out = tmp_path / "there.zip"
    variables = {
        f"CUSTODIAN_LOG_{name}": str(world.place.folder / at) for name, at in FILES.items()
    }
    ran = subprocess.run(
        [sys.executable, "manage.py", "export_log", *options(question), f"--out={out}"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
        env={
            **os.environ, **databases.environment(), **variables,
            "PYTHONHASHSEED": "7", "TZ": "America/St_Johns", "LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8",
        },
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert hashlib.sha256(out.read_bytes()).hexdigest() == here


def test_a_job_builds_what_a_file_gets(world: World, tmp_path: Path) -> None:
    """A pipe that seals as it goes and a plain file get the same bytes."""
    bundle = world.built(world.people_case, world.criteria(operators=[world.li]))
    with scopes.acting(estate.system()):
        order = jobs.order_of(world.again(bundle))
    world.build(tmp_path / "file.zip", order)
    taken = world.take(bundle)
    assert (tmp_path / "file.zip").read_bytes() == taken
    found = world.again(bundle)
    assert (found.length, found.sha256) == (len(taken), hashlib.sha256(taken).hexdigest())


def test_a_second_job_with_the_same_question_gives_the_same_file(world: World) -> None:
    made = [
        world.built(world.people_case, world.criteria(operators=[world.wang]), by=by)
        for by in (world.zhao, world.zhao, world.zhou)
    ]
    digests = [world.again(bundle).sha256 for bundle in made]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("changed", ["recipient", "until", "operator", "unit", "checkpoint"])
def test_another_question_is_another_file(
    world: World, question: dict[str, Any], tmp_path: Path, changed: str
) -> None:
    others = {
        "recipient": "赵刚", "until": str(world.day(1)), "operator": [world.wang.staff_no],
        "unit": [], "checkpoint": world.sizes[3],
    }  # fmt: skip
    first = export(question, tmp_path / "first.zip")
    other = export({**question, changed: others[changed]}, tmp_path / "other.zip")
    assert other != first
    names = {
        name
        for name, part in Parts.of(other).parts.items()
        if Parts.of(first).parts.get(name) != part
    }
    if changed == "recipient":
        assert names == {"MANIFEST.json", "report.pdf"}


def test_a_checkpoint_that_is_handed_out_later_changes_nothing(
    world: World, question: dict[str, Any], tmp_path: Path
) -> None:
    first = export(question, tmp_path / "first.zip")
    assert not [name for name in Parts.of(first).parts if name.startswith("consistency/")]
    Handout.objects.get_or_create(user=world.zhou, size=world.sizes[0])
    try:
        assert export(question, tmp_path / "second.zip") == first
        Handout.objects.filter(size=world.sizes[0]).update(at=world.at(0))
        later = Parts.of(export(question, tmp_path / "third.zip"))
        assert f"consistency/{world.sizes[0]}" in later.parts
    finally:
        Handout.objects.filter(size=world.sizes[0]).delete()


def test_a_job_that_broke_off_is_built_under_its_first_checkpoint(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    criteria = world.criteria(operators=[world.formula])
    bundle = world.asked(world.people_case, criteria)
    before = world.head()
    with monkeypatch.context() as patched:
        patched.setattr(building.report, "as_pdf", _killed)
        with pytest.raises(KeyboardInterrupt):
            jobs.work(bundle.pk, patience=0)
    trees.append(3)
    world.place.seal()
    assert world.head().size > before.size
    with scopes.acting(estate.system()):
        Bundle.objects.filter(pk=bundle.pk).update(leased_until=clock.now())
    jobs.work(bundle.pk, patience=0)
    assert world.again(bundle).size == before.size
    assert Parts.of(world.take(bundle)).manifest["size"] == before.size


def _killed(*_args: object) -> bytes:
    raise KeyboardInterrupt


def test_the_zip_file_tells_neither_time_nor_machine(
    question: dict[str, Any], tmp_path: Path
) -> None:
    export(question, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as bundle:
        assert {info.date_time for info in bundle.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {
            (info.create_system, info.external_attr, info.extra) for info in bundle.infolist()
        } == {(3, 0o644 << 16, b"")}
        manifest = json.loads(bundle.read("MANIFEST.json"))
    now = f"{clock.real():%Y-%m-%dT%H}"
    assert now not in json.dumps(manifest)
