"""Taken, asked back, extended, passed on, answered, refused: each by whoever may, and told to the customer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access import approvals
from access.gate import Refused
from access.models import Approval, WorkItem
from access.vocabulary import Role
from custodian import clock
from records.models import CustomerRequest, Representative, RequestClock, StaffTrace
from records.requests import clocks, customers_side, handling, texts
from records.requests.clocks import NoExtension
from records.requests.customers_side import NotToRate
from records.requests.handling import Ended, NoReason, NotProven
from records.requests.workflows import REQUEST
from tests import estate
from tests.requests import office as offices
from tests.requests.office import everything, refreshed, steps

pytestmark = pytest.mark.django_db
Status = CustomerRequest.Status


def take(asked, person):
    with estate.acting(person) as actor:
        handling.take(asked, channel="desk", actor=actor)
    return refreshed(asked)


def read(office, asked):
    with office.she() as actor:
        return texts.read(asked, purpose="self", channel="portal", actor=actor)


def due(asked):
    with everything():
        return RequestClock.objects.get(request=asked).due_at


def extend(asked, code, person):
    with estate.acting(person) as actor:
        handling.extend(asked, code, reason="情况复杂，须调取录音", channel="desk", actor=actor)


def test_whoever_takes_it_has_a_reason_to_look_at_her(office):
    asked = take(office.ask(), office.desk)
    with everything():
        item = WorkItem.objects.get(number=asked.ref)
    assert (asked.status, asked.handler_id, item.user_id) == (
        "working", office.desk.pk, office.desk.pk,
    )  # fmt: skip
    assert steps(asked) == ["received", "accepted", "working"]


def test_another_may_take_it_over_and_the_work_goes_with_it(office):
    asked = take(office.ask(), office.desk)
    take(asked, office.first)
    with everything():
        assert WorkItem.objects.get(number=asked.ref).user_id == office.first.pk


def test_it_is_answered_in_words_that_she_reads_when_it_has_ended(office):
    asked = office.ask("question")
    office.answer(asked, office.desk)
    assert (asked.status, asked.closed_by_id, asked.unit) == (
        "answered", office.desk.pk, office.desk.unit,
    )  # fmt: skip
    assert read(office, asked).answer == "已照办。"
    with everything():
        running = RequestClock.objects.get(request=asked)
        item = WorkItem.objects.get(number=asked.ref)
    assert running.stopped_at == asked.closed_at
    assert running.on_time
    assert (item.outcome, item.closed_at is None) == ("done", False)
    assert steps(asked)[-1] == "answered"


def test_nothing_is_done_twice(office):
    asked = office.ask("question")
    office.answer(asked)
    for act in (office.answer, office.refuse, lambda each: take(each, office.desk)):
        with pytest.raises(Ended):
            act(asked)
    with office.she() as actor, pytest.raises(Ended):
        customers_side.withdraw(asked, channel="portal", actor=actor)


def test_a_refusal_says_why(office):
    asked = office.ask("deletion")
    with estate.acting(office.first) as actor, pytest.raises(NoReason):
        handling.refuse(asked, " ", channel="admin", actor=actor)
    office.refuse(asked)
    assert (asked.status, read(office, asked).refusal) == ("refused", "法律要求保存。")


def test_what_belongs_to_compliance_is_passed_on_and_decided_there(office):
    asked = office.ask("deletion")
    with pytest.raises(Refused) as refused:
        office.answer(asked, office.desk)
    assert refused.value.decision.because == ("role-not-covered",)
    assert refreshed(asked).status == "accepted"
    question = office.ask("question")
    take(question, office.desk)
    with estate.acting(office.desk) as actor:
        handling.pass_on(question, reason="须查日志", channel="desk", actor=actor)
    assert (refreshed(question).office, question.handler_id) == ("compliance", None)
    with pytest.raises(Refused):
        office.answer(question, office.desk)
    office.answer(question, office.first)


@pytest.mark.parametrize(
    "role", [Role.AGENT, Role.CLAIMS_HANDLER, Role.AUDITOR, Role.ADMINISTRATOR]
)
def test_nobody_else_handles_requests(office, role):
    asked = office.ask("question")
    other = estate.user(role, name="别人")
    for act in (lambda: take(asked, other), lambda: office.answer(asked, other)):
        with pytest.raises((Refused, CustomerRequest.DoesNotExist)):
            act()
    assert refreshed(asked).status == "accepted"


def test_nothing_is_told_to_somebody_of_whom_nobody_knows_who_he_is(office):
    asked = office.enter("access")
    for act in (
        lambda actor: handling.answer(asked, "x", channel="desk", actor=actor),
        lambda actor: handling.ask(asked, "x", channel="desk", actor=actor),
        lambda actor: handling.take(asked, channel="desk", actor=actor),
    ):
        with estate.acting(office.desk) as actor, pytest.raises(NotProven):
            act(actor)
    office.refuse(asked, office.desk)  # that much may be said: it could not be checked
    assert asked.status == "refused"


def test_questions_and_answers_on_the_way_are_sealed_in_one_thread(office):
    asked = office.ask("complaint")
    with estate.acting(office.desk) as actor:
        handling.ask(asked, "请写明日期", channel="desk", actor=actor)
    with office.she() as actor:
        customers_side.say(asked, "上月三号", channel="portal", actor=actor)
    said = [(each.author, each.text) for each in read(office, asked).messages]
    assert said == [("insurer", "请写明日期"), ("customer", "上月三号")]
    assert steps(asked)[-2:] == ["asked", "said"]
    with everything():
        for each in asked.messages.all():
            assert "上月三号".encode() not in bytes(each.message_sealed)


# -- time ------------------------------------------------------------------------------------------


def test_a_complaint_is_extended_as_the_rule_has_it_and_she_is_told_why(office):
    asked = office.ask("complaint")
    extend(asked, "complex", office.desk)
    last = clock.local(due(asked) - timedelta(microseconds=1)).date()
    assert last == clock.local(asked.received_at).date() + timedelta(days=30)
    assert steps(asked)[-1] == "extended"
    assert read(office, asked).extension == "情况复杂，须调取录音"
    with pytest.raises(NoExtension):
        extend(asked, "complex", office.desk)


def test_the_last_thirty_days_need_a_second_officer(office):
    asked = office.ask("complaint")
    with pytest.raises(NoExtension):
        extend(asked, "special", office.first)  # not before the first one
    extend(asked, "complex", office.first)
    before = due(asked)
    extend(asked, "special", office.first)
    assert due(asked) == before
    approval = Approval.objects.get(kind="complaint-extension")
    with estate.acting(office.first, stepped_up=True) as actor, pytest.raises(Refused):
        approvals.approve(approval, seen=approval.digest, actor=actor)
    with estate.acting(office.second, stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)
    assert due(asked) == before + timedelta(days=30)
    with everything():
        assert not clocks.extensions(RequestClock.objects.get(request=asked))


def test_an_extension_that_was_answered_meanwhile_gives_nothing(office):
    asked = office.ask("complaint")
    extend(asked, "complex", office.desk)
    extend(asked, "special", office.desk)
    office.answer(asked)
    approval = Approval.objects.get(kind="complaint-extension")
    with (
        estate.acting(office.second, stepped_up=True) as actor,
        pytest.raises(approvals.ContentChanged),
    ):
        approvals.approve(approval, seen=approval.digest, actor=actor)


def test_a_right_has_no_extension(office):
    asked = office.ask("deletion")
    with pytest.raises(NoExtension):
        extend(asked, "complex", office.first)


# -- who stands aside --------------------------------------------------------------------------------


def test_nobody_handles_his_own_request_or_his_familys(office):
    """A member of staff who is a customer as well, known by the fingerprint of his number."""
    with everything():
        from records import blind_indexes

        for each in blind_indexes.of_values(
            {"identity.id_number": estate.ZHANG["identity.id_number"]}
        ):
            StaffTrace.objects.create(
                user=office.desk, element=each.element, digest=each.digest, version=each.version
            )
        Representative.objects.count()
    asked = office.ask("question")
    with pytest.raises(Refused) as refused:
        office.answer(asked, office.desk)
    assert refused.value.decision.because == ("request-own",)
    assert refreshed(asked).status == "accepted"
    office.answer(asked, estate.user(Role.SERVICE_DESK, name="另一人"))


# -- her own acts --------------------------------------------------------------------------------------


def test_she_takes_it_back_and_the_work_ends(office):
    asked = office.ask("complaint")
    with office.she() as actor:
        customers_side.withdraw(asked, channel="portal", actor=actor)
    assert (refreshed(asked).status, asked.closed_by_id) == ("withdrawn", None)
    with everything():
        assert WorkItem.objects.get(number=asked.ref).outcome == "withdrawn"


def test_she_rates_an_answer_once_and_after_the_end(office):
    asked = office.ask("question")
    with office.she() as actor, pytest.raises(NotToRate):
        customers_side.rate(asked, 5, channel="portal", actor=actor)
    office.answer(asked)
    with office.she() as actor:
        customers_side.rate(asked, 2, "等得太久", channel="portal", actor=actor)
        with pytest.raises(NotToRate):
            customers_side.rate(asked, 5, channel="portal", actor=actor)
    assert (refreshed(asked).score, read(office, asked).comment) == (2, "等得太久")


@pytest.mark.parametrize("move", sorted(REQUEST.moves))
@pytest.mark.parametrize("status", Status.values)
def test_every_move_is_tried_from_every_state(move, status):
    allowed = {
        "accept": {"received"},
        "begin": {"accepted"},
        "answer": {"accepted", "working"},
        "partly": {"accepted", "working"},
        "refuse": {"received", "accepted", "working"},
        "withdraw": {"received", "accepted", "working"},
    }
    assert REQUEST.may(CustomerRequest(status=status), move) is (status in allowed[move])


def test_a_message_too_many_is_not_taken(office, monkeypatch):
    monkeypatch.setattr(customers_side, "MESSAGES", 2)
    asked = office.ask("complaint")
    with office.she() as actor:
        for _ in range(2):
            customers_side.say(asked, "还有", channel="portal", actor=actor)
        with pytest.raises(customers_side.TooManyMessages):
            customers_side.say(asked, "还有", channel="portal", actor=actor)


def test_offices_are_of_the_kind(office):
    assert office.ask("complaint").office == "service"
    assert office.ask("look_question", about="7").office == "compliance"
    assert offices.WORDS not in str(office.ask("feedback"))
