"""Taking a bundle home: on record before the first byte, by its recipient alone, and not for ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from access import cases, gate, keystore
from access.bundles import jobs, store
from access.models import Bundle, Entry
from access.querylog.connection import LogUnavailable
from custodian import clock
from custodian.errors import NotVisible
from tests import estate
from tests.bundles.reading import Parts
from tests.bundles.world import World, acting

pytestmark = pytest.mark.xdist_group("bundles")

ONE_SECOND = timedelta(seconds=1)


@pytest.fixture
def case(world: World) -> Any:
    return world.case(
        operators=[world.formula],
        guests=[world.zhou, world.zhao],
        until=clock.now() + timedelta(days=30),
    )


@pytest.fixture
def bundle(world: World, case: Any) -> Bundle:
    built = world.built(case, world.criteria(1, 1, operators=[world.formula]))
    return world.again(built)


def taken(world: World, bundle: Bundle) -> list[dict[str, Any]]:
    """The log's entries of taking bundles, by this bundle's recipient."""
    rows = Entry.objects.filter(act="export", actor=world.zhou.ref).order_by("id")
    return [json.loads(row.leaf) for row in rows]


def download(person: Any, bundle: Bundle) -> Any:
    client = estate.login(Client(headers={"accept-language": "zh-hans"}), person)
    return client.post(f"/regulator/bundles/{bundle.ref}/download/")


def test_each_is_on_record_before_the_first_byte(world: World, bundle: Bundle) -> None:
    before = taken(world, bundle)
    with acting(world.zhou) as zhou:
        body = jobs.take(bundle, channel="regulator", actor=zhou)
        (entry,) = taken(world, bundle)[len(before) :]
    assert entry["what"] == "access:bundle:take"
    assert (entry["out"], entry["ch"], entry["purp"]) == ("ok", "regulator", "regulation")
    assert world.again(bundle).downloads == 1
    with acting(world.zhou):
        assert Parts.of(b"".join(body)).manifest["disclosed"] == 1
    for number in (2, 3):
        world.take(bundle)
        assert len(taken(world, bundle)) == len(before) + number


def test_the_page_gives_the_whole_file(world: World, bundle: Bundle) -> None:
    before = len(taken(world, bundle))
    response = download(world.zhou, bundle)
    assert response.status_code == 200
    assert len(taken(world, bundle)) == before + 1
    content = response.getvalue()
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == f'attachment; filename="{bundle.name}"'
    assert int(response["Content-Length"]) == len(content) == bundle.length
    assert "no-store" in response["Cache-Control"]
    assert Parts.of(content).manifest["case"] == bundle.case.ref


def test_without_an_entry_there_is_no_byte(
    world: World, bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_args: object, **_more: object) -> int:
        raise LogUnavailable

    def read(*_args: object) -> None:
        raise AssertionError("it was opened")

    with monkeypatch.context() as patched:
        patched.setattr(gate.write, "commit", down)
        patched.setattr(store, "read", read)
        with pytest.raises(LogUnavailable):
            world.take(bundle)
    assert world.again(bundle).downloads == 0


def test_while_entries_wait_for_their_seal_there_is_no_byte(
    world: World, bundle: Bundle, settings: Any
) -> None:
    settings.CUSTODIAN_SEALING, settings.CUSTODIAN_SEAL_SECONDS = True, (0.0, 60.0)
    with acting(world.zhou) as zhou:
        gate.permit(zhou, gate.Action.CASE_READ, purpose="regulation", channel="regulator")
    with pytest.raises(jobs.sealing.LogBehind):
        world.take(bundle)
    assert world.again(bundle).downloads == 0


def test_it_expires_to_the_second(world: World, bundle: Bundle) -> None:
    end = bundle.expires_at
    before = len(taken(world, bundle))
    with clock.at(end - ONE_SECOND):
        assert world.take(bundle)
        assert not jobs.is_gone(bundle)
    for late in (end, end + ONE_SECOND):
        with clock.at(late), pytest.raises(jobs.NotThere):
            world.take(bundle)
        with clock.at(late):
            assert jobs.is_gone(bundle)
    assert len(taken(world, bundle)) == before + 1


def test_what_expired_is_removed_and_its_row_stays(world: World, bundle: Bundle) -> None:
    path = store.path_of(bundle.ref)
    left = path.with_suffix(".0123")
    left.write_bytes(b"an attempt")
    with acting(world.chen), clock.at(bundle.expires_at - ONE_SECOND):
        jobs.expire()
        forget(bundle)
        assert path.exists()
        assert has_key(bundle)
    with acting(world.chen), clock.at(bundle.expires_at):
        assert jobs.expire() >= 1
    assert not path.exists()
    assert not left.exists()
    row = world.again(bundle)
    assert (row.status, row.length, row.sha256) == ("done", 0, bundle.sha256)
    assert not has_key(bundle)


def forget(bundle: Bundle) -> None:
    """As the app may ask: only of a file that is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_forget_bundle(%s)", [str(bundle.ref)])


