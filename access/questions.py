"""A person's own page: looks about which the officer asks, and a place to say what they were for."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from access import findings, gate, sign_ins
from access.account import signed_in
from access.actions import Action
from access.admin_pages import actor_of
from access.findings import Decided
from access.models import Entry, Finding
from access.querylog.telling import sentence, tell
from access.vocabulary import Role

SHOWN, FIRST = 50, 12


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("您的说明"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写明当时办什么事、凭什么单据；不写客户的姓名和号码"),
    )


def asked_of(request: HttpRequest) -> Any:
    """Findings about the person on which his word is waited for or was given."""
    rows = Finding.objects.filter(operator_id=request.user.pk or 0).exclude(asked_at=None)
    return rows.order_by("answered_at", "-asked_at")


def waiting(request: HttpRequest) -> int:
    """How many of them wait, for the navigation."""
    rows = asked_of(request).filter(answered_at=None, status=Finding.Status.OPEN)
    return int(rows.count())


@require_safe
@signed_in
def table(request: HttpRequest) -> HttpResponse:
    return render(request, "account/questions.html", {"rows": asked_of(request)[:SHOWN]})


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def question(request: HttpRequest, ref: UUID) -> HttpResponse:
    finding = asked_of(request).filter(ref=ref).first()
    actor = actor_of(request)
    channel = sign_ins.channel_of(Role(actor.role))
    if finding is None:
        gate.refuse_unknown(
            actor, Action.FINDING_ANSWER, asked=str(ref), purpose="", channel=channel
        )
    data = request.POST if request.method == "POST" else None
    form = AnswerForm(data, initial={"answer": finding.answer})
    if form.is_bound and form.is_valid():
        try:
            findings.answer(finding, form.cleaned_data["answer"], channel=channel, actor=actor)
        except Decided as error:
            messages.error(request, str(error.message))
        else:
            messages.success(request, _("已记下您的说明。"))
        return redirect("own_questions")
    rows = Entry.objects.filter(id__in=finding.entries[:SHOWN], actor=actor.ref)
    told = [(each.at, sentence(each)) for each in tell(rows.order_by("id"))]
    context = {
        "finding": finding,
        "looks": told[:FIRST],
        "more": told[FIRST:],
        "form": form,
        "open": finding.status == Finding.Status.OPEN,
    }
    return render(request, "account/question.html", context, status=422 if form.is_bound else 200)
