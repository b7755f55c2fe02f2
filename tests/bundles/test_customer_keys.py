"""A customer's log key leaves with an approval of its own and no other way; his data never leaves at all."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from access import actors, approvals, cases, erasure, keystore, scopes
from access.bundles import jobs, store
from access.bundles.criteria import Criteria
from access.gate import Refused
from access.models import Subject
from custodian.tlog.verify import subject_tag
from tests import estate, pdfs
from tests.bundles.reading import Home, Parts, judged
from tests.bundles.world import WU, World, acting, key_of, options, subject_of
from tests.security.canary import Scanner

pytestmark = pytest.mark.xdist_group("bundles")


@pytest.fixture(scope="module")
def case(world: World) -> Any:
    """Zhang's key was released, Wu's was asked for, and somebody's who has nothing to do with it was not."""
    opened = world.case(customers=[world.zhang, world.wu], operators=[world.li])
    with acting(world.chen) as chen:
        first = cases.ask_for_key(opened, subject_of(world.zhang), actor=chen)
        cases.ask_for_key(opened, subject_of(world.wu), actor=chen)
    world.approve(first)
    return world.again(opened)


def asked(world: World, case: Any, **more: Any) -> Parts:
    criteria = world.criteria(customers=[world.zhang, world.wu], **more)
    return Parts.of(world.take(world.built(case, criteria)))


def key_forms(key: bytes) -> dict[str, str]:
    return {"hex": key.hex(), "id": keystore.key_id(key).hex()}


def test_before_its_approval_no_key_is_in_the_bundle(world: World) -> None:
    """And the customer stands in it by his reference alone."""
    opened = world.case(customers=[world.zhang])
    with acting(world.chen) as chen:
        waiting = cases.ask_for_key(opened, subject_of(world.zhang), actor=chen)
    bundle = world.built(opened, world.criteria(customers=[world.zhang]))
    parts = Parts.of(world.take(bundle))
    assert "subject_keys.jsonl" not in parts.parts
    assert parts.manifest["criteria"]["keys"] == 0
    assert world.zhang.ref in pdfs.text(parts.parts["report.pdf"])
    assert Scanner(key_forms(key_of(world.zhang))).scan(b"".join(parts.parts.values())) == set()
    assert {row["customers"] for row in parts.rows()} == {"1"}
    world.approve(waiting)
    criteria = world.criteria(customers=[world.zhang], keys=[world.zhang])
    later = Parts.of(world.take(world.built(world.again(opened), criteria)))
    assert [line["customer"] for line in keys_in(later)] == [world.zhang.ref]


def test_what_was_not_released_cannot_be_asked_for(world: World, case: Any) -> None:
    for wanted in ([world.wu], [world.zhang, world.wu]):
        with pytest.raises(Refused) as refused:
            world.asked(case, world.criteria(customers=[world.zhang, world.wu], keys=wanted))
        assert refused.value.decision.because == ("outside-case",)


def test_a_key_that_is_put_into_a_waiting_job_by_hand_stays_out(world: World, case: Any) -> None:
    """The job holds the question against the case once more, as the case stands when it is built."""
    bundle = world.asked(case, world.criteria(customers=[world.zhang], keys=[world.zhang]))
    with estate.acting(world.chen):
        criteria = Criteria.load(bundle.criteria).dump()
        criteria["keys"] = sorted(str(subject_of(each)) for each in (world.zhang, world.wu))
        type(bundle).objects.filter(pk=bundle.pk).update(criteria=criteria)
    with pytest.raises(jobs.OutsideCase):
        jobs.work(bundle.pk, patience=0)
    assert world.again(bundle).status == "failed"
    assert not store.path_of(bundle.ref).exists()


def test_a_released_key_finds_every_look_at_its_customer_and_none_at_others(
    world: World, case: Any, home: Home
) -> None:
    parts = asked(world, case, keys=[world.zhang])
    (line,) = keys_in(parts)
    key = key_of(world.zhang)
    assert line == {
        "customer": world.zhang.ref, "key": key.hex(), "key_id": keystore.key_id(key).hex(),
    }  # fmt: skip
    assert parts.manifest["criteria"]["keys"] == 1
    path = parts.write(home.folder / "with-key.zip")
    told = home.verify(path, "--policy", home.keep("policy.txt", world.policy()), "--json").told
    # Three looks of Li, two of Wang on each of the four days, and his registration.
    assert told["customers"] == {world.zhang.ref: 4 * 5 + 1}
    english = home.verify(path)
    assert f" {world.zhang.ref} 21\n" in english.text
    others = Scanner(key_forms(key_of(world.wu))).scan(b"".join(parts.parts.values()))
    assert others == set()
    found = sum(
        subject_tag(bytes.fromhex(line["key"]), said["uid"]) in parts.marks(index)
        for index, said in parts.entries().items()
    )
    assert found == 21


