"""Killed, doubled or forgotten, a correction is applied once, or is not applied yet and will be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from access import scopes
from custodian import clock, outbox
from records import tasks
from records.corrections import applying, telling
from records.models import BlindIndex, FormerValue, Identity, ScrubRun
from records.storage import scrub
from tests import estate
from tests.corrections.cast import NEW_MOBILE
from tests.corrections.test_applying import values

pytestmark = pytest.mark.django_db(transaction=True)

CHILD = """
import sys
import django
from custodian import databases, embedded
embedded.ensure()
databases.use(sys.argv[1])
django.setup()
from records import tasks
tasks.apply_correction(int(sys.argv[2]))
"""


def approved(cast):
    correction = cast.raised(cast.customer)
    cast.take(correction)
    cast.confirm_in_portal(correction)
    cast.at_branch(correction)
    cast.pass_on(correction)
    cast.approve(correction)
    return correction


def elsewhere(correction, failpoint):
    done = subprocess.run(
        [sys.executable, "-c", CHILD, connection.settings_dict["NAME"], str(correction.pk)],
        env={**os.environ, "CUSTODIAN_FAILPOINT": failpoint},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode


def written(cast):
    """How often: by the holding's epoch, by what is kept of the former value, by its fingerprints."""
    with scopes.acting(estate.system()):
        former = FormerValue.objects.filter(subject_id=cast.customer.pk)
        ended = BlindIndex.objects.filter(subject_id=cast.customer.pk).exclude(until=None)
        return Identity.objects.get(pk=cast.customer.pk).epoch - 1, former.count(), ended.count()


def sweep():
    with scopes.acting(estate.system()):
        waiting = applying.due()
    for each in waiting:
        tasks.apply_correction(each)
    return waiting


@pytest.mark.parametrize(
    ("step", "before"),
    [("correction-read", 0), ("correction-written", 0), ("correction-applied", 1)],
)
def test_killed_at_any_step_it_is_applied_once_in_the_end(cast, step, before):
    correction = approved(cast)
    assert elsewhere(correction, f"{step}:sigkill") == -signal.SIGKILL
    assert written(cast) == (before, before, before)
    assert cast.now(correction).status == ("applied" if before else "approved")
    assert sweep() == ([] if before else [correction.pk])
    assert cast.now(correction).status == "applied"
    assert written(cast) == (1, 1, 1)
    assert values(cast.customer.pk, "identity.mobile") == {"identity.mobile": NEW_MOBILE}
    estate.drain()
    run = scrub.work(ScrubRun.objects.create(kind="full").pk)
    assert (run.status, run.faults) == ("done", 0)


def test_killed_before_she_was_told_she_is_told_by_the_sweep_and_once(cast):
    correction = approved(cast)
    assert elsewhere(correction, "correction-telling:sigkill") == -signal.SIGKILL
    assert cast.now(correction).status == "applied"
    assert outbox.messages() == []
    for _turn in range(2):
        for each in telling.due():
            tasks.tell_of_correction(each)
        (told,) = outbox.messages()
    assert told.to == estate.ZHANG["identity.mobile"]
    assert NEW_MOBILE not in told.text
    with clock.at(clock.now() + telling.AFTERWARDS * 2):
        assert telling.due() == []


def test_ten_workers_at_once_have_one_effect(cast):
    correction = approved(cast)

    def run(_number):
        try:
            return applying.apply(correction.pk).status
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(run, range(10)))
    assert set(ends) == {"applied"}
    assert written(cast) == (1, 1, 1)


def test_two_of_one_holding_at_once_both_get_there(cast):
    """Each read the same row; whoever comes second reads it again."""
    first = approved(cast)
    second = cast.raised(cast.customer, "occupation", identity__occupation="工程师")
    cast.take(second)
    cast.pass_on(second)
    cast.approve(second)

    def run(correction):
        try:
            return applying.apply(correction.pk).status
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(run, [first, second])) == {"applied"}
    found = values(cast.customer.pk, "identity.mobile", "identity.occupation")
    assert found == {"identity.mobile": NEW_MOBILE, "identity.occupation": "工程师"}
