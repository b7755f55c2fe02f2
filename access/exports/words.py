"""An export in words: where it stands, whom it is about, and what of it is not in the file."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from access import approvals
from access.exports import jobs
from access.exports.requests import By
from access.models import Export, Unit
from access.models.exports import MOST_DOWNLOADS
from custodian import clock, elements
from custodian.jobs import JobStatus


def standing(export: Export) -> tuple[str, str]:
    """The state in a word, and its tone."""
    status = export.approval.status
    if status == approvals.Status.WAITING:
        return _("待复核"), "warn"
    if status == approvals.Status.RETURNED:
        return _("已退回"), "danger"
    if status == approvals.Status.VOID:
        return _("已撤回"), ""
    if export.status == JobStatus.DONE:
        return _file_standing(export)
    tones = {JobStatus.FAILED: "danger", JobStatus.REFUSED: "danger", JobStatus.RUNNING: "info"}
    return str(export.get_status_display()), tones.get(JobStatus(export.status), "")


def _file_standing(export: Export) -> tuple[str, str]:
    if export.removed:
        return str(export.get_removed_display()), ""
    if export.expires_at is not None and export.expires_at <= clock.now():
        return str(Export.Removed.EXPIRED.label), ""
    if export.downloads >= MOST_DOWNLOADS:
        return str(Export.Removed.TAKEN.label), ""
    return _("可下载"), "ok"


def selection(export: Export) -> str:
    if export.by == By.UNIT:
        unit = Unit.objects.filter(code=export.unit).first()
        return f"{export.get_by_display()}：{unit or ''} {export.unit}"
    if export.by == By.LIST:
        return _("%(by)s，共 %(n)s 个编号") % {
            "by": export.get_by_display(),
            "n": len(export.customers),
        }
    return str(export.get_by_display())


def labels(export: Export) -> list[str]:
    return [str(elements.get(code).label) for code in export.elements if elements.known(code)]


def row(export: Export) -> dict[str, Any]:
    """What a line of a table says."""
    state, tone = standing(export)
    return {
        "export": export,
        "state": state,
        "tone": tone,
        "labels": labels(export),
        "approved": len(export.candidates),
        "missing": sum(export.left_out.values()),
        "takable": is_takable(export),
        "waits": export.approval.status == approvals.Status.WAITING,
        "works": export.approved_at is not None
        and export.status in (JobStatus.QUEUED, JobStatus.RUNNING),
        "failed": export.status == JobStatus.FAILED,
        "left": max(0, MOST_DOWNLOADS - export.downloads),
        "most": MOST_DOWNLOADS,
    }


def is_takable(export: Export) -> bool:
    return export.status == JobStatus.DONE and not jobs.is_gone(export)
