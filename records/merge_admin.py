"""The back office's pages of customers who may be one person: the list, and two of them side by side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import gate
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, page, purpose_of, row_of
from access.models import Subject
from custodian import elements
from records import merges, vault, words
from records.blind_indexes import COMBINED, COMBINED_PARTS
from records.customer_admin import permitted
from records.merges.settling import Settled
from records.merges.words import elements_of
from records.models import Customer, MergeCase

READ, DECIDE = Action.MERGE_READ, Action.MERGE_DECIDE
LIST, PAGE = "admin:records_mergecase_changelist", "admin:records_mergecase"
SHOWN = 50
COMPARED = (
    "identity.name", "identity.sex", "identity.birth_date", "identity.id_number", "identity.mobile",
    "identity.email", "identity.address",
)  # fmt: skip


class VerdictForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("认定"),
        choices=MergeCase.Verdict.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择是不是同一人")},
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        help_text=gettext_lazy("核对了什么、依据是什么；不要写客户资料"),
        error_messages={
            "required": gettext_lazy("请写明理由"),
            "max_length": gettext_lazy("理由过长，请缩短到 200 字以内"),
        },
    )


@page("merge-cases/", name="records_mergecase_changelist", action=READ)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = MergeCase.objects.visible_to(actor).order_by("-pk")
    parts = {
        status: rows.filter(status=status)
        for status in (MergeCase.Status.OPEN, MergeCase.Status.ASKED, MergeCase.Status.SETTLED)
    }
    part = request.GET.get("show", "")
    part = part if part in parts else MergeCase.Status.OPEN.value
    shown = Paginator(parts[MergeCase.Status(part)], SHOWN).get_page(request.GET.get("page"))
    refs = _refs([each for row in shown for each in (row.subject_id, row.other_id)])
    context = {
        "title": _("疑似重复"),
        "part": part,
        "parts": [(each.value, each.label, found.count()) for each, found in parts.items()],
        "page": shown,
        "rows": [
            {"case": row, "customers": [refs[row.subject_id], refs[row.other_id]],
             "agrees": elements_of(row.agrees)}
            for row in shown
        ],
    }  # fmt: skip
    return _template(request, "register", context)


@page("merge-cases/<uuid:ref>/", name="records_mergecase", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def case_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    action = DECIDE if request.method == "POST" else READ
    rows = MergeCase.objects.filter(ref=ref).select_related(
        "approval__requested_by", "approval__decided_by"
    )
    case = row_of(request, action, rows, asked=ref)
    form = VerdictForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        if form.is_valid():
            return _ask(request, case, form)
        status = 422
    enter(request, READ, row=case.code)
    return _shown(request, case, form, status=status)


def _ask(request: HttpRequest, case: MergeCase, form: VerdictForm) -> HttpResponse:
    said = form.cleaned_data
    try:
        merges.ask(case, said["verdict"], reason=said["reason"], actor=actor_of(request))
    except Settled as error:
        messages.error(request, error.message)
    else:
        messages.info(request, _("已提交；另一位合规官同意之后才算认定。"))
    return redirect(PAGE, case.ref)


def _shown(
    request: HttpRequest, case: MergeCase, form: VerdictForm, *, status: int
) -> HttpResponse:
    actor = actor_of(request)
    both = [case.subject_id, case.other_id]
    masks = _masks(request, both)
    refs = _refs(both)
    context = {
        "title": _("疑似重复 %(code)s") % {"code": case.code},
        "case": case,
        "agrees": elements_of(case.agrees),
        "customers": [refs[each] for each in both],
        "compared": [
            (elements.get(code).label, [masks.get((each, code)) for each in both], _agrees(case, code))
            for code in COMPARED
        ],
        "marked": True,
        "open": case.status != MergeCase.Status.ASKED,
    }  # fmt: skip
    if context["open"] and gate.may(actor, DECIDE):
        context["form"] = form
    return _template(request, "case", context, status=status)


def _agrees(case: MergeCase, code: str) -> bool:
    return code in case.agrees or (COMBINED in case.agrees and code in COMBINED_PARTS)


def _masks(request: HttpRequest, both: list[int]) -> dict[tuple[int, str], Any]:
    """A look at both, of what this role sees in a list."""
    actor = actor_of(request)
    gone = Subject.Status.DESTROYED
    living = list(
        Subject.objects.filter(pk__in=both).exclude(status=gone).values_list("pk", flat=True)
    )
    permit = gate.permit(
        actor, Action.CUSTOMER_LIST, purpose=purpose_of(actor), channel=CHANNEL, subjects=living,
        elements=permitted(request, COMPARED), masked=True,
    )  # fmt: skip
    found = vault.listed(permit)
    return {
        (each.subject, each.element): words.masked_in_words(each.element, each.masked)
        for each in found
    }


def _refs(subjects: list[int]) -> dict[int, str]:
    return dict(Customer.objects.filter(pk__in=subjects).values_list("pk", "ref"))


def _template(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    more = {**admin.site.each_context(request), **context}
    return render(request, f"admin/merges/{name}.html", more, status=status)
