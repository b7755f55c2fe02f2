"""Counts in the law library: how often something must be done, by which clause, and what we do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import law_frame
from access.actions import Action
from access.admin_pages import actor_of, page
from access.law import count_overriding, counts, telling, words
from access.law.reading import today
from access.law.telling import Version
from access.models import CountOverride
from custodian.regimes.counts import CountRule

READ, PROPOSE = Action.LAW_READ, Action.LAW_PROPOSE


class CountForm(forms.Form):
    number = forms.IntegerField(
        label=gettext_lazy("次数"), min_value=1, max_value=count_overriding.MOST
    )
    since = forms.DateField(
        label=gettext_lazy("自"), help_text=gettext_lazy("例如 2026-11-23；最早为今天")
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)


@page("law/counts/", name="law_counts", action=READ)
@require_safe
def all_counts(request: HttpRequest) -> HttpResponse:
    context = {
        "title": _("次数"),
        "regime": words.regime_title(settings.CUSTODIAN_REGIME),
        "rows": [_row(each) for each in counts.offered()],
    }
    return law_frame.template(request, "counts", context)


def _row(code: str) -> dict[str, Any]:
    found = counts.known(code)
    return {
        "rule": found,
        "name": counts.name(found),
        "held": counts.of(code),
        "waiting": count_overriding.waiting(code),
    }


@page("law/counts/<str:code>/", name="law_count", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def count(request: HttpRequest, code: str) -> HttpResponse:
    """What holds, its versions, and another number for somebody else to approve."""
    posts = request.method == "POST"
    found = law_frame.found(request, PROPOSE if posts else READ, code, _ours)
    form = CountForm(
        law_frame.posted(request), initial={"number": found.number, "since": today().isoformat()}
    )
    if form.is_bound and form.is_valid():
        try:
            asked = count_overriding.propose_count(
                code, **form.cleaned_data, actor=actor_of(request)
            )
        except count_overriding.ERRORS as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:approval", asked.ref)
    context = {
        **_row(code),
        "title": counts.name(found),
        "form": form,
        "mark": words.mark_key(found.mark),
        "versions": law_frame.told(_versions(found)),
    }
    return law_frame.template(request, "count", context, status=422 if form.is_bound else 200)


def _ours(code: str) -> CountRule:
    if code not in counts.offered():
        raise counts.UnknownCount
    return counts.known(code)


def _versions(found: CountRule) -> list[Version]:
    """Newest first; the last one is the pack's, which has no row."""
    rows = list(
        CountOverride.objects.filter(rule=found.code)
        .order_by("version")
        .select_related("approval__requested_by", "approval__decided_by")
    )
    on, number = today(), found.number
    taken = any(telling.state_of(each, on) == "now" for each in rows)
    told = [Version(None, [(_("次数"), "—", str(number))], "replaced" if taken else "now")]
    for row in rows:
        change = [(_("次数"), str(number), str(row.number))]
        told.append(Version(row, change, telling.state_of(row, on), row.reason))
        number = row.number
    return told[::-1]
