"""A job of a transfer that ends by an error is told once, without a value, and closes when it went through."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access import scopes
from access.models import Finding
from custodian import clock
from tests import estate
from tests.transfers.choosing.letters import submitted
from tests.transfers.house import everything_done
from transfers import freezing
from transfers.choosing import selecting
from transfers.freezing import freezing as freeze_job
from transfers.letters import sending
from transfers.models import LetterBatch
from transfers.stocktaking import taking

JOBS = {"select": selecting, "freeze": freeze_job, "letters": sending, "stock": taking}


def begun(name, families, monkeypatch):
    """The row of a job that waits for its worker."""
    if name == "select":
        return families.begin()
    if name == "letters":
        families.choose()
        families.house.approve(submitted(families))
        return LetterBatch.objects.get()
    families.choose()
    everything_done(monkeypatch)
    if name == "freeze":
        families.house.walk(families.transfer, until="freeze")
    begin = freezing.begin if name == "freeze" else taking.begin
    with estate.acting(families.house.first, stepped_up=True) as actor:
        return begin(families.transfer, actor=actor)


def told():
    with scopes.acting(estate.system()):
        rows = Finding.objects.filter(kind="transfer-fault").order_by("pk")
        return [(each.facts["job"], each.facts["note"], each.verdict) for each in rows]


def again(job):
    """As the button and the sweep of the next minute have it."""
    with scopes.acting(estate.system()):
        type(job).objects.filter(pk=job.pk).update(
            status="queued", leased_until=clock.now() - timedelta(seconds=1)
        )


@pytest.mark.parametrize("name", list(JOBS))
def test_a_failed_job_is_told_once_and_closes_when_it_went_through(name, families, monkeypatch):
    job, module = begun(name, families, monkeypatch), JOBS[name]

    def broken(*_args, **_more):
        raise RuntimeError("320311198604180014")

    with monkeypatch.context() as patched:
        patched.setattr(module, "_name" if name == "letters" else "_run", broken)
        for _each in range(2):
            with pytest.raises(RuntimeError):
                module.work(job.pk)
            assert told() == [(name, "RuntimeError", "")]
            again(job)
    module.work(job.pk)
    assert told() == [(name, "RuntimeError", Finding.Verdict.SETTLED)]
