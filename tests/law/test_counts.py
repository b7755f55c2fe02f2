"""How often something is done: the pack's number, this company's own by four eyes, never fewer than law."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import Error, transaction

from access import approvals
from access.law import count_overriding, counts
from access.law.reading import today
from access.models import CountOverride
from access.vocabulary import Role
from custodian.regimes.calendars import DAY
from custodian.regimes.rows import Mark
from tests import estate

pytestmark = pytest.mark.django_db
CODE = "CN-TRF-PAPERS"


@pytest.fixture
def first():
    return estate.user(Role.COMPLIANCE_OFFICER, name="陈静")


@pytest.fixture
def second():
    return estate.user(Role.COMPLIANCE_OFFICER, name="刘敏")


def ask(person, number, *, since=None):
    with estate.acting(person) as actor:
        return count_overriding.propose_count(
            CODE, number=number, since=since or today(), reason="按最新文本", actor=actor
        )


def approve(person, approval):
    with estate.acting(person, stepped_up=True) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)


def test_a_default_is_changed_by_two_and_from_its_day_on(first, second):
    assert (counts.of(CODE).number, counts.of(CODE).binds) == (3, False)
    approval = ask(first, 4, since=today() + DAY)
    with pytest.raises(count_overriding.Pending):
        ask(first, 5)
    approve(second, approval)
    assert counts.of(CODE).number == 3
    held = counts.of(CODE, today() + DAY)
    assert (held.number, held.mark, held.law) == (4, Mark.DEFAULT, False)
    approve(second, ask(first, 2))
    assert counts.of(CODE).number == 2


def test_what_is_law_is_never_done_fewer_times(first, second, monkeypatch):
    approve(second, ask(first, 2))
    law = replace(counts.pack_count(CODE), mark=Mark.SECONDARY)
    assert law.binds
    monkeypatch.setattr(counts, "known", lambda code, on=None: law)
    with pytest.raises(count_overriding.LawIsMore):
        ask(first, 2)
    # What was set before its clause was confirmed undercuts nothing from then on.
    assert counts.of(CODE).number == 3
    approve(second, ask(first, 5))
    assert counts.of(CODE).number == 5


def test_nothing_new_and_nothing_backwards(first):
    with pytest.raises(count_overriding.Unchanged):
        ask(first, 3)
    with pytest.raises(count_overriding.NotAhead):
        ask(first, 4, since=today() - DAY)
    with pytest.raises(counts.UnknownCount):
        counts.of("CN-NOTHING")


def test_a_version_is_kept_as_it_was_approved(first, second):
    approve(second, ask(first, 4))
    with pytest.raises(Error, match="kept as it was approved"), transaction.atomic():
        CountOverride.objects.update(number=1)
