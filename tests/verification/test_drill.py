"""`manage.py drill tamper`: what it plays on, what it says, and that it leaves nothing behind."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing, nullcontext
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation
from rich.console import Console

from access.querylog import writer
from access.verification import run
from access.verification.walk import Fault
from access.verification.words import sentence
from custodian import databases
from custodian.drills import copy as copies
from custodian.drills import report, scratch, tamper, transfer
from custodian.drills.attacks import Attack
from custodian.drills.copy import Copy, Original
from custodian.drills.scratch import Impossible, Scratch
from custodian.management.commands import drill
from tests import databases as test_databases
from tests.verification import leftovers
from tests.verification.playing import BY_NAME

pytestmark = pytest.mark.xdist_group("verification")
FEW = tuple(BY_NAME[name] for name in ("bytes", "fork"))


@pytest.fixture
def quick(original: Original, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two attacks, on the log that these tests have already."""
    monkeypatch.setattr(tamper, "ATTACKS", FEW)
    monkeypatch.setattr(tamper, "original", lambda *_anything, **_asked: nullcontext(original))


@pytest.fixture
def installation(beside: Scratch, copy: Copy) -> Iterator[Copy]:
    """The installation is a clone with a log of its own; its drills stand beside it."""
    yield copy
    connection.close()
    assert _databases_beside(copy.database) == []


