"""A day that was noted wrongly is corrected by another note; an earlier one counts with a second person's yes."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from access import approvals, rechecking
from access.approvals import ContentChanged
from access.gate import Refused
from access.models import Approval, Finding
from access.vocabulary import Role
from custodian import clock
from records.models import Keeping, RetentionEvent
from records.retention import noting, reckoning
from tests import estate
from tests.destruction.office import Office, everything
from tests.records import desk_estate
from tests.security.looking import logged_in

pytestmark = pytest.mark.django_db(transaction=True)
EARLY, LATE = date(2012, 1, 1), date(2024, 6, 1)


@pytest.fixture
def office() -> Office:
    desk_estate.open_all_day()
    return Office()


@pytest.fixture
def her(office: Office) -> Any:
    """Her only contract is over, and the book does not say since when."""
    return office.gone(on=None)


def policy_of(her: Any) -> Any:
    return her.subject.policy_set.get()


def noted(office: Office, her: Any, on: date, **more: Any) -> RetentionEvent:
    with estate.acting(office.first) as actor:
        said = {"trigger": "contract_terminated", "policy": policy_of(her), **more}
        return noting.note(her, on=on, reason="核心系统打印件", actor=actor, **said)


def corrected(office: Office, event: RetentionEvent, on: date, **more: Any) -> RetentionEvent:
    person = more.pop("person", office.first)
    with estate.acting(person) as actor:
        return noting.correct(event, on=on, reason="抄错了年份", actor=actor)


def decide(event: RetentionEvent, person: Any, *, yes: bool = True) -> None:
    approval = Approval.objects.get(pk=event.approval_id)
    with estate.acting(person, stepped_up=True) as actor:
        if yes:
            approvals.approve(approval, seen=approval.digest, actor=actor)
        else:
            approvals.send_back(approval, seen=approval.digest, note="证据不足", actor=actor)


def kept_until(her: Any) -> set[date | None]:
    with everything():
        return set(Keeping.objects.filter(subject=her.pk).values_list("keep_until", flat=True))


def test_an_earlier_day_counts_only_when_a_second_person_has_agreed(
    office: Office, her: Any
) -> None:
    wrong = noted(office, her, LATE)
    assert kept_until(her) == {date(2034, 6, 1)}
    right = corrected(office, wrong, EARLY)
    assert right.state == "waiting"
    assert kept_until(her) == {date(2034, 6, 1)}
    decide(right, office.second)
    assert kept_until(her) == {date(2022, 1, 1)}
    with everything():
        # What was noted stays, and says what it said.
        rows = RetentionEvent.objects.order_by("pk").values_list("on", "state", "corrects")
        assert list(rows) == [(LATE, "counts", None), (EARLY, "counts", wrong.pk)]
        assert [each.on for each in RetentionEvent.objects.counting()] == [EARLY]


def test_nobody_agrees_to_his_own_correction(office: Office, her: Any) -> None:
    right = corrected(office, noted(office, her, LATE), EARLY)
    with pytest.raises(Refused):
        decide(right, office.first)
    assert kept_until(her) == {date(2034, 6, 1)}


def test_a_correction_that_is_sent_back_changes_nothing_and_may_be_tried_again(
    office: Office, her: Any
) -> None:
    wrong = noted(office, her, LATE)
    decide(corrected(office, wrong, EARLY), office.second, yes=False)
    assert kept_until(her) == {date(2034, 6, 1)}
    again = corrected(office, wrong, date(2014, 1, 1))
    decide(again, office.second)
    assert kept_until(her) == {date(2024, 1, 1)}


def test_a_later_day_counts_at_once(office: Office, her: Any) -> None:
    right = corrected(office, noted(office, her, EARLY), LATE)
    assert (right.state, right.approval) == ("counts", None)
    assert kept_until(her) == {date(2034, 6, 1)}
    # And back again it is a second person's to agree to.
    assert corrected(office, right, EARLY).state == "waiting"


def test_of_several_notes_the_latest_that_is_not_corrected_counts(office: Office, her: Any) -> None:
    noted(office, her, date(2014, 1, 1))
    latest = noted(office, her, LATE)
    decide(corrected(office, latest, EARLY), office.second)
    assert kept_until(her) == {date(2024, 1, 1)}


def test_a_day_against_the_book_waits_too(office: Office) -> None:
    her = office.gone(on=date(2020, 5, 1))
    with everything():
        reckoning.refresh([her.pk])
    before = kept_until(her)
    event = noted(office, her, EARLY)
    assert event.state == "waiting"
    assert kept_until(her) == before == {date(2030, 5, 1)}
    payload = Approval.objects.get(pk=event.approval_id).payload
    assert ["identity", "2030-05-01", "2022-01-01"] in payload["earlier"]
    decide(event, office.second)
    assert kept_until(her) == {date(2022, 1, 1)}


def test_a_withdrawn_consent_waits_for_nobody(office: Office) -> None:
    """A customer's own word, though it ends what would have been kept for longer."""
    her = estate.customer(of=[office.agent])
    with everything():
        reckoning.refresh([her.pk])
    with estate.acting(office.first) as actor:
        event = noting.note(
            her, trigger="consent_withdrawn", on=clock.local().date() - timedelta(days=1),
            reason="来函", actor=actor,
        )  # fmt: skip
    assert event.state == "counts"


