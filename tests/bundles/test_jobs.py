"""Building as a job: one at a time, taken up again after a crash, and never half a file."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils.translation import gettext_lazy

from access import scopes, tasks
from access.bundles import building, jobs, selecting, store
from access.bundles.criteria import Criteria
from access.models import Bundle, Handout, RollRow
from custodian import clock
from custodian.crypto.errors import OpenFailed
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove
from tests import estate
from tests.bundles.reading import Parts, judged
from tests.bundles.world import World, acting
from tests.sequencer import trees

pytestmark = pytest.mark.xdist_group("bundles")

SECRET = "张三丰 13800138000"


@pytest.fixture
def bundle(world: World) -> Bundle:
    return world.asked(world.people_case, world.criteria(1, 1, operators=[world.li]))


@pytest.fixture
def at_the_report(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Something happens when all but the last parts are written."""
    as_pdf = building.report.as_pdf

    def put(happens: Callable[[], object]) -> None:
        def report(*args: Any) -> bytes:
            monkeypatch.setattr(building.report, "as_pdf", as_pdf)
            happens()
            return as_pdf(*args)

        monkeypatch.setattr(building.report, "as_pdf", report)

    return put


def files_of(bundle: Bundle) -> list[Path]:
    return sorted(store.path_of(bundle.ref).parent.glob(f"{bundle.ref.hex}*"))


def raising(error: BaseException) -> Callable[[], None]:
    def happens() -> None:
        raise error

    return happens


