"""The back office's pages of assessments: all of them with how they went, and one with its arithmetic."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from access.models import Unit
from custodian import clock
from custodian.regimes.periods import Period
from incidents.models import RiskAssessment
from incidents.remedy_forms import DayField, words_field
from incidents.risk_frame import template
from incidents.risks import assessing, counting, questionnaires, scoring
from incidents.risks.questionnaires import Questionnaire
from incidents.risks.scoring import Line
from records.models import Book, Product
from transfers.admin_frame import done

READ, FILL = Action.RISK_READ, Action.RISK_ASSESS
SHOWN: Final = 50
COMPARED: Final = 8
State = RiskAssessment.State
TONES: Final = {State.DRAFT: "", State.WAITING: "warn", State.SIGNED: "ok"}
CLASS_TONES: Final = {"low": "ok", "medium": "warn", "high": "danger"}


class BeginForm(forms.Form):
    use_required_attribute = False
    kind = forms.ChoiceField(label=pgettext_lazy("风险评估", "对象"), choices=RiskAssessment.Kind)
    book = forms.ModelChoiceField(
        label=gettext_lazy("账册"),
        queryset=Book.objects.order_by("code"),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("全部账册"),
        help_text=gettext_lazy("只用于客户评估"),
    )
    unit = forms.ModelChoiceField(
        label=gettext_lazy("机构"),
        queryset=Unit.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("全部机构"),
        help_text=gettext_lazy("只用于客户评估；包括下级机构"),
    )
    product = forms.ModelChoiceField(
        label=gettext_lazy("险种"),
        queryset=Product.objects.order_by("code"),
        to_field_name="code",
        required=False,
        empty_label=gettext_lazy("请选择"),
        help_text=gettext_lazy("只用于产品评估"),
    )
    since = DayField(label=gettext_lazy("自"), help_text=gettext_lazy("例如 2026-01-01"))
    until = DayField(label=gettext_lazy("至"), help_text=gettext_lazy("最晚今天"))

    def __init__(self, data: Any = None) -> None:
        today = clock.local().date()
        year = Period(months=-12).after(today)
        super().__init__(data, initial={"since": year.isoformat(), "until": today.isoformat()})


class AnswerForm(forms.Form):
    """One radio for each question of its version."""

    use_required_attribute = False

    def __init__(self, form: Questionnaire, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        for each in form.questions:
            self.fields[each.code] = forms.ChoiceField(
                label=str(each.words),
                choices=[(option.code, str(option.words)) for option in each.options],
                widget=forms.RadioSelect,
                required=False,
            )
        self.fields["summary"] = words_field(
            gettext_lazy("说明"), gettext_lazy("数字之外要说的；请勿写客户资料"), required=False
        )


@page("risk/assessment/", name="risk_assessments", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest) -> HttpResponse:
    actor, posts = actor_of(request), request.method == "POST"
    if posts and not gate.may(actor, FILL):
        enter(request, FILL)  # which refuses, and that is on record
    form, status = BeginForm(request.POST if posts else None), 422 if posts else 200
    if posts and form.is_valid():
        made: list[RiskAssessment] = []
        ok, status = done(
            form,
            lambda: made.append(assessing.begin(**form.cleaned_data, actor=actor)),
            field="kind",
        )
        if ok:
            messages.success(request, _("评估已开始，数字已在此刻取定"))
            return redirect("admin:risk_assessment", made[0].ref)
    enter(request, READ)
    rows = RiskAssessment.objects.select_related("book", "unit", "product", "begun_by")
    paged = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
    context = {
        "title": _("风险评估"),
        "rows": [_line(each) for each in paged],
        "paged": paged,
        "form": form if gate.may(actor, FILL) else None,
        "forms_in_force": [questionnaires.newest(kind) for kind in RiskAssessment.Kind.values],
        "kinds": dict(RiskAssessment.Kind.choices),
    }
    return template(request, "assessments", context, status=status)


def _line(row: RiskAssessment) -> dict[str, Any]:
    return {
        "row": row,
        "about": assessing.about(row),
        "tone": TONES[State(row.state)],
        **_class(row),
    }


def _class(row: RiskAssessment) -> dict[str, Any]:
    if row.score is None or row.state == State.DRAFT:
        return {"class_word": "", "class_tone": ""}
    found = assessing.form_of(row).class_of(row.score)
    return {"class_word": found, "class_tone": CLASS_TONES.get(found.code, "")}


@page("risk/assessment/<uuid:ref>/", name="risk_assessment", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, ref: UUID) -> HttpResponse:
    rows = RiskAssessment.objects.filter(ref=ref).select_related(
        "book", "unit", "product", "begun_by", "approval__decided_by"
    )
    row, actor = row_of(request, READ, rows, asked=ref), actor_of(request)
    posts = request.method == "POST"
    if posts and not gate.may(actor, FILL):
        enter(request, FILL)  # which refuses, and that is on record
    form = _form(row, request.POST if posts else None)
    status = 200
    if posts:
        ok, status = done(form, lambda: _act(request, row, form))
        if ok:
            return redirect("admin:risk_assessment", ref)
    enter(request, READ, row=str(row.ref))
    context = _shown(row)
    if row.state == State.DRAFT and gate.may(actor, FILL):
        context["form"] = form
    return template(request, "assessment", context, status=status)


def _form(row: RiskAssessment, data: Any) -> AnswerForm:
    known = {**row.answers, "summary": row.summary}
    return AnswerForm(assessing.form_of(row), data, initial=known)


def _act(request: HttpRequest, row: RiskAssessment, form: AnswerForm) -> None:
    """Kept, and put up where that was asked for."""
    actor = actor_of(request)
    form.is_valid()
    said = dict(form.cleaned_data)
    summary = said.pop("summary", "")
    assessing.answer(row, said, summary=summary, actor=actor)
    if request.POST.get("act") != "put-up":
        messages.success(request, _("已保存"))
        return
    assessing.put_up(row, actor=actor)
    messages.success(request, _("已提交，等待另一人签署"))


def _shown(row: RiskAssessment) -> dict[str, Any]:
    form = assessing.form_of(row)
    earlier = list(assessing.earlier(row)[:COMPARED])
    kept = assessing.lines(row) if row.state != State.DRAFT else []
    return {
        "title": f"{row.get_kind_display()} · {assessing.about(row)}",
        "row": row,
        **_line(row),
        "questionnaire": form,
        "as_asked": assessing.is_as_asked(row),
        "counted": [_counted(each, earlier) for each in row.numbers],
        "lines": [_arithmetic(each, form) for each in kept],
        "points": sum(each.product for each in kept),
        "most": sum(each.most for each in kept),
        "classes": form.classes,
        "last": earlier[0] if earlier else None,
        "change": _change(row, earlier),
        "trend": _trend(row, earlier),
        "earlier": [_line(each) for each in earlier],
        "here": "admin:risk_assessments",
    }


def _counted(kept: Mapping[str, Any], earlier: list[RiskAssessment]) -> dict[str, Any]:
    words, of = counting.WORDS[kept["code"]]
    before = {each["code"]: each for each in earlier[0].numbers} if earlier else {}
    last = before.get(kept["code"])
    return {
        "words": words,
        "of": of,
        "number": kept["number"],
        "base": kept["base"],
        "value": scoring.value_of(kept["number"], kept["base"]),
        "since": date.fromisoformat(kept["since"]),
        "until": date.fromisoformat(kept["until"]),
        "at": datetime.fromisoformat(kept["at"]),
        "last": scoring.value_of(last["number"], last["base"]) if last else None,
    }


def _arithmetic(line: Line, form: Questionnaire) -> dict[str, Any]:
    if line.counted:
        words, said = counting.WORDS[line.code][0], line.said or "—"
    else:
        question = {each.code: each for each in form.questions}[line.code]
        words, said = question.words, str(question.option(line.said))
    return {"line": line, "words": words, "said": said}


def _change(row: RiskAssessment, earlier: list[RiskAssessment]) -> Decimal | None:
    if row.score is None or not earlier or earlier[0].score is None:
        return None
    return row.score - earlier[0].score


def _trend(row: RiskAssessment, earlier: list[RiskAssessment]) -> list[float]:
    """From the oldest to this one."""
    scores = [each.score for each in reversed(earlier)]
    return [float(each) for each in (*scores, row.score) if each is not None]
