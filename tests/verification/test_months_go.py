"""When a month's reasons are over their time its key goes: they open no more, and the log is as whole as before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from access import scopes
from access.actors import system
from access.models import LogMonth, SealedContext
from access.querylog import opened, write
from access.verification.walk import Fault
from custodian import clock
from custodian.drills.copy import Copy
from records.retention.own_records import declaring, expiring
from tests.verification.playing import FULL, INCREMENTAL, looks, said, verified

pytestmark = pytest.mark.xdist_group("verification")
WHOLE = (True, None, "")
OLD, NEXT = date(2020, 1, 1), date(2020, 2, 1)
Sealer = Any


@pytest.fixture
def sealed_then(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Looks whose reasons were written in that month."""
    now: Sealer = write.seal_context

    def then(month: date) -> None:
        moment = datetime(month.year, month.month, 15, tzinfo=UTC)

        def seal(inputs: Any) -> bytes:
            with clock.at(moment):
                return bytes(now(inputs))

        monkeypatch.setattr(write, "seal_context", seal)

    return then


def reason(entries: list[int], month: date) -> Any:
    """What the first of them says that has a written reason."""
    row = SealedContext.objects.filter(entry_id__in=entries).first()
    assert row is not None
    moment = datetime(month.year, month.month, 15, tzinfo=UTC)
    return opened.context_in(bytes(row.body_sealed), at=moment)


def months(kind: str) -> Any:
    return next(each for each in declaring.records if each.kind == kind)


def forget(month: date, what: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_forget_month(%s, %s)", [month, what])
        return bool(cursor.fetchone()[0])


def test_the_log_stays_whole_and_the_reasons_are_gone(copy: Copy, sealed_then: Any) -> None:
    sealed_then(OLD)
    old = looks(copy, 8)
    sealed_then(NEXT)
    young = looks(copy, 8)
    assert reason(old, OLD)["reason"] == reason(young, NEXT)["reason"] == "0"
    assert said(verified(FULL)) == WHOLE
    with scopes.acting(system("keeper")), transaction.atomic():
        # The first day of February is the first that is kept: January is over as a whole.
        assert months("log-reasons").over({"log-reasons": NEXT}) == 1
        assert months("log-reasons").expire(NEXT, 100) == 1
        assert months("log-reasons").expire(NEXT, 100) == 0
    assert reason(old, OLD) is None
    assert reason(young, NEXT)["reason"] == "0"
    assert SealedContext.objects.filter(entry_id__in=old).exists()
    copy.seal()
    assert said(verified(FULL)) == WHOLE
    assert said(verified(INCREMENTAL)) == WHOLE
    month = LogMonth.objects.get(month=OLD)
    assert month.reasons_gone_at is not None
    assert month.searches_gone_at is None


def test_a_month_that_is_not_over_as_a_whole_stays(copy: Copy, sealed_then: Any) -> None:
    sealed_then(OLD)
    looks(copy, 8)
    assert months("log-reasons").over({"log-reasons": date(2020, 1, 31)}) == 0
    assert months("log-reasons").over({"log-reasons": NEXT}) == 1


def test_the_night_takes_what_is_over_five_years_and_says_so(copy: Copy, sealed_then: Any) -> None:
    sealed_then(OLD)
    old = looks(copy, 8)
    with clock.at(datetime(2020, 1, 15, tzinfo=UTC)):
        write.query_tag("张三")
    run = expiring.carry_out()
    assert (run.gone["log-reasons"], run.gone["log-searches"]) == (1, 1)
    assert reason(old, OLD) is None
    copy.seal()
    copy.cursor.execute(
        "SELECT leaf::jsonb ->> 'records', (leaf::jsonb ->> 'gone')::int FROM querylog.entry"
        " WHERE leaf::jsonb ->> 'what' = 'records:own-records:expire' AND leaf::jsonb ->> 'records' LIKE 'log-%'"
    )
    assert sorted(copy.cursor.fetchall()) == [("log-reasons", 1), ("log-searches", 1)]
    assert said(verified(FULL)) == WHOLE


def test_a_young_month_cannot_be_forgotten(copy: Copy) -> None:
    this = clock.now().date().replace(day=1)
    looks(copy, 8)
    assert not forget(this, "reasons")
    assert not forget(OLD, "reasons")  # it never had a key
    assert not forget(OLD, "everything")
    assert months("log-reasons").count() == 1


def test_which_holding_is_which_months_is_nobodys_to_change(copy: Copy) -> None:
    now = LogMonth.objects.get(month=clock.now().date().replace(day=1))
    change = {"month": OLD, "reasons": now.reasons}
    for attempt in (
        lambda: LogMonth.objects.filter(month=OLD).update(reasons=now.reasons),
        lambda: LogMonth.objects.filter(month=OLD).delete(),
        lambda: LogMonth.objects.create(**{**change, "searches": now.searches}),
    ):
        with pytest.raises((ProgrammingError, psycopg2.Error)), transaction.atomic():
            attempt()


def test_an_altered_reason_is_still_found_when_its_key_is_gone(
    copy: Copy, sealed_then: Any
) -> None:
    sealed_then(OLD)
    old = looks(copy, 8)
    assert forget(OLD, "reasons")
    row = SealedContext.objects.filter(entry_id__in=old).first()
    assert row is not None
    copy.cursor.execute(
        "UPDATE querylog.context SET body_sealed = body_sealed || 'x' WHERE entry_id = %s",
        [row.entry_id],
    )
    assert copy.cursor.rowcount == 1
    found = verified(FULL)
    assert said(found) == (False, row.entry_id, str(Fault("context-not-leaf", row.entry_id).code))
