"""A value that was corrected still finds its holder while it is kept: after a restore, and under another root."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured

from access import actors, scopes
from access.key_rotation import jobs
from access.key_rotation.jobs import Kind, Why
from access.vocabulary import Channel
from custodian import clock, keys
from records import blind_indexes, rebuilding, reindexing
from records.destruction import going
from records.destruction.going import Going
from records.models import BlindIndex, FormerValue
from records.tasks import keep_indexes
from tests import estate
from tests.corrections.cast import NEW_ADDRESS
from tests.keys.conftest import own_keyring  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
ZHANG = estate.ZHANG


@pytest.fixture
def corrected(own_keyring, cast, monkeypatch):  # noqa: F811
    """Mobile, then name, then address and account: pairs were made of values of different times."""
    monkeypatch.setattr(jobs, "SETTLE", timedelta(0))
    written = (
        ("mobile", {"identity__mobile": "13900139001"}),
        ("name", {"identity__name": "欧阳锋"}),
        ("landline", {"identity__landline": "0516-83720001"}),
        ("address", {"identity__address": NEW_ADDRESS}),
        ("account", {"financial__bank_name": "新银行", "financial__bank_account": "6222020000006225"}),
        ("mobile", {"identity__mobile": "13900139002"}),
    )  # fmt: skip
    begun = clock.now()
    for number, (group, said) in enumerate(written):
        # A contact that was changed confirms nothing for three days.
        with clock.at(begun + timedelta(days=4 * number)):
            correction = cast.raised(cast.customer, group, **said)
            assert cast.through(correction).status == "applied"
    return cast


def marks(cast) -> set[tuple[Any, ...]]:
    with scopes.acting(estate.system()):
        rows = BlindIndex.objects.filter(subject_id=cast.customer.pk)
        return {
            (each.element, bytes(each.digest), each.holding, each.until is None) for each in rows
        }


def of_old(cast, element: str, value: str) -> set[Any]:
    """The holdings that a list with this value leads to."""
    wanted = blind_indexes.digests(element, value)
    with scopes.acting(estate.system()):
        rows = BlindIndex.objects.filter(element=element, digest__in=wanted)
        return set(rows.values_list("holding", flat=True))


def former(element: str) -> set[Any]:
    with scopes.acting(estate.system()):
        return set(FormerValue.objects.filter(element=element).values_list("holding", flat=True))


OLD = [
    ("identity.mobile", ZHANG["identity.mobile"]),
    ("identity.mobile", "13900139001"),
    ("financial.bank_account", estate.ACCOUNT["financial.bank_account"]),
]


def test_what_ends_with_a_correction_hangs_on_what_is_kept(corrected):
    ended = {(element, holding) for element, _, holding, current in marks(corrected) if not current}
    with scopes.acting(estate.system()):
        known = set(FormerValue.objects.values_list("holding", flat=True))
    assert {element for element, _ in ended} == {
        *("identity.mobile", "financial.bank_account", blind_indexes.COMBINED),
        *(blind_indexes.ADDRESS, blind_indexes.KIN),
    }
    assert {holding for _, holding in ended} <= known


def test_after_a_restore_without_indexes_every_one_is_made_anew(corrected):
    before = marks(corrected)
    with scopes.acting(actors.system("reconciler")) as actor:
        BlindIndex.objects.all().delete()
        made = rebuilding.rebuild_blind_indexes(actor=actor)
        again = rebuilding.rebuild_blind_indexes(actor=actor)
    assert marks(corrected) == before
    assert made == again == len(before)
    for element, value in OLD:
        assert of_old(corrected, element, value) <= former(element)
        assert of_old(corrected, element, value)


def rotated():
    with scopes.acting(actors.system("key-rotator")) as actor:
        asked = jobs.request(Kind.INDEX, why=Why.COMMAND, channel=Channel.COMMAND, actor=actor)
    return reindexing.work(asked.pk)


def test_under_another_root_every_one_is_brought_along_and_the_old_root_can_go(corrected):
    before = marks(corrected)
    found = {(element, value): of_old(corrected, element, value) for element, value in OLD}
    with clock.at(clock.now() + timedelta(days=30)):
        row = rotated()
        assert row.status == "done"
        after = marks(corrected)
        assert {each[:1] + each[2:] for each in after} == {each[:1] + each[2:] for each in before}
        assert {each[1] for each in after} & {each[1] for each in before} == set()
    with scopes.acting(estate.system()):
        assert set(BlindIndex.objects.values_list("version", flat=True)) == {row.version}
    grace = timedelta(hours=configured.CUSTODIAN_KEY_GRACE, minutes=1)
    with clock.at(row.finished_at + grace):
        keep_indexes()
        assert sorted(jobs.source().indexes.keys) == [row.version]
        keys.forget()
        assert marks(corrected) == after
        for (element, value), holdings in found.items():
            assert of_old(corrected, element, value) == holdings != set()


def test_a_former_value_that_went_in_its_time_leaves_no_mark_behind(corrected):
    with scopes.acting(estate.system()):
        gone = FormerValue.objects.filter(element="identity.mobile").order_by("until").first()
        assert gone is not None
        going.lock([gone.subject_id])
        going.destroy([Going(gone.holding, "former", gone.subject_id)], batch=None)
    with scopes.acting(actors.system("reconciler")) as actor:
        rebuilding.rebuild_blind_indexes(actor=actor)
    assert of_old(corrected, "identity.mobile", ZHANG["identity.mobile"]) == set()
    assert of_old(corrected, "identity.mobile", "13900139001") != set()
    rotated()
    assert of_old(corrected, "identity.mobile", ZHANG["identity.mobile"]) == set()
    assert of_old(corrected, "identity.mobile", "13900139001") != set()
