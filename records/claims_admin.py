"""The back office's pages of claims: whose clocks are near or late, what the numbers say, and the terms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import Headline, actor_of, enter, headlines, page, panel, row_of
from access.law import clock_words
from access.law import clocks as law_clocks
from custodian import clock
from records.claim_handling import analysis, clocks, drawing, terms, worklist
from records.claim_handling.terms import HOUSE, Terms
from records.identifiers.amounts import check_amount
from records.models import Claim, ClaimClock, ClaimTerms, Product

READ, ANALYSE = Action.CLAIM_READ, Action.CLAIM_ANALYSE
PROPOSE = Action.CLAIM_TERMS_PROPOSE
HOUSE_SLUG: Final = "house"
SHOWN: Final = 50


@page("claims/", name="claims", action=READ)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Open claims, what is late first: references and clocks, and nobody's name."""
    actor = actor_of(request)
    only = request.GET.get("show", "")
    rows = worklist.by_urgency(worklist.open_ones(actor)).select_related("subject__unit")
    if only in {"late", "near"}:
        ticking = getattr(ClaimClock.objects, only)()
        rows = rows.filter(pk__in=ticking.values("claim"))
    found = list(rows[:SHOWN])
    faces = clocks.nearest([each.pk for each in found])
    context = {
        **admin.site.each_context(request),
        "title": pgettext("列表", "赔案"),
        "rows": [(each, faces.get(each.pk)) for each in found],
        "show": only,
        "tally": _tally(),
        "more": len(found) == SHOWN,
    }
    return render(request, "admin/claims/table.html", context)


def _tally() -> dict[str, int]:
    return {
        "open": Claim.objects.filter(status__in=("reported", "examining", "waiting", "approved")).count(),
        "near": ClaimClock.objects.near().values("claim").distinct().count(),
        "late": ClaimClock.objects.late().values("claim").distinct().count(),
    }  # fmt: skip


@page("claims/analysis/", name="claims_analysis", action=ANALYSE)
@require_safe
def analysis_page(request: HttpRequest) -> HttpResponse:
    months = request.GET.get("months", "")
    chosen = int(months) if months in map(str, analysis.MONTHS) else analysis.MONTHS[0]
    found = analysis.cases(chosen)
    since = clock.now() - timedelta(days=round(chosen * 365.25 / 12))
    spreads = analysis.spreads(found, _limit, since=since)
    context = {
        **admin.site.each_context(request),
        "title": _("理赔分析"),
        "months": chosen,
        "choices": analysis.MONTHS,
        "decided": len(found),
        "refused": sum(each.refused for each in found),
        "imported": sum(each.imported for each in found),
        "spreads": spreads,
        "chart": drawing.drawn([each for each in spreads if each.count]),
        "tables": [
            (_("险种"), analysis.by_product(found)),
            (_("机构"), analysis.by_unit(found)),
        ],
        "outliers": analysis.outliers(found, _limit(clocks.DECISION)[1]),
    }
    return render(request, "admin/claims/analysis.html", context)


def _limit(rule: str) -> tuple[str, int]:
    """The clock's name and its days."""
    found = law_clocks.of(rule)
    length = found.length
    return clock_words.name(found), length.number if length else 0


# -- the terms ----------------------------------------------------------------------------------


class HouseForm(forms.Form):
    limit = forms.CharField(
        label=gettext_lazy("一人可决定的金额（元）"),
        max_length=20,
        help_text=gettext_lazy("超过这个数额的核定由第二人复核后生效"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    refusals = forms.BooleanField(label=gettext_lazy("不予给付一律由第二人复核"), required=False)
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def clean_limit(self) -> Any:
        checked = check_amount(self.cleaned_data["limit"], exact=True)
        if checked.value is None:
            raise forms.ValidationError(str(checked.problems[0].message))
        return forms.DecimalField(max_digits=15, decimal_places=2).to_python(checked.value)

    def terms(self) -> Terms:
        return Terms(limit=self.cleaned_data["limit"], refusals=self.cleaned_data["refusals"])


class ProductForm(forms.Form):
    decide_days = forms.IntegerField(
        label=gettext_lazy("合同约定的核定天数"),
        required=False,
        min_value=1,
        max_value=terms.LONGEST_DAYS,
        help_text=gettext_lazy("合同没有约定的留空，按法律三十天；只对以后报案的赔案有效"),
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def terms(self) -> Terms:
        return Terms(decide_days=self.cleaned_data["decide_days"])


@page("claims/terms/", name="claim_terms", action=READ)
@require_safe
def terms_page(request: HttpRequest) -> HttpResponse:
    own = {
        each.product_id: each for each in ClaimTerms.objects.in_force().select_related("approval")
    }
    context = {
        **admin.site.each_context(request),
        "title": _("理赔规定"),
        "house": own[None],
        "limit": terms.in_words("limit", own[None].limit),
        "house_waiting": terms.waiting(),
        "rows": [
            {"product": each, "terms": own.get(each.pk), "waiting": terms.waiting(each.code)}
            for each in Product.objects.order_by("code")
        ],
        "may_change": gate.may(actor_of(request), PROPOSE),
    }
    return render(request, "admin/claims/terms.html", context)


@page("claims/terms/<str:of>/", name="claim_terms_change", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def terms_change(request: HttpRequest, of: str) -> HttpResponse:
    product = None
    if of != HOUSE_SLUG:
        product = row_of(request, PROPOSE, Product.objects.filter(code=of), asked=of)
    enter(request, PROPOSE, row=of)
    base = terms.house() if product is None else terms.of_product(product.pk)
    kind: Any = HouseForm if product is None else ProductForm
    form = kind(request.POST if request.method == "POST" else None, initial=terms.said_by(base))
    if form.is_bound and form.is_valid():
        try:
            asked = terms.propose(
                product, form.terms(), reason=form.cleaned_data["reason"], actor=actor_of(request)
            )
        except (terms.Unchanged, terms.Pending) as error:
            form.add_error(None, str(error.message))
        else:
            return redirect("admin:approval", asked.ref)
    context = {
        **admin.site.each_context(request),
        "title": _("修改理赔规定"),
        "scope": terms.scope_words(product.code if product else HOUSE),
        "form": form,
    }
    return render(
        request, "admin/claims/terms_change.html", context, status=422 if form.is_bound else 200
    )


# -- the morning page ---------------------------------------------------------------------------


@panel(25, column="main", template="admin/panels/claims.html")
def near_and_late(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), READ):
        return None
    rows = [*_first(ClaimClock.objects.late()), *_first(ClaimClock.objects.near())][:6]
    book = law_clocks.Book()
    return {
        "rows": [(each, law_clocks.shown(each, book=book)) for each in rows],
        "tally": _tally(),
        "url": reverse("admin:claims"),
    }


def _first(rows: Any) -> list[Any]:
    return list(rows.select_related("claim__handler").order_by("due_at")[:6])


def late_claims(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), READ):
        return None
    count = _tally()["late"]
    if not count:
        return None
    said = {"count": f"{count:,}"}
    words = ngettext("%(count)s 件赔案已超过时限。", "%(count)s 件赔案已超过时限。", count) % said
    url = f"{reverse('admin:claims')}?show=late"
    return Headline(35, words, _("超过法定时限的，须查明原因并尽快办结。"), url, _("查看赔案"))


headlines.append(late_claims)