def played(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("drill", "tamper", *arguments)
    return capsys.readouterr().out


def test_it_is_played_on_a_copy_of_the_log(
    installation: Copy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    template = f"custodian_test_{test_databases._fingerprint()}"
    monkeypatch.setattr(tamper, "ATTACKS", FEW)
    monkeypatch.setattr(tamper, "OWN", 240)
    monkeypatch.setattr(tamper, "original", partial(copies.original, template=template))
    before = _log(installation)
    found = json.loads(played(capsys, "--json"))
    assert found["kept"] is True
    assert found["copied"] >= installation.original.size
    assert found["entries"] > found["copied"]
    assert [each["attack"] for each in found["attacks"]] == ["bytes", "fork"]
    assert [each["verdict"] for each in found["attacks"]] == ["alone", "outside"]
    assert found["attacks"][0]["alone"]["index"] == found["attacks"][0]["index"]
    # Whoever copied it stands in it, and nothing else happened to it.
    writer.stop()
    assert _log(installation)[: len(before)] == before
    installation.cursor.execute(
        "SELECT act FROM querylog.entry ORDER BY id OFFSET %s", [len(before)]
    )
    assert [act for (act,) in installation.cursor.fetchall()][-1] == "writer.close"


def test_it_tells_what_showed_each_attack() -> None:
    shown = [Fault("leaf-not-tile", 1_234), None]
    outside: list[list[Fault]] = [[], [Fault("head-forked", 9), Fault("archive-differs", 7)]]
    outcomes = [
        tamper.Outcome(attack, index, alone, copies, start)
        for attack, index, alone, copies, start in zip(
            FEW, (1_234, 7), shown, outside, ("", "database-forked"), strict=True
        )
    ]
    for language in ("zh-hans", "en"):
        said = StringIO()
        with translation.override(language):
            report.as_table(tamper.Drill(outcomes, 3_000, 0), Console(file=said, width=200))
            words = [str(attack.does) for attack in FEW]
            words += map(translation.gettext, ("只有库外副本查出", "拒绝签署", "一次写入的副本"))
            words += [sentence("leaf-not-tile"), "#1,234", "#7"]
            assert [word for word in words if word not in said.getvalue()] == []


def test_a_promise_that_broke_ends_with_one(
    installation: Copy,
    quick: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    unseen = Attack("nothing", "does nothing", lambda _copy: 3, "entry-missing")
    monkeypatch.setattr(tamper, "ATTACKS", [unseen])
    with pytest.raises(SystemExit) as end:
        played(capsys, "--json")
    assert end.value.code == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["kept"], found["attacks"][0]["verdict"]) == (False, "missed")


@pytest.mark.parametrize(
    ("alone", "outside", "verdict"),
    [
        (Fault("entry-missing", 7), [], "alone"),
        (Fault("entry-missing", 8), [], "misplaced"),
        (Fault("entry-missing", 8), [Fault("archive-differs", 7)], "misplaced"),
        (None, [Fault("head-forked", 9), Fault("archive-differs", 7)], "outside"),
        (None, [Fault("head-forked", 9)], "misplaced"),
        (None, [], "missed"),
    ],
)
def test_a_verdict_asks_for_the_right_entry(
    alone: Fault | None, outside: list[Fault], verdict: str
) -> None:
    outcome = tamper.Outcome(FEW[0], 7, alone, outside, "")
    assert (outcome.verdict, outcome.kept) == (verdict, verdict in ("alone", "outside"))


def test_stopped_half_way_it_leaves_nothing(
    installation: Copy, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders: list[Path] = []

    def broken(copy: Copy) -> int:
        folders.append(copy.head.parent)
        assert _databases_beside(installation.database)
        raise KeyboardInterrupt

    monkeypatch.setattr(tamper, "ATTACKS", [Attack("broken", "is broken", broken)])
    with pytest.raises(SystemExit) as end:
        call_command("drill", "tamper", "--json")
    assert end.value.code == drill.INTERRUPTED
    assert [folder.exists() for folder in folders] == [False]
    assert databases.url("app").endswith(installation.database)


def test_its_databases_are_gone_at_its_end_those_of_a_killed_one_as_well(beside: Scratch) -> None:
    name = f"{leftovers.name(os.getpid())}_more"
    killed = Scratch(name)
    left = killed.create("left")
    killed._server.close()  # as the end of its process would
    with scratch.opened(name) as drill:
        assert _databases_beside(name) == []
        made = drill.create("made")
        assert (_databases_beside(name), left != made) == ([made], True)
    assert _databases_beside(name) == []


def test_two_at_a_time_are_too_many(installation: Copy) -> None:
    with scratch.opened(installation.database), pytest.raises(CommandError, match="另一次演练"):
        call_command("drill", "tamper")


def test_an_attack_that_changes_nothing_ends_the_drill(installation: Copy) -> None:
    with pytest.raises(Impossible, match="nothing-changed"):
        installation.change("UPDATE querylog.hourly SET count = 1 WHERE actor = gen_random_uuid()")
    with pytest.raises(Impossible, match="nothing-changed"):
        installation.change("UPDATE querylog.hourly SET count = count", rows=1)
    with pytest.raises(Impossible, match="nothing-to-attack"):
        installation.find("SELECT 1 WHERE false")


def test_a_log_that_is_not_whole_is_no_ground_for_a_drill(
    installation: Copy, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoilt = run.Report(0, 0, 0, 0.0, [Fault("entry-missing", 7)], run.Start())
    monkeypatch.setattr(run, "verify", lambda *_anything: spoilt)
    with pytest.raises(CommandError, match="verify_log"):
        call_command("drill", "tamper")


def test_every_reason_has_its_sentence() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(tamper.__file__).parent.rglob("*.py"))
    for code in drill.WHY:
        assert f'Impossible("{code}")' in source
    assert source.count("Impossible(") == source.count('Impossible("') + 1  # and the class itself
    assert {part.split('"')[0] for part in source.split('Impossible("')[1:]} == {*drill.WHY}


def test_without_a_superuser_it_says_what_to_set(
    installation: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_SUPERUSER_URL", databases.url("app"))
    with pytest.raises(CommandError, match="DATABASE_SUPERUSER_URL"):
        call_command("drill", "tamper")


@pytest.mark.parametrize(
    ("size", "entries", "asked"),
    [(0, None, (False, tamper.ENTRIES)), (tamper.MOST + 1, None, (False, tamper.ENTRIES)),
     (tamper.MOST, None, (True, tamper.OWN)), (50, 70, (False, tamper.LEAST)), (50, 700, (False, 700))],
)  # fmt: skip
def test_a_log_that_is_empty_or_long_is_not_copied(
    installation: Copy,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
    entries: int | None,
    asked: tuple[bool, int],
) -> None:
    def seen(_beside: Scratch, *, copied: bool, entries: int) -> None:
        raise Asked(copied, entries)

    monkeypatch.setattr(tamper, "original", seen)
    monkeypatch.setattr(transfer, "size", lambda: size)
    with pytest.raises(Asked) as found:
        call_command("drill", "tamper", *(["--entries", str(entries)] if entries else []))
    assert found.value.args == asked


class Asked(Exception):
    """What the drill would have been played on."""


def _log(copy: Copy) -> list[tuple[Any, ...]]:
    copy.cursor.execute("SELECT id, leaf FROM querylog.entry ORDER BY id")
    return list(copy.cursor.fetchall())


def _databases_beside(name: str) -> list[str]:
    with closing(scratch.superuser(scratch.MAINTENANCE)) as server, server.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
            [f"{name[:40]}_drill_"],
        )
        return [found for (found,) in cursor.fetchall()]
