"""The back office's list of alerts, and their count on the morning page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access import admin_pages, gate
from access.actions import Action
from access.admin_pages import Headline, actor_of, panel
from access.admin_scope import ScopedAdmin, drawn
from incidents.models import Alert


@admin.register(Alert)
class AlertAdmin(ScopedAdmin):
    read_action = Action.ALERT_READ
    newest_first = True
    shows = False
    columns = (
        "ref", "source", "severity", "status", "summary", "raised_at",
        "finding__kind", "finding__facts", "finding__summary",
    )  # fmt: skip
    list_select_related = ("finding",)
    list_display = ("level", "what", "source", "status", "raised_at")
    list_filter = ("status", "severity", "source")
    lede = gettext_lazy("可能成为事件的，都在这里等待分诊")
    nothing = gettext_lazy("没有告警。")

    @admin.display(description=gettext_lazy("级别"))
    def level(self, alert: Alert) -> str:
        return drawn("severity", alert.severity)

    @admin.display(description=gettext_lazy("告警"))
    def what(self, alert: Alert) -> str:
        return alert.words

    def address(self, alert: Alert) -> str:
        return reverse("admin:alert", args=[alert.ref])


def _url() -> str:
    return f"{reverse('admin:incidents_alert_changelist')}?status__exact={Alert.Status.NEW.value}"


def _open() -> int:
    return Alert.objects.filter(status=Alert.Status.NEW).count()


@panel(15, column="side", template="admin/panels/alerts.html")
def alerts(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), Action.ALERT_READ):
        return None
    rows = Alert.objects.filter(status=Alert.Status.NEW).select_related("finding")
    return {"count": _open(), "url": _url(), "rows": rows[:4]}


def most_urgent(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), Action.ALERT_READ) or not (waiting := _open()):
        return None
    sentence = ngettext("%(count)s 条告警等待分诊。", "%(count)s 条告警等待分诊。", waiting) % {
        "count": f"{waiting:,}"
    }
    return Headline(30, sentence, _("先定性：立案，或判为误报。"), _url(), _("查看告警"))


admin_pages.headlines.append(most_urgent)