def has_key(bundle: Bundle) -> bool:
    holding = keystore.named_holding(store.SHELF.holding(bundle.ref))
    return holding in keystore.unlock({holding: None})


def test_a_file_that_is_gone_is_told_and_not_broken_off(world: World, bundle: Bundle) -> None:
    store.remove(bundle.ref)
    response = download(world.zhou, bundle)
    assert response.status_code == 410
    assert "取证包已过期" in response.content.decode()


def test_it_can_be_taken_five_times(world: World, bundle: Bundle) -> None:
    for _ in range(jobs.MOST_DOWNLOADS):
        world.take(bundle)
    before = len(taken(world, bundle))
    with pytest.raises(jobs.NotThere):
        world.take(bundle)
    assert download(world.zhou, bundle).status_code == 410
    assert (world.again(bundle).downloads, len(taken(world, bundle))) == (5, before)
    assert jobs.is_gone(world.again(bundle))


@pytest.mark.parametrize("status", ["queued", "running", "failed", "paused", "refused"])
def test_it_cannot_be_taken_unless_it_is_done(world: World, bundle: Bundle, status: str) -> None:
    with acting(world.chen):
        Bundle.objects.filter(pk=bundle.pk).update(status=status)
    with pytest.raises(jobs.NotThere):
        world.take(bundle)
    assert download(world.zhou, bundle).status_code == 410


def refused(who: Any) -> int:
    return Entry.objects.filter(actor=who.ref, outcome="denied").count()


@pytest.mark.parametrize("who", ["zhao", "chen", "li"])
def test_nobody_else_takes_it(world: World, bundle: Bundle, who: str) -> None:
    """Another guest of the same case, the officer who opened it, and somebody of the staff."""
    person = getattr(world, who)
    with pytest.raises(NotVisible):
        world.take(bundle, by=person)
    before = refused(person)
    response = download(person, bundle)
    assert response.status_code == (404 if who == "zhao" else 403)
    assert b"PK\x03\x04" not in response.content
    assert refused(person) == before + 1
    assert world.again(bundle).downloads == 0


def test_another_guest_does_not_learn_that_it_exists(world: World, bundle: Bundle) -> None:
    theirs = download(world.zhao, bundle)
    bundle.ref = type(bundle.ref)(int=1)
    none = download(world.zhao, bundle)
    assert (theirs.status_code, len(theirs.content)) == (none.status_code, len(none.content))


def close(world: World, case: Any) -> None:
    with acting(world.chen) as chen:
        cases.close(case, actor=chen)


def no_guest(world: World, case: Any) -> None:
    with acting(world.chen):
        case.guests.remove(world.zhou)


ENDS: dict[str, Callable[[World, Any], None]] = {
    "the case is closed": close,
    "he is no guest any more": no_guest,
}


@pytest.mark.parametrize("why", ENDS)
def test_it_cannot_be_taken_any_more_when(
    world: World, case: Any, bundle: Bundle, why: str
) -> None:
    assert world.take(bundle)
    ENDS[why](world, case)
    with pytest.raises(NotVisible):
        world.take(bundle)
    assert download(world.zhou, bundle).status_code == 404
    assert world.again(bundle).downloads == 1


def test_the_case_ends_to_the_second(world: World, case: Any, bundle: Bundle) -> None:
    with acting(world.chen):
        Bundle.objects.filter(pk=bundle.pk).update(expires_at=case.access_until + timedelta(days=9))
    with clock.at(case.access_until - ONE_SECOND):
        assert world.take(bundle)
    with clock.at(case.access_until), pytest.raises(NotVisible):
        world.take(bundle)


def test_what_was_asked_for_after_the_case_ended_is_refused(world: World, case: Any) -> None:
    close(world, case)
    with pytest.raises(NotVisible):
        world.asked(case, world.criteria(operators=[world.formula]))
