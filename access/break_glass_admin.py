"""The back office's pages of break-glass: every window, its looks, and the review that it owes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access import break_glass, gate
from access.actions import Action
from access.admin_pages import (
    Headline,
    actor_of,
    enter,
    headlines,
    page,
    row_of,
)
from access.models import BreakGlass, Entry
from access.querylog.telling import sentence, tell
from access.reasons import sentence as reason_words
from custodian import clock

READ, REVIEW = Action.BREAK_GLASS_READ, Action.BREAK_GLASS_REVIEW
SHOWN = 200
LOOKS = ("search", "list", "view", "reveal", "denied")


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("结论"), choices=BreakGlass.Verdict, widget=forms.RadioSelect
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200)


@page("break-glass/", name="break_glasses", action=READ)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    rows = BreakGlass.objects.select_related("user__unit", "reviewed_by")[:SHOWN]
    context = {"title": _("紧急访问"), "rows": [(each, *_state(each)) for each in rows]}
    return _template(request, "table", context)


@page("break-glass/<uuid:ref>/", name="break_glass", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def window_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    action = REVIEW if request.method == "POST" else READ
    rows = BreakGlass.objects.select_related("user__unit", "reviewed_by").filter(ref=ref)
    window = row_of(request, action, rows, asked=ref)
    if request.method == "POST":
        return _review(request, window)
    enter(request, READ, row=str(window.ref))
    return _page(request, window, ReviewForm())


def _review(request: HttpRequest, window: BreakGlass) -> HttpResponse:
    actor, here = actor_of(request), reverse("admin:break_glass", args=[window.ref])
    if not actor.stepped_up:
        return redirect(f"{reverse('step_up')}?next={here}")
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _page(request, window, form, status=422)
    try:
        said = form.cleaned_data
        break_glass.review(window, verdict=said["verdict"], note=said["note"], actor=actor)
    except break_glass.Reviewed as error:
        messages.error(request, str(error.message))
    else:
        messages.info(request, _("复盘已记录。"))
    return redirect(here)


def _page(
    request: HttpRequest, window: BreakGlass, form: ReviewForm, *, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    against = break_glass.against(window, actor)
    told = tell(_looks(window))
    state, tone = _state(window)
    context = {
        "title": _("紧急访问：%(who)s") % {"who": window.user},
        "window": window,
        "state": state,
        "tone": tone,
        "looks": [(each.entry.id, each.at, sentence(each)) for each in told],
        "lent": window.assignments.count(),
        "form": form,
        "may_review": gate.may(actor, REVIEW) and not window.verdict and not against,
        "against": reason_words(against) if against and not window.verdict else "",
    }
    return _template(request, "window", context, status=status)


def _looks(window: BreakGlass) -> Any:
    """What the person looked at while it was open."""
    end = window.closed_at or window.until
    rows = Entry.objects.filter(
        actor=window.user.ref, act__in=LOOKS, ts__gte=window.opened_at, ts__lte=end
    )
    return rows.order_by("id")[:SHOWN]


def _state(window: BreakGlass) -> tuple[str, str]:
    now = clock.now()
    if window.verdict:
        return window.get_verdict_display(), "ok" if window.verdict == "justified" else "danger"
    if window.closed_at is None and window.until > now:
        return _("开着"), "warn"
    return (_("逾期未复盘"), "danger") if window.due_at <= now else (_("待复盘"), "warn")


def owed(request: HttpRequest) -> Headline | None:
    """For the morning page: what is open or waits for its review."""
    if not gate.may(actor_of(request), REVIEW):
        return None
    count = BreakGlass.objects.owed().exclude(user_id=actor_of(request).id or 0).count()
    if not count:
        return None
    words = ngettext("%(n)s 次紧急访问等待复盘。", "%(n)s 次紧急访问等待复盘。", count) % {
        "n": count
    }
    late = BreakGlass.objects.overdue().exists()
    detail = _("有的已经逾期，当事人暂不能再用。") if late else _("由当事人以外的人复盘。")
    url = reverse("admin:break_glasses")
    return Headline(45 if late else 30, words, detail, url, _("去复盘"))


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/break_glass/{name}.html", more, status=status)


headlines.append(owed)
