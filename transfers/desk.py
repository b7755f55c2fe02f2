"""What a customer answered to a transfer on paper or by telephone, noted at the desk."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Purpose
from records import archiving, desk_panels, evidence
from records.correction_forms import PaperForm
from records.desk_pages import CHANNEL, customer_or_404, desk_page, frame
from records.desk_panels import Beside
from records.evidence import EvidenceRefused
from records.evidence.upload import takes_evidence
from records.models import Customer, Document
from transfers import enquiry_desk
from transfers.letters import answering, texts
from transfers.letters.answering import PaperNeeded, TooLate
from transfers.models import TransferAnswer, TransferNotice

ACT: Final = Action.TRANSFER_ANSWER_RECORD
Said = TransferAnswer.Said


class AnswerForm(PaperForm):
    """One word of hers; a yes needs its paper."""

    said = forms.ChoiceField(
        label=gettext_lazy("客户说的是"), choices=Said.choices, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择客户说的是什么")},
    )  # fmt: skip
    field_order = ("said", "paper")

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, needed=False, label=gettext_lazy("客户签名的书面材料"))
        self.fields["paper"].help_text = gettext_lazy(
            "同意必须附上；不同意和收回可以凭来电登记。JPG、PNG、PDF，不超过 10 MB。材料加密保存"
        )


@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=("said",), files=("paper",))
def answer(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """How her letter went, what she said, and noting more; no value of hers."""
    if not gate.may(actor, ACT):
        gate.permit(actor, ACT, purpose="", channel=CHANNEL)
    subject = customer_or_404(ref, action=ACT, actor=actor)
    customer = Customer.objects.visible_to(actor).get(pk=subject.pk)
    notice = answering.of(customer, actor=actor)
    posted = request.method == "POST"
    form = AnswerForm(request.POST if posted else None, request.FILES if posted else None)
    if posted and notice and form.is_valid() and _noted(request, notice, customer, form, actor):
        return redirect("desk_transfer:answer", ref=customer.ref)
    context = {
        "title": _("客户对转让的答复"),
        "ref": customer.ref,
        "notice": notice,
        "told": texts.told(notice.batch, asks=notice.asks) if notice else None,
        "answers": TransferAnswer.objects.visible_to(actor).filter(notice=notice) if notice else (),
        "form": form,
        **frame(actor),
    }
    return render(request, "desk/transfer/answer.html", context, status=422 if form.errors else 200)


def _noted(
    request: HttpRequest, notice: TransferNotice, customer: Customer, form: AnswerForm, actor: Actor
) -> bool:
    try:
        with archiving.together():  # a paper on which nothing follows is not kept
            new = answering.record(
                notice, customer, form.cleaned_data["said"], evidence=_paper(customer, form, actor),
                channel=CHANNEL, actor=actor,
            )  # fmt: skip
    except EvidenceRefused as error:
        form.refuse(error)
        return False
    except (PaperNeeded, TooLate) as error:
        form.add_error("paper" if isinstance(error, PaperNeeded) else None, str(error.message))
        return False
    said = _("已登记，马上生效；客户在客户服务里看得到。") if new else _("已经是这样，没有改动。")
    messages.success(request, said)
    return True


def _paper(customer: Customer, form: AnswerForm, actor: Actor) -> Document | None:
    upload = form.upload
    if upload is None:
        return None
    return evidence.take(
        upload.content,
        name=str(upload.name),
        customer=customer,
        kind=Document.Kind.EVIDENCE,
        purpose=Purpose.POLICY_SERVICE.value,
        channel=CHANNEL,
        actor=actor,
    )


def beside(customer: Any, actor: Actor) -> Beside | None:
    """On the customer's page, for whoever may note an answer, while there is a letter to answer."""
    if not gate.may(actor, ACT):
        return None
    rows = TransferNotice.objects.visible_to(actor).filter(subject=customer.pk)
    notice = rows.filter(transfer__status="open", transfer__side="seller").first()
    if notice is None:
        return None
    said = TransferNotice.Answer(notice.answer).label
    return Beside(
        title=gettext_lazy("业务转让"),
        text=_("告知信：%(how)s，%(said)s") % {"how": notice.get_state_display(), "said": said},
        url=reverse("desk_transfer:answer", kwargs={"ref": customer.ref}),
        button=gettext_lazy("登记答复"),
    )


def ready() -> None:
    desk_panels.register("transfer", beside)


app_name = "desk_transfer"
urlpatterns = [
    path("customers/<str:ref>/transfer/", answer, name="answer"),
    path("transferred/", enquiry_desk.enquiry, name="enquiry"),
]
