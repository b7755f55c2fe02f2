"""Records of what happened: the log's written reasons, its checks, audits, exports, bundles, imports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access import keystore
from access.audits import reports
from access.exports import jobs as exports
from access.models import (
    AuditReport,
    AuditRun,
    Bundle,
    DataKey,
    Entry,
    Export,
    LogMonth,
    Measure,
    Verification,
)
from custodian import clock
from custodian.jobs import JobStatus
from custodian.regimes.periods import Period
from records.models import ImportFile, ImportRun, Tombstone
from records.retention.own_records import holds
from records.retention.own_records.decisions import OVER
from records.retention.own_records.declaring import Kept, Record, Rows, Stays
from records.retention.own_records.terms import Term

# How long repeated searches can be told from each other; company default, not law.
SEARCHES: Final = Term("house-searches", Period(months=13))


@dataclass(frozen=True)
class Months:
    """Months of the log that go by their key: what it sealed opens no more, and every leaf stays as it is."""

    kind: str
    label: Any
    goes: Any
    what: str  # the column with the month's holding
    about: str = ""
    own: Term | None = None

    def count(self) -> int:
        return self._there().count()

    def over(self, kept: Kept) -> int:
        before = kept[self.kind]
        return self._old(before).count()

    def waiting(self, kept: Kept, over: int) -> int:
        return 0

    def oldest(self) -> date | None:
        first = self._there().first()
        return first.month if first else None

    def expire(self, before: date, most: int) -> int:
        months = self._old(before).values_list("month", flat=True)[:most]
        gone = sum(_forget(month, self.what) for month in months)
        keystore.forget()
        return gone

    def _there(self) -> QuerySet[LogMonth]:
        keys = DataKey.objects.filter(holding=OuterRef(self.what))
        return LogMonth.objects.filter(Exists(keys)).order_by("month")

    def _old(self, before: date) -> QuerySet[LogMonth]:
        """Whole months: the last day of each is over."""
        return self._there().filter(month__lt=before.replace(day=1))


def _forget(month: date, what: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_forget_month(%s, %s)", [month, what])
        return bool(cursor.fetchone()[0])


class _Exports(Rows):
    """Rows of the register, but for those of held customers; a file or key goes before its row."""

    def free(self, before: date, going: Kept | None = None) -> QuerySet[Any]:
        rows = super().free(before, going)
        among = rows.exclude(included=None).values_list("included", flat=True)
        held = holds.subjects({each for included in among for each in included})
        return rows.exclude(included__overlap=list(held)) if held else rows

    def expire(self, before: date, most: int) -> int:
        for export in self.free(before).filter(removed_at=None).order_by("pk")[:most]:
            exports.remove(export, Export.Removed.EXPIRED)
        return super().expire(before, most)


class Audits:
    """Reports and daily numbers go; that a day was audited, when and what was found in all, stays."""

    kind = "audit-report"
    label = _("审计报告与每日数字")
    about = "audit_report"
    goes = _("删除报告与各人每日数字；审计日期、总数与报告的摘要保留")
    own: Term | None = None

    def count(self) -> int:
        return AuditReport.objects.count()

    def over(self, kept: Kept) -> int:
        before = kept[self.kind]
        return self._old(before).count() + self._days(before).count()

    def waiting(self, kept: Kept, over: int) -> int:
        return 0

    def oldest(self) -> date | None:
        with_report = AuditRun.objects.filter(reports__isnull=False).order_by("day").first()
        return with_report.day if with_report else None

    def expire(self, before: date, most: int) -> int:
        runs = list(self._old(before).order_by("day")[:most])
        for run in runs:
            run.reports.all().delete()
            # Or the report would be owed, and made anew.
            run.report = {**run.report, reports.GONE: clock.local().date().isoformat()}
            run.save(update_fields=["report"])
        days = list(self._days(before).order_by("day")[:most])
        Measure.objects.filter(day__in=days).delete()
        return len(runs) + len(days)

    def _old(self, before: date) -> QuerySet[AuditRun]:
        reported = AuditReport.objects.filter(run=OuterRef("pk"))
        return AuditRun.objects.filter(Exists(reported), day__lt=before, status=JobStatus.DONE)

    def _days(self, before: date) -> QuerySet[Any, date]:
        days = Measure.objects.filter(day__lt=before).values_list("day", flat=True)
        return days.order_by().distinct()


def _verifications() -> QuerySet[Verification]:
    """All but those from which the next one goes on, and the newest of each kind."""
    whole = Verification.objects.whole().order_by("-resume", "-pk").values_list("pk", flat=True)[:1]
    newest = Verification.objects.order_by().values("kind").annotate(newest=Max("pk"))
    needed = {*whole, *newest.values_list("newest", flat=True)}
    return Verification.objects.filter(finished_at__isnull=False).exclude(pk__in=needed)


def _runs() -> QuerySet[ImportRun]:
    files = ImportFile.objects.filter(run=OuterRef("pk"), removed_at=None)
    return ImportRun.objects.filter(~Q(Exists(files)), status__in=OVER)


def declared() -> tuple[Record, ...]:
    return (
        Months(
            "log-reasons", _("查询日志的理由（按月）"),
            _("销毁当月密钥，理由不能再打开；条目、证明与检查点不变"), "reasons", about="querylog",
        ),
        Months(
            "log-searches", _("检索记号（按月）"),
            _("销毁当月密钥，不能再比对检索内容；条目、证明与检查点不变"), "searches", own=SEARCHES,
        ),
        Stays(
            "log-entry", _("查询日志的条目"),
            _("保留：证据树的叶子，只有假名与代码；客户销毁时解除关联"), Entry.objects.all,
        ),
        Rows(
            "verification", _("日志核验"), "querylog", _("删除记录；续核所需的与最近的不删"),
            _verifications, F("finished_at"), everything=Verification.objects.all,
        ),
        Audits(),
        _Exports(
            "export", _("导出登记"), "export", _("删除登记；查询日志中的条目保留"),
            lambda: Export.objects.filter(status__in=OVER), Coalesce("finished_at", "created_at"),
            everything=Export.objects.all,
        ),
        Rows(
            "bundle", _("取证包"), "export", _("删除记录；文件此前已删"),
            lambda: Bundle.objects.filter(Q(length=None) | Q(length=0), status__in=OVER),
            Coalesce("finished_at", "created_at"), everything=Bundle.objects.all,
        ),
        Rows(
            "import-run", _("导入记录与报告"), "querylog", _("删除记录、报告与文件的摘要"), _runs,
            Coalesce("finished_at", "created_at"), along=((ImportFile, "run"),),
            everything=ImportRun.objects.all,
        ),
        Stays(
            "tombstone", _("销毁标记"),
            _("保留：旧备份恢复后据此再次销毁；只有编号"), Tombstone.objects.all,
        ),
    )  # fmt: skip
