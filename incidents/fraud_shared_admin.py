"""The back office's pages of shared fraud data: the register, taking a list in, and one list to its end."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.admin_pages import actor_of, enter, page, row_of
from custodian import elements
from incidents.case_forms import text_field
from incidents.fraud import expiring, register
from incidents.fraud.register import TAKEN, Terms
from incidents.fraud_admin import READ, SHOWN, template
from incidents.fraud_forms import day_field
from incidents.models import FraudShared, FraudSharedBad
from records.evidence.upload import takes_evidence_from
from transfers.admin_frame import done
from transfers.models import Counterparty
from transfers.shares import words as share_words

NOTE: Final = Action.FRAUD_SHARED_NOTE
HERE: Final = "admin:fraud_shared"


class ReceiveForm(forms.Form):
    """A list that came, with everything that the register says of it."""

    use_required_attribute = False
    partner = forms.ModelChoiceField(
        label=gettext_lazy("从谁收到"),
        queryset=Counterparty.objects.none(),
        to_field_name="code",
        empty_label=gettext_lazy("请选择"),
        error_messages={
            "required": gettext_lazy("请选择对方"),
            "invalid_choice": gettext_lazy("请从列表中选择"),
        },
    )
    elements = forms.MultipleChoiceField(
        label=gettext_lazy("信息项"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("与文件的表头一致"),
        error_messages={"required": gettext_lazy("请选择信息项")},
    )
    purpose = forms.ChoiceField(label=gettext_lazy("用途"), choices=FraudShared.Purpose)
    ground = forms.ChoiceField(label=gettext_lazy("合法性基础"), choices=FraudShared.Ground)
    at_on = day_field(gettext_lazy("收到日期"))
    use_by = day_field(gettext_lazy("使用至"), gettext_lazy("次日凌晨销毁，例如 2027-06-30"))
    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("UTF-8 的 CSV，不超过 10 MB；原文件不保存"),
        error_messages={"required": gettext_lazy("请选择文件")},
    )

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        partner: Any = self.fields["partner"]
        partner.queryset = Counterparty.objects.current()
        known: Any = self.fields["elements"]
        known.choices = [(code, elements.get(code).label) for code in TAKEN]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.too_large:
            raise forms.ValidationError(_("文件超过 10 MB，请分开导入"))
        return upload


class EndForm(forms.Form):
    """Of a list that was given: by what the partner said that it is gone."""

    use_required_attribute = False
    reference = text_field(
        gettext_lazy("对方的删除证明"), gettext_lazy("文号或编号，请勿写客户资料"), most=100
    )


def _notes(request: HttpRequest) -> bool:
    actor = getattr(request, "actor", None)
    return actor is not None and gate.may(actor, NOTE)


@page("fraud/shared/", name="fraud_shared_register", action=READ, logs_itself=True)
@takes_evidence_from(_notes)
@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest) -> HttpResponse:
    actor, posts = actor_of(request), request.method == "POST"
    if posts and not gate.may(actor, NOTE):
        enter(request, NOTE)  # which refuses, and that is on record
    form = ReceiveForm(request.POST if posts else None, request.FILES if posts else None)
    status = 422 if posts else 200
    if posts and form.is_valid():
        said = dict(form.cleaned_data)
        content, made = said.pop("file").content, []
        receive = lambda: made.append(register.receive(Terms(**said), content, actor=actor))  # noqa: E731
        ok, status = done(form, receive, field="file")
        if ok:
            messages.success(request, _("已登记并加密保存；坏行单独列出"))
            return redirect(HERE, made[0].code)
    enter(request, READ)
    rows = FraudShared.objects.select_related("partner", "share")
    before = request.GET.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:12]))
    found = list(rows[: SHOWN + 1])
    context = {
        "title": _("反欺诈共享资料"),
        "rows": [_row(each) for each in found[:SHOWN]],
        "older": f"?before={found[SHOWN - 1].pk}" if len(found) > SHOWN else "",
        "form": form if gate.may(actor, NOTE) else None,
    }
    return template(request, "shared", context, status=status)


def _row(row: FraudShared) -> dict[str, Any]:
    words, tone = _state(row)
    return {
        "row": row,
        "elements": [elements.get(code).label for code in row.elements],
        "state": words,
        "tone": tone,
    }


def _state(row: FraudShared) -> tuple[Any, str]:
    """Of what is given the share says how it stands, until it is deleted."""
    if row.share is not None and row.state == FraudShared.State.HELD:
        return share_words.state(row.share)
    tones = {FraudShared.State.HELD: "info", FraudShared.State.ENDED: "ok"}
    return row.get_state_display(), tones.get(FraudShared.State(row.state), "")


@page("fraud/shared/<str:code>/", name="fraud_shared", action=READ, logs_itself=True)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, code: str) -> HttpResponse:
    rows = FraudShared.objects.filter(code=code).select_related("partner", "share", "noted_by")
    row, actor = row_of(request, READ, rows, asked=code), actor_of(request)
    posts, status = request.method == "POST", 200
    if posts and not gate.may(actor, NOTE):
        enter(request, NOTE)  # which refuses, and that is on record
    given = row.way == FraudShared.Way.GIVEN
    form = EndForm(request.POST if posts and given else None)
    if posts:
        ok, status = _ended(row, form, actor) if not given or form.is_valid() else (False, 422)
        if ok:
            messages.success(request, _("已删除，凭据见下"))
            return redirect(HERE, code)
    enter(request, READ, row=row.code)
    context = {
        "title": row.code,
        "one": _row(row),
        "row": row,
        "bad": _bad(row),
        "may_end": row.state == FraudShared.State.HELD and gate.may(actor, NOTE),
        "given": given,
        "form": form,
    }
    return template(request, "shared_one", context, status=status)


def _ended(row: FraudShared, form: EndForm, actor: Any) -> tuple[bool, int]:
    if row.way == FraudShared.Way.GIVEN:
        said = form.cleaned_data["reference"]
        return done(form, lambda: expiring.note_deleted(row, reference=said, actor=actor))
    form = EndForm({"reference": "-"})
    form.is_valid()
    return done(form, lambda: expiring.end(row, actor=actor))


def _bad(row: FraudShared) -> list[tuple[Any, int, str]]:
    """By reason how many, and the first of their lines; nothing of a row is kept."""
    by_why: dict[str, list[int]] = {}
    for number, why in row.bad.values_list("number", "why"):
        by_why.setdefault(why, []).append(number)
    counted = Counter({why: len(numbers) for why, numbers in by_why.items()})
    return [
        (FraudSharedBad.Why(why).label, count, ", ".join(map(str, by_why[why][:20])))
        for why, count in counted.most_common()
    ]
