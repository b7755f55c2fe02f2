"""Keeps a clock that jumped from destroying early: two clocks must agree, and time must not run back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import findings
from access.models import Finding
from access.models.findings import TELLERS
from custodian import clock
from custodian.errors import Unavailable
from records.models import KeepingRun

ASTRAY: Final = timedelta(minutes=5)
KIND: Final = "retention.clock"


class ClockAstray(Unavailable):
    """This machine's clock and the database's differ, or time ran back: nothing may go by either."""

    code = "clock-astray"
    message = gettext_lazy("时钟不一致，已暂停保存期限核算与销毁。请核对各机器的时钟")


def require() -> None:
    """Raises `ClockAstray`, after telling the officer once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    now = clock.real()
    apart = theirs - now
    ran_back = KeepingRun.objects.filter(finished_at__gt=now + ASTRAY).exists()
    if abs(apart) > ASTRAY or ran_back:
        _tell(int(apart.total_seconds()))
        raise ClockAstray


def _tell(seconds: int) -> None:
    known = Finding.objects.filter(kind=KIND, status=Finding.Status.OPEN)
    if not known.exists():
        findings.raise_finding(KIND, severity=Finding.Severity.URGENT, facts={"seconds": seconds})


def _words(facts: Mapping[str, Any]) -> str:
    return _("时钟不一致：数据库比本机相差 %(seconds)s 秒；保存期限核算与销毁已暂停") % facts


TELLERS[KIND] = _words
