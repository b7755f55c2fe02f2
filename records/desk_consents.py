"""A customer's consents at the desk: how each stands, and noting what she said on paper or by telephone."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Purpose, Role
from custodian.errors import CustodianError
from records import archiving, evidence
from records.consent_forms import FIELDS, ConsentForm
from records.consents import changing, standing
from records.desk_pages import CHANNEL, customer_or_404, desk_page, frame
from records.evidence import EvidenceRefused
from records.evidence.upload import takes_evidence
from records.models import Consent, Document

ACT: Final = Action.CONSENT_RECORD


@takes_evidence
@require_http_methods(["GET", "HEAD", "POST"])
@desk_page(body=FIELDS, files=("paper",))
def consents(request: HttpRequest, *, ref: str, actor: Actor) -> HttpResponse:
    """Bare states and dates, no value of hers; what is noted is on record and she sees it."""
    if not gate.may(actor, ACT):
        gate.permit(actor, ACT, purpose="", channel=CHANNEL)
    customer = customer_or_404(ref, action=ACT, actor=actor)
    stand = standing.of_customer(customer, actor=actor)
    posted = request.method == "POST"
    form = ConsentForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        stand=stand,
        always_paper=actor.role is Role.AGENT,
    )
    if posted and form.is_valid() and _noted(request, customer, form, actor):
        return redirect("desk:consents", ref=customer.ref)
    context = {
        "title": _("客户的同意"),
        "ref": customer.ref,
        "stand": stand,
        "history": standing.history(customer, actor=actor),
        "form": form,
        "agent": actor.role is Role.AGENT,
        **frame(actor),
    }
    return render(request, "desk/consents.html", context, status=422 if form.errors else 200)


def _noted(request: HttpRequest, customer: Any, form: ConsentForm, actor: Actor) -> bool:
    said = form.cleaned_data
    stand = standing.find(customer, said["purpose"], actor=actor)
    if stand is None:
        raise changing.NotAsked
    try:
        with archiving.together():  # a paper on which nothing follows is not kept
            row = changing.record(
                customer, stand.purpose, said["said"], evidence=_paper(customer, form, actor), at=form.at,
                channel=CHANNEL, actor=actor,
            )  # fmt: skip
    except EvidenceRefused as error:
        form.refuse(error)
        return False
    except CustodianError as error:
        if error.status != changing.PaperNeeded.status:
            raise
        field = "day" if isinstance(error, changing.SaidSince) else "paper"
        form.add_error(field, str(error.message))
        return False
    messages.success(request, _done(row))
    return True


def _paper(customer: Any, form: ConsentForm, actor: Actor) -> Document | None:
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


def _done(row: Consent | None) -> str:
    if row is None:
        return _("这一项已经是这样，没有改动。")
    return _("已登记，马上生效；客户在“我的同意”里看得到。")
