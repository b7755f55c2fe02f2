"""What the stages of receiving and reconciling wait for where a book comes as files."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from custodian.jobs import OPEN, JobStatus
from records.models import QuarantinedRow
from transfers import progress
from transfers.legacy import counting
from transfers.models import Transfer
from transfers.receipts import reconciling
from transfers.receiving import files as come


def received(transfer: Transfer) -> list[progress.Missing]:
    if not come.from_files(transfer):
        return []
    if not come.runs_of(transfer).filter(status=JobStatus.DONE).exists():
        return [progress.Missing("rehearsal", _("收到的文件还没有试运行"))]
    return []


def reconciled(transfer: Transfer) -> list[progress.Missing]:
    if not come.from_files(transfer):
        return []
    loads = come.runs_of(transfer).filter(dry_run=False)
    found = []
    if come.newest_list(transfer) is None:
        found.append(progress.Missing("seller-list", _("还没有录入转出方签字的清单")))
    if not loads.filter(status=JobStatus.DONE).exists():
        found.append(progress.Missing("load", _("还没有载入")))
    if loads.filter(status__in=[*OPEN, JobStatus.FAILED]).exists():
        found.append(progress.Missing("load", _("载入还没有完成")))
    if set_aside(transfer).exists():
        found.append(progress.Missing("differences", _("隔离区还有未处理的行")))
    if not found and not counting.is_counted(transfer):
        found.append(progress.Missing("sums", _("载入后的保费和保额还没有核算")))
    if not found and not all(line.zero for line in reconciling.lines(transfer)):
        found.append(progress.Missing("differences", _("与转出方的清单有差异")))
    return found


def set_aside(transfer: Transfer) -> QuerySet[QuarantinedRow]:
    """Rows of its files that wait for somebody."""
    rows = QuarantinedRow.objects.filter(run__arriving=transfer.ref)
    return rows.filter(status=QuarantinedRow.Status.OPEN)
