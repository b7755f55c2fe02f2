"""What imports leave besides their reports: files, and rows that were set aside; swept day and night."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Min, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from custodian import clock
from custodian.regimes.periods import Period
from records import legal_holds
from records.importing import expiry, quarantine
from records.models import QuarantinedRow
from records.models.imports import KEEP_QUARANTINED
from records.retention.own_records.declaring import Kept, Record
from records.retention.own_records.terms import Term, beginning


class ImportFiles:
    """They count from the end of their run."""

    kind = "import-file"
    label = _("导入文件")
    about = ""
    goes = _("删除文件与密钥；大小与摘要保留，以认出同一文件")

    @property
    def own(self) -> Term:
        return Term("house-import-files", Period(days=settings.CUSTODIAN_IMPORT_FILE_DAYS))

    def count(self) -> int:
        return expiry.kept().count()

    def over(self, kept: Kept) -> int:
        before = kept[self.kind]
        return self._ended().filter(ended__lt=beginning(before)).count()

    def waiting(self, kept: Kept, over: int) -> int:
        return 0

    def oldest(self) -> date | None:
        return _day(self._ended().aggregate(oldest=Min("ended"))["oldest"])

    def expire(self, before: date, most: int) -> int:
        return expiry.expire()

    def _ended(self) -> QuerySet[Any]:
        return expiry.over().annotate(ended=Coalesce("run__finished_at", "run__created_at"))


class Quarantined:
    """They count from the day on which they were set aside; each says until when it is kept."""

    kind = "quarantined-row"
    label = _("隔离行")
    about = ""
    goes = _("删除行")
    own = Term("house-quarantine", Period(days=KEEP_QUARANTINED.days))

    def count(self) -> int:
        return QuarantinedRow.objects.count()

    def over(self, kept: Kept) -> int:
        before = kept[self.kind]
        until = beginning(before) + timedelta(days=self.own.period.days)
        rows = QuarantinedRow.objects.filter(expires_at__lte=until)
        return rows.exclude(book__in=legal_holds.books()).count()

    def waiting(self, kept: Kept, over: int) -> int:
        return 0

    def oldest(self) -> date | None:
        return _day(QuarantinedRow.objects.aggregate(oldest=Min("arrived_at"))["oldest"])

    def expire(self, before: date, most: int) -> int:
        return quarantine.expire()


def _day(moment: datetime | None) -> date | None:
    return clock.local(moment).date() if moment else None


def declared() -> tuple[Record, ...]:
    return (ImportFiles(), Quarantined())