def test_a_job_ends_with_one_sealed_file(world: World, bundle: Bundle) -> None:
    assert files_of(bundle) == []
    built = jobs.work(bundle.pk, patience=0)
    row = world.again(bundle)
    assert (row.status, row.entries, row.leased_by is not None) == ("done", 6, True)
    assert files_of(bundle) == [store.path_of(bundle.ref)]
    raw = store.path_of(bundle.ref).read_bytes()
    assert store.path_of(bundle.ref).stat().st_mode & 0o777 == 0o600
    for words in (b"PK\x03\x04", b"MANIFEST", b"checkpoint", b"access-log"):
        assert words not in raw
    with acting(world.zhou):
        content = b"".join(store.read(bundle.ref))
    assert (row.length, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert row.expires_at - row.finished_at >= jobs.KEPT
    assert Handout.objects.filter(user=world.zhou, size=built.size).exists()


def test_a_file_that_was_changed_on_the_disk_does_not_open(world: World, bundle: Bundle) -> None:
    jobs.work(bundle.pk, patience=0)
    path = store.path_of(bundle.ref)
    raw = path.read_bytes()
    for changed in (raw[:-1] + bytes([raw[-1] ^ 1]), raw[:-100], b""):
        path.write_bytes(changed)
        with pytest.raises(OpenFailed), acting(world.zhou):
            b"".join(store.read(bundle.ref))


def test_guests_of_one_case_ask_for_bundles_side_by_side(world: World) -> None:
    """Neither sees the other's, and the numbers go on all the same."""
    case = world.case(operators=[world.li], guests=[world.zhou, world.zhao])
    asked = [
        world.asked(case, world.criteria(operators=[world.li]), by=by)
        for by in (world.zhou, world.zhao, world.zhou)
    ]
    assert [each.number for each in asked] == [1, 2, 3]
    with acting(world.zhao) as zhao:
        assert [each.pk for each in Bundle.objects.visible_to(zhao).filter(case=case)] == [
            asked[1].pk
        ]


# It fails.


def test_an_unforeseen_error_is_told_by_its_kind_alone(
    world: World, bundle: Bundle, at_the_report: Callable[..., None]
) -> None:
    at_the_report(raising(OSError(errno.ENOSPC, SECRET)))
    with pytest.raises(OSError, match=SECRET):
        jobs.work(bundle.pk, patience=0)
    row = world.again(bundle)
    assert (row.status, files_of(bundle)) == ("failed", [])
    assert row.note == "备制时出错，请重新申请；若再次出错，请联系保险公司 (OSError)"
    assert (row.length, row.sha256, row.expires_at) == (None, "", None)


@pytest.mark.parametrize(("language", "told"), [("zh-hans", "条目"), ("en", "Entries")])
def test_a_known_error_is_told_in_the_readers_language(
    world: World, at_the_report: Callable[..., None], language: str, told: str
) -> None:
    criteria = world.criteria(1, 1, operators=[world.li])
    bundle = world.asked(world.people_case, criteria, language=language)
    at_the_report(raising(CustodianError(gettext_lazy("条目"))))
    with pytest.raises(CustodianError):
        jobs.work(bundle.pk, patience=0)
    assert world.again(bundle).note == told


def test_before_anything_is_sealed_it_says_so(
    world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "newest_head", lambda **_which: None)
    with pytest.raises(building.NothingSealed):
        jobs.work(bundle.pk, patience=0)
    assert world.again(bundle).note == "日志还没有已公布的检查点，请稍后再试"
    assert files_of(bundle) == []


@pytest.mark.parametrize("why", ["closed", "over", "narrower"])
def test_what_the_case_does_not_cover_any_more_is_not_built(world: World, why: str) -> None:
    case = world.case(operators=[world.li, world.wang], until=clock.now() + timedelta(hours=1))
    bundle = world.asked(case, world.criteria(operators=[world.wang]))
    later = clock.now()
    with scopes.acting(estate.system()):
        rows = type(case).objects.filter(pk=case.pk)
        if why == "closed":
            rows.update(status="closed", closed_at=clock.now())
        elif why == "narrower":
            rows.update(operators=[world.li.ref])
        else:
            later = case.access_until
    with clock.at(later), pytest.raises(jobs.OutsideCase):
        jobs.work(bundle.pk, patience=0)
    row = world.again(bundle)
    assert (row.status, row.note) == ("failed", "取证包的内容超出案件范围，或案件已结束")
    assert files_of(bundle) == []


@pytest.mark.parametrize("at", ["open", "fsync", "replace"])
def test_a_full_disk_leaves_no_half_file_and_holds_nobody_up(
    world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    full = OSError(errno.ENOSPC, "no space")

    def fail(*_args: object, **_more: object) -> None:
        raise full

    if at == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(os, at, fail)
    with acting(world.zhou):
        out = store.Sealing(bundle.ref)
    ended = threading.Event()

    def use() -> None:
        try:
            for _ in range(40):  # more than the queue holds
                out.write(b"x" * 100_000)
            out.keep()
        except OSError:
            out.drop()
            ended.set()

    threading.Thread(target=use, daemon=True).start()
    assert ended.wait(10), "it waits for ever"
    assert files_of(bundle) == []


# It is killed.


def test_a_killed_job_is_taken_up_again(
    world: World, bundle: Bundle, at_the_report: Callable[..., None]
) -> None:
    connection.close()
    pid = os.fork()
    if not pid:
        try:
            at_the_report(lambda: os.kill(os.getpid(), signal.SIGKILL))
            jobs.work(bundle.pk, patience=0)
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    row = world.again(bundle)
    assert (row.status, row.sha256, row.expires_at) == ("running", "", None)
    assert not store.path_of(bundle.ref).exists()
    with pytest.raises(jobs.NotThere):
        world.take(bundle)
    # While the lease runs nobody takes the job away; then the sweep finds it.
    with pytest.raises(IllegalMove):
        jobs.work(bundle.pk, patience=0)
    with clock.at(row.leased_until + timedelta(seconds=1)):
        assert bundle.pk in swept()
        jobs.work(bundle.pk, patience=0)
    assert files_of(bundle) == [store.path_of(bundle.ref)]
    assert Parts.of(world.take(bundle)).manifest["disclosed"] == 6


def swept() -> list[int]:
    """Which jobs the sweep would wake somebody for; a worker of its own acts for nobody."""
    woken: list[int] = []
    with pytest.MonkeyPatch.context() as patched, scopes.acting(None):
        patched.setattr(tasks.build_bundle, "delay", woken.append)
        tasks.sweep()
    return woken


def test_the_sweep_finds_what_nobody_was_woken_for(world: World, bundle: Bundle) -> None:
    assert bundle.pk in swept()
    jobs.work(bundle.pk, patience=0)
    assert bundle.pk not in swept()


def test_who_lost_the_job_neither_ends_it_nor_spoils_the_file(
    world: World, bundle: Bundle, at_the_report: Callable[..., None]
) -> None:
    """The first is so slow that a second one takes the job over and is done before it."""

    def overtaken() -> None:
        with clock.at(clock.now() + timedelta(seconds=61)):
            jobs.work(bundle.pk, patience=0)

    at_the_report(overtaken)
    with pytest.raises(IllegalMove):
        jobs.work(bundle.pk, patience=0)
    row = world.again(bundle)
    assert (row.status, row.note) == ("done", "")
    assert hashlib.sha256(world.take(bundle)).hexdigest() == row.sha256
    assert files_of(bundle) == [store.path_of(bundle.ref)]


def test_who_lost_the_job_and_fails_does_not_fail_it(
    world: World, bundle: Bundle, at_the_report: Callable[..., None]
) -> None:
    def overtaken() -> None:
        with clock.at(clock.now() + timedelta(seconds=61)), scopes.acting(estate.system()):
            Bundle.objects.get(pk=bundle.pk).claim()
        raise OSError

    at_the_report(overtaken)
    with pytest.raises(IllegalMove):
        jobs.work(bundle.pk, patience=0)
    assert world.again(bundle).status == "running"


def test_the_lease_is_renewed_all_the_way(
    world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In both passes, and also where a search finds nothing for long."""
    monkeypatch.setattr(jobs, "REPORT_SECONDS", 0)
    monkeypatch.setattr(selecting, "WINDOW", 10)
    seen: list[int] = []
    progress = Bundle.progress

    def told(self: Bundle, lease: Any, *, done: int) -> None:
        seen.append(done)
        progress(self, lease, done=done)

    monkeypatch.setattr(Bundle, "progress", told)
    jobs.work(bundle.pk, patience=0)
    total = world.again(bundle).total
    assert len(seen) > 20
    assert seen == sorted(seen)
    assert seen[-1] == total == world.sizes[1] - world.sizes[0]


# Which head it is built under.


def test_it_waits_for_the_roll_that_its_request_asked_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the newest entries would be in the bundle without anything that counts them."""
    monkeypatch.setattr(building, "PAUSE", 0.02)
    today = clock.local().date()
    case = world.case(operators=[world.li], last=today)
    world.look(world.li, world.zhang)
    world.place.seal()
    bundle = world.asked(case, Criteria(since=today, until=today, operators=(world.li.ref,)))
    before = world.head().size
    timer = threading.Timer(0.3, world.place.seal)
    timer.start()
    begun = time.monotonic()
    jobs.work(bundle.pk, patience=10)
    timer.join()
    assert time.monotonic() - begun < 9
    row = world.again(bundle)
    roll = RollRow.objects.filter(taken_at__gte=bundle.created_at).get()
    assert before <= roll.leaf < row.size
    parts = Parts.of(world.take(bundle))
    assert [each["to"]["leaf"] for each in parts.rolls()] == [roll.leaf]


def test_without_a_sequencer_it_goes_on_with_what_there_is(
    world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(building, "PAUSE", 0.02)
    begun = time.monotonic()
    jobs.work(bundle.pk, patience=0.2)
    assert time.monotonic() - begun > 0.2
    path = tmp_path / "bundle.zip"
    path.write_bytes(world.take(bundle))
    assert judged(path, "--json").told["state"] == "whole"


def test_it_waits_for_the_witnesses_that_the_policy_needs(
    world: World, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(building, "PAUSE", 0.02)
    settings.CUSTODIAN_LOG_POLICY = tmp_path / "policy.txt"
    settings.CUSTODIAN_LOG_POLICY.write_text(world.policy("witness.example/w"))
    trees.append(1)
    world.place.seal()
    size = world.head().size
    assert building.await_head(patience=0.1).witnesses == {}  # better than none
    timer = threading.Timer(0.2, world.cosign, [size])
    timer.start()
    head = building.await_head(patience=10)
    timer.join()
    assert (head.size, set(head.witnesses)) == (size, {"witness.example/w"})
