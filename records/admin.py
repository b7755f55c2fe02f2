"""The back office's lists of records: books, imports, quarantine. Nothing sealed is in them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from access.actions import Action
from access.admin_scope import ScopedAdmin
from records import (  # noqa: F401  pages and lists that register themselves
    assessment_admin,
    back_office,
    claims_admin,
    consent_admin,
    correction_admin,
    customer_admin,
    destruction_admin,
    destruction_headlines,
    hold_admin,
    hold_notices,
    merge_admin,
    notice_admin,
    product_admin,
    request_admin,
    retention_admin,
)
from records.importing import pages  # noqa: F401  likewise
from records.importing.report import words_of
from records.importing.targets import TARGETS
from records.models import Book, ImportRun, Intermediary, QuarantinedRow
from records.storage import pages as storage_pages  # noqa: F401  likewise


@admin.register(Book)
class BookAdmin(ScopedAdmin):
    read_action = Action.BOOK_READ
    slug = key = "code"
    columns = ("code", "name", "insurer", "opened_at")
    list_display = ("name", "code", "insurer", "opened_at")
    lede = gettext_lazy("一批客户从哪里来：本公司自有，或自他公司转入")
    nothing = gettext_lazy("还没有账册。")


@admin.register(Intermediary)
class IntermediaryAdmin(ScopedAdmin):
    read_action = Action.BOOK_READ
    slug = key = "code"
    columns = ("code", "name", "kind")
    list_display = ("name", "code", "kind")
    list_filter = ("kind",)
    lede = gettext_lazy("客户与保单经由的中介机构")
    nothing = gettext_lazy("没有符合条件的中介机构。")


@admin.register(ImportRun)
class ImportRunAdmin(ScopedAdmin):
    read_action = Action.BOOK_READ
    newest_first = True
    columns = (
        "ref", "status", "total", "done", "note", "created_at", "started_at", "finished_at", "dry_run",
        "rows_in", "kept", "unchanged", "quarantined", "skipped", "reasons", "warnings",
        "book__code", "book__name", "requested_by__name", "requested_by__staff_no",
    )  # fmt: skip
    list_select_related = ("book", "requested_by")
    list_display = (
        "created_at", "book", "requested_by", "dry_run", "status",
        "rows_in", "kept", "unchanged", "quarantined", "skipped",
    )  # fmt: skip
    list_filter = ("status", "dry_run")
    facts = (*list_display, "finished_at", "why", "hints")
    lede = gettext_lazy("读入 = 保留 + 未变 + 隔离 + 按规则略过，每一行都有去处")
    nothing = gettext_lazy("还没有导入过。")

    @admin.display(description=gettext_lazy("隔离原因"))
    def why(self, run: ImportRun) -> str:
        return _tally(run.reasons)

    @admin.display(description=gettext_lazy("提醒"))
    def hints(self, run: ImportRun) -> str:
        return _tally(run.warnings)


@admin.register(QuarantinedRow)
class QuarantinedRowAdmin(ScopedAdmin):
    read_action = Action.BOOK_READ
    columns = (
        "ref", "kind", "sheet", "number", "reasons", "status", "arrived_at", "expires_at",
        "book__code", "book__name", "run__ref", "run__book_id",
    )  # fmt: skip
    list_select_related = ("book", "run")
    list_display = ("place", "what", "book", "why", "status", "arrived_at", "expires_at")
    list_filter = ("status",)
    lede = gettext_lazy("没有导入的行，密封保存六个月（本公司默认）；这里只有原因，没有内容")
    nothing = gettext_lazy("隔离区没有符合条件的行。")

    def address(self, row: QuarantinedRow) -> str:
        return reverse("admin:quarantine_row", args=[row.ref])

    @admin.display(description=gettext_lazy("位置"))
    def place(self, row: QuarantinedRow) -> str:
        return _("表 %(sheet)s 第 %(number)s 行") % {
            "sheet": row.sheet,
            "number": f"{row.number:,}",
        }

    @admin.display(description=gettext_lazy("类别"))
    def what(self, row: QuarantinedRow) -> str:
        words = {
            "customer": _("客户"),
            "policy": _("保单"),
            "claim": _("赔案"),
            "work": _("工作事项"),
            "consent": pgettext("列表", "同意记录"),
        }
        return words.get(row.kind, row.kind)

    @admin.display(description=gettext_lazy("原因"))
    def why(self, row: QuarantinedRow) -> str:
        return _("；").join(_reason(*reason) for reason in row.reasons)


def _reason(code: str, element: str = "", *_more: Any) -> str:
    target = TARGETS.get(element)
    if target is None:
        return words_of(code)
    return _("%(name)s：%(message)s") % {"name": target.label, "message": words_of(code)}


def _tally(counted: dict[str, int]) -> str:
    ordered = sorted(counted.items(), key=lambda each: -each[1])
    return _("；").join(f"{words_of(code)} {count:,}" for code, count in ordered) or "—"
