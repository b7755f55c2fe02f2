"""Drafts that nobody goes on with, days by which an answer is due, and how often one person may ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from access import approvals, scopes
from access.law import clocks as law_clocks
from custodian import clock, outbox
from records import legal_holds
from records.corrections import checking, clocks, confirming, discarding, drafting, worklist
from records.corrections.errors import TooMany, TooManyCodes, TooMuchProof
from records.legal_holds.covering import Draft
from records.models import (
    Correction,
    CorrectionClock,
    CorrectionEvidence,
    CorrectionItem,
    Document,
    Tombstone,
)
from tests import estate
from tests.corrections.cast import NEW_ADDRESS, NEW_MOBILE

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)


def after(span):
    return clock.at(clock.now() + span)


def drafted(cast, who=None, group="address", **written):
    correction = cast.begin(who or cast.customer, group)
    cast.propose(
        who or cast.customer, correction, **(written or {"identity__address": NEW_ADDRESS})
    )
    return correction


# Drafts.


def test_a_draft_that_nobody_touched_for_a_month_goes_with_its_papers(cast):
    old = drafted(cast)
    paper = cast.attach(cast.customer, old)
    with after(discarding.KEPT - A_DAY):
        assert discarding.discard_drafts() == 0
        fresh = drafted(cast, group="occupation", identity__occupation="工程师")
    with after(discarding.KEPT + timedelta(seconds=1)):
        assert discarding.discard_drafts() == 1
        assert discarding.discard_drafts() == 0
    with scopes.acting(estate.system()):
        assert Correction.objects.get(pk=fresh.pk).status == "draft"
        assert Correction.objects.get(pk=old.pk).status == "withdrawn"
        for holding in (old.holding, paper.holding):
            assert Tombstone.objects.filter(gone=holding).exists()
        assert not CorrectionItem.objects.filter(correction=old).exclude(value_sealed=None).exists()
        assert Document.objects.get(pk=paper.pk).name_sealed is None
        assert not CorrectionEvidence.objects.exists()


def test_one_that_was_given_up_goes_at_once_and_one_that_was_handed_in_never_this_way(cast):
    given_up = drafted(cast)
    with cast.acting(cast.customer) as actor:
        drafting.withdraw(given_up, channel="portal", purpose="self", actor=actor)
    handed_in = cast.raised(cast.customer)
    taken_back = cast.raised(cast.customer, "occupation", identity__occupation="工程师")
    with cast.acting(cast.customer) as actor:
        drafting.withdraw(taken_back, channel="portal", purpose="self", actor=actor)
    with after(discarding.KEPT * 2):
        assert discarding.discard_drafts() == 1
    with scopes.acting(estate.system()):
        gone = set(Tombstone.objects.values_list("gone", flat=True))
    assert given_up.holding in gone
    assert {handed_in.holding, taken_back.holding} & gone == set()


def test_a_draft_that_the_law_holds_stays(cast):
    old = drafted(cast)
    with estate.acting(cast.officer) as actor:
        hold = legal_holds.place(
            Draft("customer", {"customers": [cast.customer.ref]}), ground="regulator_order",
            reason="示例监管局来函", review_on=clock.local().date() + timedelta(days=90), actor=actor,
        )  # fmt: skip
    with estate.acting(cast.other_officer, stepped_up=True) as actor:
        approvals.approve(hold.approval, seen=hold.approval.digest, actor=actor)
    with after(discarding.KEPT * 2):
        assert discarding.discard_drafts() == 0
    assert cast.now(old).status == "draft"


def test_writing_in_it_keeps_it(cast):
    draft = drafted(cast)
    with after(discarding.KEPT - A_DAY):
        cast.propose(cast.customer, draft, identity__address=f"{NEW_ADDRESS}东")
    with after(discarding.KEPT + A_DAY):
        assert discarding.discard_drafts() == 0


# Days.


def test_the_days_come_from_the_law_as_data_and_run_from_the_handing_in(cast):
    draft = cast.begin(cast.customer, "mobile")
    cast.propose(cast.customer, draft, identity__mobile=NEW_MOBILE)
    with scopes.acting(estate.system()):
        assert not CorrectionClock.objects.exists()
    cast.hand_in(cast.customer, draft)
    now, today = clock.now(), clock.local().date()
    wanted = {
        rule.code for trigger in clocks.TRIGGERS for rule in law_clocks.by_trigger(trigger, today)
    }
    with scopes.acting(estate.system()):
        rows = list(CorrectionClock.objects.filter(correction=draft))
        assert {each.rule for each in rows} == wanted
        assert "CO-CORRECTION-15D" in wanted
        assert len(wanted) > 1
        assert all(now < each.near_at < each.due_at for each in rows)
        first = clocks.first_due(draft)
    assert first == min(each.due_at for each in rows)
    own = next(each for each in rows if each.rule == "CO-CORRECTION-15D")
    assert timedelta(days=14) < own.due_at - now <= timedelta(days=16)


def test_what_is_near_and_what_is_late_is_shown_and_nothing_runs_once_it_is_decided(cast):
    correction = cast.raised(cast.customer)
    with scopes.acting(estate.system()):
        row = CorrectionClock.objects.order_by("due_at").first()

    def shown(moment):
        with clock.at(moment), estate.acting(cast.desk) as actor:
            (found,) = worklist.rows("waiting", actor=actor)
            return found.near, found.late

    assert shown(row.near_at - timedelta(seconds=1)) == (False, False)
    assert shown(row.near_at) == (True, False)
    assert shown(row.due_at + timedelta(seconds=1)) == (False, True)
    with clock.at(row.due_at + timedelta(seconds=1)), estate.acting(cast.officer):
        assert worklist.late() == 1
    with clock.at(row.due_at + timedelta(seconds=1)):
        desk = estate.login(Client(headers={"accept-language": "zh-hans"}), cast.desk)
        assert "逾期" in desk.get(reverse("desk:corrections")).content.decode()
    cast.through(correction)
    with scopes.acting(estate.system()):
        assert not CorrectionClock.objects.filter(stopped_at=None).exists()
    with after(timedelta(days=60)), estate.acting(cast.officer):
        assert worklist.late() == 0


# Limits of one person.


def test_six_drafts_a_day_of_one_person_for_one_customer(cast):
    groups = ["mobile", "landline", "email", "address", "occupation", "workplace"]
    for group in groups:
        cast.begin(cast.agent, group)
    with pytest.raises(TooMany):
        cast.begin(cast.agent, "income")
    cast.begin(cast.customer, "income")  # she herself is another
    cast.begin(cast.agent, "mobile")  # what he left unfinished is the same one
    with after(A_DAY + timedelta(seconds=1)):
        cast.begin(cast.agent, "income")


def test_nobody_tries_values_one_after_the_other(cast, monkeypatch):
    """What stands there could be guessed by what is said to be unchanged."""
    monkeypatch.setattr(drafting, "PROPOSALS", 3)
    draft = cast.begin(cast.agent, "birth_date")
    for day in (1, 2, 3):
        cast.propose(cast.agent, draft, identity__birth_date=f"1986-04-{day:02}")
    with pytest.raises(TooMany):
        cast.propose(cast.agent, draft, identity__birth_date=estate.ZHANG["identity.birth_date"])


def test_a_wrong_guess_counts_like_a_right_one(cast, monkeypatch):
    monkeypatch.setattr(drafting, "PROPOSALS", 2)
    draft = cast.begin(cast.agent, "mobile")
    for wrong in ("1", estate.ZHANG["identity.mobile"]):
        assert not cast.propose(cast.agent, draft, identity__mobile=wrong).sound
    with pytest.raises(TooMany):
        cast.propose(cast.agent, draft, identity__mobile=NEW_MOBILE)


def test_four_papers_and_no_more(cast):
    draft = drafted(cast)
    for _ in range(drafting.MOST_PROOF):
        cast.attach(cast.customer, draft)
    with pytest.raises(TooMuchProof):
        cast.attach(cast.customer, draft)


def test_three_codes_in_ten_minutes(cast):
    correction = cast.raised(cast.customer)
    before = len(outbox.messages())

    def send():
        with cast.acting(cast.customer) as actor:
            confirming.send_code(correction, "identity.email", channel="portal", actor=actor)

    for _ in range(3):
        send()
    with pytest.raises(TooManyCodes):
        send()
    assert len(outbox.messages()) == before  # they wait for the worker
    with after(timedelta(minutes=11)):
        send()


def test_the_checks_do_not_say_more_than_the_register_of_today(cast):
    """A proposal prints no value."""
    proposal = checking.Proposal({"identity.mobile": NEW_MOBILE}, frozenset(), ())
    assert NEW_MOBILE not in repr(proposal)
