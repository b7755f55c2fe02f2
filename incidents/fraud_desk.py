"""A claims handler's own page: what investigators ask him about claims, and nothing else of why."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.actors import Actor
from incidents.fraud import asking, raising
from incidents.fraud_forms import RaiseForm
from incidents.models import FraudAsk
from records.desk_claims import purpose_of
from records.desk_pages import CHANNEL, desk_page, frame
from transfers.admin_frame import done

HERE: Final = "desk_claim_check:checks"


def raised(form: RaiseForm, *, channel: str, actor: Actor) -> tuple[bool, int]:
    """Whether it was; else what stood in the way, at the form."""
    if not form.is_valid():
        return False, 422
    said = form.cleaned_data
    number, why = said["claim"], said["why"]
    return done(
        form,
        lambda: raising.raise_by_hand(number, text=why, channel=channel, actor=actor),
        field="claim",
    )


class AnswerForm(forms.Form):
    use_required_attribute = False
    ask = forms.UUIDField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("答复"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("加密保存，只有提出的人看得到"),
        error_messages={"required": gettext_lazy("请填写答复")},
    )


def waiting(request: HttpRequest) -> int:
    """How many are open, for the navigation."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.id is None or not gate.may(actor, Action.FRAUD_ANSWER):
        return 0
    return FraudAsk.objects.filter(handler=actor.id, answered_at=None).count()


@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=("ask", "text", "claim", "why"))
def checks(request: HttpRequest, *, actor: Actor) -> HttpResponse:
    found = asking.waiting_for(actor.id or 0) if gate.may(actor, Action.FRAUD_ANSWER) else []
    raises = "claim" in request.POST
    form = AnswerForm(request.POST if request.method == "POST" and not raises else None)
    by_hand = RaiseForm(request.POST if raises else None)
    status = 200
    if raises:
        ok, status = raised(by_hand, channel=CHANNEL, actor=actor)
        if ok:
            messages.success(request, _("已提交甄别；赔案照常办理"))
            return redirect(HERE)
    elif request.method == "POST":
        status = 422
        if form.is_valid():
            row = next((each for each in found if each.ref == form.cleaned_data["ask"]), None)
            if row is None:
                asked = str(form.cleaned_data["ask"])
                gate.refuse_unknown(
                    actor, Action.FRAUD_ANSWER, asked=asked, purpose="", channel=CHANNEL
                )
            said = form.cleaned_data["text"]
            answer = lambda: asking.answer(row, text=said, channel=CHANNEL, actor=actor)  # noqa: E731
            ok, status = done(form, answer, field="text")
            if ok:
                messages.success(request, _("已答复；赔案照常办理"))
                return redirect(HERE)
    asking.seen(actor, found, purpose=purpose_of(actor))
    context: dict[str, Any] = {
        "title": _("理赔核实"),
        "rows": [(each, *asking.words_of(each)) for each in found],
        "form": form,
        "raising": by_hand if gate.may(actor, Action.FRAUD_RAISE) else None,
        "failed": str(form.data.get("ask", "")) if form.errors else "",
        **frame(actor),
    }
    return render(request, "desk/claim_checks.html", context, status=status)