def test_a_key_that_is_not_the_customers_is_found_out(
    world: World, case: Any, tmp_path: Path
) -> None:
    parts = asked(world, case, keys=[world.zhang])
    (line,) = keys_in(parts)
    for changed in ({"key": "00" * 32}, {"key_id": "00" * 16}):
        parts.parts["subject_keys.jsonl"] = json.dumps({**line, **changed}).encode() + b"\n"
        parts.say()
        said = judged(parts.write(tmp_path / "other-key.zip"), "--json")
        assert (said.code, said.told["state"]) == (1, "tampered")
        assert said.told["because"] == "a customer's log key is not the one it says it is"


@pytest.mark.parametrize(
    "name", ["c-1\nWHOLE 9 entries", "\x1b[2J", "c-1\u202e", "\ud800", 7, "", "x" * 81]
)
def test_a_customers_name_cannot_write_another_verdict(
    world: World, case: Any, tmp_path: Path, name: object
) -> None:
    parts = asked_once(world, case)
    (line,) = keys_in(parts)
    parts.parts["subject_keys.jsonl"] = json.dumps({**line, "customer": name}).encode() + b"\n"
    parts.say()
    said = judged(parts.write(tmp_path / "name.zip"))
    assert (said.code, said.word) == (2, "MALFORMED")


_asked: dict[str, bytes] = {}


def asked_once(world: World, case: Any) -> Parts:
    if case.ref not in _asked:
        criteria = world.criteria(customers=[world.zhang], keys=[world.zhang])
        _asked[case.ref] = world.take(world.built(case, criteria))
    return Parts.of(_asked[case.ref])


def test_an_erased_customer_has_no_key_to_give(world: World) -> None:
    with estate.acting(world.chen):
        gone = estate.customer({**WU, "identity.id_number": "320311197001010014"}, of=[world.li])
    estate.drain()
    opened = world.case(customers=[gone, world.zhang])
    for each in (gone, world.zhang):
        with acting(world.chen) as chen:
            waiting = cases.ask_for_key(world.again(opened), subject_of(each), actor=chen)
        world.approve(waiting)
    destroyer = actors.system("destroyer")
    with scopes.acting(destroyer):
        Subject.objects.filter(pk=gone.pk).update(status=Subject.Status.DESTROYED)
        assert erasure.forget(Subject.objects.get(pk=gone.pk), channel="task", actor=destroyer) > 0
    both = [gone, world.zhang]
    bundle = world.built(world.again(opened), world.criteria(customers=both, keys=both))
    parts = Parts.of(world.take(bundle))
    assert [line["customer"] for line in keys_in(parts)] == [world.zhang.ref]


def test_the_command_gives_no_key(world: World, tmp_path: Path) -> None:
    """It knows of no case, so there is no approval it could point to."""
    out = tmp_path / "out.zip"
    asked = {"since": world.day(0), "until": world.day(3), "subject": world.zhang.ref, "out": out}
    call_command("export_log", *options(asked), stdout=io.StringIO())
    assert "subject_keys.jsonl" not in Parts.of(out).parts


def test_nobody_approves_the_key_he_asked_for(world: World, case: Any) -> None:
    opened = world.case(customers=[world.zhang])
    with acting(world.chen) as chen:
        waiting = cases.ask_for_key(opened, subject_of(world.zhang), actor=chen)
        with pytest.raises(Refused):
            approvals.approve(waiting, seen=waiting.digest, actor=chen)
    assert world.again(opened).key_customers == []


def test_a_case_over_all_entries_can_release_a_key_as_well(world: World) -> None:
    """Over all entries the key shows that no look at the customer was left out."""
    opened = world.case(everything=True, customers=[world.wu])
    with acting(world.chen) as chen:
        waiting = cases.ask_for_key(opened, subject_of(world.wu), actor=chen)
    world.approve(waiting)
    criteria = world.criteria(1, 2, everything=True, keys=[world.wu])
    bundle = world.built(world.again(opened), criteria)
    parts = Parts.of(world.take(bundle))
    assert [line["customer"] for line in keys_in(parts)] == [world.wu.ref]


def test_no_value_of_a_customer_is_in_any_part(world: World, case: Any) -> None:
    """Names, numbers, addresses, the agents' words about them: looked for in every part and every encoding."""
    planted = {
        f"{who} {code}": value
        for who, values in (("zhang", estate.ZHANG), ("wu", WU))
        for code, value in {**values, **estate.ACCOUNT}.items()
        if code.partition(".")[2] not in {"sex", "nationality", "id_type", "occupation"}
    }
    assert {"zhang identity.name", "zhang identity.mobile", "wu identity.id_number"} <= set(planted)
    scanner = Scanner(planted)
    assert scanner.text(f"about {estate.ZHANG['identity.name']}")  # it finds what is there
    for built in (
        asked(world, case, keys=[world.zhang]),
        Parts.of(world.take(world.built(world.whole_case, world.criteria(everything=True)))),
    ):
        for name, content in built.parts.items():
            assert scanner.scan(content) == set(), name


def keys_in(parts: Parts) -> list[dict[str, str]]:
    return [json.loads(line) for line in parts.parts["subject_keys.jsonl"].splitlines()]
