"""A request is a holding like the others: scrubbed, held, kept for its time, destroyed with all its words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from access import keystore, scopes
from custodian import clock
from records import integrity, legal_holds
from records.destruction import going, stores
from records.destruction.going import Going
from records.legal_holds import covering
from records.legal_holds.covering import Draft
from records.models import CustomerRequest, Keeping, RequestMessage
from records.requests import customers_side, handling
from records.retention import explaining, reckoning
from records.storage import checking, reading
from tests import estate
from tests.requests.office import everything

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _outside(settings, tmp_path):
    settings.CUSTODIAN_TOMBSTONES = tmp_path / "tombstones"


@pytest.fixture
def talked(office):
    """With every kind of words in it."""
    asked = office.ask("portability", insurer="示例人寿")
    with estate.acting(office.first) as actor:
        handling.ask(asked, "请写明保单", channel="admin", actor=actor)
    with office.she() as actor:
        customers_side.say(asked, "全部", channel="portal", actor=actor)
    office.answer(asked)
    with office.she() as actor:
        customers_side.rate(asked, 3, "还行", channel="portal", actor=actor)
    estate.drain()
    return asked


def faults(row):
    with scopes.acting(estate.system()) as actor:
        held = reading.again("request", [row.pk])
        return [each.code for each in checking.check(held, scrub="x", actor=actor).faults]


def test_a_scrub_opens_every_word_and_finds_nothing_wrong(talked):
    with scopes.acting(estate.system()) as actor:
        held = reading.again("request", [talked.pk])
        checked = checking.check(held, scrub="x", actor=actor)
    assert sorted(held[0].blobs) == [
        "request.answer", "request.comment", "request.insurer", "request.message/1",
        "request.message/2", "request.text",
    ]  # fmt: skip
    assert (checked.values, checked.faults) == (6, [])
    assert set(reading.codes("request")) >= {"request.message", "request.refusal"}


def test_a_message_that_was_taken_away_or_changed_is_found(talked):
    with everything():
        first = RequestMessage.objects.get(request=talked, slot=1)
        second = RequestMessage.objects.get(request=talked, slot=2)
        RequestMessage.objects.filter(pk=first.pk).update(message_sealed=second.message_sealed)
    assert faults(talked) == ["value"]
    with everything():
        RequestMessage.objects.filter(pk=first.pk).delete()
        assert list(integrity.altered("request")) == [talked.holding]
    assert faults(talked) == ["state"]


def test_a_customers_hold_covers_her_requests_and_a_policys_does_not(office, talked):
    with estate.acting(office.first) as actor:
        legal_holds.place(
            Draft("customer", {"customers": [office.customer.ref]}),
            ground="dispute_or_complaint_open", reason="诉讼",
            review_on=clock.local().date() + timedelta(days=30), actor=actor,
        )  # fmt: skip
    assert talked.holding in legal_holds.on([talked.holding])
    everything_held = covering.everything(Draft("customer", {"customers": [office.customer.ref]}))
    assert talked.holding in everything_held


@pytest.mark.parametrize(
    ("kind", "years", "rule"), [("copy", 3, "cn-request"), ("complaint", 5, "cn-complaint")]
)
def test_it_is_kept_from_its_end_by_the_rule_of_its_kind(office, kind, years, rule):
    asked = office.ask(kind)

    def keeping():
        reckoning.refresh([office.customer.pk])
        with everything():
            return Keeping.objects.get(pk=asked.holding)

    assert keeping().state == "in_use"
    office.answer(asked)
    day = clock.local(asked.closed_at).date()
    kept = keeping()
    assert (kept.state, kept.rule) == ("restricted", rule)
    assert kept.keep_until == day.replace(year=day.year + years)
    with clock.at(clock.now() + timedelta(days=366 * years)):
        assert keeping().state == "due"
    with everything():
        told = {each.name: each for each in explaining.of_customer(office.customer.pk, today=day)}
    assert str(told[asked.ref].label) == "客户申请"


def test_destroyed_it_leaves_no_word_no_key_and_no_code(office, talked):
    with everything():
        other = office.ask("complaint", customer=office.other)
        gone = _destroyed(talked)
        row = CustomerRequest.objects.get(pk=talked.pk)
        assert not RequestMessage.objects.filter(request=talked).exists()
        assert keystore.held([talked.holding]) == set()
        assert {
            name for name in ("text", "insurer", "answer", "comment")
            if getattr(row, f"{name}_sealed") is not None
        } == set()  # fmt: skip
        assert (row.about, row.details, row.outcome, row.origins) == ("", {}, {}, {})
        assert [each for look in stores.scan([gone]) for each in look.residues] == []
        assert CustomerRequest.objects.get(pk=other.pk).text_sealed is not None
        assert list(integrity.altered("request")) == []


def _destroyed(asked):
    with transaction.atomic():
        going.lock([asked.subject_id])
        return going.destroy([Going(asked.holding, "request", asked.subject_id)], batch=None)
