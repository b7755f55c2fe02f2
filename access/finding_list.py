"""The back office's list of findings; one finding has a page of its own."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from access.actions import Action
from access.admin_scope import ScopedAdmin, drawn
from access.models import Finding


@admin.register(Finding)
class FindingAdmin(ScopedAdmin):
    read_action = Action.FINDING_READ
    newest_first = True
    columns = (
        "ref", "kind", "severity", "status", "summary", "facts", "entries", "found_at",
        "verdict", "due_at",
        "operator__name", "operator__staff_no",
    )  # fmt: skip
    list_select_related = ("operator",)
    list_display = ("level", "what", "operator", "evidence", "state", "found_at", "due")
    list_filter = ("severity", "status", "verdict")
    shows = False
    lede = _("按时间倒序 · 含证据条目，不含客户明文")
    nothing = _("没有审计发现。")

    @admin.display(description=_("级别"))
    def level(self, finding: Finding) -> str:
        return drawn("severity", finding.severity)

    @admin.display(description=_("发现"))
    def what(self, finding: Finding) -> str:
        return finding.words

    @admin.display(description=_("证据"))
    def evidence(self, finding: Finding) -> str:
        count = len(finding.entries)
        return ngettext("%(count)s 条", "%(count)s 条", count) % {"count": count}

    @admin.display(description=_("状态"))
    def state(self, finding: Finding) -> str:
        return finding.get_verdict_display() if finding.verdict else finding.get_status_display()

    @admin.display(description=_("处理期限"))
    def due(self, finding: Finding) -> str:
        return drawn("moment", finding.due_at) if finding.due_at and not finding.verdict else "—"

    def address(self, finding: Finding) -> str:
        return reverse("admin:finding", args=[finding.ref])
