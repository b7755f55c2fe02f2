"""The freeze: lines for those who move, totals from them, and every later change found."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from access import keystore, scopes
from access.gate import Refused
from access.keystore import NoKey
from access.models import Objection, Restriction
from custodian import clock
from custodian.crypto.errors import OpenFailed
from custodian.jobs import JobStatus
from custodian.workflow import IllegalMove
from records import legal_holds
from records.legal_holds.covering import Draft
from records.models import Consent, Document, Finances, Identity, Policy
from tests import estate
from tests.records import desk_estate
from tests.transfers.choosing.estate import change, fate, mark, role
from tests.transfers.house import everything_done
from transfers import chosen, freezing, progress
from transfers.freezing import comparing, estates, sums
from transfers.freezing import freezing as job
from transfers.models import Freeze, FrozenLine, Transfer


@pytest.fixture
def ready(families, monkeypatch):
    """The families chosen and approved, and the transfer at its freeze."""
    everything_done(monkeypatch)
    families.choose()
    families.house.walk(families.transfer, until="freeze")
    return families


def freeze(families):
    with estate.acting(families.house.first, stepped_up=True) as actor:
        begun = freezing.begin(families.transfer, actor=actor)
    return job.work(begun.pk)


def changes(families):
    return {each.ref: each.kinds for each in freezing.changed(families.transfer)}


def test_everybody_who_moves_has_a_line_and_nobody_else(ready):
    mark(ready.sun, status="destroyed")  # after she was chosen
    done = freeze(ready)

    assert done.status == JobStatus.DONE
    assert fate(ready.sun) == "destroyed"
    with scopes.acting(estate.system()):
        refs = set(FrozenLine.objects.values_list("ref", flat=True))
    assert refs == {each.ref for each in (ready.zhang, ready.wife, ready.wu, ready.son, ready.qian)}
    assert changes(ready) == {}


def test_totals_are_those_of_the_lines(ready):
    desk_estate.claim(ready.wife, ready.joint)
    second = desk_estate.policy(
        ready.zhang, values={"policy.premium": "0.10", "policy.sum_insured": "1.00"}
    )
    change(second, status="terminated")
    freeze(ready)

    found = freezing.totals(ready.transfer)

    assert found.counts["customers"] == 6
    assert (found.counts["policies"], found.counts["in_force"]) == (4, 3)
    assert (found.counts["claims"], found.counts["open_claims"]) == (1, 0)
    assert found.money["CNY"].premium == Decimal("36000.10")
    assert found.money["CNY"].sum_insured == Decimal("1500001.00")
    assert found.products["WL01"].in_force == 3


def test_no_sum_lies_in_clear(ready):
    freeze(ready)
    with scopes.acting(estate.system()):
        for line in FrozenLine.objects.all():
            assert b"12000" not in bytes(line.sums_sealed)
            assert "12000" not in str(line.counts)


def test_sums_of_two_customers_do_not_change_places(ready):
    freeze(ready)
    with scopes.acting(estate.system()):
        zhang = FrozenLine.objects.get(subject=ready.zhang.pk)
        FrozenLine.objects.filter(subject=ready.sun.pk).update(sums_sealed=zhang.sums_sealed)
    with pytest.raises(OpenFailed):
        freezing.totals(ready.transfer)


def test_each_page_that_is_opened_is_one_entry_that_tags_nobody(ready, entries_since):
    freeze(ready)
    freezing.totals(ready.transfer)

    read = [
        each
        for each in entries_since()
        if "transfers:freeze:read" in each.leaf and each.act == "machine"
    ]
    assert len(read) == 2
    assert all(each.subjects == 0 for each in read)


def _identity(families):
    Identity.objects.filter(subject=families.sun.pk).update(state_mac=b"other")


def _money(families):
    assert Finances.objects.filter(subject=families.sun.pk).update(epoch=9)


def _policy(families):
    Policy.objects.filter(pk=families.alone.pk).update(ends_on="2031-01-01")


def _claim(families):
    desk_estate.claim(families.sun, families.alone)


def _document(families):
    Document.objects.create(
        subject_id=families.sun.pk, kind="proof", media_type="image/png", size=1, digest=b"1"
    )


def _role(families):
    role(families.alone, families.sun)


def _consent(families):
    Consent.objects.create(
        subject_id=families.sun.pk,
        purpose="marketing",
        said="refused",
        by="herself",
        channel="portal",
    )


def _restriction(families):
    Restriction.objects.create(subject_id=families.sun.pk, holding=uuid4(), kind="policy")


def _objection(families):
    Objection.objects.create(subject_id=families.sun.pk, purpose="follow_up")


def _customer(families):
    type(families.sun).objects.filter(pk=families.sun.pk).update(minor_until="2031-01-01")


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("identity", _identity), ("financial", _money), ("policies", _policy), ("claims", _claim),
        ("documents", _document), ("roles", _role), ("consents", _consent),
        ("restrictions", _restriction), ("objections", _objection), ("customer", _customer),
    ],
)  # fmt: skip
def test_what_changes_after_the_freeze_is_told_by_its_kind(ready, kind, act):
    freeze(ready)
    with scopes.acting(estate.system()):
        act(ready)

    assert changes(ready) == {ready.sun.ref: (kind,)}
    assert [str(each) for each in next(freezing.changed(ready.transfer)).words] == [
        str(estates.WORDS[kind])
    ]


def test_every_kind_is_called_something_and_tried_above():
    assert set(estates.WORDS) == {*estates.KINDS, "left"}


def test_a_hold_after_the_freeze_takes_her_out_and_is_told_as_having_left(ready):
    freeze(ready)
    with estate.acting(ready.house.first) as actor:
        legal_holds.place(
            Draft("customer", {"customers": [ready.wife.ref]}), ground="regulator_order",
            reason="示例监管局来函", review_on=clock.local().date() + timedelta(days=90), actor=actor,
        )  # fmt: skip
    assert changes(ready) == {ready.wife.ref: ("holds",), ready.zhang.ref: ("holds",)}

    assert chosen.recheck(ready.transfer) == 2

    assert changes(ready) == {ready.wife.ref: ("left",), ready.zhang.ref: ("left",)}
    assert freezing.totals(ready.transfer).counts["customers"] == 4


def test_nobody_comes_in_after_the_freeze_and_who_is_barred_goes_out(ready):
    with estate.acting(ready.house.first) as actor:
        held = chosen.bar(ready.transfer, ready.wife, "dispute", reason="仲裁", actor=actor)
    freeze(ready)
    with estate.acting(ready.house.first) as actor:
        chosen.lift(held, reason="已撤回", actor=actor)
        chosen.bar(ready.transfer, ready.sun, "dispute", reason="晚到的仲裁", actor=actor)
    assert fate(ready.zhang) == "connected"
    assert fate(ready.sun) == "barred"


def test_comparing_notes_what_differs_and_is_done_by_one(ready):
    done = freeze(ready)
    with scopes.acting(estate.system()):
        _policy(ready)
    assert [each.pk for each in comparing.due()] == [done.pk]
    assert comparing.due() == []

    assert comparing.compare(done) == 1
    with scopes.acting(estate.system()):
        assert FrozenLine.objects.get(subject=ready.sun.pk).changed == "policies"


def test_nothing_is_frozen_before_its_stage_nor_before_somebody_was_chosen(families, monkeypatch):
    everything_done(monkeypatch)
    with estate.acting(families.house.first) as actor, pytest.raises(progress.NotYet):
        freezing.begin(families.transfer, actor=actor)
    families.house.walk(families.transfer, until="freeze")
    with estate.acting(families.house.first) as actor, pytest.raises(job.NotChosen):
        freezing.begin(families.transfer, actor=actor)


def test_the_stage_waits_for_the_freeze(ready):
    assert [each.code for each in job.missing(ready.transfer)] == ["frozen"]
    freeze(ready)
    assert job.missing(ready.transfer) == []


def test_a_freeze_that_was_killed_goes_on_after_its_last_page(ready, monkeypatch):
    monkeypatch.setattr(job, "PAGE", 2)
    with estate.acting(ready.house.first, stepped_up=True) as actor:
        begun = freezing.begin(ready.transfer, actor=actor)

    def stop(run):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.work(begun.pk, on_progress=stop)
    with scopes.acting(estate.system()):
        first = dict(FrozenLine.objects.values_list("pk", "digest"))
        Freeze.objects.update(leased_until="2026-01-01T00:00Z")
    assert len(first) == 2
    done = job.work(begun.pk)

    assert (done.status, done.total) == (JobStatus.DONE, 6)
    with scopes.acting(estate.system()):
        kept = dict(FrozenLine.objects.filter(pk__in=first).values_list("pk", "digest"))
    assert {pk: bytes(each) for pk, each in kept.items()} == {
        pk: bytes(each) for pk, each in first.items()
    }


def test_the_key_of_the_sums_goes_with_the_end_and_not_before(ready):
    freeze(ready)
    with pytest.raises(IllegalMove):
        freezing.forget(ready.transfer)
    Transfer.objects.filter(pk=ready.transfer.pk).update(status="ended")
    ready.transfer.refresh_from_db()

    freezing.forget(ready.transfer)

    with pytest.raises(NoKey):
        freezing.totals(ready.transfer)
    assert keystore.held([keystore.named_holding(sums.holding_of(ready.transfer))]) == set()


def test_a_person_reads_no_sums(ready):
    with estate.acting(ready.house.first) as actor, pytest.raises(Refused):
        sums.read(ready.transfer, [ready.sun.pk], actor=actor)