@pytest.mark.parametrize("on", [date(1, 1, 1), date(1899, 12, 31), date(1999, 12, 31)])
def test_a_contract_does_not_end_before_it_began(office: Office, her: Any, on: date) -> None:
    """A slip of the year would make everything due at once."""
    with pytest.raises(noting.TooEarly):
        noted(office, her, on)
    event = noted(office, her, LATE)
    with pytest.raises(noting.TooEarly):
        corrected(office, event, on)
    with everything():
        assert RetentionEvent.objects.count() == 1


def test_no_money_moved_before_there_was_a_contract(office: Office, her: Any) -> None:
    with estate.acting(office.first) as actor:
        for trigger, on in (("transaction", date(1999, 5, 1)), ("last_contact", date(205, 5, 1))):
            with pytest.raises(noting.TooEarly):
                noting.note(her, trigger=trigger, on=on, reason="来函", actor=actor)
        noting.note(her, trigger="last_contact", on=date(1999, 5, 1), reason="来函", actor=actor)


def test_what_cannot_be_noted_is_refused(office: Office, her: Any) -> None:
    event = noted(office, her, LATE)
    for on in (LATE, EARLY):
        with pytest.raises(noting.Outweighed):
            noted(office, her, on)
    with pytest.raises(noting.SameDay):
        corrected(office, event, LATE)
    with pytest.raises(noting.NotYet):
        corrected(office, event, clock.local().date() + timedelta(days=1))
    corrected(office, event, EARLY)
    with pytest.raises(noting.NotCounting):
        corrected(office, event, date(2013, 1, 1))
    with everything():
        assert RetentionEvent.objects.count() == 2


def test_only_an_officer_corrects(office: Office, her: Any) -> None:
    event = noted(office, her, LATE)
    for role in (Role.AGENT, Role.AUDITOR, Role.SECURITY_OFFICER):
        with pytest.raises((Refused, IntegrityError, noting.NotCounting)):
            corrected(office, event, EARLY, person=estate.user(role))
    with everything():
        assert RetentionEvent.objects.count() == 1


def test_the_database_keeps_one_correction_and_wants_an_approval(office: Office, her: Any) -> None:
    event = noted(office, her, LATE)
    corrected(office, event, EARLY)
    with everything():
        more = {"subject_id": her.pk, "trigger": event.trigger, "on": EARLY, "corrects": event}
        with (
            pytest.raises(IntegrityError, match="retention_event_is_corrected_once"),
            transaction.atomic(),
        ):
            RetentionEvent.objects.create(**more)
        with (
            pytest.raises(IntegrityError, match="retention_event_waits_for_an_approval"),
            transaction.atomic(),
        ):
            RetentionEvent.objects.create(**{**more, "corrects": None}, state="waiting")


