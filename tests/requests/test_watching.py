"""Clocks that are near or late are told to the officers, once each."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.models import Finding
from custodian import clocked
from records.models import RequestClock
from records.requests import escalating
from tests.requests import office as offices
from tests.requests.office import everything

pytestmark = pytest.mark.django_db


def told():
    return sorted(
        Finding.objects.filter(kind__startswith="request-").values_list("kind", flat=True)
    )


def test_near_and_late_are_told_once_each(office):
    office.ask("complaint")
    assert (escalating.watch(), told()) == (0, [])
    with offices.later(days=13):
        assert (escalating.watch(), escalating.watch()) == (1, 0)
    with offices.later(days=17):
        assert (escalating.watch(), escalating.watch()) == (1, 0)
    assert told() == ["request-late", "request-near"]


def test_what_was_late_before_anybody_looked_is_told_as_late_only(office):
    office.ask("complaint")
    with offices.later(days=40):
        assert escalating.watch() == 1
    assert told() == ["request-late"]


def test_what_is_answered_is_told_no_more(office):
    office.answer(office.ask("complaint"))
    with offices.later(days=40):
        assert escalating.watch() == 0


def test_a_longer_time_may_become_near_again(office):
    from records.requests import handling
    from tests import estate

    asked = office.ask("complaint")
    with offices.later(days=13):
        escalating.watch()
        with estate.acting(office.desk) as actor:
            handling.extend(asked, "complex", reason="复杂", channel="desk", actor=actor)
        assert escalating.watch() == 0
    with offices.later(days=28):
        assert escalating.watch() == 1
    assert told() == ["request-near", "request-near"]


def test_a_finding_tells_which_and_by_when_and_no_words(office):
    asked = office.ask("complaint")
    with offices.later(days=40):
        escalating.watch()
    words = Finding.objects.get(kind="request-late").words
    assert asked.ref in words
    assert "投诉" in words
    assert "已逾期" in words
    assert "张三丰" not in words


def test_deadlines_follow_from_their_facts_and_an_edited_one_is_found(office):
    asked = office.ask("complaint")
    with everything():
        assert list(clocked.altered()) == []
        row = RequestClock.objects.get(request=asked)
        RequestClock.objects.filter(pk=row.pk).update(due_at=row.due_at + timedelta(days=90))
        assert [each.pk for each in clocked.altered()] == [row.pk]
