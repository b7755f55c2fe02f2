"""A request is written down whichever way it came, its clock runs at once, and a second one is led to the first."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from access import actors, keystore, scopes
from access.law import clocks as law_clocks
from access.law import reading as law_reading
from access.models import WorkItem
from custodian import clock
from custodian.errors import NotVisible
from custodian.regimes import remedies
from custodian.regimes.packs import Mark
from records.models import CustomerRequest, RequestClock, RequestMessage
from records.requests import kinds, limits, opening, texts
from records.requests.opening import AlreadyOpen, TooMany
from tests import estate
from tests.requests import office as offices
from tests.requests.office import WORDS, everything, steps

pytestmark = pytest.mark.django_db
Kind = CustomerRequest.Kind


@pytest.mark.parametrize("kind", sorted(kinds.WAYS))
def test_every_kind_is_accepted_at_once_from_somebody_signed_in(office, kind):
    about = {"object": "follow_up", "look_question": "7"}.get(kind, "")
    asked = office.ask(kind, about=about)
    assert (asked.status, asked.proof, asked.asked_by) == ("accepted", "signed_in", "herself")
    assert steps(asked) == ["received", "accepted"]
    with everything():
        running = RequestClock.objects.get(request=asked)
        item = WorkItem.objects.get(number=asked.ref)
    assert running.rule == kinds.of(kind).clock
    assert running.started_at == asked.received_at
    assert clock.now() < running.due_at == item.due_at
    assert (item.subject_id, item.source, item.opened_by_id) == (office.customer.pk, "portal", None)
    assert item.kind == ("complaint" if kind == "complaint" else "request")


def test_a_right_has_thirty_days_and_a_complaint_fifteen(office):
    for kind, days in (("deletion", 30), ("complaint", 15), ("question", 15), ("fraud_call", 3)):
        asked = office.ask(kind)
        with everything():
            due = RequestClock.objects.get(request=asked).due_at
        # To the end of the last day at the office.
        last = clock.local(due - timedelta(microseconds=1)).date()
        assert last == clock.local(asked.received_at).date() + timedelta(days=days)


def test_what_she_writes_is_sealed_under_a_key_of_its_own(office):
    asked = office.ask("complaint")
    with everything():
        row = CustomerRequest.objects.get(pk=asked.pk)
        assert WORDS.encode() not in bytes(row.text_sealed)
        assert keystore.held([row.holding]) == {row.holding}
        assert row.origins == {"request.text": ["portal", clock.local().date().isoformat()]}
    with office.she() as actor:
        said = texts.read(row, purpose="self", channel="portal", actor=actor)
    assert said.text == WORDS
    assert WORDS not in repr(said)


@pytest.mark.django_db(transaction=True)
def test_the_log_says_that_something_was_asked_and_never_what(office, entries_since):
    asked = office.ask("complaint")
    estate.drain()
    told = [json.loads(each.leaf) for each in entries_since()]
    entry = next(each for each in told if each.get("what") == "records:request:open")
    assert (entry["no"], entry["act"], entry["n"]) == ("CUSTOMER", "change", 1)
    assert (entry["request"], entry["request-kind"], entry["held"]) == (asked.ref, "complaint", 1)
    assert not any(WORDS in each.leaf for each in entries_since())


def test_the_same_right_is_open_once_and_a_second_is_led_to_it(office):
    first = office.ask("deletion")
    with pytest.raises(AlreadyOpen) as same:
        office.ask("deletion")
    assert same.value.request == first
    office.refuse(first)
    assert office.ask("deletion").pk != first.pk


def test_two_at_once_of_one_right_are_one(office):
    first = office.ask("copy")
    twin = CustomerRequest(
        subject_id=office.customer.pk, kind="copy", came_by="portal", office="service",
        proof="signed_in", proven_at=clock.now(),
    )  # fmt: skip
    with everything(), pytest.raises(IntegrityError, match="open_once"), transaction.atomic():
        twin.save()
    assert opening.existing(office.customer.pk, kind="copy") == first


def test_objections_to_two_purposes_are_two(office):
    office.ask("object", about="follow_up")
    office.ask("object", about="other")
    with pytest.raises(AlreadyOpen):
        office.ask("object", about="follow_up")


def test_complaints_and_questions_may_be_several(office):
    for kind in ("complaint", "question", "feedback", "fraud_call"):
        assert office.ask(kind).pk != office.ask(kind).pk


def test_a_form_sent_twice_is_one_request(office):
    form = offices.form()
    assert office.ask("complaint", form=form) == office.ask("complaint", form=form)
    assert office.ask("complaint", form=form, customer=office.other).subject_id == office.other.pk


def test_another_customers_requests_have_nothing_to_do_with_hers(office):
    office.ask("deletion")
    assert office.ask("deletion", customer=office.other).status == "accepted"


def test_nobody_opens_one_for_somebody_out_of_reach(office):
    with scopes.acting(actors.customer(office.customer.pk)) as actor, pytest.raises(NotVisible):
        opening.open_request(
            office.other.pk, kind="question", text="x", channel="portal", actor=actor
        )
    with estate.acting(office.desk) as actor, pytest.raises(NotVisible):
        opening.open_request(
            office.customer.pk, kind="question", text="x", channel="desk", actor=actor
        )


# -- floods ------------------------------------------------------------------------------------


@pytest.fixture
def few(settings):
    settings.CUSTODIAN_REQUESTS_OPEN, settings.CUSTODIAN_REQUESTS_DAILY = 3, 4
    return limits.current()


def test_one_too_many_is_refused_clearly_and_nothing_is_kept(office, few):
    for _ in range(few.open):
        office.ask("question")
    with pytest.raises(TooMany) as many:
        office.ask("question")
    assert many.value.status == 429
    with everything():
        assert CustomerRequest.objects.count() == few.open
    assert office.ask("question", customer=office.other).status == "accepted"


def test_answered_ones_count_for_the_day(office, few):
    for _ in range(few.daily):
        office.answer(office.ask("question"))
    with pytest.raises(TooMany):
        office.ask("question")
    with offices.later(hours=25):
        assert office.ask("question").status == "accepted"


@pytest.mark.parametrize("kind", ["complaint", "fraud_call"])
def test_a_complaint_is_never_lost_and_its_clock_runs_all_the_same(office, few, kind):
    for _ in range(few.open):
        office.ask("question")
    asked = office.ask(kind)
    assert (asked.triage, asked.status) == (True, "accepted")
    with everything():
        assert RequestClock.objects.running().filter(request=asked).exists()


def test_what_the_desk_enters_for_her_is_taken_and_sorted_first(office, few):
    for _ in range(few.open):
        office.ask("question")
    assert office.enter(proof="in_person").triage


# -- by letter, telephone, at the counter --------------------------------------------------------


def test_until_it_is_known_who_asks_it_is_only_received(office):
    asked = office.enter("deletion")
    assert (asked.status, asked.proof, asked.item_id) == ("received", "", None)
    assert steps(asked) == ["received"]
    with everything(), pytest.raises(IntegrityError, match="proven"), transaction.atomic():
        CustomerRequest.objects.filter(pk=asked.pk).update(status="accepted")


def test_its_clock_runs_from_the_day_it_came(office):
    came = clock.now() - timedelta(days=4)
    asked = office.enter("deletion", received_at=came)
    with everything():
        assert RequestClock.objects.get(request=asked).started_at == came


def test_a_second_one_is_found_only_once_it_is_proven_who_asks(office):
    first = office.ask("deletion")
    second = office.enter("deletion")  # says nothing of the first
    assert second.status == "received"
    with estate.acting(office.desk) as actor, pytest.raises(AlreadyOpen) as same:
        opening.prove(second, proof="call_back", channel="desk", actor=actor)
    assert same.value.request == first


def test_proof_is_on_record_with_whoever_checked_and_only_then_it_is_accepted(office):
    asked = office.enter("complaint")
    with estate.acting(office.desk) as actor:
        opening.prove(asked, proof="in_person", channel="desk", actor=actor)
        opening.prove(asked, proof="call_back", channel="desk", actor=actor)  # once is enough
    offices.refreshed(asked)
    assert (asked.status, asked.proof, asked.proven_by_id) == (
        "accepted", "in_person", office.desk.pk,
    )  # fmt: skip
    assert steps(asked) == ["received", "proven", "accepted"]


# -- who sees it -----------------------------------------------------------------------------------


def test_her_agent_sees_none_of_it_though_she_is_his(office):
    asked = office.ask("complaint")
    with estate.acting(office.agent) as actor:
        assert not CustomerRequest.objects.exists()  # row-level security
        assert not CustomerRequest.objects.visible_to(actor).exists()
        assert not RequestClock.objects.exists()
        assert not RequestMessage.objects.exists()
    with office.she(office.other) as actor:
        assert not CustomerRequest.objects.visible_to(actor).exists()
        assert not CustomerRequest.objects.exists()
    with office.she() as actor:
        assert list(CustomerRequest.objects.visible_to(actor)) == [asked]
        assert list(CustomerRequest.objects.all()) == [asked]
        assert asked.steps.count() == 2


def test_nobody_but_the_system_writes_in_her_scope(office):
    asked = office.ask("complaint")
    with office.she():
        assert not CustomerRequest.objects.filter(pk=asked.pk).update(status="withdrawn")
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            asked.steps.create(code="answered")


def test_every_kind_names_a_clock_and_a_clause_that_there_are():
    for way in kinds.WAYS.values():
        assert law_clocks.of(way.clock).length is not None
        assert not way.clause or law_reading.pack_clause(way.clause)
    assert {kind for _title, several in kinds.GROUPS for kind in several} == set(Kind)


def test_every_way_on_after_a_refusal_has_a_source_or_says_that_it_waits_for_one():
    for each in remedies.of("cn"):
        assert (each.mark is Mark.UNCONFIRMED) or each.clause or each.mark is Mark.DEFAULT
        assert each.says
        assert each.says_en
    assert remedies.of("uk") == ()
