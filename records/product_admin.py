"""The back office's pages of products: their state, what was sold otherwise, their changes and reviews."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import Headline, actor_of, enter, headlines, page, row_of
from access.law.reading import today
from access.models import Unit
from records.models import Intermediary, Product, ProductBreach, ProductReview
from records.product_forms import ReviewForm, TermsForm
from records.products import changing, checking, drawing, reviewing
from records.products.selling import State

READ, PROPOSE, REVIEW = Action.BOOK_READ, Action.PRODUCT_PROPOSE, Action.PRODUCT_REVIEW
PAGE: Final = "admin:product"
SHOWN: Final = 50
STATES: Final = {
    State.ON_SALE: (gettext_lazy("在售"), "ok"),
    State.PENDING: (gettext_lazy("尚未开售"), "info"),
    State.SUSPENDED: (gettext_lazy("暂停销售"), "warn"),
    State.STOPPED: (gettext_lazy("已停售"), ""),
    State.NOT_FILED: (gettext_lazy("未备案"), "danger"),
}
TO_REVIEW: Final = "to_review"


def _render(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/products/{name}.html", more, status=status)


@page("products/", name="products", action=READ)
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    found = list(_told(Product.objects.order_by("code")))
    show = request.GET.get("show", "")
    rows = [each for each in found if not show or show in each["keys"]]
    start = _start(request.GET.get("from", ""), len(rows))
    context = {
        "title": pgettext("列表", "险种"),
        "rows": rows[start : start + SHOWN],
        "show": show,
        "filters": _filters(found),
        "breaches": _breaches([each["product"] for each in found]),
        "older": start + SHOWN if start + SHOWN < len(rows) else 0,
        "newer": max(start - SHOWN, 0) if start else None,
    }
    return _render(request, "list", context)


def _start(text: str, most: int) -> int:
    return min(int(text), most) if text.isdecimal() and len(text) < 7 else 0


def _told(products: Iterable[Product]) -> Iterable[dict[str, Any]]:
    known = list(products)
    terms, day = checking.terms_of(known), today()
    waiting = set(
        ProductReview.objects.filter(state=ProductReview.State.OPEN).values_list(
            "product", flat=True
        )
    )
    wrong: dict[int, int] = {}
    for each in ProductBreach.objects.filter(count__gt=0):
        wrong[each.product_id] = wrong.get(each.product_id, 0) + each.count
    for product in known:
        state = terms[product.pk].state(day)
        yield {
            "product": product,
            "terms": terms[product.pk],
            "state": STATES[state],
            "to_review": product.pk in waiting,
            "wrong": wrong.get(product.pk, 0),
            "keys": {state.value} | ({TO_REVIEW} if product.pk in waiting else set()),
        }


def _filters(found: list[dict[str, Any]]) -> list[tuple[str, Any, int]]:
    names = {each.value: STATES[each][0] for each in State} | {TO_REVIEW: _("待复查")}
    counted = [
        (key, name, sum(key in each["keys"] for each in found)) for key, name in names.items()
    ]
    return [each for each in counted if each[2]]


def _breaches(products: list[Product]) -> list[dict[str, Any]]:
    """Each product and reason with policies, the most first, drawn against the largest."""
    names = {each.pk: each for each in products}
    rows = list(ProductBreach.objects.filter(count__gt=0).order_by("-count", "pk")[:20])
    most = rows[0].count if rows else 1
    return [
        {"row": each, "product": names[each.product_id], "share": each.count / most}
        for each in rows
        if each.product_id in names
    ]


@page("products/<str:code>/", name="product", action=READ, logs_itself=True)
@require_safe
def one(request: HttpRequest, code: str) -> HttpResponse:
    product = _product(request, code, READ)
    enter(request, READ, row=product.code)
    return _page(request, product)


@page("products/<str:code>/change/", name="product_change", action=PROPOSE, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    product = _product(request, code, PROPOSE)
    enter(request, PROPOSE, row=product.code)
    form = TermsForm(changing.terms_of(product), request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            asked = changing.propose(
                product,
                form.terms(),
                source=form.cleaned_data["source"],
                reason=form.cleaned_data["reason"],
                actor=actor_of(request),
            )
        except (changing.Unchanged, changing.Pending, changing.DoesNotFit) as error:
            form.add_error(None, str(error.message))
        else:
            messages.info(request, _("已提交，待另一位合规官复核。"))
            return redirect("admin:approval", asked.ref)
    context = {"title": _("修改备案与销售期"), "product": product, "form": form}
    return _render(request, "change", context, status=422 if form.is_bound else 200)


@page("products/<str:code>/review/", name="product_review", action=REVIEW, logs_itself=True)
@require_POST
def review(request: HttpRequest, code: str) -> HttpResponse:
    product = _product(request, code, REVIEW)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        enter(request, READ, row=product.code)
        return _page(request, product, review_form=form, status=422)
    said = form.cleaned_data
    reviewing.review(product, note=said["note"], seen_as=said["seen"], actor=actor_of(request))
    messages.info(request, _("已记下复查结论。"))
    return redirect(PAGE, product.code)


def _product(request: HttpRequest, code: str, action: Action) -> Product:
    return row_of(request, action, Product.objects.filter(code=code), asked=code)


def _page(
    request: HttpRequest, product: Product, *, review_form: Any = None, status: int = 200
) -> HttpResponse:
    actor, terms = actor_of(request), changing.terms_of(product)
    open_one = reviewing.open_review(product)
    sold = drawing.months(product, terms)
    if open_one is not None and gate.may(actor, REVIEW):
        first = {"seen": reviewing.seen(open_one)}
        review_form = review_form or ReviewForm(initial=first)
    done = product.reviews.filter(state=ProductReview.State.DONE).select_related("reviewed_by")
    context = {
        "title": f"{product} {product.code}",
        "product": product,
        "terms": terms,
        "lines": changing.lines(terms),
        "state": STATES[terms.state(today())],
        "newest": changing.newest(product),
        "waiting": changing.waiting(product),
        "may_change": gate.may(actor, PROPOSE),
        "may_read_approvals": gate.may(actor, Action.APPROVAL_READ),
        "breaches": [_breach(each) for each in product.breaches.filter(count__gt=0)],
        "months": sold,
        "chart": drawing.drawn(sold, terms, today()),
        "versions": product.versions.select_related(
            "approval__requested_by", "approval__decided_by"
        ),
        "open_review": open_one,
        "changes": reviewing.changes_of(open_one) if open_one else [],
        "review_form": review_form,
        "reviews": [(each, reviewing.changes_of(each)) for each in done],
    }
    return _render(request, "product", context, status=status)


def _breach(row: ProductBreach) -> dict[str, Any]:
    units = {each.code: each for each in Unit.objects.filter(code__in=row.by_unit)}
    known = Intermediary.objects.filter(code__in=row.by_intermediary)
    brokers = {each.code: each for each in known}
    return {
        "row": row,
        "units": [
            (units.get(code, code), n, share) for code, n, share in drawing.largest(row.by_unit)
        ],
        "brokers": [
            (brokers.get(code, code or _("没有中介")), n, share)
            for code, n, share in drawing.largest(row.by_intermediary)
        ],
    }


# -- the morning page ---------------------------------------------------------------------------


def to_review(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), REVIEW):
        return None
    count = ProductReview.objects.filter(state=ProductReview.State.OPEN).count()
    if not count:
        return None
    words = ngettext(
        "%(n)s 个险种所依据的法规有变化，待复查。",
        "%(n)s 个险种所依据的法规有变化，待复查。",
        count,
    ) % {"n": f"{count:,}"}
    url = f"{reverse('admin:products')}?show={TO_REVIEW}"
    return Headline(6, words, _("逐条看过变化，写明结论。"), url, _("查看险种"))


headlines.append(to_review)