def test_one_that_was_edited_meanwhile_is_not_agreed_to(office: Office, her: Any) -> None:
    right = corrected(office, noted(office, her, LATE), EARLY)
    with logged_in("superuser") as cursor:
        cursor.execute(
            "UPDATE records_retentionevent SET \"on\" = '2001-01-01' WHERE id = %s", [right.pk]
        )
    with pytest.raises(ContentChanged):
        decide(right, office.second)
    assert rechecking.carry_out() == 1
    assert Finding.objects.get().facts["kind"] == noting.KIND


def test_one_that_counts_without_the_second_person_is_found(office: Office, her: Any) -> None:
    right = corrected(office, noted(office, her, LATE), EARLY)
    assert rechecking.carry_out() == 0
    with logged_in("superuser") as cursor:
        cursor.execute(
            "UPDATE records_retentionevent SET state = 'counts' WHERE id = %s", [right.pk]
        )
    assert rechecking.carry_out() == 1


def test_they_go_with_their_customer_and_a_late_no_changes_nothing(
    office: Office, monkeypatch: Any
) -> None:
    her = office.gone()
    with everything():
        reckoning.refresh([her.pk])
    event = noted(office, her, EARLY)
    assert event.state == "waiting"  # the book says 2012-05-01
    office.destroyed()
    with everything():
        assert not RetentionEvent.objects.exists()
    with pytest.raises(ContentChanged):
        decide(event, office.second)
    decide(event, office.second, yes=False)


# The pages


@pytest.fixture
def browser(office: Office) -> Client:
    return estate.login(Client(), office.first, stepped_up=True)


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_corrects_and_tells_what_waits(
    office: Office, her: Any, browser: Client, entries_since: Any
) -> None:
    event = noted(office, her, LATE)
    page = f"/admin/retention/events/{her.ref}/"
    way = reverse("admin:retention_correction", args=[event.ref])
    assert way in text_of(browser.get(page))
    assert "2024-06-01" in text_of(browser.get(way))
    answer = browser.post(way, {"on": "2012-01-01", "reason": "抄错了年份"}, follow=True)
    said = text_of(answer)
    assert "已提交另一位合规官复核" in said
    assert "更正为 2012-01-01 待复核" in said
    assert way not in said
    customer = text_of(browser.get(f"/admin/records/customer/{her.ref}/change/"))
    assert "合同终止的起算日改为 2012-01-01，复核之前仍以原日期为准" in customer
    with everything():
        right = RetentionEvent.objects.get(corrects=event.pk)
    asked = text_of(browser.get(f"/admin/approvals/{right.approval.ref}/"))
    for words in ("2024-06-01", "2012-01-01", "抄错了年份", "2034-06-01 → 2022-01-01"):
        assert words in asked
    decide(right, office.second)
    said = text_of(browser.get(page))
    assert "已更正为 2012-01-01，不再计算" in said
    assert re.search("刘敏[^·]*已复核", said)
    estate.drain()
    told = [each.leaf for each in entries_since() if '"trigger":"contract_terminated"' in each.leaf]
    assert ['"corrected":1' in leaf for leaf in told] == [False, True]
    assert not [leaf for leaf in told if "抄错" in leaf]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"on": "2024-06-01"}, "与原登记的日期相同"),
        ({"on": "2999-01-01"}, "日期不能晚于今天"),
        ({"reason": ""}, "请写明理由"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(
    office: Office, her: Any, browser: Client, said: Any, words: str
) -> None:
    way = reverse("admin:retention_correction", args=[noted(office, her, LATE).ref])
    answer = browser.post(way, {"on": "2012-01-01", "reason": "抄错了年份", **said})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_an_earlier_note_is_told_to_correct_the_later_one(
    office: Office, her: Any, browser: Client
) -> None:
    noted(office, her, LATE)
    filled = {
        "trigger": "contract_terminated", "policy": policy_of_(her), "on": "2012-01-01", "reason": "函",
    }  # fmt: skip
    answer = browser.post(f"/admin/retention/events/{her.ref}/", filled)
    assert answer.status_code == 422
    assert "请更正那次登记" in answer.content.decode()


def policy_of_(her: Any) -> str:
    with everything():
        return str(policy_of(her).ref)
